"""Both databases keep the same promises: isolation, durability, named errors, generations seen by everybody."""

import asyncio

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import bindparam, create_engine, delete, func, insert, select

from kangaroo.store.meta.database import CONTENT, Dangling, Database, Duplicate
from kangaroo.store.meta.postgres import PostgresDatabase
from kangaroo.store.meta.schema import access, metadata, registry
from kangaroo.store.meta.sqlite import SqliteDatabase
from kangaroo.store.meta.statements import Query

PROJECTS = access.projects
ADD = Query(
    insert(PROJECTS)
    .values(name=bindparam("name"), owner_id=0, public=False, created_at=1, updated_at=1)
    .returning(PROJECTS.c.id)
)
COUNT = Query(select(func.count()).select_from(PROJECTS))
NAMED = Query(select(PROJECTS.c.name).where(PROJECTS.c.name.in_(bindparam("names", expanding=True))))
DELETE = Query(delete(PROJECTS).where(PROJECTS.c.id == bindparam("id")))
ADD_REPOSITORY = Query(
    insert(registry.repositories).values(
        project_id=bindparam("project"), name=bindparam("name"), created_at=1, updated_at=1
    )
)


async def test_a_write_is_seen_after_its_block(database: Database) -> None:
    async with database.write() as transaction:
        assert await transaction.scalar(ADD, name="a") > 0
        assert await transaction.scalar(COUNT) == 1
    assert await database.lookup.scalar(COUNT) == 1


async def test_a_failed_block_leaves_nothing(database: Database) -> None:
    async def fail() -> None:
        async with database.write() as transaction:
            await transaction.scalar(ADD, name="a")
            raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        await fail()
    assert await database.lookup.scalar(COUNT) == 0


async def test_one_failure_among_many_writers_does_not_touch_the_others(database: Database) -> None:
    async def add(number: int) -> None:
        async with database.write() as transaction:
            await transaction.scalar(ADD, name=f"p{number}")
            if number % 5 == 0:
                raise RuntimeError

    results = await asyncio.gather(*(add(n) for n in range(40)), return_exceptions=True)
    assert sum(isinstance(result, RuntimeError) for result in results) == 8
    assert await database.lookup.scalar(COUNT) == 32


async def test_a_cancelled_writer_does_not_hold_up_the_next(database: Database) -> None:
    async with database.write() as first:
        await first.scalar(ADD, name="first")
        waiting = [asyncio.create_task(_add(database, f"p{n}")) for n in range(4)]
        await asyncio.sleep(0)
        waiting[1].cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert await database.lookup.scalar(COUNT) == 4


async def _add(database: Database, name: str) -> None:
    async with database.write() as transaction:
        await transaction.scalar(ADD, name=name)


async def test_constraints_have_names(database: Database) -> None:
    await _add(database, "a")
    with pytest.raises(Duplicate):
        await _add(database, "a")
    with pytest.raises(Dangling):
        async with database.write() as transaction:
            await transaction.run(ADD_REPOSITORY, project=404, name="x/y")


async def test_a_snapshot_does_not_move(database: Database) -> None:
    async with database.read() as snapshot:
        assert await snapshot.scalar(COUNT) == 0
        await _add(database, "a")
        assert await snapshot.scalar(COUNT) == 0
    assert await database.lookup.scalar(COUNT) == 1


async def test_lists_of_values_expand(database: Database) -> None:
    for name in "abc":
        await _add(database, name)
    rows = await database.lookup.all(NAMED, names=["a", "c", "x"])
    assert sorted(row["name"] for row in rows) == ["a", "c"]


async def test_many_and_run_count_rows(database: Database) -> None:
    async with database.write() as transaction:
        identity = await transaction.scalar(ADD, name="p")
        await transaction.many(ADD_REPOSITORY, [{"project": identity, "name": f"p/{n}"} for n in range(3)])
        assert await transaction.run(Query(delete(registry.repositories))) == 3
        assert await transaction.run(DELETE, id=identity) == 1


async def test_a_generation_moves_with_a_commit_only(database: Database) -> None:
    async with asyncio.timeout(10):
        while (before := database.generation(CONTENT)) != database.generation(CONTENT):
            await asyncio.sleep(0.01)  # a listener on its way
    async with database.write() as transaction:
        await transaction.changed(CONTENT)
        assert database.generation(CONTENT) == before
    assert database.generation(CONTENT) != before


async def test_another_process_sees_the_generation(
    database: Database, request: pytest.FixtureRequest
) -> None:
    other: Database = (
        SqliteDatabase(request.getfixturevalue("sqlite_path"))
        if database.dialect == "sqlite"
        else PostgresDatabase(request.getfixturevalue("postgres_url"))
    )
    await other.open()
    try:
        async with asyncio.timeout(10):
            while (before := other.generation(CONTENT)) != other.generation(CONTENT):
                await asyncio.sleep(0.01)
        async with database.write() as transaction:
            await transaction.changed(CONTENT)
        async with asyncio.timeout(1):
            while other.generation(CONTENT) == before:
                await asyncio.sleep(0.005)
    finally:
        await other.close()


def test_migrations_and_tables_are_equal(sqlite_template) -> None:
    engine = create_engine(f"sqlite:///{sqlite_template}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()

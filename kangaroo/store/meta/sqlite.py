"""SQLite, the database that needs no operator: WAL, one writing connection per process, commits in groups.

A commit costs an fsync, a statement four microseconds. So writers of one process share transactions: each runs in a
savepoint of its own, and one commit, queued behind the writers that already wait, makes them all durable together.
"""

import asyncio
import random
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from kangaroo.base.errors import Code, Failure
from kangaroo.store.meta.database import Dangling, Duplicate, Row, Selects, Transaction
from kangaroo.store.meta.statements import DialectName, Query

BUSY_SECONDS = 10.0
READERS = 4
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-16000",
    "PRAGMA journal_size_limit=67108864",
)


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA busy_timeout=5000")
    for pragma in _PRAGMAS:
        connection.execute(pragma)
    if read_only:
        connection.execute("PRAGMA query_only=ON")
    return connection


@contextmanager
def _errors() -> Iterator[None]:
    """Foreign exceptions stop here."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        unique = error.sqlite_errorname in ("SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY")
        raise (Duplicate if unique else Dangling)(str(error)) from error
    except sqlite3.OperationalError as error:
        if error.sqlite_errorname == "SQLITE_FULL":
            raise Failure(Code.STORAGE_FULL, what="database") from error
        raise Failure(Code.UNAVAILABLE, what="database", reason=str(error)) from error


class _Selects:
    dialect: DialectName = "sqlite"

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def _execute(self, query: Query, values: dict[str, Any]) -> sqlite3.Cursor:
        sql, arguments = query.on("sqlite").bind(values)
        with _errors():
            return self._connection.execute(sql, arguments)

    async def all(self, query: Query, /, **values: Any) -> Sequence[Row]:
        cursor = self._execute(query, values)
        with _errors():
            return cursor.fetchall()

    async def one(self, query: Query, /, **values: Any) -> Row | None:
        cursor = self._execute(query, values)
        with _errors():
            row: Row | None = cursor.fetchone()
        cursor.close()
        return row

    async def scalar(self, query: Query, /, **values: Any) -> Any:
        row = await self.one(query, **values)
        return None if row is None else row[0]


class _ThreadedSelects(_Selects):
    """For lists: the same, off the event loop."""

    async def all(self, query: Query, /, **values: Any) -> Sequence[Row]:
        def fetch() -> Sequence[Row]:
            cursor = self._execute(query, values)
            with _errors():
                return cursor.fetchall()

        return await asyncio.to_thread(fetch)

    async def one(self, query: Query, /, **values: Any) -> Row | None:
        rows = await self.all(query, **values)
        return rows[0] if rows else None


class _Transaction(_Selects):
    async def run(self, query: Query, /, **values: Any) -> int:
        return self._execute(query, values).rowcount

    async def many(self, query: Query, rows: Sequence[dict[str, Any]], /) -> None:
        for values in rows:
            self._execute(query, values)

    async def changed(self, domain: str, /) -> None:
        with _errors():
            self._connection.execute(
                "INSERT INTO generations (domain, value) VALUES (?, 1) "
                "ON CONFLICT (domain) DO UPDATE SET value = value + 1",
                (domain,),
            )


class _Writer:
    """The writing connection, one user at a time; see the module's head for the grouping."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA busy_timeout=0")
        self._connection = connection
        self._transaction: Transaction = _Transaction(connection)
        self._turn = asyncio.Lock()  # first come, first served
        self._pending: list[asyncio.Future[None]] = []
        self._committer: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite-commit")

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        async with self._turn:
            if not self._connection.in_transaction:
                await self._begin()
            self._connection.execute("SAVEPOINT operation")
            try:
                yield self._transaction
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK TO operation")
                    self._connection.execute("RELEASE operation")
                self._commit_soon()
                raise
            self._connection.execute("RELEASE operation")
            committed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._pending.append(committed)
            self._commit_soon()
        await committed

    async def close(self) -> None:
        if self._committer is not None:
            await self._committer
        self._thread.shutdown()
        self._connection.close()

    async def _begin(self) -> None:
        deadline = asyncio.get_running_loop().time() + BUSY_SECONDS
        pause = 0.0002
        while True:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                busy = error.sqlite_errorname.startswith("SQLITE_BUSY")
                if not busy or asyncio.get_running_loop().time() > deadline:
                    with _errors():
                        raise
                await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - jitter
                pause = min(pause * 2, 0.01)
            else:
                return

    def _commit_soon(self) -> None:
        if self._committer is None:
            self._committer = asyncio.get_running_loop().create_task(self._commit())

    async def _commit(self) -> None:
        async with self._turn:
            self._committer = None
            pending, self._pending = self._pending, []
            failure: BaseException | None = None
            try:
                with _errors():
                    await asyncio.get_running_loop().run_in_executor(self._thread, self._connection.commit)
            except (Failure, Duplicate, Dangling) as error:
                failure = error
                if self._connection.in_transaction:
                    self._connection.rollback()
            for waiter in pending:
                if waiter.cancelled():
                    continue
                if failure is None:
                    waiter.set_result(None)
                else:
                    waiter.set_exception(failure)


class SqliteDatabase:
    dialect: DialectName = "sqlite"
    lookup: Selects

    def __init__(self, path: Path) -> None:
        self._path = path
        self._generations: dict[str, int] = {}
        self._version = -1

    async def open(self) -> None:
        with _errors():
            self._loop_reader = connect(self._path, read_only=True)
            self.lookup = _Selects(self._loop_reader)
            self._writer = _Writer(connect(self._path))
        self._readers: asyncio.LifoQueue[sqlite3.Connection | None] = asyncio.LifoQueue()
        for _ in range(READERS):
            self._readers.put_nowait(None)  # opened on first use

    async def close(self) -> None:
        await self._writer.close()
        self._loop_reader.close()
        while not self._readers.empty():
            reader = self._readers.get_nowait()
            if reader is not None:
                reader.close()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[_Selects]:
        reader = await self._readers.get()
        try:
            with _errors():
                if reader is None:
                    reader = await asyncio.to_thread(connect, self._path, read_only=True)
                reader.execute("BEGIN")
            try:
                yield _ThreadedSelects(reader)
            finally:
                reader.rollback()
        finally:
            self._readers.put_nowait(reader)

    def write(self) -> Any:
        return self._writer.transaction()

    def generation(self, domain: str, /, *, look: bool = True) -> int:
        if look:
            connection = self._loop_reader
            version: int = connection.execute("PRAGMA data_version").fetchone()[0]
            if version != self._version:
                self._generations = dict(
                    connection.execute("SELECT domain, value FROM generations").fetchall()
                )
                self._version = version
        return self._generations.get(domain, 0)

    async def check(self) -> None:
        async with self.write() as transaction:
            await transaction.changed("check")

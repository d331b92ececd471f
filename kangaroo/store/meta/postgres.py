"""PostgreSQL through asyncpg, for several servers on one database. Other servers' changes arrive by NOTIFY."""

import asyncio
import itertools
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import asyncpg
from sqlalchemy import literal, select

from kangaroo.base.errors import Code, Failure
from kangaroo.store.meta.database import Dangling, Duplicate, Row, Selects, Transaction
from kangaroo.store.meta.statements import DialectName, Query

_SELECT_ONE = select(literal(1))
CHANNEL = "kangaroo_changed"
POOL_SIZE = 10
RECONNECT_SECONDS = 0.5
_HEALING = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.TransactionRollbackError,
    asyncpg.LockNotAvailableError,
)


@contextmanager
def _errors() -> Iterator[None]:
    """Foreign exceptions stop here."""
    try:
        yield
    except asyncpg.UniqueViolationError as error:
        raise Duplicate(str(error)) from error
    except asyncpg.ForeignKeyViolationError as error:
        raise Dangling(str(error)) from error
    except asyncpg.DiskFullError as error:
        raise Failure(Code.STORAGE_FULL, what="database") from error
    except _HEALING as error:
        raise Failure(Code.UNAVAILABLE, what="database", reason=str(error) or type(error).__name__) from error


class _Transaction:
    """On one connection, inside a transaction."""

    dialect: DialectName = "postgresql"

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self.domains: set[str] = set()

    async def all(self, query: Query, /, **values: Any) -> Sequence[Row]:
        sql, arguments = query.on("postgresql").bind(values)
        with _errors():
            rows: Sequence[Row] = await self._connection.fetch(sql, *arguments)
            return rows

    async def one(self, query: Query, /, **values: Any) -> Row | None:
        sql, arguments = query.on("postgresql").bind(values)
        with _errors():
            row: Row | None = await self._connection.fetchrow(sql, *arguments)
            return row

    async def scalar(self, query: Query, /, **values: Any) -> Any:
        row = await self.one(query, **values)
        return None if row is None else row[0]

    async def run(self, query: Query, /, **values: Any) -> int:
        sql, arguments = query.on("postgresql").bind(values)
        with _errors():
            status: str = await self._connection.execute(sql, *arguments)
        last = status.rpartition(" ")[2]
        return int(last) if last.isdigit() else 0

    async def many(self, query: Query, rows: Sequence[dict[str, Any]], /) -> None:
        if not rows:
            return
        compiled = query.on("postgresql")
        bound = [compiled.bind(values) for values in rows]
        with _errors():
            await self._connection.executemany(bound[0][0], [arguments for _, arguments in bound])

    async def changed(self, domain: str, /) -> None:
        if domain not in self.domains:
            self.domains.add(domain)
            with _errors():
                await self._connection.execute("SELECT pg_notify($1, $2)", CHANNEL, domain)


class PostgresDatabase:
    dialect: DialectName = "postgresql"

    def __init__(self, url: str) -> None:
        self._url = url
        self._pool: Any = None
        self._listener: asyncio.Task[None] | None = None
        self._listening = False
        self._counts: defaultdict[str, int] = defaultdict(int)
        self._never_again = itertools.count(1)  # while deaf, no two generations are equal: nothing is cached

    async def open(self) -> None:
        with _errors():
            self._pool = await asyncpg.create_pool(
                self._url, min_size=1, max_size=POOL_SIZE, command_timeout=60
            )
        self.lookup: Selects = _Transaction(self._pool)
        self._listener = asyncio.create_task(self._listen())

    async def close(self) -> None:
        if self._listener is not None:
            self._listener.cancel()
            await asyncio.gather(self._listener, return_exceptions=True)
        await self._pool.close()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[_Transaction]:
        async with self._acquired() as connection:
            with _errors():
                transaction = connection.transaction(isolation="repeatable_read", readonly=True)
                await transaction.start()
            try:
                yield _Transaction(connection)
            finally:
                with _errors():
                    await transaction.rollback()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        async with self._acquired() as connection:
            transaction = connection.transaction()
            with _errors():
                await transaction.start()
            inner = _Transaction(connection)
            try:
                yield inner
            except BaseException:
                if not connection.is_closed():
                    with _errors():
                        await transaction.rollback()
                raise
            with _errors():
                await transaction.commit()
            for domain in inner.domains:
                self._counts[domain] += 1

    def generation(self, domain: str, /, *, look: bool = True) -> int:  # noqa: ARG002 - notified, not looked for
        return self._counts[domain] if self._listening else -next(self._never_again)

    async def check(self) -> None:
        await self.lookup.all(Query(_SELECT_ONE))

    @asynccontextmanager
    async def _acquired(self) -> AsyncIterator[Any]:
        with _errors():
            connection = await self._pool.acquire(timeout=10)
        try:
            yield connection
        finally:
            await self._pool.release(connection)

    async def _listen(self) -> None:
        """Keep one connection listening; come back when it breaks."""
        while True:
            closed = asyncio.Event()
            try:
                connection = await asyncpg.connect(self._url)
                try:
                    connection.add_termination_listener(lambda _, closed=closed: closed.set())
                    await connection.add_listener(CHANNEL, self._notified)
                    for domain in list(self._counts):  # what was missed meanwhile
                        self._counts[domain] += 1
                    self._listening = True
                    await closed.wait()
                finally:
                    self._listening = False
                    await connection.close(timeout=1)
            except _HEALING:
                await asyncio.sleep(RECONNECT_SECONDS)

    def _notified(self, _connection: Any, _pid: int, _channel: str, domain: Any) -> None:
        self._counts[domain] += 1

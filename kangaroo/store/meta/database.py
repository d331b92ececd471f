"""What both databases offer to the subjects' modules, and how their errors are named.

Three ways in:
- `lookup`: single statements that hit an index; on SQLite they run in the event loop (4 µs), so nothing slow here.
- `read()`: one consistent snapshot for lists and reports; on SQLite in a thread.
- `write()`: one transaction. On return from the block it is durable. Inside the block await only the transaction:
  on SQLite every writer of the process waits for it.

`generation(domain)` counts committed changes to what may be cached (`changed(domain)` inside a `write`), whoever made
them: a cache is valid while the number stays the same. SQLite sees other processes at once, PostgreSQL after a NOTIFY.
"""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from kangaroo.store.meta.statements import DialectName, Query

CONTENT = "content"  # repositories, tags, manifests, blob links
ACCESS = "access"  # users, robots, members, projects and their metadata


class Duplicate(Exception):
    """A unique key exists already."""


class Dangling(Exception):
    """A foreign key points nowhere, or something still points here."""


class Row(Protocol):
    def __getitem__(self, key: str | int, /) -> Any: ...


class Selects(Protocol):
    """Failures: UNAVAILABLE when the database cannot be reached or is too busy."""

    dialect: DialectName

    async def all(self, query: Query, /, **values: Any) -> Sequence[Row]: ...

    async def one(self, query: Query, /, **values: Any) -> Row | None: ...

    async def scalar(self, query: Query, /, **values: Any) -> Any:
        """The first column of the first row; None without a row."""
        ...


class Transaction(Selects, Protocol):
    """Raises Duplicate and Dangling; STORAGE_FULL. After such an error only leaving the block is allowed."""

    async def run(self, query: Query, /, **values: Any) -> int:
        """Rows touched."""
        ...

    async def many(self, query: Query, rows: Sequence[dict[str, Any]], /) -> None: ...

    async def changed(self, domain: str, /) -> None: ...


class Database(Protocol):
    dialect: DialectName
    lookup: Selects

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    def read(self) -> AbstractAsyncContextManager[Selects]: ...

    def write(self) -> AbstractAsyncContextManager[Transaction]: ...

    def generation(self, domain: str, /, *, look: bool = True) -> int:
        """Without `look`, as it was at the last look in this process: for the second question of one request."""
        ...

    async def check(self) -> None:
        """Raises UNAVAILABLE or STORAGE_FULL if a transaction could not be committed now."""
        ...

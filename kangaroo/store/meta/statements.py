"""SQLAlchemy Core statements compiled once per dialect and then run on the driver directly.

Compiling a select costs 60–100 µs, running the finished text 4 µs (SQLite). A module declares its statements as
`Query(select(...))` constants; what is put together per call (filters of a list) is wrapped at the call.
"""

from typing import Any, Literal

from sqlalchemy import BindParameter, ClauseElement, bindparam
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import Dialect

DialectName = Literal["sqlite", "postgresql"]


def _dialects() -> dict[str, Dialect]:
    sqlite: Any = SQLiteDialect_pysqlite
    postgres: Any = PGDialect_asyncpg
    sqlite_dialect = sqlite(paramstyle="qmark")
    sqlite_dialect.server_version_info = (3, 40)
    sqlite_dialect.update_returning = sqlite_dialect.insert_returning = sqlite_dialect.delete_returning = True
    return {"sqlite": sqlite_dialect, "postgresql": postgres()}


_DIALECTS = _dialects()


def parameter(name: str) -> BindParameter[Any]:
    """A value given at the call."""
    return bindparam(name)


class Compiled:
    """Finished text; `bind` gives it and the positional arguments for one call."""

    __slots__ = ("_compiler", "_literals", "_order", "_sql")

    def __init__(self, statement: ClauseElement, dialect: DialectName) -> None:
        compiler: Any = statement.compile(dialect=_DIALECTS[dialect])
        self._sql: str = compiler.string
        self._order: tuple[str, ...] = tuple(compiler.positiontup or ())
        self._literals: dict[str, Any] = {n: b.value for n, b in compiler.binds.items() if not b.required}
        # An IN list has a length only at the call: SQLAlchemy expands it then.
        self._compiler = compiler if compiler.post_compile_params or compiler.literal_execute_params else None

    def bind(self, values: dict[str, Any]) -> tuple[str, list[Any]]:
        if self._compiler is not None:
            state = self._compiler.construct_expanded_state({**self._literals, **values})
            return state.statement, list(state.positional_parameters)
        literals = self._literals
        return self._sql, [values[name] if name in values else literals[name] for name in self._order]


class Query:
    """A statement with named parameters (`bindparam("name")`); literals in it are bound too.

    `pg` gives PostgreSQL its own form where the two differ (`FOR UPDATE SKIP LOCKED`).
    """

    __slots__ = ("_compiled", "_statements")

    def __init__(self, statement: ClauseElement, *, pg: ClauseElement | None = None) -> None:
        self._statements: dict[str, ClauseElement] = {
            "sqlite": statement,
            "postgresql": statement if pg is None else pg,
        }
        self._compiled: dict[str, Compiled] = {}

    def on(self, dialect: DialectName) -> Compiled:
        found = self._compiled.get(dialect)
        if found is None:
            found = self._compiled[dialect] = Compiled(self._statements[dialect], dialect)
        return found

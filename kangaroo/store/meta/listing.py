"""Lists people ask for: filtered, sorted and cut by a ListQuery, in one statement for the page and one for the count.

A subject's module declares its list once, with the columns its keys mean:

    _PROJECTS = Listing(
        select(projects.c.id, projects.c.name).where(projects.c.owner_id == bindparam("owner")),
        {"name": TextKey(projects.c.name), "project_id": NumberKey(projects.c.id)},
        order=(projects.c.name.asc(),),
        identity=projects.c.id,
    )
    rows, total = await _PROJECTS.page(snapshot, query, owner=1)

Conditions that no column knows (`labels=(1 2)`) the module reads itself (`query.find`) and gives as `where`.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, false, func, literal, select

from kangaroo.base.errors import Code, Failure
from kangaroo.base.query import AllOf, AnyOf, Between, Contains, Exact, Filter, ListQuery, Term
from kangaroo.store.meta.database import Row, Selects
from kangaroo.store.meta.statements import Query


@dataclass(frozen=True, slots=True)
class Key(ABC):
    """A column under a name clients use; the subclasses know what a term of its kind is."""

    column: ColumnElement[Any]

    @abstractmethod
    def read(self, term: Term) -> ColumnElement[Any] | None:
        """The value to compare with; None when the term can be none."""


class TextKey(Key):
    def read(self, term: Term) -> ColumnElement[Any]:
        return literal(term.text)


class NumberKey(Key):
    def read(self, term: Term) -> ColumnElement[Any] | None:
        return None if term.number is None else _big(term.number)


class MomentKey(Key):
    """The column holds microseconds."""

    def read(self, term: Term) -> ColumnElement[Any] | None:
        return None if term.moment is None else _big(term.moment)


class FlagKey(Key):
    def read(self, term: Term) -> ColumnElement[Any] | None:
        return None if term.flag is None else literal(term.flag)


class Listing:
    """`order` is the order nobody asked otherwise; `identity` (unique, usually the id) settles ties, so that
    pages neither repeat nor lose a row."""

    def __init__(
        self,
        source: Select[Any],
        keys: Mapping[str, Key],
        *,
        order: Sequence[ColumnElement[Any]],
        identity: ColumnElement[Any],
    ) -> None:
        self._source = source
        self._keys = keys
        self._order = order
        self._identity = identity

    async def page(
        self,
        selects: Selects,
        query: ListQuery,
        where: Sequence[ColumnElement[bool]] = (),
        /,
        **values: Any,
    ) -> tuple[Sequence[Row], int]:
        """The rows of the page and the number of all; `values` fill the source's own parameters.

        Raises BAD_REQUEST when a value cannot be what its column holds.
        """
        filtered = self._source.where(*where, *self._conditions(query.filters))
        window = query.window
        wanted = filtered.order_by(*self._sorted(query))
        if window.size > 0:
            wanted = wanted.limit(_big(window.size)).offset(_big(window.offset))
        rows = await selects.all(Query(wanted), **values)
        if window.size <= 0 or 0 < len(rows) < window.size or (not rows and window.offset == 0):
            return rows, len(rows) + (window.offset if window.size > 0 else 0)
        narrow = filtered.with_only_columns(self._identity, maintain_column_froms=True)
        total: int = await selects.scalar(
            Query(select(func.count()).select_from(narrow.subquery())), **values
        )
        return rows, total

    def _conditions(self, filters: Sequence[Filter]) -> list[ColumnElement[bool]]:
        known = ((self._keys.get(one.key), one) for one in filters)
        made = (_condition(key, one) for key, one in known if key is not None)
        return [condition for condition in made if condition is not None]

    def _sorted(self, query: ListQuery) -> list[ColumnElement[Any]]:
        first: dict[str, bool] = {}
        for one in query.sorts:
            first.setdefault(one.key, one.descending)
        known = [(key.column, down) for name, down in first.items() if (key := self._keys.get(name))]
        asked = [column.desc() if down else column.asc() for column, down in known]
        return [*(asked or self._order), self._identity.asc()]


def _condition(key: Key, asked: Filter) -> ColumnElement[bool] | None:
    """None: nothing a column can say."""
    column, condition = key.column, asked.condition
    match condition:
        case Exact(term):
            return column == _value(key, asked.key, term)
        case Contains(text):
            return _contains(key, text)
        case AnyOf(terms):
            return column.in_([_value(key, asked.key, term) for term in terms]) if terms else false()
        case Between():
            return _between(key, asked.key, condition)
        case AllOf():
            return None


def _contains(key: Key, text: str) -> ColumnElement[bool]:
    if isinstance(key, TextKey):
        return key.column.icontains(text, autoescape=True)
    value = key.read(Term(text))
    return false() if value is None else key.column == value


def _between(key: Key, name: str, between: Between) -> ColumnElement[bool]:
    column, ends = key.column, list[ColumnElement[bool]]()
    if between.low is not None:
        low = _value(key, name, between.low)
        ends.append(column > low if between.strict else column >= low)
    if between.high is not None:
        high = _value(key, name, between.high)
        ends.append(column < high if between.strict else column <= high)
    return and_(*ends)


def _value(key: Key, name: str, term: Term) -> ColumnElement[Any]:
    value = key.read(term)
    if value is None:
        raise Failure(
            Code.BAD_REQUEST, reason=f"invalid value {term.text[:200]!r} for {name} in the query string"
        )
    return value


def _big(number: int) -> ColumnElement[int]:
    """PostgreSQL takes an untyped number for one of 32 bits."""
    return literal(number, BigInteger)

"""What a list is asked for: conditions, order and page, in the grammar of Harbor's `q` and `sort` parameters.

Grammar: goharbor/harbor src/lib/q/builder.go. `q` is one or more `key=value` separated by commas; a value is
exact, `~contains`, `[min~max]`, `{any of}` or `(all of)`. A key may be written as Harbor's Go field
(`ProjectID`) or as its column (`project_id`), and may carry one of the ORM's suffixes (`creation_time__gte`).
Which keys mean something is known only to who keeps the list: there unknown ones are ignored, as in Harbor.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from urllib.parse import unquote_plus

from kangaroo.base.clock import SECOND, Micros
from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Window

MAX_LENGTH = 16_384
_BROKEN_ESCAPE = re.compile(r"%(?![0-9a-fA-F]{2})")
_WORD_START = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[^_])(?=[A-Z][a-z])")
_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
_MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}:[0-9]{2})?)(?:\.([0-9]{1,9}))?Z?")
_TRUE, _FALSE = frozenset({"1", "t", "true"}), frozenset({"0", "f", "false"})
_INT64 = 1 << 63


@dataclass(frozen=True, slots=True)
class Term:
    """One value. What it is read as (text, number, time) depends on the column it is compared with."""

    text: str

    @property
    def number(self) -> int | None:
        """A 64-bit integer, or None when it is none."""
        if not _INTEGER.fullmatch(self.text):
            return None
        value = int(self.text)
        return value if -_INT64 <= value < _INT64 else None

    @property
    def moment(self) -> Micros | None:
        """A time in UTC: `2006-01-02T15:04:05`, with a blank for the T, or only the day."""
        match = _MOMENT.fullmatch(self.text)
        if match is None:
            return None
        whole, fraction = match.groups()
        try:
            at = datetime.fromisoformat(whole).replace(tzinfo=UTC)
        except ValueError:
            return None
        return int(at.timestamp()) * SECOND + int((fraction or "").ljust(6, "0")[:6])

    @property
    def flag(self) -> bool | None:
        text = self.text.lower()
        return True if text in _TRUE else False if text in _FALSE else None


@dataclass(frozen=True, slots=True)
class Exact:
    term: Term


@dataclass(frozen=True, slots=True)
class Contains:
    """Blind to case."""

    text: str


@dataclass(frozen=True, slots=True)
class Between:
    """Either end may be open (None); `strict` leaves the ends out."""

    low: Term | None = None
    high: Term | None = None
    strict: bool = False


@dataclass(frozen=True, slots=True)
class AnyOf:
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """Only for keys that can have several values at once (labels): columns know nothing of it."""

    terms: tuple[Term, ...]


Condition = Exact | Contains | Between | AnyOf | AllOf


@dataclass(frozen=True, slots=True)
class Filter:
    key: str
    condition: Condition


@dataclass(frozen=True, slots=True)
class Sort:
    key: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class ListQuery:
    """Keys are in snake case, without suffixes."""

    filters: tuple[Filter, ...] = ()
    sorts: tuple[Sort, ...] = ()
    window: Window = field(default_factory=Window)

    def find(self, key: str) -> Condition | None:
        """The condition on a key (the last one), for those a list has to read itself."""
        return next((one.condition for one in reversed(self.filters) if one.key == key), None)

    def text(self, key: str) -> str | None:
        """What a key has to equal exactly; None when nothing of the kind was asked."""
        condition = self.find(key)
        return condition.term.text if isinstance(condition, Exact) else None

    def number(self, key: str) -> int | None:
        condition = self.find(key)
        return condition.term.number if isinstance(condition, Exact) else None

    def where(self, key: str, condition: Condition) -> "ListQuery":
        """The same with one condition more: for parameters of their own (`name=`)."""
        return replace(self, filters=(*self.filters, Filter(key, condition)))

    def without(self, *keys: str) -> "ListQuery":
        return replace(self, filters=tuple(one for one in self.filters if one.key not in keys))


def equal(value: str | int) -> Exact:
    return Exact(Term(str(value)))


def parse_list_query(q: str = "", sort: str = "", window: Window | None = None) -> ListQuery:
    """Raises BAD_REQUEST when `q` breaks the grammar."""
    return ListQuery(parse_filters(q), parse_sorts(sort), window or Window())


def parse_filters(q: str) -> tuple[Filter, ...]:
    """`q` as the query string gave it; it is decoded once more, since clients encode it twice.

    The last of several conditions on one key (as written) wins. Raises BAD_REQUEST.
    """
    if not q:
        return ()
    found: dict[str, Filter | None] = {}
    for part in _decoded(q).split(","):
        key, equals, value = part.partition("=")
        if not equals or not key or not value:
            raise _broken('the query string must contain "=" and the key/value cannot be empty')
        found[key] = _suffixed(key, _condition(value))
    return tuple(one for one in found.values() if one is not None)


def parse_sorts(sort: str) -> tuple[Sort, ...]:
    return tuple(
        Sort(snake_case(key.removeprefix("-")), key.startswith("-"))
        for key in sort.split(",")
        if key.strip("-")
    )


def snake_case(key: str) -> str:
    """`ProjectID` → project_id; what is snake case stays."""
    return _WORD_START.sub("_", key).lower()


def _decoded(q: str) -> str:
    if len(q) > MAX_LENGTH:
        raise _broken(f"the query string is longer than {MAX_LENGTH} characters")
    text = q if _BROKEN_ESCAPE.search(q) else unquote_plus(q)
    if "\0" in text:
        raise _broken("the query string must not contain NUL")
    return text


def _broken(reason: str) -> Failure:
    return Failure(Code.BAD_REQUEST, reason=reason)


def _condition(value: str) -> Condition:
    reader = _READERS.get(value[0])
    return reader(value) if reader else Exact(Term(value.removeprefix("\\")))


def _contains(value: str) -> Contains:
    if len(value) < 2:
        raise _invalid(value)
    return Contains(value[1:])


def _between(value: str) -> Between:
    low, tilde, high = (part.strip() for part in value[1:-1].partition("~"))
    if not value.endswith("]") or not tilde or "~" in high or not (low or high):
        raise _invalid(value)
    return Between(_term(low) if low else None, _term(high) if high else None)


def _any_of(value: str) -> AnyOf:
    return AnyOf(_terms(value, "}"))


def _all_of(value: str) -> AllOf:
    return AllOf(_terms(value, ")"))


def _terms(value: str, end: str) -> tuple[Term, ...]:
    if len(value) < 2 or not value.endswith(end):
        raise _invalid(value)
    terms = dict.fromkeys(_term(word) for word in value[1:-1].split(" "))
    return tuple(term for term in terms if term.text)


def _term(word: str) -> Term:
    return Term(word.strip().strip("\"'"))


def _invalid(value: str) -> Failure:
    return _broken(f"invalid query string value: {value[:200]}")


_READERS: dict[str, Callable[[str], Condition]] = {"~": _contains, "[": _between, "{": _any_of, "(": _all_of}
_SUFFIXES: dict[str, Callable[[Term], Condition]] = {
    "exact": Exact,
    "icontains": lambda term: Contains(term.text),
    "in": lambda term: AnyOf((term,)),
    "gte": lambda term: Between(low=term),
    "lte": lambda term: Between(high=term),
    "gt": lambda term: Between(low=term, strict=True),
    "lt": lambda term: Between(high=term, strict=True),
}


def _suffixed(key: str, condition: Condition) -> Filter | None:
    """None when the suffix is none we know: such a key is unknown as a whole, and ignored."""
    name, dunder, suffix = key.partition("__")
    if not dunder:
        return Filter(snake_case(name), condition)
    make = _SUFFIXES.get(suffix)
    if make is None:
        return None
    return Filter(snake_case(name), make(condition.term) if isinstance(condition, Exact) else condition)

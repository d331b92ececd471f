"""What the URL asks of a list: words, order, page, filters. The URL is the state, so a list can be sent to somebody.

?q=nginx&sort=-updated&page=2&size=50&public=true
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urlencode

from kangaroo.base.paging import Page, Window
from kangaroo.base.query import Contains, ListQuery, Sort

T = TypeVar("T")
SIZES = (15, 50, 100)
LONGEST = 255
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
_OWN = frozenset({"q", "sort", "page", "size"})


@dataclass(frozen=True, slots=True)
class Listing:
    """`sort` is a column of the list, with `-` before it when it falls; empty is the list's own order. `filters` are
    all other parameters of the URL."""

    path: str
    q: str = ""
    sort: str = ""
    page: int = 1
    size: int = SIZES[0]
    filters: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, path: str, given: Mapping[str, str]) -> "Listing":
        """What cannot be is as if it were not there: people edit URLs, and old ones are kept."""
        size = _number(given.get("size", ""), SIZES[0])
        return cls(
            path=path,
            q=given.get("q", "").strip()[:LONGEST],
            sort=given.get("sort", "")[:LONGEST],
            page=_number(given.get("page", ""), 1),
            size=size if size in SIZES else SIZES[0],
            filters={name: value[:LONGEST] for name, value in given.items() if name not in _OWN and value},
        )

    @property
    def window(self) -> Window:
        return Window(self.page, self.size)

    @property
    def narrowed(self) -> bool:
        """Whether something was asked for that can leave out rows."""
        return bool(self.q or self.filters)

    def filter(self, name: str) -> str:
        return self.filters.get(name, "")

    def flag(self, name: str) -> bool | None:
        """Of a filter that is true, false, or not there."""
        return {"true": True, "false": False}.get(self.filter(name))

    def order(self, columns: Mapping[str, str]) -> tuple[Sort, ...]:
        """By the columns this list can be sorted by, and what core calls them; others are ignored."""
        falling, name = self.sort.startswith("-"), self.sort.removeprefix("-")
        return (Sort(columns[name], descending=falling),) if name in columns else ()

    def query(self, columns: Mapping[str, str], search: str = "name") -> ListQuery:
        """For core; `search` is the key that holds what `q` is a part of."""
        asked = ListQuery(sorts=self.order(columns), window=self.window)
        return asked.where(search, Contains(self.q)) if self.q else asked

    def url(self, **changes: object) -> str:
        """The same list asked otherwise: `url(page=2)`, `url(sort="-name")`, `url(public="true")`; None or an empty
        text takes a parameter away. Whatever else is asked begins at page 1 again."""
        known: dict[str, object] = {**self.filters, "q": self.q, "sort": self.sort, "size": self.size}
        known |= {"page": self.page if "page" in changes else 1} | changes
        kept = {name: str(value) for name, value in known.items() if value not in (None, "")}
        for name, usual in (("page", "1"), ("size", str(SIZES[0]))):
            if kept.get(name) == usual:
                del kept[name]
        return f"{self.path}?{urlencode(kept)}" if kept else self.path

    def toggled(self, column: str) -> str:
        """The URL a heading leads to: by this column, and the other way round when it already is."""
        return self.url(sort=f"-{column}" if self.sort == column else column)

    def last(self, total: int) -> int:
        """The number of the last page."""
        return max(-(-total // self.size), 1)


def cut(listing: Listing, items: list[T]) -> Page[T]:
    """The page of a list that is whole already."""
    window = listing.window
    return Page(items[window.offset : window.offset + window.size], len(items))


def _number(text: str, usual: int) -> int:
    return int(text) if _NUMBER.fullmatch(text) else usual

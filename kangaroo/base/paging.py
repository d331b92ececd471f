"""Two ways to cut a list: by page number (people, Harbor) and by the last name seen (OCI, RFC 5988 links)."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """`items` of one page; `total` counts all pages."""

    items: list[T]
    total: int


@dataclass(frozen=True, slots=True)
class Window:
    """`page` counts from 1; `size` 0 means everything."""

    page: int = 1
    size: int = 10

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.size


@dataclass(frozen=True, slots=True)
class After(Generic[T]):
    """Items that follow a name in lexical order; `more` says that others follow these."""

    items: list[T]
    more: bool

"""JSON as grpc-gateway writes and reads protobuf (protobuf.dev/programming-guides/json, EmitUnpopulated).

A `Shape` goes out: names in lowerCamelCase, every field shown, a message that is not there as null. An int64 is a
text (`int64`, `seconds`), an int32 a number, an enumeration its literal (`Word`).

A `Body` comes in: fields a client leaves out, or says null for, have their defaults; unknown ones are ignored;
numbers may come as texts. `PlatformRequest` makes lowerCamelCase of names in snake_case before it is read.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Annotated, Generic, TypeVar

import msgspec
from litestar.params import Parameter

from kangaroo.base.clock import SECOND, Micros
from kangaroo.base.paging import Page, Window

T = TypeVar("T")
S = TypeVar("S")
Fuzzy = Annotated[str, Parameter(query="fuzzyName", max_length=255)]
"""A part of a name, blind to case."""


class Shape(msgspec.Struct, rename="camel", kw_only=True):
    pass


class Body(msgspec.Struct, rename="camel", kw_only=True):
    pass


class Word(StrEnum):
    """A literal of an enumeration; its first one is what "not said" means."""


class Empty(Shape):
    """google.protobuf.Empty"""


class Created(Shape):
    """Where the published description answers a making with nothing, and one must list to learn the id."""

    id: str


class Log(Shape):
    log: str


class Pagination(Shape):
    page: int
    page_size: int
    total: int
    pages: int


class Listed(Shape, Generic[S]):
    items: list[S]
    pagination: Pagination


def listed(window: Window, page: Page[T], shape: Callable[[T], S]) -> Listed[S]:
    """One page of a list; whoever asks for everything gets one page."""
    size = window.size or page.total
    pages = -(-page.total // size) if size else 0
    place = Pagination(page=window.page, page_size=size, total=page.total, pages=pages)
    return Listed(items=[shape(one) for one in page.items], pagination=place)


def cut(window: Window, items: Sequence[T]) -> Page[T]:
    """The page of a list that is whole already."""
    if not window.size:
        return Page(list(items), len(items))
    return Page(list(items[window.offset : window.offset + window.size]), len(items))


def int64(number: int) -> str:
    return str(number)


def seconds(at: Micros | None) -> str:
    """Since the Unix epoch; 0 for what never was."""
    return str((at or 0) // SECOND)

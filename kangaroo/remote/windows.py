"""Cutting lists that are here as a whole, and joining pages of what is elsewhere."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from kangaroo.base.paging import Page, Window

T = TypeVar("T")


def cut(items: Sequence[T], window: Window) -> Sequence[T]:
    return items[window.offset : window.offset + window.size] if window.size else items


async def joined(fetch: Callable[[Window], Awaitable[Page[T]]], window: Window, largest: int) -> Page[T]:
    """A window of any size, out of pages no larger than `largest`."""
    if 0 < window.size <= largest:
        return await fetch(window)
    number = window.offset // largest + 1
    skip = window.offset - (number - 1) * largest
    found: list[T] = []
    while True:
        page = await fetch(Window(number, largest))
        found += page.items
        enough = window.size and len(found) >= skip + window.size
        if enough or number * largest >= page.total or not page.items:
            return Page(list(found[skip : skip + window.size] if window.size else found), page.total)
        number += 1


def like(fuzzy: str, name: str) -> bool:
    return fuzzy.lower() in name.lower()

"""Pages by number, as Harbor's clients ask for them and find the next one: `page`, `page_size`, Link, X-Total-Count.

Behaviour: goharbor/harbor src/server/v2.0/handler/base.go (`Links`) and src/lib/link.go.
"""

import re
from urllib.parse import parse_qsl

from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Window

LARGEST_PAGE = 100
_LAST_PAGE = 1_000_000_000
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")


def window_of(page: str | None, size: str | None) -> Window:
    """Page 1 of 10 without parameters; a size of zero or less asks for everything.

    Raises INVALID_FIELD for what is no number, or too large.
    """
    number = _integer("page", page, 1, _LAST_PAGE)
    return Window(max(number, 1), max(_integer("page_size", size, 10, LARGEST_PAGE), 0))


def page_headers(path: str, query: str, window: Window, total: int) -> dict[str, str]:
    """`path` and `query` as they were sent."""
    headers = {"X-Total-Count": str(total)}
    link = " , ".join(
        f'<{path}?{_query(query, page, window.size)}>; rel="{name}"'
        for name, page in _neighbours(window, total)
    )
    if link:
        headers["Link"] = link
    return headers


def _neighbours(window: Window, total: int) -> list[tuple[str, int]]:
    found = []
    if window.size > 0:
        if window.page > 1 and window.offset < total:
            found.append(("prev", window.page - 1))
        if window.page * window.size < total:
            found.append(("next", window.page + 1))
    return found


def _query(query: str, page: int, size: int) -> str:
    """The same question with another page: names in order, and not escaped again, as clients of Harbor expect.

    A header carries bytes: text beyond Latin-1 goes as UTF-8.
    """
    pairs = [
        pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] not in ("page", "page_size")
    ]
    pairs += [("page", str(page)), ("page_size", str(size))]
    text = "&".join(f"{name}={value}" for name, value in sorted(pairs, key=lambda pair: pair[0]))
    return _UNPRINTABLE.sub(" ", text).encode("utf-8", "replace").decode("latin-1")


def _integer(name: str, text: str | None, default: int, largest: int) -> int:
    if not text:
        return default
    if not _INTEGER.fullmatch(text):
        raise _refused(name, f"must be of type int64: {text[:40]!r}")
    value = int(text)
    if value > largest:
        raise _refused(name, f"should be less than or equal to {largest}")
    return value


def _refused(name: str, reason: str) -> Failure:
    return Failure(Code.INVALID_FIELD, "invalid_in_query", field=name, reason=reason)

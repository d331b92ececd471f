"""What goes back besides failures: lists with their paging headers, places of what was made, plain success."""

from collections.abc import Sequence
from typing import Any, TypeVar

from litestar import Response

from kangaroo.base.paging import Window
from kangaroo.entrypoints.http.framework import AnyRequest
from kangaroo.entrypoints.http.paging import page_headers

T = TypeVar("T")


def listed(request: AnyRequest, window: Window, items: Sequence[T], total: int) -> Response[Sequence[T]]:
    """One page; `total` counts all."""
    query = request.scope["query_string"].decode("latin-1")
    return Response(items, headers=page_headers(request.scope["path"], query, window, total))


def location(request: AnyRequest, identity: int | str) -> dict[str, str]:
    """The header that says where the new thing is: clients read the number after the last slash."""
    return {"Location": f"{request.scope['path'].rstrip('/')}/{identity}"}


def created(request: AnyRequest, identity: int | str, content: Any = b"") -> Response[Any]:
    """201 with its place; most things answer with no content."""
    return Response(content, status_code=201, headers=location(request, identity))


def done(status: int = 200) -> Response[bytes]:
    """It is done, and there is nothing to say."""
    return Response(b"", status_code=status)

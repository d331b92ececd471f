"""Just enough of HTTP for the plain ASGI dialects, without a framework on the hot path (ASGI 3, HTTP 2.3)."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl, unquote

from kangaroo.base.errors import Code, Failure

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]


class Disconnected(Exception):
    """The client went away before its request was whole."""


class Request:
    __slots__ = ("_headers", "method", "receive", "scope")

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.scope = scope
        self.receive = receive
        self.method: str = scope["method"]
        self._headers: dict[bytes, bytes] = dict(scope["headers"])

    def header(self, name: bytes) -> str | None:
        """`name` in lower case."""
        value = self._headers.get(name)
        return None if value is None else value.decode("latin-1")

    @property
    def path(self) -> str:
        """As sent, decoded once."""
        raw: bytes = self.scope.get("raw_path") or self.scope["path"].encode()
        path = raw.decode("latin-1")
        return unquote(path) if "%" in path else path

    def query(self) -> dict[str, list[str]]:
        values: dict[str, list[str]] = {}
        try:
            pairs = parse_qsl(
                self.scope["query_string"].decode("latin-1"), keep_blank_values=True, max_num_fields=200
            )
        except ValueError as error:
            raise Failure(Code.BAD_REQUEST, reason="too many query parameters") from error
        for name, value in pairs:
            values.setdefault(name, []).append(value)
        return values

    @property
    def content_length(self) -> int | None:
        """None when the body is chunked, or there is none; see `has_body`."""
        value = self._headers.get(b"content-length")
        return int(value) if value is not None and value.isdigit() else None

    @property
    def has_body(self) -> bool:
        return b"transfer-encoding" in self._headers or bool(self.content_length)

    @property
    def client(self) -> str:
        """The address of the peer."""
        peer = self.scope.get("client")
        return peer[0] if peer else ""

    async def stream(self) -> AsyncIterator[bytes]:
        """Raises Disconnected when the body ends early."""
        more = True
        while more:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise Disconnected
            chunk = message.get("body", b"")
            more = message.get("more_body", False)
            if chunk:
                yield chunk

    async def body(self, limit: int, what: str) -> bytes:
        """The whole body, up to `limit` bytes; raises TOO_LARGE."""
        length = self.content_length
        if length is not None and length > limit:
            raise Failure(Code.TOO_LARGE, what=what, limit=limit)
        parts: list[bytes] = []
        total = 0
        async for chunk in self.stream():
            total += len(chunk)
            if total > limit:
                raise Failure(Code.TOO_LARGE, what=what, limit=limit)
            parts.append(chunk)
        return b"".join(parts)


async def respond(send: Send, status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes = b"") -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def text_header(name: bytes, value: str | int) -> tuple[bytes, bytes]:
    return name, str(value).encode("latin-1", "replace")

"""A client that calls an ASGI application directly: the front door without a socket."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Any

import msgspec


@dataclass
class Response:
    """A header that came twice (cookies) holds a line for each."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return msgspec.json.decode(self.body)


class Client:
    """`headers` go with every request."""

    def __init__(self, application: Any, **headers: str) -> None:
        self._application = application
        self.headers = headers

    async def __call__(
        self, method: str, url: str, body: bytes | Iterable[bytes] | None = None, **headers: str
    ) -> Response:
        """`body` in pieces is sent chunked. Header names take `_` for `-`."""
        path, _, query = url.partition("?")
        pieces = [body] if isinstance(body, bytes) else list(body or [])
        all_headers = {"host": "registry.test"} | self.headers | headers
        if isinstance(body, bytes):
            all_headers.setdefault("content_length", str(len(body)))
        elif pieces:
            all_headers["transfer_encoding"] = "chunked"
        scope = {
            "type": "http",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(k.replace("_", "-").lower().encode(), v.encode()) for k, v in all_headers.items()],
            "client": ("127.0.0.1", 1),
            "http_version": "1.1",
        }
        messages = self._messages(pieces)
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return await anext(messages)

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self._application(scope, receive, send)
        headers_back: dict[str, str] = {}
        for name, value in sent[0]["headers"]:
            key = name.decode().lower()
            headers_back[key] = (
                f"{headers_back[key]}\n{value.decode()}" if key in headers_back else value.decode()
            )
        return Response(sent[0]["status"], headers_back, b"".join(m.get("body", b"") for m in sent[1:]))

    async def _messages(self, pieces: list[bytes]) -> AsyncIterator[dict[str, Any]]:
        for number, piece in enumerate(pieces):
            yield {"type": "http.request", "body": piece, "more_body": number + 1 < len(pieces)}
        if not pieces:
            yield {"type": "http.request", "body": b"", "more_body": False}
        while True:
            yield {"type": "http.disconnect"}

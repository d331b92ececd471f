"""An ASGI application as a transport of httpx, in the same process and event loop.

httpx has one of its own (`ASGITransport`), which keeps a whole answer in memory; images are larger than that.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx

from kangaroo.entrypoints.http.asgi import Application

_HEEDS = 1.0  # seconds
_AHEAD = 16  # messages of an answer that may wait for their reader


class InProcess(httpx.AsyncBaseTransport):
    def __init__(self, application: Application) -> None:
        self._application = application

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        exchange = _Exchange(self._application, request)
        try:
            start = await exchange.message()
        except BaseException:
            await exchange.aclose()
            raise
        return httpx.Response(start["status"], headers=start["headers"], stream=exchange)


class _Exchange(httpx.AsyncByteStream):
    """One request being answered; read as the answer's body."""

    def __init__(self, application: Application, request: httpx.Request) -> None:
        assert isinstance(request.stream, httpx.AsyncByteStream)
        self._body = aiter(request.stream)
        self._asked = False
        self._done = asyncio.Event()
        self._answer: asyncio.Queue[dict[str, Any]] = asyncio.Queue(_AHEAD)
        self._task = asyncio.ensure_future(application(_scope(request), self._receive, self._answer.put))

    async def message(self) -> dict[str, Any]:
        """The next one of the application. Raises what it raised instead of one."""
        waiting = asyncio.ensure_future(self._answer.get())
        await asyncio.wait({waiting, self._task}, return_when=asyncio.FIRST_COMPLETED)
        if not waiting.done() and self._answer.empty():
            waiting.cancel()
            self._task.result()
            raise httpx.RemoteProtocolError("the application did not answer")
        return await waiting

    async def __aiter__(self) -> AsyncIterator[bytes]:
        more = True
        while more:
            message = await self.message()
            more = message.get("more_body", False)
            if body := message.get("body", b""):
                yield body

    async def aclose(self) -> None:
        """What still answers is told that nobody listens, and ended if it does not heed."""
        self._done.set()
        if not self._answer.full():  # else it waits for its reader
            await asyncio.wait({self._task}, timeout=_HEEDS)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _receive(self) -> dict[str, Any]:
        if not self._asked:
            piece = await anext(self._body, None)
            if piece is not None:
                return {"type": "http.request", "body": piece, "more_body": True}
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._done.wait()
        return {"type": "http.disconnect"}


def _scope(request: httpx.Request) -> dict[str, Any]:
    path, _, query = request.url.raw_path.partition(b"?")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": request.url.scheme,
        "path": request.url.path,
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "server": (request.url.host, request.url.port),
        "client": ("127.0.0.1", 0),
    }

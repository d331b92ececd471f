"""What every request gets, whoever answers it: a name, a place in the metrics, a log line if it failed."""

import itertools
import logging
import secrets
import time
from typing import Any

import structlog

from kangaroo.app import metrics
from kangaroo.entrypoints.http.asgi import Application, Receive, Scope, Send
from kangaroo.entrypoints.http.metrics import ROUTE
from kangaroo.entrypoints.http.request_id import HEADER, REQUEST_ID, accepted

log = structlog.get_logger(__name__)
_WITH_CONTENT = frozenset({"PUT", "PATCH", "POST"})


class Measured:
    """On the path of every request, for less than 3 µs. Make it after the process has begun."""

    def __init__(self) -> None:
        self._prefix = secrets.token_hex(4)
        self._numbers = itertools.count(1)
        self._meter = metrics.RequestMeter(metrics.here())
        self._uploads = metrics.cell("uploads_under_way")
        self._log_all = logging.getLogger(__name__).isEnabledFor(logging.DEBUG)

    async def answer(self, application: Application, scope: Scope, receive: Receive, send: Send) -> None:
        """Have the application answer; it may put a better name of its route into `scope[ROUTE]`."""
        started = time.perf_counter()
        method = scope["method"]
        name = self._name(scope)
        REQUEST_ID.set(name)
        status = sent = 0

        async def counting(message: dict[str, Any]) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
                # A new message: the application may keep its own and use it again.
                headers = [*message.get("headers", ()), (HEADER, name.encode())]
                message = {"type": "http.response.start", "status": status, "headers": headers}
            else:
                sent += len(message.get("body", b""))
            await send(message)

        upload = _Upload(receive, self._uploads) if method in _WITH_CONTENT else None
        try:
            await application(scope, upload.receive if upload else receive, counting)
        except Exception:
            status = status or 500  # the server answers and logs it
            raise
        finally:
            received = upload.end() if upload else 0
            seconds = time.perf_counter() - started
            if method == "HEAD":
                sent = 0
            self._meter.count((method, scope[ROUTE], status), seconds, received, sent)
            if status >= 500 or self._log_all:
                _log(scope, status, seconds)

    def _name(self, scope: Scope) -> str:
        for header, value in scope["headers"]:
            if header == HEADER:
                return accepted(value) or self._made_up()
        return self._made_up()

    def _made_up(self) -> str:
        return f"{self._prefix}-{next(self._numbers):x}"


class _Upload:
    """A request with content, while it is under way."""

    def __init__(self, receive: Receive, under_way: metrics.Cell) -> None:
        self._receive = receive
        self._under_way = under_way
        self._received = 0
        under_way.add()

    async def receive(self) -> dict[str, Any]:
        message = await self._receive()
        self._received += len(message.get("body", b""))
        return message

    def end(self) -> int:
        self._under_way.add(-1.0)
        return self._received


def _log(scope: Scope, status: int, seconds: float) -> None:
    level = logging.WARNING if status >= 500 else logging.DEBUG
    client = scope["client"][0] if scope.get("client") else ""
    log.log(
        level,
        "request",
        method=scope["method"],
        path=scope["path"],
        status=status,
        seconds=round(seconds, 6),
        client=client,
    )

"""The outermost ASGI layer: opens what the server needs at its start, finds the entrypoint of a request."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack

import structlog

from kangaroo.app.exposition import exposition
from kangaroo.app.measured import Measured
from kangaroo.entrypoints.http.asgi import Application, Receive, Scope, Send, respond, text_header
from kangaroo.entrypoints.http.metrics import ROUTE, MetricsPage, Observed
from kangaroo.entrypoints.http.probes import Probes, Readiness

Routes = Mapping[str, Application]
ELSE = "*"
"""The key of what answers all other paths."""

log = structlog.get_logger(__name__)


def operator_routes(readiness: Readiness, observed: Observed) -> Routes:
    """What those who run the server ask for."""
    probes = Probes(readiness)
    page = MetricsPage(exposition, observed)
    return {"healthz": probes.healthz, "readyz": probes.readyz, "metrics": page}


class Frame:
    """`opened` yields the entrypoints by the first part of the paths they answer, and under ELSE, if somebody does, who
    answers the rest."""

    def __init__(self, opened: Callable[[], AbstractAsyncContextManager[Routes]]) -> None:
        self._opened = opened
        self._routes: Routes = {}
        self._else: Application = _nowhere
        self._measured = Measured()

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] != "http":
            return self._live(receive, send)
        first = scope["path"].partition("/")[2].partition("/")[0]
        application = self._routes.get(first)
        scope[ROUTE] = first if application else "nowhere"
        return self._measured.answer(application or self._else, scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        """The lifespan protocol."""
        async with AsyncExitStack() as stack:
            await receive()
            try:
                self._routes = await stack.enter_async_context(self._opened())
                self._else = self._routes.get(ELSE, _nowhere)
            except Exception as error:
                log.exception("cannot start")
                await send({"type": "lifespan.startup.failed", "message": str(error)})
                return
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


async def _nowhere(_scope: Scope, _receive: Receive, send: Send) -> None:
    body = b"404 page not found\n"
    headers = [(b"content-type", b"text/plain; charset=utf-8"), text_header(b"content-length", len(body))]
    await respond(send, 404, headers, body)

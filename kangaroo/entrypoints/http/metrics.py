"""`/metrics`, and the word by which an entrypoint tells which of its routes answered a request."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from kangaroo.entrypoints.http.asgi import Receive, Scope, Send, respond, text_header

# An entrypoint writes the name of its route here: `scope[ROUTE] = "blobs"`. Never a piece of a path: a metric
# has one series per route.
ROUTE = "kangaroo.route"

Observation = tuple[str, Mapping[str, str], float]  # metric of the table, labels, value
Render = Callable[[str, Sequence[Observation]], tuple[str, bytes]]


class Observed(Protocol):
    async def observations(self) -> Sequence[Observation]:
        """Numbers that are not counted but looked up, such as the length of the job queue."""
        ...


class MetricsPage:
    def __init__(self, render: Render, observed: Observed) -> None:
        self._render = render
        self._observed = observed

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        accept = dict(scope["headers"]).get(b"accept", b"").decode("latin-1")
        content_type, body = self._render(accept, await self._observed.observations())
        headers = [text_header(b"content-type", content_type), text_header(b"content-length", len(body))]
        await respond(send, 200, headers, body)

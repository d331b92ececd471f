"""What the dialects on Litestar share: a request is routed by its path as it was sent, admitted before anything of it
is read, given what its application works with, and answered with the headers its visitor is due."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Protocol, TypeVar

from litestar import Litestar, Request
from litestar.di import Dependency, Provide
from litestar.openapi.config import OpenAPIConfig
from litestar.params import SkipValidationMarker
from litestar.types import ControllerRouterHandler

from kangaroo.entrypoints.http.asgi import Application, Headers, Receive, Scope, Send
from kangaroo.entrypoints.http.metrics import ROUTE

T = TypeVar("T")
Given = Annotated[T, Dependency(kind="named"), SkipValidationMarker()]
"""What a handler is given by the name of its parameter: `async def list_(actor: Given[Actor], …)`."""

AnyRequest = Request[Any, Any, Any]
LARGEST_BODY = 4 << 20  # bytes
# Where the scope holds them.
HOUSE = "kangaroo.house"
VISITOR = "kangaroo.visitor"


class Guest(Protocol):
    """`headers` go with the answer, whatever it is."""

    headers: Headers


def mounted(
    routing: Litestar,
    house: object,
    *,
    query: Callable[[bytes], bytes] = bytes,
    tidy: Callable[[Headers], Headers] = list,
) -> Application:
    """The ASGI application. `house` is what its handlers work with; `query` and `tidy` are a dialect's own ways with
    the query string of a request and the headers of an answer."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        raw: bytes = scope.get("raw_path") or scope["path"].encode()
        path = raw.decode("latin-1")
        inner = {**scope, "path": path, "query_string": query(scope["query_string"]), HOUSE: house}

        async def send_with_headers(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                guest: Guest | None = inner.get(VISITOR)
                extra = [] if guest is None else guest.headers
                message = {**message, "headers": [*tidy(message["headers"]), *extra]}
            await send(message)

        try:
            await routing(inner, receive, send_with_headers)  # type: ignore[arg-type]
        finally:
            scope[ROUTE] = inner.get(ROUTE, "nowhere")

    return serve


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a dialect reads requests and says failures. `admit` runs before each handler."""

    admit: Callable[[AnyRequest], Awaitable[None]]
    dependencies: Mapping[str, Provide]
    failures: Mapping[type[Exception], Callable[..., Any]]
    request: type[AnyRequest]
    description: OpenAPIConfig | None = None


def framework(handlers: Sequence[ControllerRouterHandler], manner: Manner) -> Litestar:
    """It only knows the routes; what they work with comes with each request."""
    return Litestar(
        handlers,
        before_request=manner.admit,
        dependencies=manner.dependencies,
        exception_handlers=manner.failures,  # type: ignore[arg-type]
        request_class=manner.request,
        request_max_body_size=LARGEST_BODY,
        openapi_config=manner.description,
        logging_config=None,
        debug=False,
        pdb_on_exception=False,
    )


def note_route(request: AnyRequest) -> None:
    """For the metrics: module and name of the handler."""
    handler = request.route_handler
    scope: dict[str, Any] = request.scope  # type: ignore[assignment]
    scope[ROUTE] = f"{handler.fn.__module__.rpartition('.')[2]}.{handler.handler_name}"

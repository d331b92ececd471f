"""The way of a request: routed by its path as it was sent, admitted at the door, handled, answered as Harbor does."""

from functools import cache
from typing import Any

from litestar import Litestar, Request
from litestar.exceptions import HTTPException, InternalServerException, SerializationException
from litestar.types import ControllerRouterHandler

from kangaroo.base.errors import Code, Failure
from kangaroo.core.services import Services
from kangaroo.entrypoints.harbor.door import VISITOR
from kangaroo.entrypoints.harbor.errors import AnyRequest, on_error, on_failure, on_refusal
from kangaroo.entrypoints.harbor.given import DEPENDENCIES, HOUSE, House, house_of
from kangaroo.entrypoints.harbor.routes import HANDLERS
from kangaroo.entrypoints.harbor.surroundings import Surroundings
from kangaroo.entrypoints.http.asgi import Application, Receive, Scope, Send
from kangaroo.entrypoints.http.metrics import ROUTE

LARGEST_BODY = 4 << 20  # bytes
_INT64 = 1 << 63


def application(
    services: Services, surroundings: Surroundings, handlers: tuple[ControllerRouterHandler, ...] = HANDLERS
) -> Application:
    """The ASGI application for /api/v2.0, /api/version and /c."""
    routing, house = framework(handlers), House.of(services, surroundings)

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        raw: bytes = scope.get("raw_path") or scope["path"].encode()
        inner = {**scope, "path": raw.decode("latin-1"), HOUSE: house}

        async def send_with_headers(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                guest = inner.get(VISITOR)
                extra = [] if guest is None else guest.headers
                message = {**message, "headers": [*_of_content(message["headers"]), *extra]}
            await send(message)

        try:
            await routing(inner, receive, send_with_headers)  # type: ignore[arg-type]
        finally:
            scope[ROUTE] = inner.get(ROUTE, "nowhere")

    return serve


def _of_content(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Nothing has no type: clients read as JSON what says that it is."""
    if (b"content-length", b"0") not in headers:
        return headers
    return [header for header in headers if header[0] != b"content-type"]


@cache
def framework(handlers: tuple[ControllerRouterHandler, ...] = HANDLERS) -> Litestar:
    """It only knows the routes; what they work with comes with each request."""
    return Litestar(
        handlers,
        before_request=_admit,
        dependencies=DEPENDENCIES,
        exception_handlers={Failure: on_failure, HTTPException: on_refusal, Exception: on_error},
        request_class=HarborRequest,
        request_max_body_size=LARGEST_BODY,
        openapi_config=None,  # Harbor's own description is what clients have
        logging_config=None,
        debug=False,
        pdb_on_exception=False,
    )


async def _admit(request: AnyRequest) -> None:
    await house_of(request).door.admit(request)


class HarborRequest(Request[Any, Any, Any]):
    """Reads a body as Go does: null is absent, and a whole number has 64 bits."""

    async def body(self) -> bytes:
        """Raises BAD_REQUEST when the client goes away before its end: no fault of ours."""
        try:
            return await super().body()
        except InternalServerException as error:
            raise Failure(Code.BAD_REQUEST, reason="the request ended early") from error

    async def json(self) -> Any:
        try:
            return _tidy(await super().json())
        except (RecursionError, UnicodeDecodeError) as error:
            raise SerializationException("nested too deeply, or not UTF-8") from error


def _tidy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _tidy(one) for key, one in value.items() if one is not None}
    if isinstance(value, list):
        return [_tidy(one) for one in value]
    if isinstance(value, int) and not -_INT64 <= value < _INT64:
        raise _refused("a number has more than 64 bits")
    if isinstance(value, str) and "\0" in value:
        raise _refused("a text holds the character NUL")
    return value


def _refused(reason: str) -> Failure:
    return Failure(Code.INVALID_FIELD, field="body", reason=reason)

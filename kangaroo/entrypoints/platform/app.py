"""The way of a request: routed by its path as it was sent, admitted at the door, handled, answered as grpc-gateway
does."""

import re
from functools import cache
from typing import Any

from litestar import Litestar, Request
from litestar.exceptions import HTTPException, SerializationException
from litestar.types import ControllerRouterHandler

from kangaroo.base.errors import Code, Failure
from kangaroo.core.services import Services
from kangaroo.entrypoints.http.asgi import Application, Receive, Scope, Send
from kangaroo.entrypoints.http.metrics import ROUTE
from kangaroo.entrypoints.platform.door import VISITOR, visitor
from kangaroo.entrypoints.platform.errors import AnyRequest, on_error, on_failure, on_refusal
from kangaroo.entrypoints.platform.given import DEPENDENCIES, HOUSE, House, house_of
from kangaroo.entrypoints.platform.openapi import CONFIGURATION
from kangaroo.entrypoints.platform.routes import BASE, HANDLERS
from kangaroo.entrypoints.platform.surroundings import Surroundings

LARGEST_BODY = 4 << 20  # bytes
# Fields that are maps: their keys are the client's own and stay as they are.
MAPS = frozenset({"annotations", "limits", "params", "requests"})
_SNAKE = re.compile(r"_([a-z0-9])")
_SNAKE_PARAMETER = re.compile(rb"(?:^|&)[^=&]*_[^=&]*")


def application(
    services: Services, surroundings: Surroundings, handlers: tuple[ControllerRouterHandler, ...] = HANDLERS
) -> Application:
    """The ASGI application for /apis."""
    routing, house = framework(handlers), House.of(services, surroundings)

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        raw: bytes = scope.get("raw_path") or scope["path"].encode()
        query = _SNAKE_PARAMETER.sub(_camel_parameter, scope["query_string"])
        inner = {**scope, "path": raw.decode("latin-1"), "query_string": query, HOUSE: house}

        async def send_with_headers(message: dict[str, Any]) -> None:
            guest = inner.get(VISITOR)
            if message["type"] == "http.response.start" and guest is not None and guest.headers:
                message = {**message, "headers": [*message["headers"], *guest.headers]}
            await send(message)

        try:
            await routing(inner, receive, send_with_headers)  # type: ignore[arg-type]
        finally:
            scope[ROUTE] = inner.get(ROUTE, "nowhere")

    return serve


@cache
def framework(handlers: tuple[ControllerRouterHandler, ...] = HANDLERS) -> Litestar:
    """It only knows the routes; what they work with comes with each request."""
    return Litestar(
        handlers,
        before_request=_admit,
        dependencies=DEPENDENCIES,
        exception_handlers={Failure: on_failure, HTTPException: on_refusal, Exception: on_error},
        request_class=PlatformRequest,
        request_max_body_size=LARGEST_BODY,
        openapi_config=CONFIGURATION,
        logging_config=None,
        debug=False,
        pdb_on_exception=False,
    )


async def _admit(request: AnyRequest) -> None:
    """Strangers learn nothing but our description, not even what is wrong with what they sent."""
    await house_of(request).door.admit(request)
    if request.scope["path"].startswith(BASE) and not visitor(request).actor.known:
        raise Failure(Code.UNAUTHORIZED)


class PlatformRequest(Request[Any, Any, Any]):
    """Reads a body as protobuf's JSON: null is absent, names may be in snake case, and nothing is all defaults."""

    async def body(self) -> bytes:
        return await super().body() or b"{}"

    async def json(self) -> Any:
        try:
            return _tidy(await super().json())
        except (RecursionError, UnicodeDecodeError) as error:
            raise SerializationException("nested too deeply, or not UTF-8") from error


def _tidy(value: Any, *, keys_are_data: bool = False) -> Any:
    if isinstance(value, dict):
        return {
            key if keys_are_data else camel(key): _tidy(one, keys_are_data=key in MAPS)
            for key, one in value.items()
            if one is not None
        }
    if isinstance(value, list):
        return [_tidy(one) for one in value]
    if isinstance(value, str) and "\0" in value:
        raise Failure(Code.BAD_REQUEST, reason="a text holds the character NUL")
    return value


def camel(name: str) -> str:
    return _SNAKE.sub(lambda match: match.group(1).upper(), name) if "_" in name else name


def _camel_parameter(match: re.Match[bytes]) -> bytes:
    return camel(match.group().decode("latin-1")).encode("latin-1")

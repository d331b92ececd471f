"""The way of a request: routed by its path as it was sent, admitted at the door, handled, answered as Harbor does."""

from functools import cache
from typing import Any

from litestar import Litestar, Request
from litestar.exceptions import HTTPException, InternalServerException, SerializationException
from litestar.types import ControllerRouterHandler

from kangaroo.base.errors import Code, Failure
from kangaroo.core.services import Services
from kangaroo.entrypoints.harbor.errors import on_error, on_failure, on_refusal
from kangaroo.entrypoints.harbor.given import DEPENDENCIES, House, house_of
from kangaroo.entrypoints.harbor.routes import HANDLERS
from kangaroo.entrypoints.harbor.surroundings import Surroundings
from kangaroo.entrypoints.http.asgi import Application, Headers
from kangaroo.entrypoints.http.framework import AnyRequest, Manner, framework, mounted

_INT64 = 1 << 63


def application(
    services: Services, surroundings: Surroundings, handlers: tuple[ControllerRouterHandler, ...] = HANDLERS
) -> Application:
    """The ASGI application for /api/v2.0, /api/version and /c."""
    return mounted(routing(handlers), House.of(services, surroundings), tidy=_of_content)


def _of_content(headers: Headers) -> Headers:
    """Nothing has no type: clients read as JSON what says that it is."""
    if (b"content-length", b"0") not in headers:
        return headers
    return [header for header in headers if header[0] != b"content-type"]


@cache
def routing(handlers: tuple[ControllerRouterHandler, ...] = HANDLERS) -> Litestar:
    """Without a description: clients have Harbor's own."""
    manner = Manner(
        admit=_admit,
        dependencies=DEPENDENCIES,
        failures={Failure: on_failure, HTTPException: on_refusal, Exception: on_error},
        request=HarborRequest,
    )
    return framework(handlers, manner)


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

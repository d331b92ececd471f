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
from kangaroo.entrypoints.http.asgi import Application
from kangaroo.entrypoints.http.framework import AnyRequest, Manner, framework, mounted
from kangaroo.entrypoints.platform.door import visitor
from kangaroo.entrypoints.platform.errors import on_error, on_failure, on_refusal
from kangaroo.entrypoints.platform.given import DEPENDENCIES, House, house_of
from kangaroo.entrypoints.platform.openapi import CONFIGURATION
from kangaroo.entrypoints.platform.routes import BASE, HANDLERS
from kangaroo.entrypoints.platform.surroundings import Surroundings

# Fields that are maps: their keys are the client's own and stay as they are.
MAPS = frozenset({"annotations", "limits", "params", "requests"})
_SNAKE = re.compile(r"_([a-z0-9])")
_SNAKE_PARAMETER = re.compile(rb"(?:^|&)[^=&]*_[^=&]*")


def application(
    services: Services, surroundings: Surroundings, handlers: tuple[ControllerRouterHandler, ...] = HANDLERS
) -> Application:
    """The ASGI application for /apis."""
    return mounted(routing(handlers), House.of(services, surroundings), query=_camel_query)


@cache
def routing(handlers: tuple[ControllerRouterHandler, ...] = HANDLERS) -> Litestar:
    manner = Manner(
        admit=_admit,
        dependencies=DEPENDENCIES,
        failures={Failure: on_failure, HTTPException: on_refusal, Exception: on_error},
        request=PlatformRequest,
        description=CONFIGURATION,
    )
    return framework(handlers, manner)


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


def _camel_query(query: bytes) -> bytes:
    return _SNAKE_PARAMETER.sub(_camel_parameter, query)


def _camel_parameter(match: re.Match[bytes]) -> bytes:
    return camel(match.group().decode("latin-1")).encode("latin-1")

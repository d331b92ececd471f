"""The way of a request: static files by their names; pages routed by the path as it was sent, admitted at the door,
handled, rendered."""

from functools import cache, partial

from litestar import Litestar, Request
from litestar.exceptions import HTTPException

from kangaroo.base.errors import Failure
from kangaroo.core.services import Services
from kangaroo.entrypoints.console.door import admit
from kangaroo.entrypoints.console.errors import on_error, on_failure, on_refusal
from kangaroo.entrypoints.console.frame import frame_of
from kangaroo.entrypoints.console.given import DEPENDENCIES
from kangaroo.entrypoints.console.rendering import static
from kangaroo.entrypoints.console.routes import HANDLERS
from kangaroo.entrypoints.console.static import PREFIX
from kangaroo.entrypoints.console.surroundings import Surroundings
from kangaroo.entrypoints.console.visit import House
from kangaroo.entrypoints.http.asgi import Application, Receive, Scope, Send
from kangaroo.entrypoints.http.framework import Manner, framework, mounted
from kangaroo.entrypoints.http.metrics import ROUTE


def application(services: Services, surroundings: Surroundings) -> Application:
    """The ASGI application for every path that is no API's."""
    routing = pages()
    paths = frozenset(route.path for route in routing.routes)
    site = mounted(routing, House(services, surroundings, partial(frame_of, paths=paths)))
    files = static()

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].startswith(PREFIX):
            scope[ROUTE] = "static"
            await files(scope, receive, send)
        elif scope["method"] == "HEAD":  # the server leaves the body out
            await site({**scope, "method": "GET"}, receive, send)
            scope[ROUTE] = "console"
        else:
            await site(scope, receive, send)

    return serve


@cache
def pages() -> Litestar:
    manner = Manner(
        admit=admit,
        dependencies=DEPENDENCIES,
        failures={Failure: on_failure, HTTPException: on_refusal, Exception: on_error},
        request=Request,
    )
    return framework(HANDLERS, manner)

"""The list of routes, and the way of every request through them: parse, identify, handle, or say what failed."""

from collections.abc import Awaitable, Callable
from functools import lru_cache

import structlog

from kangaroo.base.actors import ANONYMOUS
from kangaroo.base.errors import Code, Failure
from kangaroo.core.access import Access
from kangaroo.core.services import Services
from kangaroo.entrypoints.http.asgi import (
    Application,
    Disconnected,
    Receive,
    Request,
    Scope,
    Send,
    respond,
    text_header,
)
from kangaroo.entrypoints.http.identity import identify
from kangaroo.entrypoints.http.metrics import ROUTE
from kangaroo.entrypoints.oci import blobs, lists, manifests, token, uploads
from kangaroo.entrypoints.oci.call import VERSION, Call
from kangaroo.entrypoints.oci.challenge import challenge
from kangaroo.entrypoints.oci.errors import body_of, status_of

Handler = Callable[[Call], Awaitable[None]]

ROUTES: dict[str, dict[str, Handler]] = {
    "base": {"GET": lists.base, "HEAD": lists.base},
    "_catalog": {"GET": lists.catalog},
    "tags": {"GET": lists.tags},
    "manifests": {
        "GET": manifests.get,
        "HEAD": manifests.get,
        "PUT": manifests.put,
        "DELETE": manifests.delete,
    },
    "blobs": {"GET": blobs.get, "HEAD": blobs.head, "DELETE": blobs.delete},
    "uploads": {
        "POST": uploads.post,
        "GET": uploads.get,
        "PATCH": uploads.patch,
        "PUT": uploads.put,
        "DELETE": uploads.delete,
    },
    "referrers": {"GET": lists.referrers},
}
log = structlog.get_logger(__name__)


@lru_cache(4096)
def find(path: str) -> tuple[str, str, str] | None:
    """A path below /v2/ as (route, repository name, target); None if it is nowhere."""
    if path in ("", "/"):
        return "base", "", ""
    if path == "/_catalog":
        return "_catalog", "", ""
    name, slash, target = path.rpartition("/")
    name, target = name[1:], slash and target
    for route in ("manifests", "blobs", "referrers"):
        if name.endswith("/" + route) and target and not (route == "blobs" and target == "uploads"):
            return route, name[: -len(route) - 1], target
    if name.endswith("/blobs/uploads"):
        return "uploads", name[: -len("/blobs/uploads")], target
    if path.endswith("/blobs/uploads"):
        return "uploads", path[1 : -len("/blobs/uploads")], ""
    if name.endswith("/tags") and target == "list":
        return "tags", name[: -len("/tags")], ""
    return None


def application(services: Services, external_url: str) -> Application:
    """The ASGI application for /v2 and /service/token."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        path = request.path
        if path == "/service/token":
            await token.serve(services, request, send)
            return
        call = Call(services.registry, request, send, ANONYMOUS, "", "")
        try:
            await _handle(call, services.access, path)
        except Disconnected:
            return
        except Failure as failure:
            await _refuse(call, failure, external_url)
        except Exception:
            log.exception("request failed", path=path)
            await _refuse(call, Failure(Code.INTERNAL), external_url)

    return serve


async def _handle(call: Call, access: Access, path: str) -> None:
    found = find(path[3:])
    if found is None:
        raise Failure(Code.NOT_FOUND, what=path[:200])
    route, call.name, call.target = found
    call.request.scope[ROUTE] = route
    handler = ROUTES[route].get(call.request.method)
    if handler is None:
        raise Failure(Code.METHOD_NOT_ALLOWED, method=call.request.method)
    if call.request.header(b"authorization") is None:
        raise Failure(Code.UNAUTHORIZED)  # even for public content: clients then fetch the anonymous token
    call.actor = await identify(access, call.request)
    await handler(call)


async def _refuse(call: Call, failure: Failure, external_url: str) -> None:
    status = status_of(failure)
    headers = [VERSION, (b"content-type", b"application/json; charset=utf-8")]
    if status == 401:
        if call.name and call.actor.known:
            failure = Failure(
                failure.code,
                "unauthorized_repository",
                repository=call.name,
                action=_action(call.request.method),
            )
        insufficient = "" if call.actor.scopes is None else failure.message()
        how = challenge(call.request, external_url, call.name, insufficient=insufficient)
        headers.append(text_header(b"www-authenticate", how))
    if failure.retry_after is not None:
        headers.append(text_header(b"retry-after", failure.retry_after))
    body = b"" if call.request.method == "HEAD" else body_of(failure)
    headers.append((b"content-length", b"%d" % len(body)))
    await respond(call.send, status, headers, body)


def _action(method: str) -> str:
    return {"GET": "pull", "HEAD": "pull", "DELETE": "delete"}.get(method, "push")

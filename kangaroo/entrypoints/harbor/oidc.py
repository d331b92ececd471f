"""Tag oidc, and /c/oidc: how a browser signs in through an OpenID provider.

Behaviour: goharbor/harbor src/core/controllers/oidc.go.
The cookie `oidc` holds the ticket core gives between the steps: it is only sent here, and only we can read it.
"""

from urllib.parse import urlencode

from litestar import Response, get, post

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.core.access import Unnamed
from kangaroo.core.services import Services
from kangaroo.entrypoints.harbor.answers import done
from kangaroo.entrypoints.harbor.door import Door
from kangaroo.entrypoints.harbor.shapes import Body
from kangaroo.entrypoints.harbor.surroundings import Surroundings
from kangaroo.entrypoints.http import csrf, session
from kangaroo.entrypoints.http.framework import AnyRequest, Given

COOKIE = "oidc"
CALLBACK = "/c/oidc/callback"
ONBOARD_PAGE = "/oidc-onboard"  # of the console
_SECONDS = 900


class Endpoint(Body):
    url: str = ""
    verify_cert: bool = False


class Username(Body):
    username: str = ""


@post("/system/oidc/ping", status_code=200, while_read_only=True)
async def ping(actor: Given[Actor], services: Given[Services], data: Endpoint) -> Response[bytes]:
    await services.access.oidc.ping(actor, data.url, verify=data.verify_cert)
    return done()


@get("/c/oidc/login")
async def login(
    services: Given[Services],
    surroundings: Given[Surroundings],
    door: Given[Door],
    request: AnyRequest,
    redirect_url: str = "/",
) -> Response[bytes]:
    """To the provider; `redirect_url` is the page of ours to come back to."""
    if not _is_local(redirect_url):
        raise Failure(Code.BAD_REQUEST, reason="redirect URL in query is not a local path")
    start = await services.access.oidc.start(_base(surroundings, request) + CALLBACK, redirect_url)
    door.hand_out(request, _cookie(start.ticket, _SECONDS))
    return _redirect(start.url)


@get(CALLBACK)
async def callback(services: Given[Services], door: Given[Door], request: AnyRequest) -> Response[bytes]:
    """From the provider, with a code or an error."""
    said = request.query_params
    if error := said.get("error"):
        reason = f"OIDC callback returned error: {error} - {said.get('error_description', '')}"
        raise Failure(Code.BAD_REQUEST, reason=reason[:500])
    found = await services.access.oidc.finish(_ticket(request), said.get("state", ""), said.get("code", ""))
    if isinstance(found, Unnamed):
        door.hand_out(request, _cookie(found.ticket, _SECONDS))
        query = urlencode({"username": found.username, "redirect_url": found.back_to})
        return _redirect(f"{ONBOARD_PAGE}?{query}")
    await door.begin(request, found.actor)
    door.hand_out(request, _cookie("", 0))
    return _redirect(found.back_to)


@post("/c/oidc/onboard", status_code=200, while_read_only=True)
async def onboard(
    services: Given[Services], door: Given[Door], request: AnyRequest, data: Username
) -> Response[bytes]:
    """A newcomer has chosen his name."""
    csrf.check_site(request.headers.get("sec-fetch-site"))
    entered = await services.access.oidc.onboard(_ticket(request), data.username)
    await door.begin(request, entered.actor)
    door.hand_out(request, _cookie("", 0))
    return done()


@get("/c/oidc/logout")
async def logout(
    services: Given[Services], surroundings: Given[Surroundings], door: Given[Door], request: AnyRequest
) -> Response[bytes]:
    """The session ends here, and if configured so at the provider."""
    await door.sign_out(request)
    return _redirect(await services.access.oidc.farewell(_base(surroundings, request) + "/"))


def _is_local(url: str) -> bool:
    """Browsers read // and a backslash as the beginning of another host."""
    return url.startswith("/") and not url.startswith("//") and "\\" not in url and url.isprintable()


def _base(surroundings: Surroundings, request: AnyRequest) -> str:
    own = f"{request.scope['scheme']}://{request.headers.get('host', '')}"
    return surroundings.external_url.rstrip("/") or own


def _ticket(request: AnyRequest) -> str:
    return session.cookie(request.scope["headers"], COOKIE) or ""


def _cookie(ticket: str, seconds: int) -> str:
    """Lax: the provider sends the browser back with a link, not with a form."""
    return f"{COOKIE}={ticket}; Path=/c/oidc; Max-Age={seconds}; HttpOnly; SameSite=Lax"


def _redirect(url: str) -> Response[bytes]:
    return Response(b"", status_code=302, headers={"Location": url, "Cache-Control": "no-store"})


HANDLERS = (ping,)
PAGES = (login, callback, onboard, logout)

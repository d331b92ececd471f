"""Before any handler: who asks, whose page asks, and whether anything may be changed now.

Order of belief: name and password (people, robots), an API token or an OpenID provider's, then the session cookie. As
in Harbor a wrong one makes an anonymous visitor: what everybody may see is still shown, the rest is refused with 401.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kangaroo.base.actors import ANONYMOUS, Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.core.access import Access
from kangaroo.entrypoints.harbor import oidc_cli
from kangaroo.entrypoints.harbor.surroundings import Surroundings
from kangaroo.entrypoints.http import csrf, session
from kangaroo.entrypoints.http.asgi import Headers, text_header
from kangaroo.entrypoints.http.framework import VISITOR, AnyRequest, note_route
from kangaroo.entrypoints.http.identity import parse_basic

# Options of a handler (`@put(path, while_read_only=True)`).
WHILE_READ_ONLY = "while_read_only"
WITHOUT_CSRF = "without_csrf"


@dataclass(slots=True)
class Visitor:
    """Who asks, and the cookie of the session, if he has one. `headers` go with the answer, whatever it is."""

    actor: Actor
    cookie: str | None
    headers: Headers


def visitor(request: AnyRequest) -> Visitor:
    found: Visitor = request.scope[VISITOR]  # type: ignore[literal-required]
    return found


class Door:
    def __init__(self, access: Access, surroundings: Surroundings) -> None:
        self._access = access
        self._https = surroundings.external_url.startswith("https:")

    async def admit(self, request: AnyRequest) -> None:
        """Raises TOO_MANY_REQUESTS, FORBIDDEN (no CSRF token), DENIED (read-only), INVALID_FIELD."""
        scope: dict[str, Any] = request.scope  # type: ignore[assignment]
        note_route(request)
        options: Mapping[str, Any] = request.route_handler.opt
        guest = scope[VISITOR] = await self._visitor(request)
        if b"%00" in scope["query_string"] or "%00" in scope["path"]:
            raise Failure(Code.INVALID_FIELD, field="url", reason="it holds the character NUL")
        if request.method in csrf.SAFE_METHODS:
            return
        if guest.cookie is not None and not options.get(WITHOUT_CSRF):
            csrf.check_token(csrf.token_of(guest.cookie), request.headers.get(csrf.HEADER))
        if not options.get(WHILE_READ_ONLY) and (await self._access.configuration.values()).read_only:
            raise Failure(Code.DENIED, "read_only")

    async def sign_in(self, request: AnyRequest, name: str, password: str) -> None:
        """Begin a session. Raises UNAUTHORIZED, TOO_MANY_REQUESTS."""
        await self.begin(request, await self._access.authenticate_basic(name, password, _client(request)))

    async def begin(self, request: AnyRequest, actor: Actor) -> None:
        """A session of who has proved to be the actor. Raises UNAUTHORIZED for robots."""
        cookie = await self._access.sessions.begin(actor)
        visitor(request).headers = session.keep(cookie, secure=self._secure(request))

    def hand_out(self, request: AnyRequest, cookie: str) -> None:
        """Another cookie with the answer; `cookie` with its attributes."""
        line = cookie + ("; Secure" if self._secure(request) else "")
        visitor(request).headers.append((b"set-cookie", line.encode("latin-1")))

    async def sign_out(self, request: AnyRequest) -> None:
        guest = visitor(request)
        if guest.cookie is not None:
            await self._access.sessions.end(guest.cookie)
        guest.headers = session.drop(secure=self._secure(request))

    async def _visitor(self, request: AnyRequest) -> Visitor:
        cookie = session.cookie(request.scope["headers"])
        holder = None if cookie is None else await self._access.sessions.holder(cookie)
        actor = await self._shown(request) or holder or ANONYMOUS
        if cookie is None or holder is None:
            return Visitor(actor, None, [])
        return Visitor(actor, cookie, [text_header(csrf.HEADER.lower().encode(), csrf.token_of(cookie))])

    async def _shown(self, request: AnyRequest) -> Actor | None:
        """Whom the Authorization header proves."""
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        try:
            match scheme.lower():
                case "basic":
                    return await self._by_password(request, value)
                case "bearer":
                    return await self._access.authenticate_bearer(value)
        except Failure as failure:
            if failure.code is not Code.UNAUTHORIZED:
                raise
        return None

    async def _by_password(self, request: AnyRequest, value: str) -> Actor | None:
        name, password = parse_basic(value)
        actor = await self._access.authenticate_basic(name, password, _client(request))
        if await self._access.cli_secrets.shown_by(actor) and not oidc_cli.may(request):
            return None
        return actor

    def _secure(self, request: AnyRequest) -> bool:
        return self._https or request.scope["scheme"] == "https"


def _client(request: AnyRequest) -> str:
    return request.client.host if request.client else ""

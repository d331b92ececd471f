"""Before any handler: who asks, whose page asks, and whether anything may be changed now.

Order of belief: name and password (people, robots), then the session cookie. As in Harbor a wrong password makes
an anonymous visitor: what everybody may see is still shown, the rest is refused with 401.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kangaroo.base.actors import ANONYMOUS, Actor, ActorKind
from kangaroo.base.errors import Code, Failure
from kangaroo.core.access import Access
from kangaroo.entrypoints.harbor.errors import AnyRequest
from kangaroo.entrypoints.harbor.surroundings import Surroundings
from kangaroo.entrypoints.http import csrf, session
from kangaroo.entrypoints.http.asgi import Headers, text_header
from kangaroo.entrypoints.http.identity import parse_basic
from kangaroo.entrypoints.http.metrics import ROUTE

VISITOR = "kangaroo.visitor"  # where the scope holds it
# Options of a handler (`@put(path, while_read_only=True)`).
WHILE_READ_ONLY = "while_read_only"
WITHOUT_CSRF = "without_csrf"


@dataclass(slots=True)
class Visitor:
    """Who asks. `headers` go with the answer, whatever it is."""

    actor: Actor
    session: session.Session | None
    headers: Headers


def visitor(request: AnyRequest) -> Visitor:
    found: Visitor = request.scope[VISITOR]  # type: ignore[literal-required]
    return found


class Door:
    def __init__(self, access: Access, surroundings: Surroundings) -> None:
        self._access = access
        self._surroundings = surroundings
        self.sessions = session.Sessions(surroundings.session_key, surroundings.clock)

    async def admit(self, request: AnyRequest) -> None:
        """Raises TOO_MANY_REQUESTS, FORBIDDEN (no CSRF token), DENIED (read-only), INVALID_FIELD."""
        scope: dict[str, Any] = request.scope  # type: ignore[assignment]
        handler = request.route_handler
        scope[ROUTE] = f"{handler.fn.__module__.rpartition('.')[2]}.{handler.handler_name}"
        options: Mapping[str, Any] = handler.opt
        guest = scope[VISITOR] = await self._visitor(request)
        if b"%00" in scope["query_string"] or "%00" in scope["path"]:
            raise Failure(Code.INVALID_FIELD, field="url", reason="it holds the character NUL")
        if request.method in csrf.SAFE_METHODS:
            return
        if guest.session is not None and not options.get(WITHOUT_CSRF):
            csrf.check_token(self.sessions.csrf_token(guest.session), request.headers.get(csrf.HEADER))
        if not options.get(WHILE_READ_ONLY) and (await self._access.configuration.values()).read_only:
            raise Failure(Code.DENIED, "read_only")

    async def sign_in(self, request: AnyRequest, name: str, password: str) -> None:
        """Begin a session. Raises UNAUTHORIZED, TOO_MANY_REQUESTS."""
        actor = await self._access.authenticate_basic(name, password, _client(request))
        if actor.kind is not ActorKind.USER:
            raise Failure(Code.UNAUTHORIZED)
        minutes = (await self._access.configuration.values()).session_timeout
        guest = visitor(request)
        guest.session = self.sessions.begin(actor.id, minutes)
        guest.headers = self._keep(request, guest.session)

    def sign_out(self, request: AnyRequest) -> None:
        visitor(request).headers = session.drop(secure=self._secure(request))

    async def _visitor(self, request: AnyRequest) -> Visitor:
        value = session.cookie(request.scope["headers"])
        known = None if value is None else self.sessions.read(value)
        holder = None if known is None else await self._holder(known)
        headers: Headers = []
        if known is not None and holder is not None:
            headers.append(text_header(csrf.HEADER.lower().encode(), self.sessions.csrf_token(known)))
            headers += await self._renewal(request, known)
        actor = await self._by_password(request) or holder or ANONYMOUS
        return Visitor(actor, known if holder else None, headers)

    async def _by_password(self, request: AnyRequest) -> Actor | None:
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            name, password = parse_basic(value)
            return await self._access.authenticate_basic(name, password, _client(request))
        except Failure as failure:
            if failure.code is Code.UNAUTHORIZED:
                return None
            raise

    async def _holder(self, known: session.Session) -> Actor | None:
        try:
            return await self._access.user_actor(known.user)
        except Failure as failure:
            if failure.code is Code.UNAUTHORIZED:
                return None
            raise

    async def _renewal(self, request: AnyRequest, known: session.Session) -> Headers:
        minutes = (await self._access.configuration.values()).session_timeout
        renewed = self.sessions.renew(known, minutes)
        return [] if renewed is None else self._keep(request, renewed)

    def _keep(self, request: AnyRequest, one: session.Session) -> Headers:
        return session.keep(self.sessions.write(one), secure=self._secure(request))

    def _secure(self, request: AnyRequest) -> bool:
        return self._surroundings.external_url.startswith("https:") or request.scope["scheme"] == "https"


def _client(request: AnyRequest) -> str:
    return request.client.host if request.client else ""

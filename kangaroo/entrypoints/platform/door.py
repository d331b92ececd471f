"""Before any handler: who asks. A password or a token decides alone; without either, the session of a browser.

Unlike Harbor, whoever shows something wrong is told so (401) and not taken for a stranger.
"""

from dataclasses import dataclass
from typing import Any

from kangaroo.base.actors import ANONYMOUS, Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.core.access import Access
from kangaroo.entrypoints.http import csrf, session
from kangaroo.entrypoints.http.asgi import Headers, text_header
from kangaroo.entrypoints.http.identity import parse_basic
from kangaroo.entrypoints.http.metrics import ROUTE
from kangaroo.entrypoints.platform.errors import AnyRequest
from kangaroo.entrypoints.platform.surroundings import Surroundings

VISITOR = "kangaroo.visitor"  # where the scope holds it


@dataclass(slots=True)
class Visitor:
    """Who asks. `headers` go with the answer, whatever it is."""

    actor: Actor
    headers: Headers


def visitor(request: AnyRequest) -> Visitor:
    found: Visitor = request.scope[VISITOR]  # type: ignore[literal-required]
    return found


class Door:
    def __init__(self, access: Access, surroundings: Surroundings) -> None:
        self._access = access
        self._surroundings = surroundings
        self._sessions = session.Sessions(surroundings.session_key, surroundings.clock)

    async def admit(self, request: AnyRequest) -> None:
        """Raises UNAUTHORIZED, TOO_MANY_REQUESTS, FORBIDDEN (a session without its CSRF token), BAD_REQUEST."""
        scope: dict[str, Any] = request.scope  # type: ignore[assignment]
        handler = request.route_handler
        scope[ROUTE] = f"{handler.fn.__module__.rpartition('.')[2]}.{handler.handler_name}"
        if b"%00" in scope["query_string"] or "%00" in scope["path"]:
            raise Failure(Code.BAD_REQUEST, reason="the URL holds the character NUL")
        header = request.headers.get("authorization")
        scope[VISITOR] = (
            await self._by_session(request)
            if header is None
            else Visitor(await self._by_header(header, request), [])
        )

    async def _by_header(self, header: str, request: AnyRequest) -> Actor:
        scheme, _, value = header.partition(" ")
        match scheme.lower():
            case "basic":
                name, password = parse_basic(value)
                client = request.client.host if request.client else ""
                return await self._access.authenticate_basic(name, password, client)
            case "bearer":
                return await self._access.verify_token(value.strip())
        raise Failure(Code.UNAUTHORIZED)

    async def _by_session(self, request: AnyRequest) -> Visitor:
        value = session.cookie(request.scope["headers"])
        known = None if value is None else self._sessions.read(value)
        if known is None:
            return Visitor(ANONYMOUS, [])
        actor = await self._access.user_actor(known.user)
        token = self._sessions.csrf_token(known)
        if request.method not in csrf.SAFE_METHODS:
            csrf.check_token(token, request.headers.get(csrf.HEADER))
        minutes = (await self._access.configuration.values()).session_timeout
        renewed = self._sessions.renew(known, minutes)
        headers = [text_header(csrf.HEADER.lower().encode(), token)]
        if renewed is not None:
            headers += session.keep(self._sessions.write(renewed), secure=self._secure(request))
        return Visitor(actor, headers)

    def _secure(self, request: AnyRequest) -> bool:
        return self._surroundings.external_url.startswith("https:") or request.scope["scheme"] == "https"

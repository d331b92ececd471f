"""Before any handler: who asks. A password or an API token decides alone; without either, the session of a browser.

Unlike Harbor, whoever shows something wrong is told so (401) and not taken for a stranger.
"""

from dataclasses import dataclass
from typing import Any

from kangaroo.base.actors import ANONYMOUS, Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.core.access import Access
from kangaroo.entrypoints.http import csrf, session
from kangaroo.entrypoints.http.asgi import Headers, text_header
from kangaroo.entrypoints.http.framework import VISITOR, AnyRequest, note_route
from kangaroo.entrypoints.http.identity import parse_basic


@dataclass(slots=True)
class Visitor:
    """Who asks. `headers` go with the answer, whatever it is."""

    actor: Actor
    headers: Headers


def visitor(request: AnyRequest) -> Visitor:
    found: Visitor = request.scope[VISITOR]  # type: ignore[literal-required]
    return found


class Door:
    def __init__(self, access: Access) -> None:
        self._access = access

    async def admit(self, request: AnyRequest) -> None:
        """Raises UNAUTHORIZED, TOO_MANY_REQUESTS, FORBIDDEN (a session without its CSRF token), BAD_REQUEST."""
        scope: dict[str, Any] = request.scope  # type: ignore[assignment]
        note_route(request)
        if b"%00" in scope["query_string"] or "%00" in scope["path"]:
            raise Failure(Code.BAD_REQUEST, reason="the URL holds the character NUL")
        header = request.headers.get("authorization")
        if header is None:
            scope[VISITOR] = await self._by_session(request)
        else:
            scope[VISITOR] = Visitor(await self._by_header(header, request), [])

    async def _by_header(self, header: str, request: AnyRequest) -> Actor:
        scheme, _, value = header.partition(" ")
        match scheme.lower():
            case "basic":
                name, password = parse_basic(value)
                client = request.client.host if request.client else ""
                return await self._access.authenticate_basic(name, password, client)
            case "bearer":
                return await self._access.api_tokens.authenticate(value.strip())
        raise Failure(Code.UNAUTHORIZED)

    async def _by_session(self, request: AnyRequest) -> Visitor:
        cookie = session.cookie(request.scope["headers"])
        holder = None if cookie is None else await self._access.sessions.holder(cookie)
        if cookie is None or holder is None:
            return Visitor(ANONYMOUS, [])
        token = csrf.token_of(cookie)
        if request.method not in csrf.SAFE_METHODS:
            csrf.check_token(token, request.headers.get(csrf.HEADER))
        return Visitor(holder, [text_header(csrf.HEADER.lower().encode(), token)])

"""Before any page: who asks, in which language, and whether a change comes from a page of ours."""

from typing import Any

from kangaroo.base.actors import ANONYMOUS
from kangaroo.base.errors import Code, Failure
from kangaroo.entrypoints.console import texts
from kangaroo.entrypoints.console.preferences import preferences_of
from kangaroo.entrypoints.console.visit import CSRF_FIELD, House, Visit
from kangaroo.entrypoints.http import csrf, session
from kangaroo.entrypoints.http.framework import HOUSE, VISITOR, AnyRequest, note_route

OPEN = "open"
"""Option of a handler for people who have not signed in: `@get("/signin", open=True)`."""

_URLENCODED = "application/x-www-form-urlencoded"


async def admit(request: AnyRequest) -> None:
    """Raises UNAUTHORIZED, FORBIDDEN (a form without the session's token, or from another site), BAD_REQUEST."""
    scope: dict[str, Any] = request.scope  # type: ignore[assignment]
    note_route(request)
    if b"%00" in scope["query_string"] or "%00" in scope["path"]:
        raise Failure(Code.BAD_REQUEST, reason="the URL holds the character NUL")
    preferences = preferences_of(request)
    texts.LANGUAGE.set(preferences.language)
    house: House = scope[HOUSE]
    cookie = session.cookie(scope["headers"])
    holder = None if cookie is None else await house.services.access.sessions.holder(cookie)
    token = csrf.token_of(cookie) if cookie is not None and holder is not None else ""
    scope[VISITOR] = Visit(request, house, preferences, holder or ANONYMOUS, token)
    if request.method not in csrf.SAFE_METHODS:
        await _check(request, token)
    if holder is None and not request.route_handler.opt.get(OPEN):
        raise Failure(Code.UNAUTHORIZED)


async def _check(request: AnyRequest, token: str) -> None:
    """Scripts send the token as a header, forms as a field; files are only sent by scripts."""
    if not token:
        csrf.check_site(request.headers.get("sec-fetch-site"))
        return
    given = request.headers.get(csrf.HEADER)
    if given is None and request.headers.get("content-type", "").startswith(_URLENCODED):
        given = (await request.form()).get(CSRF_FIELD)
    csrf.check_token(token, given)

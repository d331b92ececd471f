"""How failures are told: what happened, what to do, and the name of the request. A page of its own, which needs nothing
but itself; for a script of a page, a few lines in the place it keeps for them."""

from typing import Any
from urllib.parse import quote

import structlog
from litestar import Response
from litestar.exceptions import HTTPException

from kangaroo.base.errors import Code, Failure
from kangaroo.base.reasons import Explained
from kangaroo.entrypoints.console.answers import page_answer
from kangaroo.entrypoints.console.preferences import preferences_of
from kangaroo.entrypoints.console.rendering import render
from kangaroo.entrypoints.console.texts import LANGUAGE, N_, _
from kangaroo.entrypoints.http.framework import AnyRequest
from kangaroo.entrypoints.http.request_id import REQUEST_ID

log = structlog.get_logger(__name__)
SIGN_IN = "/signin"
PLACE_FOR_PROBLEMS = "#problem"
_HEADING, _REMEDY = N_("Something went wrong"), N_("Go back and try again.")
_HEADINGS = {
    400: N_("This cannot be done as asked"),
    403: N_("You may not do this"),
    404: N_("There is nothing here"),
    405: N_("This cannot be done as asked"),
    409: N_("Somebody was faster"),
    412: N_("Something stands in the way"),
    413: N_("This is too large"),
    429: N_("Too many attempts"),
    503: N_("Not available right now"),
}
_REMEDIES = {
    400: N_("Go back and check what was entered."),
    403: N_(
        "Ask an administrator for a role that allows it. If a form was open for long, reload the page first."
    ),
    404: N_(
        "It may have been deleted or renamed, or you may not see it. Check the address, or search with Ctrl K."
    ),
    409: N_("Reload the page to see how it is now."),
    429: N_("Wait a little and try again."),
    500: N_(
        "This is our fault. Tell an administrator the name of the request below: it finds the line in the log."
    ),
    503: N_("It usually heals by itself: try again in a few seconds. The doctor tells what is missing."),
}


def on_failure(request: AnyRequest, failure: Failure) -> Response[bytes]:
    if failure.code is Code.UNAUTHORIZED:
        return _to_sign_in(request)
    status = failure.code.status
    if status >= 500:
        log.warning("request failed", path=request.scope["path"], reason=str(failure))
    language = preferences_of(request).language
    remedy = failure.remedy(language) if isinstance(failure, Explained) else ""
    headers = {} if failure.retry_after is None else {"Retry-After": str(failure.retry_after)}
    told = "" if status == 500 else failure.message(language)
    return _told(request, status, told, remedy, headers)


def on_refusal(request: AnyRequest, error: HTTPException) -> Response[bytes]:
    """What the framework says: no such path or method, a body that cannot be read."""
    if error.status_code >= 500:
        return on_error(request, error)
    return _told(request, error.status_code, "", "", dict(error.headers or {}))


def on_error(request: AnyRequest, error: Exception) -> Response[bytes]:
    """What nobody foresaw; what went wrong inside is nobody else's."""
    log.error("request failed", path=request.scope["path"], exc_info=error)
    return _told(request, 500, "", "", {})


def _told(
    request: AnyRequest, status: int, told: str, remedy: str, headers: dict[str, str]
) -> Response[bytes]:
    preferences = preferences_of(request)
    LANGUAGE.set(preferences.language)
    scripted = request.headers.get("hx-request") == "true"
    if not scripted and "text/html" not in request.headers.get("accept", ""):
        line = f"{status} {told or 'page not found'}\n".encode()
        return Response(line, status_code=status, headers=headers, media_type="text/plain; charset=utf-8")
    values: dict[str, Any] = {
        "status": status,
        "heading": _(_HEADINGS.get(status, _HEADING)),
        "told": told,
        "remedy": remedy or _(_REMEDIES.get(status, N_("Go back and try again."))),
        "request_id": REQUEST_ID.get(),
        "preferences": preferences,
    }
    if scripted:
        headers = {**headers, "HX-Retarget": PLACE_FOR_PROBLEMS, "HX-Reswap": "innerHTML"}
    html = render("error.html", "problem" if scripted else "", values)
    return page_answer(html, request.headers.get("accept-encoding", ""), status, headers)


def _to_sign_in(request: AnyRequest) -> Response[bytes]:
    """And back to this page afterwards, unless something was sent to it."""
    scope = request.scope
    here = scope["path"]
    if scope["query_string"]:
        here += "?" + scope["query_string"].decode("latin-1")
    if request.headers.get("hx-request") == "true":
        return Response(b"", status_code=401, headers={"HX-Redirect": SIGN_IN})
    url = f"{SIGN_IN}?next={quote(here, safe='')}" if request.method == "GET" and here != "/" else SIGN_IN
    return Response(b"", status_code=303, headers={"Location": url, "Cache-Control": "no-store"})

"""Signing in and out: by name and password (ours, or the directory's), or through an OpenID provider."""

from typing import Any
from urllib.parse import urlencode

from litestar import Request, get, post

from kangaroo.base.errors import Code, Failure
from kangaroo.entrypoints.console.forms import Form
from kangaroo.entrypoints.console.texts import LANGUAGE, _
from kangaroo.entrypoints.console.visit import Page, Visit, is_local
from kangaroo.entrypoints.http import session
from kangaroo.entrypoints.http.framework import Given

_OIDC = "/c/oidc/login"


@get("/signin", open=True)
async def sign_in(visit: Given[Visit], request: Request[Any, Any, Any]) -> Page:
    back = request.query_params.get("next", "")
    if visit.actor.known:
        return visit.go(back if is_local(back) else "/")
    return await _page(visit, Form.filled(next=back))


@post("/signin", status_code=303, open=True)
async def enter(visit: Given[Visit]) -> Page:
    form = await visit.form()
    name, back = form.text("name"), form.text("next")
    access = visit.services.access
    try:
        if name and await access.oidc.knows(name):
            return visit.go(_provider(back))
        client = visit.request.client.host if visit.request.client else ""
        actor = await access.authenticate_basic(name, form.raw("password"), client)
        cookie = await access.sessions.begin(actor)
    except Failure as failure:
        if failure.code not in (Code.UNAUTHORIZED, Code.TOO_MANY_REQUESTS, Code.UNAVAILABLE):
            raise
        form.refuse("", _why(failure))
        return await _page(visit, form, 401)
    visit.headers += session.keep(cookie, secure=visit.secure)
    return visit.go(back if is_local(back) else "/")


@post("/signout", status_code=303)
async def sign_out(visit: Given[Visit]) -> Page:
    """At an OpenID provider, too, if configured so."""
    configured = await visit.services.access.configuration.values()
    if configured.auth_mode == "oidc_auth" and configured.oidc_logout:
        return visit.go("/c/oidc/logout")
    cookie = session.cookie(visit.request.scope["headers"])
    if cookie is not None:
        await visit.services.access.sessions.end(cookie)
    visit.headers += session.drop(secure=visit.secure)
    return visit.go("/signin")


@get("/oidc-onboard", open=True)
async def onboard(visit: Given[Visit], request: Request[Any, Any, Any]) -> Page:
    """A newcomer from an OpenID provider chooses his name; a script sends it to /c/oidc/onboard."""
    back = request.query_params.get("redirect_url", "/")
    return await visit.page(
        "signin/onboard.html",
        username=request.query_params.get("username", "")[:255],
        back=back if is_local(back) else "/",
    )


async def _page(visit: Visit, form: Form, status: int = 200) -> Page:
    configured = await visit.services.access.configuration.values()
    oidc = configured.auth_mode == "oidc_auth"
    return await visit.page(
        "signin/signin.html",
        status=status,
        form=form,
        provider=_provider(form.text("next")) if oidc else "",
        provider_name=configured.oidc_name or "OpenID Connect",
        directory=configured.auth_mode == "ldap_auth",
        first_provider=oidc and configured.primary_auth_mode,
    )


def _provider(back: str) -> str:
    return f"{_OIDC}?{urlencode({'redirect_url': back})}" if is_local(back) else _OIDC


def _why(failure: Failure) -> str:
    if failure.code is Code.UNAUTHORIZED:
        return _("The name or the password is wrong.")
    if failure.code is Code.TOO_MANY_REQUESTS:
        return _("Too many attempts failed. Try again in %(seconds)s seconds.", seconds=failure.retry_after)
    return failure.message(LANGUAGE.get())


HANDLERS = (sign_in, enter, sign_out, onboard)

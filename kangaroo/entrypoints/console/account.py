"""One's own account: profile, password."""

from litestar import get, post

from kangaroo.core.access import Profile
from kangaroo.entrypoints.console.forms import Form
from kangaroo.entrypoints.console.texts import _
from kangaroo.entrypoints.console.visit import Page, Visit
from kangaroo.entrypoints.http.framework import Given


@get("/account")
async def show(visit: Given[Visit]) -> Page:
    return await _page(visit, await _profile(visit), Form())


@post("/account", status_code=303)
async def change(visit: Given[Visit]) -> Page:
    form = await visit.form()
    profile = Profile(form.required("email"), form.text("realname"), form.text("comment"))
    if form.good:
        with form.attempt(CONFLICT="email"):
            await visit.services.access.users.update(visit.actor, visit.actor.id, profile)
            return visit.go("/account", _("Your profile was saved."))
    return await _page(visit, form, Form(), 422)


@post("/account/password", status_code=303)
async def change_password(visit: Given[Visit]) -> Page:
    """All sessions end with it, this one too."""
    form = await visit.form()
    if form.raw("password") != form.raw("again"):
        form.refuse("again", _("The two are not the same."))
    if form.good:
        client = visit.request.client.host if visit.request.client else ""
        with form.attempt(FORBIDDEN="old", TOO_MANY_REQUESTS="old", BAD_REQUEST="password"):
            await visit.services.access.users.change_password(
                visit.actor, visit.actor.id, form.raw("password"), old=form.raw("old"), source=client
            )
            return visit.go("/signin", _("Your password was changed. Sign in with the new one."))
    return await _page(visit, await _profile(visit), form, 422)


async def _profile(visit: Visit) -> Form:
    found = (await visit.services.access.users.current(visit.actor)).profile
    return Form.filled(email=found.email, realname=found.realname, comment=found.comment)


async def _page(visit: Visit, form: Form, password: Form, status: int = 200) -> Page:
    user = await visit.services.access.users.current(visit.actor)
    mode = (await visit.services.access.configuration.values()).auth_mode
    values = {"user": user, "form": form, "password": password, "ours": mode == "db_auth" or user.id == 1}
    return await visit.page("account/account.html", status=status, **values)


HANDLERS = (show, change, change_password)

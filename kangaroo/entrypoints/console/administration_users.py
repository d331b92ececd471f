"""Users: who there is, and who administers the system."""

from litestar import get, post

from kangaroo.base.errors import Code, Failure
from kangaroo.core.access import Profile
from kangaroo.entrypoints.console.forms import Form
from kangaroo.entrypoints.console.listing import Listing
from kangaroo.entrypoints.console.texts import _
from kangaroo.entrypoints.console.visit import Page, Visit
from kangaroo.entrypoints.http.framework import Given

USERS = "/administration/users"
_COLUMNS = {"name": "username", "email": "email", "created": "creation_time"}


@get(USERS)
async def list_(visit: Given[Visit], listing: Given[Listing]) -> Page:
    page = await visit.services.access.users.page(visit.actor, listing.query(_COLUMNS, "username"))
    return await visit.page("administration/users.html", listing=listing, page=page, ours=await _ours(visit))


@get(f"{USERS}/new")
async def new(visit: Given[Visit]) -> Page:
    await visit.services.access.require(visit.actor, "user", "create")
    return await visit.page("administration/user_new.html", form=Form())


@post(USERS, status_code=303)
async def create(visit: Given[Visit]) -> Page:
    form, users = await visit.form(), visit.services.access.users
    name, profile = form.required("name"), _profile(form)
    _same(form)
    if form.good:
        with form.attempt(CONFLICT="name"):
            made = await users.create(visit.actor, name, form.raw("password"), profile)
            if form.flag("sysadmin"):
                await users.set_sysadmin(visit.actor, made, True)
            return visit.go(USERS, _("User %(name)s was created.", name=name), link=f"{USERS}/{made}")
    return await visit.page("administration/user_new.html", status=422, form=form)


@get(f"{USERS}/{{user:str}}")
async def show(visit: Given[Visit]) -> Page:
    found = await visit.services.access.users.get(visit.actor, _id(visit))
    form = Form.filled(
        email=found.profile.email, realname=found.profile.realname, comment=found.profile.comment
    )
    return await _detail(visit, form, Form())


@post(f"{USERS}/{{user:str}}", status_code=303)
async def change(visit: Given[Visit]) -> Page:
    form, user = await visit.form(), _id(visit)
    profile = _profile(form)
    if form.good:
        with form.attempt(CONFLICT="email"):
            await visit.services.access.users.update(visit.actor, user, profile)
            return visit.go(f"{USERS}/{user}", _("The profile was saved."))
    return await _detail(visit, form, Form(), 422)


@post(f"{USERS}/{{user:str}}/password", status_code=303)
async def set_password(visit: Given[Visit]) -> Page:
    form, user = await visit.form(), _id(visit)
    _same(form)
    if form.good:
        with form.attempt(BAD_REQUEST="password"):
            await visit.services.access.users.change_password(visit.actor, user, form.raw("password"))
            return visit.go(f"{USERS}/{user}", _("The password was changed; all sessions of the user ended."))
    found = await visit.services.access.users.get(visit.actor, user)
    profile = Form.filled(
        email=found.profile.email, realname=found.profile.realname, comment=found.profile.comment
    )
    return await _detail(visit, profile, form, 422)


@post(f"{USERS}/{{user:str}}/sysadmin", status_code=303)
async def set_sysadmin(visit: Given[Visit]) -> Page:
    user, sysadmin = _id(visit), (await visit.form()).flag("sysadmin")
    users = visit.services.access.users
    await users.set_sysadmin(visit.actor, user, sysadmin)
    name = (await users.get(visit.actor, user)).username
    told = _("%(name)s administers the system now.", name=name)
    if not sysadmin:
        told = _("%(name)s is no longer an administrator.", name=name)
    return visit.go(f"{USERS}/{user}", told)


@post(f"{USERS}/{{user:str}}/delete", status_code=303)
async def delete(visit: Given[Visit]) -> Page:
    user = _id(visit)
    name = (await visit.services.access.users.get(visit.actor, user)).username
    if (await visit.form()).text("confirm") != name:
        return visit.go(f"{USERS}/{user}", _("Nothing was deleted: the name was another."), tone="warning")
    await visit.services.access.users.delete(visit.actor, user)
    return visit.go(USERS, _("User %(name)s was deleted.", name=name))


@post(f"{USERS}/delete", status_code=303)
async def delete_selected(visit: Given[Visit]) -> Page:
    """Those that can be; the others stay and are told."""
    users, gone, stayed = visit.services.access.users, 0, list[str]()
    for text in (await visit.form()).texts("selected"):
        try:
            await users.delete(visit.actor, _number(text))
            gone += 1
        except Failure as failure:
            if failure.code in (Code.UNAUTHORIZED, Code.UNAVAILABLE):
                raise
            stayed.append(failure.message(visit.language))
    told = _("%(count)s users were deleted.", count=gone)
    if stayed:
        return visit.go(USERS, " ".join([told, *stayed]), tone="warning")
    return visit.go(USERS, told)


async def _detail(visit: Visit, form: Form, password: Form, status: int = 200) -> Page:
    user = await visit.services.access.users.get(visit.actor, _id(visit))
    await visit.services.access.require(visit.actor, "user", "read")
    values = {"user": user, "form": form, "password": password, "ours": await _ours(visit)}
    return await visit.page("administration/user.html", status=status, **values)


async def _ours(visit: Visit) -> bool:
    """Whether names and passwords are kept here, not by a directory or a provider."""
    return (await visit.services.access.configuration.values()).auth_mode == "db_auth"


def _profile(form: Form) -> Profile:
    return Profile(form.required("email"), form.text("realname"), form.text("comment"))


def _same(form: Form) -> None:
    if form.raw("password") != form.raw("again"):
        form.refuse("again", _("The two are not the same."))


def _id(visit: Visit) -> int:
    return _number(visit.segment("user"))


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Failure(Code.NOT_FOUND, what=f"user {text[:20]}")
    return int(text)


HANDLERS = (list_, new, create, show, change, set_password, set_sysadmin, delete, delete_selected)

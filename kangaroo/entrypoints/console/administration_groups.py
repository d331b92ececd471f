"""User groups: known to the directory or the provider people sign in with."""

from litestar import get, post

from kangaroo.base.errors import Code, Failure
from kangaroo.entrypoints.console.forms import Form
from kangaroo.entrypoints.console.listing import Listing
from kangaroo.entrypoints.console.texts import N_, _
from kangaroo.entrypoints.console.visit import Page, Visit
from kangaroo.entrypoints.http.framework import Given

GROUPS = "/administration/groups"
LDAP, OIDC = 1, 3  # Harbor's numbers
KINDS = {LDAP: N_("LDAP"), 2: N_("HTTP"), OIDC: N_("OpenID Connect")}


@get(GROUPS)
async def list_(visit: Given[Visit], listing: Given[Listing]) -> Page:
    page = await visit.services.access.groups.page(visit.actor, listing.window, name=listing.q)
    return await visit.page("administration/groups.html", listing=listing, page=page, kinds=KINDS)


@get(f"{GROUPS}/new")
async def new(visit: Given[Visit]) -> Page:
    return await _form(visit, Form())


@post(GROUPS, status_code=303)
async def create(visit: Given[Visit]) -> Page:
    form = await visit.form()
    name, dn = form.required("name"), form.text("dn")
    kind = LDAP if await _directory(visit) else OIDC
    if kind == LDAP and not dn:
        form.refuse("dn", _("This is needed."))
    if form.good:
        with form.attempt(CONFLICT="name", BAD_REQUEST="dn" if kind == LDAP else "name"):
            await visit.services.access.groups.create(visit.actor, name, kind, dn)
            return visit.go(GROUPS, _("Group %(name)s was added.", name=name))
    return await _form(visit, form, 422)


@post(f"{GROUPS}/{{group:str}}/rename", status_code=303)
async def rename(visit: Given[Visit]) -> Page:
    name = (await visit.form()).text("name")
    await visit.services.access.groups.rename(visit.actor, _id(visit), name)
    return visit.go(GROUPS, _("The group is called %(name)s now.", name=name))


@post(f"{GROUPS}/{{group:str}}/delete", status_code=303)
async def delete(visit: Given[Visit]) -> Page:
    found = await visit.services.access.groups.get(visit.actor, _id(visit))
    if (await visit.form()).text("confirm") != found.name:
        return visit.go(GROUPS, _("Nothing was deleted: the name was another."), tone="warning")
    await visit.services.access.groups.delete(visit.actor, found.id)
    return visit.go(GROUPS, _("Group %(name)s was deleted.", name=found.name))


async def _form(visit: Visit, form: Form, status: int = 200) -> Page:
    await visit.services.access.require(visit.actor, "user-group", "create")
    directory = await _directory(visit)
    return await visit.page("administration/group_new.html", status=status, form=form, directory=directory)


async def _directory(visit: Visit) -> bool:
    return (await visit.services.access.configuration.values()).auth_mode == "ldap_auth"


def _id(visit: Visit) -> int:
    text = visit.segment("group")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Failure(Code.NOT_FOUND, what=f"group {text[:20]}")
    return int(text)


HANDLERS = (list_, new, create, rename, delete)

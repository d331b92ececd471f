"""Who belongs to a workspace, and in which role."""

from typing import Literal

from litestar import get, post

from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Window
from kangaroo.core.workspaces import Member
from kangaroo.entrypoints.console.forms import Form
from kangaroo.entrypoints.console.listing import Listing
from kangaroo.entrypoints.console.texts import N_, _
from kangaroo.entrypoints.console.visit import Page, Visit
from kangaroo.entrypoints.console.workspaces_given import ONE, Place, number_of
from kangaroo.entrypoints.http.framework import Given

KINDS = (("user", N_("User")), ("group", N_("User group")))
NAMES = {
    "Workspace Admin": N_("Workspace Admin"),
    "Workspace Editor": N_("Workspace Editor"),
    "Workspace Viewer": N_("Workspace Viewer"),
    "Kangaroo Owner": N_("Kangaroo Owner"),
    "Admin": N_("Administrator"),
}
_USUAL = "Workspace Viewer"


@get(f"{ONE}/members")
async def list_(visit: Given[Visit], place: Given[Place], listing: Given[Listing]) -> Page:
    return await _page(visit, place, listing, Form.filled(kind="user", role=_USUAL))


@post(f"{ONE}/members", status_code=303)
async def add(visit: Given[Visit], place: Given[Place], listing: Given[Listing]) -> Page:
    if not place.manages:
        await visit.services.workspaces.authority.require_admin(visit.actor, "members")
    form = await visit.form()
    name = form.required("name")
    if form.good:
        with form.attempt(CONFLICT="name", NOT_FOUND="name", memberName="name", roleName="role"):
            members = visit.services.workspaces.members
            await members.add(visit.actor, place.id, kind_of(form), name, form.text("role"))
            return visit.go(place.url("members"), _("%(name)s is a member now.", name=name))
    return await _page(visit, place, listing, form, 422)


@post(f"{ONE}/members/{{member:str}}/role", status_code=303)
async def set_role(visit: Given[Visit], place: Given[Place]) -> Page:
    role = (await visit.form()).text("role")
    await visit.services.workspaces.members.set_role(visit.actor, place.id, number_of(visit, "member"), role)
    return visit.go(place.url("members"), _("The role was changed; it holds from now on."))


@post(f"{ONE}/members/{{member:str}}/remove", status_code=303)
async def remove(visit: Given[Visit], place: Given[Place]) -> Page:
    found = await member_of(visit, place.id)
    if (await visit.form()).text("confirm") != found.name:
        told = _("Nothing was removed: the name was another.")
        return visit.go(place.url("members"), told, tone="warning")
    await visit.services.workspaces.members.remove(visit.actor, place.id, found.id)
    return visit.go(place.url("members"), _("%(name)s is no longer a member.", name=found.name))


async def member_of(visit: Visit, workspace: int) -> Member:
    """The one of the path. Raises NOT_FOUND."""
    wanted = number_of(visit, "member")
    page = await visit.services.workspaces.members.page(visit.actor, workspace, Window(1, 0))
    for one in page.items:
        if one.id == wanted:
            return one
    raise Failure(Code.NOT_FOUND, what=f"member {wanted}")


def kind_of(form: Form) -> Literal["user", "group"]:
    return "group" if form.text("kind") == "group" else "user"


async def _page(visit: Visit, place: Place, listing: Listing, form: Form, status: int = 200) -> Page:
    workspaces = visit.services.workspaces
    page = await workspaces.members.page(visit.actor, place.id, listing.window, listing.q)
    roles = await workspaces.roles.all(visit.actor, "workspace")
    return await visit.page(
        "workspaces/members.html",
        status=status,
        place=place,
        listing=listing,
        page=page,
        roles=[one.name for one in roles],
        names=NAMES,
        kinds=KINDS,
        form=form,
    )


HANDLERS = (list_, add, set_role, remove)

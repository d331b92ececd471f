"""Who belongs to a space of the built-in registry, and in which role."""

from litestar import get, post

from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Window
from kangaroo.core.access import GroupRef, Role
from kangaroo.entrypoints.console.forms import Form
from kangaroo.entrypoints.console.listing import Listing
from kangaroo.entrypoints.console.spaces_given import ONE, SpaceView
from kangaroo.entrypoints.console.texts import N_, _
from kangaroo.entrypoints.console.visit import Page, Visit
from kangaroo.entrypoints.http.framework import Given

_FOUND = 100  # groups with this name in theirs
ROLES = (
    (Role.PROJECT_ADMIN, N_("Administrator")),
    (Role.MAINTAINER, N_("Maintainer")),
    (Role.DEVELOPER, N_("Developer")),
    (Role.GUEST, N_("Guest")),
    (Role.LIMITED_GUEST, N_("Limited guest")),
)
KINDS = (("user", N_("User")), ("group", N_("User group")))


@get(f"{ONE}/-/members")
async def list_(visit: Given[Visit], space: Given[SpaceView], listing: Given[Listing]) -> Page:
    return await _page(visit, space, listing, Form.filled(role=int(Role.DEVELOPER), kind="user"))


@post(f"{ONE}/-/members", status_code=303)
async def add(visit: Given[Visit], space: Given[SpaceView], listing: Given[Listing]) -> Page:
    await visit.services.access.require(visit.actor, "member", "create", space.project_name)
    form, members = await visit.form(), visit.services.access.members
    name, role = form.required("name"), form.number("role") or 0
    if form.good:
        with form.attempt(CONFLICT="name", NOT_FOUND="name", BAD_REQUEST="role"):
            if form.text("kind") == "group":
                group = await _group(visit, name)
                await members.add_group(visit.actor, space.project_name, group, role)
            else:
                await members.add(visit.actor, space.project_name, name, role)
            return visit.go(space.at("members"), _("%(name)s is a member now.", name=name))
    return await _page(visit, space, listing, form, 422)


@post(f"{ONE}/-/members/{{member:str}}/role", status_code=303)
async def set_role(visit: Given[Visit], space: Given[SpaceView]) -> Page:
    member, role = number_of(visit, "member"), (await visit.form()).number("role") or 0
    members = visit.services.access.members
    await members.set_role(visit.actor, space.project_name, member, role)
    return visit.go(space.at("members"), _("The role was changed; it holds from now on."))


@post(f"{ONE}/-/members/{{member:str}}/remove", status_code=303)
async def remove(visit: Given[Visit], space: Given[SpaceView]) -> Page:
    members = visit.services.access.members
    found = await members.get(visit.actor, space.project_name, number_of(visit, "member"))
    if (await visit.form()).text("confirm") != found.name:
        return visit.go(space.at("members"), _("Nothing was removed: the name was another."), tone="warning")
    await members.remove(visit.actor, space.project_name, found.id)
    return visit.go(space.at("members"), _("%(name)s is no longer a member.", name=found.name))


def number_of(visit: Visit, name: str) -> int:
    """Of a part of the path. Raises NOT_FOUND for what is none."""
    text = visit.segment(name)
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Failure(Code.NOT_FOUND, what=f"{name} {text[:20]}")
    return int(text)


async def _group(visit: Visit, name: str) -> GroupRef:
    """One that is there: a slip of the pen makes none. Raises NOT_FOUND."""
    found = await visit.services.access.groups.search(visit.actor, name, Window(1, _FOUND))
    for one in found.items:
        if one.name == name:
            return GroupRef(id=one.id)
    raise Failure(Code.NOT_FOUND, what=f"user group {name[:80]}")


async def _page(visit: Visit, space: SpaceView, listing: Listing, form: Form, status: int = 200) -> Page:
    members = visit.services.access.members
    page = await members.page(visit.actor, space.project_name, listing.window, name=listing.q)
    return await visit.page(
        "spaces/members.html",
        status=status,
        space=space,
        listing=listing,
        page=page,
        form=form,
        roles=[(int(role), label) for role, label in ROLES],
        kinds=KINDS,
    )


HANDLERS = (list_, add, set_role, remove)

"""Workspaces: the teams, and what hangs on each: members, namespaces, bound spaces, registries of its own."""

from litestar import Router, get, post

from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Page as Part
from kangaroo.base.paging import Window
from kangaroo.core.instances import Instance, Point, Wish, cause_of
from kangaroo.entrypoints.console import workspaces_members, workspaces_namespaces, workspaces_roles
from kangaroo.entrypoints.console.forms import Form
from kangaroo.entrypoints.console.listing import Listing
from kangaroo.entrypoints.console.texts import LANGUAGE, _
from kangaroo.entrypoints.console.visit import Page, Visit
from kangaroo.entrypoints.console.workspaces_given import OF_WORKSPACE, ONE, Place
from kangaroo.entrypoints.http.framework import Given


@get("/workspaces")
async def list_(visit: Given[Visit], listing: Given[Listing]) -> Page:
    """One's own; all of them for who may bind spaces to them."""
    page = await visit.services.workspaces.directory.page(visit.actor, listing.window, listing.q)
    return await visit.page("workspaces/list.html", listing=listing, page=page)


@get("/workspaces/new")
async def new(visit: Given[Visit]) -> Page:
    await visit.services.workspaces.authority.require_admin(visit.actor, "workspaces")
    return await visit.page("workspaces/new.html", form=Form())


@post("/workspaces", status_code=303)
async def create(visit: Given[Visit]) -> Page:
    await visit.services.workspaces.authority.require_admin(visit.actor, "workspaces")
    form = await visit.form()
    name = form.required("name")
    if form.good:
        with form.attempt(CONFLICT="name", alias="name"):
            directory = visit.services.workspaces.directory
            made = await directory.create(visit.actor, name, form.text("description"))
            told = _("Workspace %(name)s was created. Now add its members.", name=name)
            return visit.go(f"/workspaces/{made.id}/members", told)
    return await visit.page("workspaces/new.html", status=422, form=form)


@get(ONE)
async def show(visit: Given[Visit], place: Given[Place]) -> Page:
    form = Form.filled(name=place.name, description=place.description)
    return await _overview(visit, place, form)


@post(ONE, status_code=303)
async def change(visit: Given[Visit], place: Given[Place]) -> Page:
    await visit.services.workspaces.authority.require_admin(visit.actor, "workspaces")
    form = await visit.form()
    name = form.required("name")
    if form.good:
        with form.attempt(CONFLICT="name", alias="name"):
            directory = visit.services.workspaces.directory
            await directory.update(visit.actor, place.id, name, form.text("description"))
            return visit.go(place.url(), _("The workspace was saved."))
    return await _overview(visit, place, form, 422)


@post(f"{ONE}/delete", status_code=303)
async def delete(visit: Given[Visit], place: Given[Place]) -> Page:
    if (await visit.form()).text("confirm") != place.name:
        return visit.go(place.url(), _("Nothing was deleted: the name was another."), tone="warning")
    try:
        await visit.services.workspaces.directory.delete(visit.actor, place.id)
    except Failure as failure:
        if failure.code is not Code.REFERENCED:
            raise
        return visit.go(place.url(), failure.message(LANGUAGE.get()), tone="warning")
    return visit.go("/workspaces", _("Workspace %(name)s was deleted.", name=place.name))


async def _overview(visit: Visit, place: Place, form: Form, status: int = 200) -> Page:
    resources = await visit.services.workspaces.directory.resources(visit.actor, place.id)
    return await visit.page(
        "workspaces/overview.html",
        status=status,
        place=place,
        resources=resources,
        own=(await _own(visit, place)).items,
        told=_told,
        form=form,
    )


async def _own(visit: Visit, place: Place) -> Part[Instance]:
    """Its registries, for members who may see them."""
    if Point.GET_CONNECTED_REGISTRY not in place.held:
        return Part([], 0)
    return await visit.services.instances.page(visit.actor, Wish(workspace=place.id), Window(1, 0))


def _told(one: Instance) -> str:
    return cause_of(one.health.reason, one.health.facts).told(LANGUAGE.get()).message


HANDLERS = (
    list_,
    new,
    create,
    Router(
        "",
        dependencies=OF_WORKSPACE,
        route_handlers=[
            show,
            change,
            delete,
            *workspaces_members.HANDLERS,
            *workspaces_namespaces.HANDLERS,
        ],
    ),
    *workspaces_roles.HANDLERS,
)

"""Image spaces: where images are kept, whose they are, and who sees them. Across registries; one with its parts."""

from litestar import Router, get, post

from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import ProjectName
from kangaroo.base.query import Contains, ListQuery
from kangaroo.core.instances import BUILT_IN, InstanceKind, InstanceName, Point, SpaceName
from kangaroo.core.projects import Summary
from kangaroo.core.workspaces import Explanation, InstanceSeen
from kangaroo.entrypoints.console import spaces_bindings, spaces_members, spaces_robots, spaces_rules
from kangaroo.entrypoints.console.forms import Form
from kangaroo.entrypoints.console.listing import Listing
from kangaroo.entrypoints.console.spaces_given import OF_SPACE, ONE, SpaceView
from kangaroo.entrypoints.console.spaces_sources import gather, registries
from kangaroo.entrypoints.console.texts import LANGUAGE, N_, _
from kangaroo.entrypoints.console.visit import Page, Visit, path_of
from kangaroo.entrypoints.http.framework import Given

_GIB = 1 << 30
_UNLIMITED = -1
_MAKE_SPACES = (InstanceKind.KANGAROO, InstanceKind.HARBOR)
VISIBILITY = (
    ("private", N_("Private"), N_("For its members, and the workspaces it is bound to.")),
    ("public", N_("Public"), N_("Everybody can pull from it; every workspace sees it.")),
)


@get("/spaces")
async def list_(visit: Given[Visit], listing: Given[Listing]) -> Page:
    known = await registries(visit)
    gathered = await gather(visit, listing, known)
    return await visit.page(
        "spaces/list.html",
        listing=listing,
        page=gathered.page,
        silent=gathered.silent,
        registries_known=known,
        creates=bool(await _choices(visit, known)),
    )


@get("/spaces/-/new")
async def new(visit: Given[Visit], listing: Given[Listing]) -> Page:
    form = Form.filled(registry=listing.filter("registry") or BUILT_IN, visibility="private")
    return await _new(visit, form)


@post("/spaces", status_code=303)
async def create(visit: Given[Visit]) -> Page:
    form = await visit.form()
    name, public = form.required("name"), form.text("visibility") == "public"
    registry = form.text("registry") or BUILT_IN
    if form.good:
        with form.attempt(CONFLICT="name", NAME_INVALID="name", BAD_REQUEST="name", UNAVAILABLE="registry"):
            if (await visit.rights()).may(Point.CREATE_REGISTRY_SPACE):
                place, space = InstanceName.parse(registry), SpaceName.parse(name)
                administration = visit.services.workspaces.administration
                await administration.create(visit.actor, place, space, public=public)
            else:
                await visit.services.projects.create(visit.actor, ProjectName.parse(name), public=public)
                registry = BUILT_IN
            return visit.go(
                path_of("spaces", registry, name), _("Image space %(name)s was created.", name=name)
            )
    return await _new(visit, form, 422)


@get(ONE)
async def show(visit: Given[Visit], space: Given[SpaceView], listing: Given[Listing]) -> Page:
    return await _overview(visit, space, listing, Form())


@post(f"{ONE}/-/visibility", status_code=303)
async def publish(visit: Given[Visit], space: Given[SpaceView]) -> Page:
    public = (await visit.form()).flag("public")
    if "change_any" in space.may:
        administration = visit.services.workspaces.administration
        await administration.publish(visit.actor, space.registry, space.name, public=public)
    else:
        changes = {"public": "true" if public else "false"}
        await visit.services.projects.update(visit.actor, space.project_name, changes)
    told = _("Everybody can pull from it now.") if public else _("It is private now.")
    return visit.go(space.url(), told)


@post(f"{ONE}/-/quota", status_code=303)
async def set_quota(visit: Given[Visit], space: Given[SpaceView], listing: Given[Listing]) -> Page:
    """In GiB; empty is without limit."""
    form = await visit.form()
    size = form.number("quota")
    if size is not None and size < 1:
        form.refuse("quota", _("At least 1 GiB; leave it empty for no limit."))
    if form.good:
        limit = _UNLIMITED if size is None else size * _GIB
        await visit.services.projects.quotas.update(visit.actor, space.project, {"storage": limit})
        return visit.go(space.url(), _("The quota was changed."))
    return await _overview(visit, space, listing, form, 422)


@post(f"{ONE}/-/delete", status_code=303)
async def delete(visit: Given[Visit], space: Given[SpaceView]) -> Page:
    if (await visit.form()).text("confirm") != space.name:
        return visit.go(space.url(), _("Nothing was deleted: the name was another."), tone="warning")
    try:
        if "delete_any" in space.may:
            administration = visit.services.workspaces.administration
            await administration.delete(visit.actor, space.registry, space.name)
        else:
            await visit.services.projects.delete(visit.actor, space.project_name)
    except Failure as failure:
        if failure.code not in (Code.PRECONDITION, Code.REFERENCED, Code.UNSUPPORTED):
            raise
        return visit.go(space.url(), failure.message(LANGUAGE.get()), tone="warning")
    return visit.go("/spaces", _("Image space %(name)s was deleted.", name=space.name))


@get(f"{ONE}/-/activity")
async def activity(visit: Given[Visit], space: Given[SpaceView], listing: Given[Listing]) -> Page:
    query = ListQuery(window=listing.window)
    query = query.where("resource", Contains(listing.q)) if listing.q else query
    page = await visit.services.audit.page_of_project(visit.actor, space.project_name, query)
    return await visit.page("spaces/activity.html", space=space, listing=listing, page=page)


async def _overview(visit: Visit, space: SpaceView, listing: Listing, form: Form, status: int = 200) -> Page:
    summary: Summary | None = None
    if space.project:
        summary = await visit.services.projects.summary(visit.actor, space.project_name)
    quota = None if summary is None else summary.quota
    if quota is not None and form.good:
        form = Form.filled(quota="" if quota.hard == _UNLIMITED else -(-quota.hard // _GIB))
    explanation, problem = await _explained(visit, space, listing.filter("user"))
    return await visit.page(
        "spaces/overview.html",
        status=status,
        space=space,
        listing=listing,
        quota=quota,
        form=form,
        explanation=explanation,
        problem=problem,
        sets_quota=await visit.services.access.may(visit.actor, "quota", "update"),
    )


async def _explained(visit: Visit, space: SpaceView, user: str) -> tuple[Explanation | None, str]:
    """Whether a person sees it and why; or why that cannot be said."""
    try:
        explaining = visit.services.workspaces.explaining
        return await explaining.space(visit.actor, space.registry, space.name, user), ""
    except Failure as failure:
        if failure.code in (Code.UNAUTHORIZED, Code.INTERNAL) or (failure.code is Code.FORBIDDEN and user):
            raise
        return None, failure.message(LANGUAGE.get())


async def _choices(visit: Visit, known: list[InstanceSeen]) -> list[InstanceSeen]:
    """The registries he may make spaces in."""
    if (await visit.rights()).may(Point.CREATE_REGISTRY_SPACE):
        return [one for one in known if one.kind in _MAKE_SPACES]
    values = await visit.services.access.configuration.values()
    everybody = values.project_creation_restriction != "adminonly"
    return [one for one in known if one.name == BUILT_IN] if everybody else []


async def _new(visit: Visit, form: Form, status: int = 200) -> Page:
    choices = await _choices(visit, await registries(visit))
    if not choices:
        raise Failure(Code.FORBIDDEN, "project_admins_only")
    return await visit.page(
        "spaces/new.html", status=status, form=form, choices=choices, visibility=VISIBILITY
    )


HANDLERS = (
    list_,
    new,
    create,
    Router(
        "",
        dependencies=OF_SPACE,
        route_handlers=[
            show,
            publish,
            set_quota,
            delete,
            activity,
            *spaces_members.HANDLERS,
            *spaces_robots.HANDLERS,
            *spaces_rules.HANDLERS,
            *spaces_bindings.HANDLERS,
        ],
    ),
)

"""Target registries: what a Harbor copies from and to, typed in or taken from the registries that are integrated."""

from litestar import get, post

from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Page as Rows
from kangaroo.base.paging import Window
from kangaroo.core.instances import InstanceName, Point
from kangaroo.core.sync import Candidate, Endpoint
from kangaroo.entrypoints.console.forms import Form
from kangaroo.entrypoints.console.listing import Listing
from kangaroo.entrypoints.console.sync import may_change
from kangaroo.entrypoints.console.sync_given import (
    ONE,
    TARGET_FIELDS,
    TYPES,
    answered,
    number_in,
    path_in,
    refused,
    registry_in,
    target_change,
    target_form,
)
from kangaroo.entrypoints.console.texts import _, ngettext
from kangaroo.entrypoints.console.visit import Page, Visit
from kangaroo.entrypoints.http.framework import Given

_TARGETS = f"{ONE}/targets"
_TARGET = f"{_TARGETS}/{{target:str}}"
_ALL = Window(1, 0)


@get(_TARGETS)
async def list_(visit: Given[Visit], listing: Given[Listing]) -> Page:
    name, asked = registry_in(visit), visit.services.sync.targets
    page, problem = await answered(asked.page(visit.actor, name, listing.window, listing.q), Rows([], 0))
    return await visit.page(
        "sync/targets.html",
        registry=name,
        listing=listing,
        page=page,
        problem=problem,
        types=TYPES,
        may_change=await may_change(visit),
    )


@get(f"{ONE}/-/target")
async def new(visit: Given[Visit]) -> Page:
    await visit.services.workspaces.authority.require(visit.actor, Point.UPDATE_REGISTRY_INTEGRATION)
    return await _page(visit, registry_in(visit), Form.filled(type="harbor"))


@post(_TARGETS, status_code=303)
async def create(visit: Given[Visit]) -> Page:
    await visit.services.workspaces.authority.require(visit.actor, Point.UPDATE_REGISTRY_INTEGRATION)
    name, form = registry_in(visit), await visit.form()
    change = target_change(form)
    if form.good:
        with form.attempt(**TARGET_FIELDS):
            await visit.services.sync.targets.create(visit.actor, name, change)
            return visit.go(path_in(name, "targets"), _("Target %(name)s was added.", name=change.name))
    return await _page(visit, name, form, status=422)


@post(f"{ONE}/-/adopt", status_code=303)
async def adopt(visit: Given[Visit]) -> Page:
    """With the credentials we have for them."""
    name, form = registry_in(visit), await visit.form()
    here = path_in(name, "targets")
    chosen = [InstanceName.parse(one) for one in form.texts("selected")]
    try:
        made = await visit.services.sync.targets.adopt(visit.actor, name, chosen)
    except Failure as failure:
        return refused(visit, path_in(name, "-", "target"), failure)
    told = ngettext("%(count)s target was added.", "%(count)s targets were added.", len(made))
    return visit.go(here, told % {"count": len(made)})


@get(_TARGET)
async def edit(visit: Given[Visit]) -> Page:
    await visit.services.workspaces.authority.require(visit.actor, Point.UPDATE_REGISTRY_INTEGRATION)
    name, target = registry_in(visit), number_in(visit, "target")
    return await _page(visit, name, target_form(await _target(visit, name, target)), target)


@post(_TARGET, status_code=303)
async def update(visit: Given[Visit]) -> Page:
    await visit.services.workspaces.authority.require(visit.actor, Point.UPDATE_REGISTRY_INTEGRATION)
    name, target, form = registry_in(visit), number_in(visit, "target"), await visit.form()
    change = target_change(form)
    if form.good:
        with form.attempt(**TARGET_FIELDS):
            await visit.services.sync.targets.update(visit.actor, name, target, change)
            return visit.go(path_in(name, "targets"), _("Target %(name)s was changed.", name=change.name))
    return await _page(visit, name, form, target, 422)


@post(f"{_TARGET}/delete", status_code=303)
async def delete(visit: Given[Visit]) -> Page:
    name, target = registry_in(visit), number_in(visit, "target")
    here = path_in(name, "targets")
    try:
        held = await _target(visit, name, target)
        if (await visit.form()).text("confirm") != held.name:
            return visit.go(here, _("Nothing was deleted: the name was another."), tone="warning")
        await visit.services.sync.targets.delete(visit.actor, name, target)
    except Failure as failure:
        return refused(visit, here, failure)
    return visit.go(here, _("Target %(name)s was removed.", name=held.name))


async def _target(visit: Visit, name: InstanceName, target: int) -> Endpoint:
    """Raises NOT_FOUND."""
    known = await visit.services.sync.targets.page(visit.actor, name, _ALL)
    for one in known.items:
        if one.id == target:
            return one
    raise Failure(Code.NOT_FOUND, what=f"target {target}")


async def _page(
    visit: Visit, name: InstanceName, form: Form, target: int | None = None, status: int = 200
) -> Page:
    """`target` None: a new one, which may be one of the integrated registries."""
    candidates: list[Candidate] = []
    if target is None:
        offered = await visit.services.sync.targets.candidates(visit.actor, name, _ALL)
        candidates = [one for one in offered.items if one.instance.kind != "KANGAROO"]
    return await visit.page(
        "sync/target.html",
        status=status,
        registry=name,
        form=form,
        target=target,
        candidates=candidates,
        types=list(TYPES.items()),
    )


HANDLERS = (list_, new, create, adopt, edit, update, delete)

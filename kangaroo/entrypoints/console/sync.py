"""Image sync: what a Harbor copies from and to other registries by its own engine. Its policies first."""

from litestar import get, post

from kangaroo.base.errors import Failure
from kangaroo.base.paging import Page as Rows
from kangaroo.base.paging import Window
from kangaroo.core.instances import InstanceKind, InstanceName, Point, Wish, cause_of
from kangaroo.core.sync import Endpoint, PolicyChange
from kangaroo.entrypoints.console.forms import Form
from kangaroo.entrypoints.console.listing import Listing
from kangaroo.entrypoints.console.sync_given import (
    ONE,
    POLICY_FIELDS,
    PUSH,
    SYNC,
    TRIGGERS,
    answered,
    number_in,
    path_in,
    policy_change,
    policy_form,
    refused,
    registry_in,
)
from kangaroo.entrypoints.console.texts import LANGUAGE, _
from kangaroo.entrypoints.console.visit import Page, Visit
from kangaroo.entrypoints.http.framework import Given

_POLICIES = f"{ONE}/policies"
_POLICY = f"{_POLICIES}/{{policy:str}}"
_ALL = Window(1, 0)


@get(SYNC)
async def list_(visit: Given[Visit], listing: Given[Listing]) -> Page:
    """The Harbors of the platform: they have an engine that copies."""
    wish = Wish(fuzzy=listing.q, kinds=frozenset({InstanceKind.HARBOR}))
    page = await visit.services.instances.page(visit.actor, wish, listing.window)
    told = {
        one.name: cause_of(one.health.reason, one.health.facts).told(LANGUAGE.get()) for one in page.items
    }
    return await visit.page("sync/list.html", listing=listing, page=page, told=told)


@get(ONE)
async def policies(visit: Given[Visit], listing: Given[Listing]) -> Page:
    name, asked = registry_in(visit), visit.services.sync.policies
    page, problem = await answered(asked.page(visit.actor, name, listing.window, listing.q), Rows([], 0))
    known = [] if problem or not page.items else await _targets(visit, name)
    return await visit.page(
        "sync/policies.html",
        names={one.id: one.name for one in known},
        registry=name,
        listing=listing,
        page=page,
        problem=problem,
        triggers=TRIGGERS,
        may_change=await may_change(visit),
    )


@get(f"{ONE}/-/policy")
async def new(visit: Given[Visit]) -> Page:
    await visit.services.workspaces.authority.require(visit.actor, Point.UPDATE_REGISTRY_INTEGRATION)
    form = Form.filled(direction=PUSH, names="library/**", trigger="manual", enabled=True, override=True)
    return await _page(visit, registry_in(visit), form)


@post(_POLICIES, status_code=303)
async def create(visit: Given[Visit]) -> Page:
    await visit.services.workspaces.authority.require(visit.actor, Point.UPDATE_REGISTRY_INTEGRATION)
    name, form = registry_in(visit), await visit.form()
    change = policy_change(form)
    if form.good:
        with form.attempt(**POLICY_FIELDS):
            await visit.services.sync.policies.create(visit.actor, name, change)
            return visit.go(path_in(name), _("Policy %(name)s was created.", name=change.name))
    return await _page(visit, name, form, status=422)


@get(_POLICY)
async def edit(visit: Given[Visit]) -> Page:
    await visit.services.workspaces.authority.require(visit.actor, Point.UPDATE_REGISTRY_INTEGRATION)
    name, policy = registry_in(visit), number_in(visit, "policy")
    held = await visit.services.sync.policies.get(visit.actor, name, policy)
    return await _page(visit, name, policy_form(held), policy)


@post(_POLICY, status_code=303)
async def update(visit: Given[Visit]) -> Page:
    await visit.services.workspaces.authority.require(visit.actor, Point.UPDATE_REGISTRY_INTEGRATION)
    name, policy, form = registry_in(visit), number_in(visit, "policy"), await visit.form()
    change = policy_change(form)
    if form.good:
        with form.attempt(**POLICY_FIELDS):
            await visit.services.sync.policies.update(visit.actor, name, policy, change)
            return visit.go(path_in(name), _("Policy %(name)s was changed.", name=change.name))
    return await _page(visit, name, form, policy, 422)


@post(f"{_POLICY}/state", status_code=303)
async def switch(visit: Given[Visit]) -> Page:
    name, policy = registry_in(visit), number_in(visit, "policy")
    change = PolicyChange(enabled=(await visit.form()).flag("enabled"))
    try:
        await visit.services.sync.policies.update(visit.actor, name, policy, change)
    except Failure as failure:
        return refused(visit, path_in(name), failure)
    told = _("The policy is enabled.") if change.enabled else _("The policy is disabled.")
    return visit.go(path_in(name), told)


@post(f"{_POLICY}/run", status_code=303)
async def run(visit: Given[Visit]) -> Page:
    name, policy = registry_in(visit), number_in(visit, "policy")
    try:
        started = await visit.services.sync.runs.start(visit.actor, name, policy)
    except Failure as failure:
        return refused(visit, path_in(name), failure)
    return visit.go(path_in(name, "runs", started))


@post(f"{_POLICY}/delete", status_code=303)
async def delete(visit: Given[Visit]) -> Page:
    name, policy = registry_in(visit), number_in(visit, "policy")
    try:
        held = await visit.services.sync.policies.get(visit.actor, name, policy)
        if (await visit.form()).text("confirm") != held.name:
            told = _("Nothing was deleted: the name was another.")
            return visit.go(path_in(name), told, tone="warning")
        await visit.services.sync.policies.delete(visit.actor, name, policy)
    except Failure as failure:
        return refused(visit, path_in(name), failure)
    return visit.go(path_in(name), _("Policy %(name)s was deleted.", name=held.name))


async def may_change(visit: Visit) -> bool:
    return (await visit.rights()).may(Point.UPDATE_REGISTRY_INTEGRATION)


async def _page(
    visit: Visit, name: InstanceName, form: Form, policy: int | None = None, status: int = 200
) -> Page:
    """`policy` None: a new one."""
    known = await _targets(visit, name)
    return await visit.page(
        "sync/policy.html",
        status=status,
        registry=name,
        form=form,
        policy=policy,
        targets=[(one.id, f"{one.name} ({one.url})") for one in known],
        triggers=TRIGGERS,
    )


async def _targets(visit: Visit, name: InstanceName) -> list[Endpoint]:
    return (await visit.services.sync.targets.page(visit.actor, name, _ALL)).items


HANDLERS = (list_, policies, new, create, edit, update, switch, run, delete)

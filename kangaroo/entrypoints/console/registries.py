"""Registries: those of the platform, and those a workspace has connected. The built-in one is just another."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from litestar import Router, get, post

from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Page as Part
from kangaroo.base.paging import Window
from kangaroo.core.instances import (
    BUILT_IN,
    Instance,
    Point,
    Sample,
    State,
    Told,
    Totals,
    Which,
    Wish,
    cause_of,
)
from kangaroo.core.workspaces import Choice, Outlook
from kangaroo.entrypoints.console import registries_forms
from kangaroo.entrypoints.console.listing import Listing, cut
from kangaroo.entrypoints.console.registries_given import ON_GROUND, Ground, both
from kangaroo.entrypoints.console.texts import LANGUAGE, N_, _
from kangaroo.entrypoints.console.visit import Page, Visit
from kangaroo.entrypoints.http.framework import Given

_PLOTTED = 200  # probes
_TROUBLE_FIRST = (State.UNHEALTHY, State.DEGRADED, State.CHECKING, State.HEALTHY)
_COLUMNS: dict[str, Callable[[Instance], Any]] = {
    "name": lambda one: one.name,
    "type": lambda one: one.kind,
    "state": lambda one: _TROUBLE_FIRST.index(State(one.health.state)),
    "checked": lambda one: one.health.probed_at or 0,
}
STATES = (
    ("unhealthy", N_("Unhealthy")),
    ("degraded", N_("Degraded")),
    ("checking", N_("Checking")),
    ("healthy", N_("Healthy")),
)


@dataclass(frozen=True, slots=True)
class Space:
    """`bound`: to how many workspaces; None where one may not know."""

    name: str
    public: bool
    images: int | None
    created: int | None
    bound: int | None = None


@get(both(""))
async def list_(visit: Given[Visit], ground: Given[Ground], listing: Given[Listing]) -> Page:
    """Few enough to be sorted here, by how they are, too."""
    wish = Wish(workspace=ground.workspace, fuzzy=listing.q)
    found = (await visit.services.instances.page(visit.actor, wish, Window(1, 0))).items
    kind, state = listing.filter("type"), listing.filter("state")
    fitting = [one for one in found if kind in ("", one.kind) and state in ("", one.health.state)]
    return await visit.page(
        "registries/list.html",
        ground=ground,
        listing=listing,
        page=cut(listing, _ordered(fitting, listing.sort)),
        told=_told,
        states=STATES,
    )


@get(both("/{registry:str}"))
async def show(
    visit: Given[Visit], ground: Given[Ground], which: Given[Which], listing: Given[Listing]
) -> Page:
    found = await visit.services.instances.get(visit.actor, which)
    values: dict[str, Any] = {"ground": ground, "registry": found, "listing": listing, "cause": _told(found)}
    match listing.filter("tab"):
        case "spaces":
            page, problem = await _spaces(visit, ground, which, listing)
            return await visit.page("registries/spaces.html", page=page, problem=problem, **values)
        case "health":
            health = visit.services.instances.health
            probes = (await health.history(visit.actor, which, Window(1, _PLOTTED))).items
            page_of_probes = await health.history(visit.actor, which, listing.window)
            return await visit.page(
                "registries/health.html", page=page_of_probes, probes=probes[::-1], told_of=_told_of, **values
            )
    totals, problem = await _totals(visit, which, fresh=False)
    samples = await _samples(visit, which)
    return await visit.page(
        "registries/overview.html", totals=totals, problem=problem, samples=samples, **values
    )


@post(both("/{registry:str}/-/check"), status_code=303)
async def check(visit: Given[Visit], ground: Given[Ground], which: Given[Which]) -> Page:
    found = await visit.services.instances.health.check(visit.actor, which)
    back = (
        f"{ground.url(which.name)}?tab=health"
        if (await visit.form()).flag("health")
        else ground.url(which.name)
    )
    if found.health.state == State.HEALTHY:
        return visit.go(back, _("Checked just now: it is healthy."))
    return visit.go(back, _("Checked just now: %(cause)s", cause=_told(found).message), tone="warning")


@post(both("/{registry:str}/-/count"), status_code=303)
async def count(visit: Given[Visit], ground: Given[Ground], which: Given[Which]) -> Page:
    _totals_now, problem = await _totals(visit, which, fresh=True)
    if problem is not None:
        return visit.go(ground.url(which.name), problem.message(LANGUAGE.get()), tone="warning")
    return visit.go(ground.url(which.name), _("Counted just now."))


@post(both("/{registry:str}/-/delete"), status_code=303)
async def delete(visit: Given[Visit], ground: Given[Ground], which: Given[Which]) -> Page:
    if (await visit.form()).text("confirm") != which.name:
        return visit.go(
            ground.url(which.name), _("Nothing was removed: the name was another."), tone="warning"
        )
    try:
        left = await visit.services.instances.delete(visit.actor, which)
    except Failure as failure:
        if failure.code not in (Code.PRECONDITION, Code.REFERENCED):
            raise
        return visit.go(ground.url(which.name), failure.message(LANGUAGE.get()), tone="warning")
    told = _("Registry %(name)s was removed. What it holds stays there.", name=which.name)
    if left:
        rest = _("These robots could not be ended now, which is tried on: %(names)s", names=", ".join(left))
        return visit.go(ground.root, f"{told} {rest}", tone="warning")
    return visit.go(ground.root, told)


def _ordered(found: list[Instance], sort: str) -> list[Instance]:
    """The built-in one first, then by name, unless asked otherwise."""
    by_name = sorted(found, key=lambda one: (one.name != BUILT_IN, one.name))
    column = _COLUMNS.get(sort.removeprefix("-"))
    return by_name if column is None else sorted(by_name, key=column, reverse=sort.startswith("-"))


def _told(one: Instance) -> Told:
    return _told_of(one.health.reason, one.health.facts)


def _told_of(reason: str, facts: str) -> Told:
    return cause_of(reason, facts).told(LANGUAGE.get())


async def _totals(visit: Visit, which: Which, *, fresh: bool) -> tuple[Totals | None, Failure | None]:
    """Or why it cannot be counted."""
    try:
        return await visit.services.instances.statistics.totals(visit.actor, which, fresh=fresh), None
    except Failure as failure:
        if not _of_the_registry(failure):
            raise
        return None, failure


async def _samples(visit: Visit, which: Which) -> list[Sample]:
    try:
        return await visit.services.instances.statistics.storage(visit.actor, which, None, None)
    except Failure as failure:
        if not _of_the_registry(failure):
            raise
        return []


async def _spaces(
    visit: Visit, ground: Ground, which: Which, listing: Listing
) -> tuple[Part[Space], Failure | None]:
    """For who may know all of them; others see the public ones, as everywhere."""
    workspaces, actor = visit.services.workspaces, visit.actor
    name = which.name
    try:
        if not ground.workspace and Point.GET_REGISTRY_SPACE in ground.held:
            all_ = await workspaces.administration.page(actor, name, listing.window, listing.q)
            return Part(
                [
                    Space(one.name, one.public, one.images, one.created, len(one.workspaces))
                    for one in all_.items
                ],
                all_.total,
            ), None
        outlook = Outlook(ground.workspace or None)
        seen = await workspaces.spaces.page(actor, outlook, name, listing.window, Choice(listing.q))
        return Part(
            [
                Space(one.space.name, one.space.public, one.space.images, one.space.created)
                for one in seen.items
            ],
            seen.total,
        ), None
    except Failure as failure:
        if not _of_the_registry(failure):
            raise
        return Part([], 0), failure


def _of_the_registry(failure: Failure) -> bool:
    """Whether it says something about the registry, not about who asks."""
    return failure.code.heals or failure.code in (Code.PRECONDITION, Code.UNSUPPORTED)


HANDLERS = (
    Router(
        "",
        dependencies=ON_GROUND,
        route_handlers=[list_, show, check, count, delete, *registries_forms.HANDLERS],
    ),
)

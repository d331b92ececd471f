"""The first page: what needs somebody, how the registries are, how much they hold, what goes on.

What is quick stands in the page; counts over days come a moment later, so that the page itself never waits.
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from litestar import get

from kangaroo.base.clock import SECOND, Micros
from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Window
from kangaroo.base.query import ListQuery, Sort
from kangaroo.core.instances import BUILT_IN, Point, State, Which, cause_of
from kangaroo.core.workspaces import InstanceSeen, Outlook
from kangaroo.entrypoints.console.images_values import Corner
from kangaroo.entrypoints.console.texts import LANGUAGE, N_, _
from kangaroo.entrypoints.console.visit import Page, Visit
from kangaroo.entrypoints.http.framework import Given

_REGISTRIES, _RECENT, _FULL = 100, 6, 0.9
_DAYS, _STORAGE_DAYS = 14, 30
_DAY: Micros = 86_400 * SECOND
_PARTS = {"database": N_("Database"), "storage": N_("Storage"), "job worker": N_("Job worker")}


@dataclass(frozen=True, slots=True)
class Concern:
    """Something somebody should look at; `word` is how it is (status.py). `href` leads to a page of `place`."""

    word: str
    title: str
    told: str
    remedy: str = ""
    place: str = ""
    href: str = ""


@get("/")
async def overview(visit: Given[Visit]) -> Page:
    registries = await _registries(visit)
    recent = ListQuery(sorts=(Sort("update_time", descending=True),), window=Window(1, _RECENT))
    return await visit.page(
        "overview/overview.html",
        concerns=[
            *await _ours(visit),
            *map(_of_registry, filter(_troubled, registries)),
            *await _full(visit),
        ],
        registries=registries,
        statistics=await visit.services.registry.catalogue.statistics(visit.actor),
        recent=(await visit.services.registry.catalogue.page_of_all(visit.actor, recent)).items,
        corner=Corner(BUILT_IN),
    )


@get("/overview/activity")
async def activity(visit: Given[Visit]) -> Page:
    """Pushes and pulls by day, and how the built-in registry grew."""
    now = visit.surroundings.clock()
    days = await visit.services.audit.activity(visit.actor, now, _DAYS)
    samples = []
    if (await visit.rights()).may(Point.GET_REGISTRY_INTEGRATION):
        statistics = visit.services.instances.statistics
        samples = await statistics.storage(visit.actor, Which(BUILT_IN), now - _STORAGE_DAYS * _DAY, None)
    return await visit.part("overview/activity.html", days=days, samples=samples, now=now)


async def _registries(visit: Visit) -> list[InstanceSeen]:
    page = await visit.services.workspaces.looking.instances(
        visit.actor, Outlook(None), Window(1, _REGISTRIES)
    )
    return sorted(page.items, key=lambda one: (not _troubled(one), one.name != BUILT_IN, one.name))


def _troubled(registry: InstanceSeen) -> bool:
    return registry.state in (State.UNHEALTHY, State.DEGRADED)


def _of_registry(registry: InstanceSeen) -> Concern:
    told = cause_of(registry.reason, registry.facts).told(LANGUAGE.get())
    name = _("Built-in registry") if registry.name == BUILT_IN else registry.name
    return Concern(
        registry.state, name, told.message, told.remedy, "/registries", f"/registries/{registry.name}"
    )


async def _ours(visit: Visit) -> list[Concern]:
    """Parts this server cannot do without."""
    if not (await visit.rights()).admin:
        return []
    parts = await visit.services.doctor.readiness()
    return [
        Concern(State.UNHEALTHY, _(_PARTS.get(part, part)), reason, place="/doctor", href="/doctor")
        for part, reason in parts.items()
        if reason
    ]


async def _full(visit: Visit) -> list[Concern]:
    """Spaces whose quota is nearly used up."""
    query = ListQuery(sorts=(Sort("used.storage", descending=True),), window=Window(1, _REGISTRIES))
    try:
        page = await visit.services.projects.quotas.page(visit.actor, query)
    except Failure as failure:
        if failure.code in (Code.UNAUTHORIZED, Code.FORBIDDEN):
            return []
        raise
    return [
        Concern(
            State.DEGRADED,
            quota.project,
            _("%(percent)s%% of its quota is used.", percent=f"{100 * quota.used / quota.hard:.0f}"),
            _("Raise the quota, or let a retention rule remove old images."),
            "/spaces",
            f"/spaces?{urlencode({'q': quota.project})}",
        )
        for quota in page.items
        if quota.hard > 0 and quota.used >= quota.hard * _FULL
    ]


HANDLERS = (overview, activity)

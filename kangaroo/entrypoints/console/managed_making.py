"""A new Harbor in three steps: where, what it needs, and what will be made. What is in the way is shown while one
types; nothing typed is lost by going back, for all three are one form."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from litestar import get, post

from kangaroo.base.errors import Failure
from kangaroo.base.paging import Window
from kangaroo.base.query import ListQuery
from kangaroo.core.clusters import ClusterName
from kangaroo.core.instances import Point
from kangaroo.core.managed import Offer, Row, Service
from kangaroo.entrypoints.console.forms import Form
from kangaroo.entrypoints.console.managed_given import BLAME, DEFAULTS, harbor_of, wish_of
from kangaroo.entrypoints.console.managed_seen import CHECKS, VERDICTS, path_to, summary_of
from kangaroo.entrypoints.console.texts import _
from kangaroo.entrypoints.console.visit import Page, Visit
from kangaroo.entrypoints.http.framework import Given

NEW = "/managed/-/new"
_ALL = Window(1, 0)


@dataclass(slots=True)
class Ground:
    """What the cluster offers; `problem` is why it could not be asked."""

    clusters: Sequence[str] = ()
    cluster: str = ""
    offer: Offer = field(default_factory=lambda: Offer((), (), ()))
    namespaces: Sequence[str] = ()
    operators: frozenset[Service] = frozenset()
    rows: Sequence[Row] = ()
    problem: Failure | None = None


@get(NEW)
async def new(visit: Given[Visit]) -> Page:
    ground = await _ground(visit, str(visit.request.query_params.get("cluster", "")))
    offer = ground.offer
    first = {
        "cluster": ground.cluster,
        "version": offer.versions[0] if offer.versions else "",
        "storage_class": offer.storage[0].name if offer.storage else "",
        "ingress_class": offer.ingress[0].name if offer.ingress else "",
    }
    return await _page(visit, Form.filled(**DEFAULTS, **first), ground)


@post(NEW, status_code=303)
async def create(visit: Given[Visit]) -> Page:
    await visit.services.workspaces.authority.require(visit.actor, Point.CREATE_MANAGED_HARBOR)
    form = await visit.form()
    for name in ("cluster", "namespace", "name", "version", "admin_password"):
        form.required(name)
    if form.good:
        with form.attempt(**BLAME):
            wish = wish_of(form)
            if form.good:
                made = await visit.services.managed.create(visit.actor, harbor_of(form), wish)
                told = _("Harbor %(name)s is being created. It takes some minutes.", name=made.name.name)
                return visit.go(path_to(made.name), told)
    return await _page(visit, form, await _ground(visit, form.text("cluster")), 422)


@post("/managed/-/preflight", status_code=200)
async def preflight(visit: Given[Visit]) -> Page:
    """What creating it would meet, as far as it is filled in: rows, and what will be made."""
    await visit.services.workspaces.authority.require(visit.actor, Point.CREATE_MANAGED_HARBOR)
    form = await visit.form()
    rows: Sequence[Row] = []
    summary: list[tuple[str, str]] = []
    with form.attempt(**BLAME):
        name, wish = harbor_of(form), wish_of(form)
        rows = await visit.services.managed.preflight(visit.actor, name, wish)
        summary = summary_of(name, wish.spec)
    if not rows and form.text("cluster"):
        with form.attempt():
            rows = await visit.services.managed.choices.environment(visit.actor, form.text("cluster"))
    return await visit.part(
        "managed/preflight.html",
        rows=rows,
        summary=summary,
        checks=CHECKS,
        verdicts=VERDICTS,
        lacking=list(form.errors.values()),
    )


async def _ground(visit: Visit, wanted: str) -> Ground:
    """Raises FORBIDDEN."""
    await visit.services.workspaces.authority.require(visit.actor, Point.CREATE_MANAGED_HARBOR)
    known = await visit.services.clusters.page(visit.actor, ListQuery(window=_ALL))
    found = Ground([one.name for one in known.items])
    if not found.clusters:
        return found
    found.cluster = wanted if wanted in found.clusters else found.clusters[0]
    choices = visit.services.managed.choices
    try:
        found.offer = await choices.offer(visit.actor, found.cluster)
        found.operators = await choices.operators(visit.actor, found.cluster)
        found.rows = await choices.environment(visit.actor, found.cluster)
        page = await visit.services.clusters.namespaces.of_cluster(
            visit.actor, ClusterName(found.cluster), _ALL
        )
        found.namespaces = [one.name for one in page.items]
    except Failure as failure:
        found.problem = failure
    return found


async def _page(visit: Visit, form: Form, ground: Ground, status: int = 200) -> Page:
    return await visit.page(
        "managed/new.html",
        status=status,
        form=form,
        ground=ground,
        versions=[(one, one) for one in ground.offer.versions],
        services={one.name: one in ground.operators for one in Service},
        checks=CHECKS,
        verdicts=VERDICTS,
    )


HANDLERS = (new, create, preflight)

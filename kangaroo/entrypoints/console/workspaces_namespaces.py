"""Namespaces of a workspace: bound and unbound by administrators, each with how its pull secret stands."""

from dataclasses import dataclass

from litestar import get, post

from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Window
from kangaroo.base.query import ListQuery
from kangaroo.core.clusters import BoundNamespace, ClusterName, NamespaceName, SeenNamespace
from kangaroo.core.pull_secrets import Progress, Seen, State, Where
from kangaroo.entrypoints.console.forms import Form
from kangaroo.entrypoints.console.listing import Listing
from kangaroo.entrypoints.console.spaces_standing import label_of, word_of
from kangaroo.entrypoints.console.texts import LANGUAGE, _
from kangaroo.entrypoints.console.visit import Page, Visit
from kangaroo.entrypoints.console.workspaces_given import ONE, Place
from kangaroo.entrypoints.http.framework import Given

_CLUSTERS = 200
_PATIENCE = 8  # looks after a change, although nothing seems to be under way yet


@dataclass(frozen=True, slots=True)
class Row:
    """`secret` None: nobody has worked it out yet."""

    bound: BoundNamespace
    secret: Seen | None


@dataclass(frozen=True, slots=True)
class Offer:
    """Namespaces of a cluster that belong to nobody; `problem`: why they are not known."""

    cluster: str
    free: list[SeenNamespace]
    problem: str = ""


@get(f"{ONE}/namespaces")
async def list_(visit: Given[Visit], place: Given[Place], listing: Given[Listing]) -> Page:
    return await _page(visit, place, listing, Form())


@post(f"{ONE}/namespaces", status_code=303)
async def bind(visit: Given[Visit], place: Given[Place], listing: Given[Listing]) -> Page:
    await visit.services.workspaces.authority.require_admin(visit.actor, "namespaces")
    form = await visit.form()
    chosen = form.texts("namespaces")
    if not chosen:
        form.refuse("namespaces", _("Choose at least one."))
    if form.good:
        with form.attempt(CONFLICT="namespaces", NAME_INVALID="namespaces"):
            cluster = ClusterName.parse(form.text("cluster"))
            names = [NamespaceName.parse(one) for one in chosen]
            await visit.services.clusters.namespaces.bind(visit.actor, cluster, names, place.id)
            told = _("Bound. They get their pull secret within seconds.")
            return visit.go(f"{place.url('namespaces')}?watch=1", told)
    return await _page(visit, place, listing, form, 422)


@post(f"{ONE}/namespaces/unbind", status_code=303)
async def unbind(visit: Given[Visit], place: Given[Place]) -> Page:
    form = await visit.form()
    cluster, namespace = await _ours(visit, place, form)
    if form.text("confirm") != namespace:
        told = _("Nothing was unbound: the name was another.")
        return visit.go(place.url("namespaces"), told, tone="warning")
    await visit.services.clusters.namespaces.unbind(visit.actor, cluster, [namespace])
    told = _("Unbound. Its pull secret is taken away as soon as the cluster answers.")
    return visit.go(place.url("namespaces"), told)


@post(f"{ONE}/namespaces/overwrite", status_code=303)
async def overwrite(visit: Given[Visit], place: Given[Place]) -> Page:
    """Make a secret ours that somebody else made."""
    form = await visit.form()
    cluster, namespace = await _ours(visit, place, form)
    if form.text("confirm") != namespace:
        told = _("Nothing was overwritten: the name was another.")
        return visit.go(place.url("namespaces"), told, tone="warning")
    standing = await visit.services.pull_secrets.overwrite(visit.actor, cluster, namespace)
    if standing.state is State.APPLIED:
        return visit.go(place.url("namespaces"), _("The secret is ours now."))
    return visit.go(place.url("namespaces"), standing.told(LANGUAGE.get()), tone="warning")


@post(f"{ONE}/namespaces/reconcile", status_code=303)
async def reconcile(visit: Given[Visit], place: Given[Place]) -> Page:
    await visit.services.pull_secrets.reconcile(visit.actor, place.id)
    return visit.go(f"{place.url('namespaces')}?watch=1", _("Every namespace is looked at again now."))


@post(f"{ONE}/namespaces/rotate", status_code=303)
async def rotate(visit: Given[Visit], place: Given[Place]) -> Page:
    count = await visit.services.pull_secrets.rotate(visit.actor, place.id)
    told = _("%(count)s credentials are being replaced; the old ones end when every namespace has the new.")
    return visit.go(f"{place.url('namespaces')}?watch=1", told % {"count": count})


async def _ours(visit: Visit, place: Place, form: Form) -> tuple[ClusterName, NamespaceName]:
    """The namespace of the form, if it belongs to this workspace. Raises NOT_FOUND."""
    cluster = ClusterName.parse(form.text("cluster"))
    namespace = NamespaceName.parse(form.text("namespace"))
    owner = await visit.services.clusters.namespaces.workspace_of(visit.actor, cluster, namespace)
    if owner != place.id:
        raise Failure(Code.NOT_FOUND, what=f"binding of {cluster}/{namespace}")
    return cluster, namespace


async def _page(visit: Visit, place: Place, listing: Listing, form: Form, status: int = 200) -> Page:
    known = place.member or place.manages
    rows, total, progress = await _rows(visit, place, listing) if known else ([], 0, None)
    clusters = await _clusters(visit)
    chosen = form.text("cluster") or listing.filter("cluster") or (clusters[0] if clusters else "")
    offer = await _offer(visit, chosen) if chosen in clusters else None
    return await visit.page(
        "workspaces/namespaces.html",
        status=status,
        place=place,
        listing=listing,
        known=known,
        rows=rows,
        total=total,
        progress=progress,
        clusters=clusters,
        offer=offer,
        form=form,
        word_of=word_of,
        label_of=label_of,
        poll=_poll(progress, listing),
    )


async def _rows(visit: Visit, place: Place, listing: Listing) -> tuple[list[Row], int, Progress]:
    namespaces, secrets = visit.services.clusters.namespaces, visit.services.pull_secrets
    page = await namespaces.of_workspace(visit.actor, place.id, listing.window, listing.q)
    where = Where(place.id)
    standing = {
        (one.cluster, one.namespace): one
        for one in (await secrets.page(visit.actor, where, Window(1, 0))).items
    }
    rows = [Row(one, standing.get((one.cluster_name, one.namespace))) for one in page.items]
    return rows, page.total, await secrets.progress(visit.actor, where)


async def _clusters(visit: Visit) -> list[str]:
    """Those whose namespaces he may bind."""
    if not (await visit.rights()).admin:
        return []
    query = ListQuery(window=Window(1, _CLUSTERS))
    return [one.name for one in (await visit.services.clusters.page(visit.actor, query)).items]


async def _offer(visit: Visit, cluster: str) -> Offer:
    namespaces = visit.services.clusters.namespaces
    try:
        page = await namespaces.of_cluster(visit.actor, ClusterName.parse(cluster), Window(1, 0))
    except Failure as failure:
        if not failure.code.heals and failure.code is not Code.PRECONDITION:
            raise
        return Offer(cluster, [], failure.message(LANGUAGE.get()))
    return Offer(cluster, [one for one in page.items if one.bound is None and one.phase == "Active"])


def _poll(progress: Progress | None, listing: Listing) -> str:
    """Where the page looks again: while something is under way, and shortly after a change. Empty: nowhere."""
    watch = listing.filter("watch")
    looks = int(watch) if watch.isascii() and watch.isdigit() and len(watch) < 4 else 0
    if (progress is not None and State.PENDING in progress.by_state) or 0 < looks < _PATIENCE:
        return listing.url(watch=min(looks + 1, _PATIENCE), page=listing.page)
    return ""


HANDLERS = (list_, bind, unbind, overwrite, reconcile, rotate)

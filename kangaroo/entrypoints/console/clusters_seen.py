"""Clusters and their namespaces as the pages show them: words of status.py, reasons in the language of the reader."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Page, Window
from kangaroo.base.reasons import Explained
from kangaroo.core.clusters import BoundNamespace, Cluster, ClusterName, NamespaceName
from kangaroo.core.instances import Told, cause_of
from kangaroo.core.pull_secrets import Seen, State, Where
from kangaroo.entrypoints.console.listing import Listing
from kangaroo.entrypoints.console.texts import LANGUAGE, N_
from kangaroo.entrypoints.console.visit import Visit

# How a pull secret stands: the word whose colour it has (status.py), and its own.
SECRETS = {
    State.PENDING: ("updating", N_("On its way")),
    State.APPLIED: ("healthy", N_("In place")),
    State.CONFLICT: ("degraded", N_("Foreign secret")),
    State.FORBIDDEN: ("unhealthy", N_("Forbidden")),
    State.TERMINATING: ("deleting", N_("Namespace is going")),
    State.FAILED: ("unhealthy", N_("Failed")),
}
PHASES = {"Active": N_("Active"), "Terminating": N_("Terminating")}
ABSENT = N_("Not in the cluster")


@dataclass(frozen=True, slots=True)
class Place:
    """A row of the namespaces of a cluster. `secret` is how its pull secret stands, None where there is none."""

    name: str
    phase: str
    created: str
    bound: BoundNamespace | None
    secret: Seen | None

    @property
    def moves(self) -> bool:
        """Whether its pull secret will be something else soon."""
        return self.bound is not None and (self.secret is None or self.secret.state is State.PENDING)


@dataclass(frozen=True, slots=True)
class Places:
    """`problem`: why the cluster could not be asked; then those are shown that are known without it."""

    page: Page[Place]
    problem: Failure | None = None

    @property
    def moves(self) -> bool:
        return any(one.moves for one in self.page.items)


def told_of(cluster: Cluster) -> Told:
    return cause_of(cluster.health.reason, cluster.health.facts).told(LANGUAGE.get())


def cluster_name(visit: Visit) -> ClusterName:
    """Of the path. Raises NOT_FOUND for what no cluster can be called."""
    text = visit.segment("cluster")
    try:
        return ClusterName.parse(text)
    except Failure as failure:
        raise Failure(Code.NOT_FOUND, what=f"cluster {text[:80]}") from failure


def namespace_name(visit: Visit) -> NamespaceName:
    text = visit.segment("namespace")
    try:
        return NamespaceName.parse(text)
    except Failure as failure:
        raise Failure(Code.NOT_FOUND, what=f"namespace {text[:80]}") from failure


async def secrets_of(visit: Visit, name: ClusterName) -> Mapping[str, Seen]:
    """By namespace; of administrators alone."""
    if not (await visit.rights()).admin:
        return {}
    page = await visit.services.pull_secrets.page(visit.actor, Where(cluster=name), Window(1, 0))
    return {one.namespace: one for one in page.items}


async def places_of(visit: Visit, name: ClusterName, listing: Listing) -> Places:
    """The namespaces the list asks for."""
    secrets = await secrets_of(visit, name)
    only, everything = listing.filter("state"), Window(1, 0)
    try:
        page = await visit.services.clusters.namespaces.of_cluster(visit.actor, name, everything, listing.q)
    except Failure as failure:
        if not isinstance(failure, Explained):
            raise
        known = [_known(one) for one in secrets.values() if listing.q in one.namespace]
        return Places(_cut(known, only, listing), failure)
    rows = [Place(one.name, one.phase, one.created, one.bound, secrets.get(one.name)) for one in page.items]
    return Places(_cut(rows, only, listing))


def _known(secret: Seen) -> Place:
    return Place(secret.namespace, "", "", None, secret)


def _cut(rows: Sequence[Place], only: str, listing: Listing) -> Page[Place]:
    """`only`: bound, free, or a state of pull secrets."""
    fitting = [
        one
        for one in rows
        if not only
        or (only == "bound" and one.bound is not None)
        or (only == "free" and one.bound is None)
        or (one.secret is not None and one.secret.state == only)
    ]
    window = listing.window
    return Page(fitting[window.offset : window.offset + window.size], len(fitting))

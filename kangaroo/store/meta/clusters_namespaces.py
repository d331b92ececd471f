"""Which namespaces of which clusters belong to which workspaces: each to one at most."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, func, insert, select

from kangaroo.base.clock import Micros
from kangaroo.base.paging import Page, Window
from kangaroo.base.query import Contains, Filter, ListQuery
from kangaroo.store.meta.database import Row, Selects, Transaction
from kangaroo.store.meta.listing import Listing, NumberKey, TextKey
from kangaroo.store.meta.schema.clusters import cluster_namespaces, clusters
from kangaroo.store.meta.schema.platform import workspaces
from kangaroo.store.meta.statements import Query, parameter

_CLUSTER = cluster_namespaces.c.cluster_id == parameter("cluster")
_ONE = _CLUSTER, cluster_namespaces.c.namespace == parameter("namespace")
_SOURCE = (
    select(
        cluster_namespaces,
        clusters.c.name.label("cluster_name"),
        workspaces.c.name.label("workspace_name"),
    )
    .join(clusters, clusters.c.id == cluster_namespaces.c.cluster_id)
    .join(workspaces, workspaces.c.id == cluster_namespaces.c.workspace_id)
)
_ORDER = clusters.c.name, cluster_namespaces.c.namespace
_OF_CLUSTER = Query(_SOURCE.where(_CLUSTER).order_by(*_ORDER))
_OF_NAMES = Query(
    _SOURCE.where(_CLUSTER, cluster_namespaces.c.namespace.in_(bindparam("names", expanding=True)))
)
_OF_WORKSPACE = Query(
    _SOURCE.where(cluster_namespaces.c.workspace_id == parameter("workspace")).order_by(*_ORDER)
)
_EVERYTHING = Query(_SOURCE.order_by(*_ORDER))
_GET = Query(_SOURCE.where(*_ONE))
_COUNT = Query(select(func.count()).select_from(cluster_namespaces).where(_CLUSTER))
_ADD = Query(
    insert(cluster_namespaces).values(
        cluster_id=parameter("cluster"),
        namespace=parameter("namespace"),
        workspace_id=parameter("workspace"),
        author=parameter("author"),
        created_at=parameter("now"),
    )
)
_REMOVE = Query(delete(cluster_namespaces).where(*_ONE))
_LISTING = Listing(
    _SOURCE,
    {
        "namespace": TextKey(cluster_namespaces.c.namespace),
        "workspace": NumberKey(cluster_namespaces.c.workspace_id),
    },
    order=(clusters.c.name.asc(), cluster_namespaces.c.namespace.asc()),
    identity=cluster_namespaces.c.namespace,
)


@dataclass(frozen=True, slots=True)
class BoundNamespace:
    """One namespace of a cluster and the workspace it belongs to."""

    cluster: int
    cluster_name: str
    namespace: str
    workspace: int
    workspace_name: str
    author: str
    created_at: Micros


def _bound(row: Row) -> BoundNamespace:
    return BoundNamespace(
        cluster=row["cluster_id"],
        cluster_name=row["cluster_name"],
        namespace=row["namespace"],
        workspace=row["workspace_id"],
        workspace_name=row["workspace_name"],
        author=row["author"],
        created_at=row["created_at"],
    )


async def get(selects: Selects, cluster: int, namespace: str) -> BoundNamespace | None:
    row = await selects.one(_GET, cluster=cluster, namespace=namespace)
    return None if row is None else _bound(row)


async def of_cluster(selects: Selects, cluster: int) -> list[BoundNamespace]:
    """By name."""
    return [_bound(row) for row in await selects.all(_OF_CLUSTER, cluster=cluster)]


async def of_names(selects: Selects, cluster: int, names: Collection[str]) -> dict[str, BoundNamespace]:
    """Those of these namespaces that are bound: for a page, in one statement."""
    if not names:
        return {}
    rows = await selects.all(_OF_NAMES, cluster=cluster, names=sorted(names))
    return {row["namespace"]: _bound(row) for row in rows}


async def of_workspace(selects: Selects, workspace: int) -> list[BoundNamespace]:
    """By cluster and name."""
    return [_bound(row) for row in await selects.all(_OF_WORKSPACE, workspace=workspace)]


async def everything(selects: Selects) -> list[BoundNamespace]:
    """By cluster and name."""
    return [_bound(row) for row in await selects.all(_EVERYTHING)]


async def page_of_workspace(
    selects: Selects, workspace: int, fuzzy: str, window: Window
) -> Page[BoundNamespace]:
    """By cluster and name."""
    where = [cluster_namespaces.c.workspace_id == workspace]
    filters = (Filter("namespace", Contains(fuzzy)),) if fuzzy else ()
    rows, total = await _LISTING.page(selects, ListQuery(filters=filters, window=window), where)
    return Page([_bound(row) for row in rows], total)


async def count(selects: Selects, cluster: int) -> int:
    """How many namespaces of the cluster are bound."""
    found: int = await selects.scalar(_COUNT, cluster=cluster)
    return found


async def add(
    transaction: Transaction,
    cluster: int,
    namespaces: Sequence[str],
    workspace: int,
    author: str,
    now: Micros,
) -> None:
    """Raises Duplicate when one is bound already, Dangling when cluster or workspace are gone."""
    for namespace in namespaces:
        await transaction.run(
            _ADD, cluster=cluster, namespace=namespace, workspace=workspace, author=author, now=now
        )


async def remove(transaction: Transaction, cluster: int, namespace: str) -> bool:
    return await transaction.run(_REMOVE, cluster=cluster, namespace=namespace) == 1

"""Who watches which cluster: a lease per cluster, which one process holds at a time, and what that one hears."""

from dataclasses import dataclass

from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from kangaroo.base.clock import Micros
from kangaroo.store.meta.database import Selects, Transaction
from kangaroo.store.meta.schema.clusters import cluster_watches, clusters
from kangaroo.store.meta.statements import Query, parameter

_CLUSTER, _HOLDER = parameter("the_cluster"), parameter("the_holder")
_TAKE = Query(
    upsert(cluster_watches)
    .values(cluster_id=_CLUSTER, holder=_HOLDER, lease_until=parameter("until"), informers="[]")
    .on_conflict_do_update(
        index_elements=[cluster_watches.c.cluster_id],
        set_={"holder": _HOLDER, "lease_until": parameter("until")},
        where=or_(cluster_watches.c.holder == _HOLDER, cluster_watches.c.lease_until < parameter("now")),
    )
)
_HELD = cluster_watches.c.cluster_id == _CLUSTER, cluster_watches.c.holder == _HOLDER
_KEEP = Query(
    update(cluster_watches)
    .where(*_HELD)
    .values(lease_until=parameter("until"), informers=parameter("informers"))
)
_LEAVE = Query(delete(cluster_watches).where(*_HELD))
_GET = Query(select(cluster_watches).where(cluster_watches.c.cluster_id == _CLUSTER))
_ALL = Query(
    select(clusters.c.name, cluster_watches)
    .join(clusters, clusters.c.id == cluster_watches.c.cluster_id)
    .order_by(clusters.c.name)
)
_FREE = Query(
    select(cluster_watches.c.cluster_id).where(
        cluster_watches.c.lease_until >= parameter("now"), cluster_watches.c.holder != _HOLDER
    )
)


@dataclass(frozen=True, slots=True)
class WatchRow:
    """`informers` is JSON, in the holder's form."""

    holder: str
    lease_until: Micros
    informers: str


async def get(selects: Selects, cluster: int) -> WatchRow | None:
    row = await selects.one(_GET, the_cluster=cluster)
    return None if row is None else WatchRow(row["holder"], row["lease_until"], row["informers"])


async def everything(selects: Selects) -> list[tuple[str, WatchRow]]:
    """By the names of the clusters."""
    rows = await selects.all(_ALL)
    return [(row["name"], WatchRow(row["holder"], row["lease_until"], row["informers"])) for row in rows]


async def of_others(selects: Selects, holder: str, now: Micros) -> frozenset[int]:
    """The clusters that somebody else watches."""
    return frozenset(row[0] for row in await selects.all(_FREE, the_holder=holder, now=now))


async def take(transaction: Transaction, cluster: int, holder: str, now: Micros, until: Micros) -> bool:
    """False while another one's lease lasts. Raises Dangling when the cluster is gone."""
    values = {"the_cluster": cluster, "the_holder": holder, "now": now, "until": until}
    return await transaction.run(_TAKE, **values) == 1


async def keep(transaction: Transaction, cluster: int, holder: str, until: Micros, informers: str) -> bool:
    """False when it was lost to another one, or the cluster is gone."""
    values = {"the_cluster": cluster, "the_holder": holder, "until": until, "informers": informers}
    return await transaction.run(_KEEP, **values) == 1


async def leave(transaction: Transaction, cluster: int, holder: str) -> None:
    await transaction.run(_LEAVE, the_cluster=cluster, the_holder=holder)

"""Registered clusters, each with how it is now: one statement for a list and its states."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from kangaroo.base.clock import Micros
from kangaroo.base.paging import Page
from kangaroo.base.query import ListQuery
from kangaroo.store.meta.database import Row, Selects, Transaction
from kangaroo.store.meta.instances import HealthRow
from kangaroo.store.meta.listing import Listing, MomentKey, TextKey
from kangaroo.store.meta.schema.clusters import cluster_health, clusters
from kangaroo.store.meta.statements import Query, parameter

_STATE = ("state", "reason", "facts", "version", "transition_at", "probed_at", "next_at", "failures")
_ID, _NAME = parameter("id"), parameter("name")
_SAME = Query(
    select(clusters.c.name).where(
        clusters.c.identity == parameter("identity"), clusters.c.id != parameter("besides")
    )
)
_SOURCE = select(clusters, cluster_health.c.nodes, *(cluster_health.c[name] for name in _STATE)).select_from(
    clusters.join(cluster_health, cluster_health.c.cluster_id == clusters.c.id)
)
_BY_ID = Query(_SOURCE.where(clusters.c.id == _ID))
_BY_NAME = Query(_SOURCE.where(clusters.c.name == _NAME))
_ALL = Query(_SOURCE.order_by(clusters.c.id))
_DUE = Query(
    _SOURCE.where(or_(cluster_health.c.next_at.is_(None), cluster_health.c.next_at <= parameter("now")))
    .order_by(cluster_health.c.next_at)
    .limit(parameter("count"))
)
_COLUMNS = ("server", "kubeconfig", "identity", "description")
_ADD = Query(
    insert(clusters)
    .values(
        created_at=parameter("now"),
        updated_at=parameter("now"),
        **{name: parameter(name) for name in ("name", "author", *_COLUMNS)},
    )
    .returning(clusters.c.id)
)
_CHANGE = Query(
    update(clusters)
    .where(clusters.c.id == parameter("the_id"), clusters.c.updated_at == parameter("seen"))
    .values(updated_at=parameter("now"), **{name: parameter(name) for name in _COLUMNS})
)
_DESCRIBE = Query(
    update(clusters).where(clusters.c.id == parameter("the_id")).values(description=parameter("description"))
)
_REMOVE = Query(delete(clusters).where(clusters.c.id == _ID))
_one = select(clusters.c.id).where(clusters.c.id == _ID)
_HOLD = Query(_one, pg=_one.with_for_update())
_PUT = Query(
    upsert(cluster_health)
    .values(
        cluster_id=parameter("cluster"),
        nodes=parameter("nodes"),
        **{name: parameter(name) for name in _STATE},
    )
    .on_conflict_do_update(
        index_elements=[cluster_health.c.cluster_id],
        set_={"nodes": parameter("nodes"), **{name: parameter(name) for name in _STATE}},
    )
)
_HURRY = Query(
    update(cluster_health)
    .where(cluster_health.c.cluster_id == _ID, cluster_health.c.state != "unhealthy")
    .values(next_at=parameter("now"))
)
_AT_ONCE = Query(
    update(cluster_health).where(cluster_health.c.cluster_id == _ID).values(next_at=parameter("now"))
)
_STATES = Query(select(cluster_health.c.state, func.count()).group_by(cluster_health.c.state))
_LISTING = Listing(
    _SOURCE,
    {"name": TextKey(clusters.c.name), "created_at": MomentKey(clusters.c.created_at)},
    order=(clusters.c.name.asc(),),
    identity=clusters.c.id,
)

SortKey = Literal["name", "created_at"]


@dataclass(frozen=True, slots=True)
class Reach:
    """What may be changed about a cluster. `kubeconfig` is encrypted; `server` is the URL it has; `identity` is the
    uid of the cluster's namespace kube-system."""

    server: str
    kubeconfig: str = field(repr=False)
    identity: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class ClusterRow:
    """`updated_at` changes with the kubeconfig. `nodes`: how many there were at the last probe that could count."""

    id: int
    name: str
    author: str
    created_at: Micros
    updated_at: Micros
    reach: Reach
    nodes: int
    health: HealthRow


def _cluster(row: Row) -> ClusterRow:
    return ClusterRow(
        id=row["id"],
        name=row["name"],
        author=row["author"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        reach=Reach(row["server"], row["kubeconfig"], row["identity"], row["description"]),
        nodes=row["nodes"],
        health=HealthRow(**{name: row[name] for name in _STATE}),
    )


async def find(selects: Selects, name: str) -> ClusterRow | None:
    row = await selects.one(_BY_NAME, name=name)
    return None if row is None else _cluster(row)


async def with_id(selects: Selects, identity: int) -> ClusterRow | None:
    row = await selects.one(_BY_ID, id=identity)
    return None if row is None else _cluster(row)


async def with_identity(selects: Selects, identity: str, besides: int = 0) -> str | None:
    """The name it is registered under."""
    found: str | None = await selects.scalar(_SAME, identity=identity, besides=besides)
    return found


async def everything(selects: Selects) -> list[ClusterRow]:
    return [_cluster(row) for row in await selects.all(_ALL)]


async def due(selects: Selects, now: Micros, count: int) -> list[ClusterRow]:
    """Those to be probed now, the longest due first."""
    return [_cluster(row) for row in await selects.all(_DUE, now=now, count=count)]


async def page(selects: Selects, query: ListQuery) -> Page[ClusterRow]:
    """Keys: name, created_at."""
    rows, total = await _LISTING.page(selects, query)
    return Page([_cluster(row) for row in rows], total)


async def states(selects: Selects) -> Sequence[tuple[str, int]]:
    """How many clusters are in which state."""
    return [(row[0], row[1]) for row in await selects.all(_STATES)]


async def add(transaction: Transaction, name: str, author: str, reach: Reach, now: Micros) -> int:
    """Its health follows in the same transaction. Raises Duplicate when the name is taken."""
    identity: int = await transaction.scalar(_ADD, name=name, author=author, now=now, **_values(reach))
    return identity


async def change(transaction: Transaction, identity: int, seen: Micros, reach: Reach, now: Micros) -> bool:
    """False when it was changed since `seen` (its `updated_at`), or is gone."""
    return await transaction.run(_CHANGE, the_id=identity, seen=seen, now=now, **_values(reach)) == 1


async def describe(transaction: Transaction, identity: int, description: str) -> bool:
    """Without touching `updated_at`. False when it is gone."""
    return await transaction.run(_DESCRIBE, the_id=identity, description=description) == 1


async def remove(transaction: Transaction, identity: int) -> bool:
    """Raises Dangling while namespaces are bound."""
    return await transaction.run(_REMOVE, id=identity) == 1


async def hold(transaction: Transaction, identity: int) -> bool:
    """Until the transaction ends nobody removes it, nor binds its namespaces; False without such a cluster."""
    return await transaction.scalar(_HOLD, id=identity) is not None


async def put_health(transaction: Transaction, identity: int, health: HealthRow, nodes: int) -> None:
    values = {name: getattr(health, name) for name in _STATE}
    await transaction.run(_PUT, cluster=identity, nodes=nodes, **values)


async def hurry(transaction: Transaction, identity: int, now: Micros) -> bool:
    """Due at once; False when it is known to be unhealthy, or gone."""
    return await transaction.run(_HURRY, id=identity, now=now) == 1


async def at_once(transaction: Transaction, identity: int, now: Micros) -> None:
    """Due at once, whatever its state."""
    await transaction.run(_AT_ONCE, id=identity, now=now)


def _values(reach: Reach) -> dict[str, Any]:
    return {name: getattr(reach, name) for name in _COLUMNS}

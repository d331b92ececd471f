"""Workspaces, and what hangs on them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, exists, insert, or_, select, update

from kangaroo.base.clock import Micros
from kangaroo.base.paging import Page
from kangaroo.base.query import ListQuery
from kangaroo.store.meta.bindings import LIVE
from kangaroo.store.meta.database import Row, Selects, Transaction
from kangaroo.store.meta.listing import Listing, TextKey
from kangaroo.store.meta.roles import OF_USER
from kangaroo.store.meta.schema.clusters import cluster_namespaces, clusters
from kangaroo.store.meta.schema.platform import instances, role_bindings, space_bindings, workspaces
from kangaroo.store.meta.statements import Query, parameter

_ID = workspaces.c.id == parameter("id")
_ROW = select(*workspaces.c)
_GET = Query(_ROW.where(_ID))
_MINE = exists().where(role_bindings.c.workspace_id == workspaces.c.id, OF_USER)
_KEYS = {"name": TextKey(workspaces.c.name), "description": TextKey(workspaces.c.description)}
_LISTING = Listing(
    _ROW.where(or_(parameter("everything"), _MINE)),
    _KEYS,
    order=(workspaces.c.name.asc(),),
    identity=workspaces.c.id,
)
_KNOWN = Query(
    select(workspaces.c.id, workspaces.c.name)
    .where(workspaces.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(workspaces.c.id)
)
_ADD = Query(
    insert(workspaces)
    .values(
        name=parameter("name"),
        description=parameter("description"),
        created_at=parameter("now"),
        updated_at=parameter("now"),
    )
    .returning(workspaces.c.id)
)
_CHANGE = Query(
    update(workspaces)
    .where(_ID)
    .values(name=parameter("name"), description=parameter("description"), updated_at=parameter("now"))
)
_one = select(workspaces.c.id).where(_ID)
_HOLD = Query(_one, pg=_one.with_for_update())
_REMOVE = Query(delete(workspaces).where(_ID))
_OWN_INSTANCES = Query(
    select(instances.c.name).where(instances.c.workspace_id == parameter("id")).order_by(instances.c.name)
)
_OWN_SPACES = Query(
    select(instances.c.name, space_bindings.c.space)
    .join(instances, instances.c.id == space_bindings.c.instance_id)
    .where(space_bindings.c.workspace_id == parameter("id"), LIVE)
    .order_by(instances.c.name, space_bindings.c.space)
)
_OWN_NAMESPACES = Query(
    select(clusters.c.name, cluster_namespaces.c.namespace)
    .join(clusters, clusters.c.id == cluster_namespaces.c.cluster_id)
    .where(cluster_namespaces.c.workspace_id == parameter("id"))
    .order_by(clusters.c.name, cluster_namespaces.c.namespace)
)


@dataclass(frozen=True, slots=True)
class Workspace:
    id: int
    name: str
    description: str
    created_at: Micros
    updated_at: Micros


@dataclass(frozen=True, slots=True)
class Resources:
    """What a workspace still has: instances it connected, and what is bound to it: spaces as instance/space,
    namespaces as cluster/namespace."""

    instances: tuple[str, ...]
    spaces: tuple[str, ...]
    namespaces: tuple[str, ...] = ()


async def get(selects: Selects, workspace: int) -> Workspace | None:
    row = await selects.one(_GET, id=workspace)
    return None if row is None else _workspace(row)


async def page(selects: Selects, query: ListQuery, user: int, *, everything: bool) -> Page[Workspace]:
    """By name: those in which the user or a group of his has a role, or all."""
    rows, total = await _LISTING.page(selects, query, user=user, everything=everything)
    return Page([_workspace(row) for row in rows], total)


async def names(selects: Selects, ids: Sequence[int]) -> dict[int, str]:
    """Those that exist of these ids."""
    if not ids:
        return {}
    return {row["id"]: row["name"] for row in await selects.all(_KNOWN, ids=list(ids))}


async def add(transaction: Transaction, name: str, description: str, now: Micros) -> int:
    """Raises Duplicate when the name is taken."""
    identity: int = await transaction.scalar(_ADD, name=name, description=description, now=now)
    return identity


async def change(transaction: Transaction, workspace: int, name: str, description: str, now: Micros) -> bool:
    """False without such a workspace. Raises Duplicate."""
    values = {"name": name, "description": description, "now": now}
    return await transaction.run(_CHANGE, id=workspace, **values) == 1


async def hold(transaction: Transaction, workspace: int) -> bool:
    """Until the transaction ends nobody removes it; False without such a workspace."""
    return await transaction.scalar(_HOLD, id=workspace) is not None


async def resources(selects: Selects, workspace: int) -> Resources:
    own = await selects.all(_OWN_INSTANCES, id=workspace)
    bound = await selects.all(_OWN_SPACES, id=workspace)
    there = await selects.all(_OWN_NAMESPACES, id=workspace)
    return Resources(
        tuple(row["name"] for row in own),
        tuple(f"{row['name']}/{row['space']}" for row in bound),
        tuple(f"{row['name']}/{row['namespace']}" for row in there),
    )


async def remove(transaction: Transaction, workspace: int) -> None:
    """Raises Dangling while spaces or namespaces are bound to it."""
    await transaction.run(_REMOVE, id=workspace)


def _workspace(row: Row) -> Workspace:
    return Workspace(row["id"], row["name"], row["description"], row["created_at"], row["updated_at"])

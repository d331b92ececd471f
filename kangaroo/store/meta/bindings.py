"""Which spaces of the platform's instances are bound to which workspaces.

A binding to a project of the built-in registry is over with that project: one made later under the same name is
another, and must not fall to whom the first was given. Such stale rows count nowhere here; `remove_stale` drops them.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import and_, bindparam, delete, exists, insert, not_, or_, select

from kangaroo.base.clock import Micros
from kangaroo.store.meta.database import Selects, Transaction
from kangaroo.store.meta.schema.access import projects
from kangaroo.store.meta.schema.platform import instances, space_bindings, workspaces
from kangaroo.store.meta.statements import Query, parameter

_BUILT_IN = "KANGAROO"
_made, _place = projects.alias(), instances.alias()
_project = exists().where(
    _made.c.name == space_bindings.c.space, _made.c.created_at <= space_bindings.c.created_at
)
_elsewhere = exists().where(_place.c.id == space_bindings.c.instance_id, _place.c.kind != _BUILT_IN)
LIVE = or_(_elsewhere, _project)

_INSTANCE = space_bindings.c.instance_id == parameter("instance")
_SPACE = and_(_INSTANCE, space_bindings.c.space == parameter("space"))
_OF_SPACE = Query(
    select(space_bindings.c.workspace_id, workspaces.c.name)
    .join(workspaces, workspaces.c.id == space_bindings.c.workspace_id)
    .where(_SPACE, LIVE)
    .order_by(workspaces.c.id)
)
_OF_SPACES = Query(
    select(space_bindings.c.space, space_bindings.c.workspace_id)
    .where(_INSTANCE, space_bindings.c.space.in_(bindparam("spaces", expanding=True)), LIVE)
    .order_by(space_bindings.c.workspace_id)
)
_OF_WORKSPACE = Query(
    select(space_bindings.c.space).where(
        _INSTANCE, space_bindings.c.workspace_id == parameter("workspace"), LIVE
    )
)
_BOUND = Query(
    select(space_bindings.c.space).where(_INSTANCE, LIVE).distinct().order_by(space_bindings.c.space)
)
_INSTANCES = Query(
    select(space_bindings.c.instance_id)
    .where(space_bindings.c.workspace_id == parameter("workspace"), LIVE)
    .distinct()
    .order_by(space_bindings.c.instance_id)
)
_WORKSPACES = Query(
    select(space_bindings.c.workspace_id).where(_INSTANCE).distinct().order_by(space_bindings.c.workspace_id)
)
_TOUCHED = Query(
    select(space_bindings.c.instance_id, space_bindings.c.workspace_id)
    .where(
        space_bindings.c.space == parameter("space"),
        or_(_INSTANCE, and_(parameter("built_in"), not_(_elsewhere))),
    )
    .order_by(space_bindings.c.workspace_id)
)
_ADD = Query(
    insert(space_bindings).values(
        instance_id=parameter("instance"),
        space=parameter("space"),
        workspace_id=parameter("workspace"),
        created_at=parameter("now"),
    )
)
_REMOVE = Query(delete(space_bindings).where(_SPACE, space_bindings.c.workspace_id == parameter("workspace")))
_REMOVE_STALE = Query(delete(space_bindings).where(not_(LIVE)))
_instance = select(instances.c.id).where(instances.c.id == parameter("instance"))
_HOLD = Query(_instance, pg=_instance.with_for_update())


async def hold(transaction: Transaction, instance: int) -> bool:
    """Until the transaction ends nobody else changes bindings there; False without such an instance."""
    return await transaction.scalar(_HOLD, instance=instance) is not None


async def of_space(selects: Selects, instance: int, space: str) -> dict[int, str]:
    """The workspaces a space is bound to, with their names."""
    rows = await selects.all(_OF_SPACE, instance=instance, space=space)
    return {row["workspace_id"]: row["name"] for row in rows}


async def of_spaces(selects: Selects, instance: int, spaces: Collection[str]) -> dict[str, list[int]]:
    """For the spaces of a page, in one statement."""
    found: dict[str, list[int]] = {}
    if spaces:
        for row in await selects.all(_OF_SPACES, instance=instance, spaces=list(spaces)):
            found.setdefault(row["space"], []).append(row["workspace_id"])
    return found


async def of_workspace(selects: Selects, instance: int, workspace: int) -> frozenset[str]:
    """The spaces of one instance bound to a workspace."""
    rows = await selects.all(_OF_WORKSPACE, instance=instance, workspace=workspace)
    return frozenset(row["space"] for row in rows)


async def instances_of(selects: Selects, workspace: int) -> list[int]:
    """The instances with spaces bound to a workspace."""
    return [row[0] for row in await selects.all(_INSTANCES, workspace=workspace)]


async def workspaces_of(selects: Selects, instance: int) -> list[int]:
    """The workspaces that spaces of an instance are bound to."""
    return [row[0] for row in await selects.all(_WORKSPACES, instance=instance)]


async def touched(selects: Selects, instance: int, space: str) -> list[tuple[int, int]]:
    """Instance and workspace that a space is bound to, or was until it ended; `instance` 0: the built-in one."""
    found = await selects.all(_TOUCHED, instance=instance, space=space, built_in=not instance)
    return [(row[0], row[1]) for row in found]


async def bound(selects: Selects, instance: int) -> list[str]:
    """The spaces of an instance bound to some workspace, by name."""
    return [row["space"] for row in await selects.all(_BOUND, instance=instance)]


async def add(
    transaction: Transaction, instance: int, space: str, workspaces_: Sequence[int], now: Micros
) -> None:
    """Raises Duplicate, and Dangling when a workspace is gone."""
    for workspace in workspaces_:
        await transaction.run(_ADD, instance=instance, space=space, workspace=workspace, now=now)


async def remove(transaction: Transaction, instance: int, space: str, workspaces_: Collection[int]) -> None:
    for workspace in sorted(workspaces_):
        await transaction.run(_REMOVE, instance=instance, space=space, workspace=workspace)


async def remove_stale(transaction: Transaction) -> int:
    """How many."""
    return await transaction.run(_REMOVE_STALE)

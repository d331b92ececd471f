"""Robots of the built-in registry that act for workspaces: made, narrowed and removed in the transaction that decides,
so that a binding taken away and what it allowed end together."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from kangaroo.base.actors import Grant, Right
from kangaroo.base.clock import Micros
from kangaroo.store.meta import access_robots
from kangaroo.store.meta.access_robots import Changeable
from kangaroo.store.meta.database import Selects, Transaction
from kangaroo.store.meta.schema.access import projects
from kangaroo.store.meta.schema.platform import space_bindings
from kangaroo.store.meta.statements import Query, parameter

PULL_ONLY = (Right("repository", "pull"),)
PULL_AND_PUSH = (*PULL_ONLY, Right("repository", "push"))
_PRIVATE = Query(
    select(projects.c.id, projects.c.name)
    .join(space_bindings, space_bindings.c.space == projects.c.name)
    .where(
        space_bindings.c.instance_id == parameter("instance"),
        space_bindings.c.workspace_id == parameter("workspace"),
        projects.c.public.is_(False),
        projects.c.created_at <= space_bindings.c.created_at,
    )
    .order_by(projects.c.name)
)


async def grants(
    selects: Selects, instance: int, workspace: int, rights: tuple[Right, ...] = PULL_AND_PUSH
) -> tuple[Grant, ...]:
    """These rights in every private space bound to the workspace."""
    rows = await selects.all(_PRIVATE, instance=instance, workspace=workspace)
    return tuple(Grant("project", row["name"], rights, row["id"]) for row in rows)


async def add(transaction: Transaction, name: str, state: Changeable, *, secret: str, now: Micros) -> int:
    """Of the system. `secret` is a hash. Raises Duplicate when the name is taken."""
    return await access_robots.add(transaction, name, None, state, secret=secret, now=now)


async def narrow(transaction: Transaction, robot: int, wanted: Sequence[Grant], now: Micros) -> bool:
    """To exactly these grants; False when it had them already, or is gone."""
    found = await access_robots.get(transaction, robot)
    if found is None or found.state.grants == tuple(wanted):
        return False
    return await access_robots.change(transaction, robot, replace(found.state, grants=tuple(wanted)), now)

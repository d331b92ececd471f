"""Robots of the built-in registry, as the contract has them."""

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.base.query import ListQuery, equal
from kangaroo.core.access import Access
from kangaroo.core.access import Robot as RobotRow
from kangaroo.core.access import RobotSpec as Asked
from kangaroo.core.instances.builtin_terms import contract_failures
from kangaroo.remote.policies import Robot, RobotSpec

_FOR_EVER = -1


class BuiltInRobots:
    def __init__(self, access: Access, actor: Actor) -> None:
        self._access = access
        self._actor = actor

    async def find(self, name: str) -> Robot | None:
        query = ListQuery().where("name", equal(name))
        found = await self._access.robots.page(self._actor, query)
        return _robot(found.items[0]) if found.items else None

    async def create(self, spec: RobotSpec) -> Robot:
        with contract_failures():
            made, secret = await self._access.robots.create(self._actor, _asked(spec))
        return _robot(made, secret)

    async def update(self, robot_id: int, spec: RobotSpec) -> None:
        with contract_failures():
            await self._access.robots.update(self._actor, robot_id, _asked(spec))

    async def refresh(self, robot_id: int) -> str:
        return await self._access.robots.refresh_secret(self._actor, robot_id)

    async def delete(self, robot_id: int) -> None:
        await self._access.robots.delete(self._actor, robot_id)


def _asked(spec: RobotSpec) -> Asked:
    if not spec.grants:
        raise Failure(Code.BAD_REQUEST, reason="a robot needs rights")
    return Asked(
        name=spec.name,
        level="system" if spec.system or len(spec.grants) > 1 else "project",
        grants=spec.grants,
        description=spec.description,
        disabled=spec.disabled,
        duration=_FOR_EVER if spec.days is None else spec.days,
    )


def _robot(row: RobotRow, secret: str = "") -> Robot:
    state = row.state
    return Robot(
        row.id, row.name, state.expires_at, state.disabled, state.description, tuple(state.grants), secret
    )

"""Robot accounts of a Harbor."""

from typing import Any, Literal

import msgspec

from kangaroo.base.actors import Grant, Right
from kangaroo.base.clock import SECOND, Micros
from kangaroo.base.paging import Window
from kangaroo.remote.harbor.api import Api, query
from kangaroo.remote.policies import Robot, RobotSpec

_NEVER = -1


class _Access(msgspec.Struct):
    resource: str
    action: str
    effect: str = ""


class _Permission(msgspec.Struct):
    kind: Literal["system", "project"]
    namespace: str
    access: list[_Access] | None = None

    def value(self) -> Grant:
        rights = tuple(
            Right(one.resource, one.action, "deny" if one.effect == "deny" else "allow")
            for one in self.access or ()
        )
        return Grant(self.kind, self.namespace, rights)


class _Robot(msgspec.Struct):
    id: int
    name: str
    description: str = ""
    level: str = ""
    disable: bool = False
    expires_at: int = _NEVER
    permissions: list[_Permission] | None = None
    secret: str = ""

    def value(self) -> Robot:
        return Robot(
            id=self.id,
            username=self.name,
            expires=_expiry(self.expires_at),
            disabled=self.disable,
            description=self.description,
            grants=tuple(permission.value() for permission in self.permissions or ()),
            secret=self.secret,
        )


class _Secret(msgspec.Struct):
    secret: str = ""


class HarborRobots:
    def __init__(self, api: Api) -> None:
        self._api = api

    async def find(self, name: str) -> Robot | None:
        """Harbor keeps the name without the prefix, and shows it with it."""
        found = await self._api.page(
            f"/robots{query(q=f'name={name}')}", list[_Robot], Window(size=0), f"robot {name}"
        )
        return next((robot.value() for robot in found.items if robot.name.endswith(name)), None)

    async def create(self, spec: RobotSpec) -> Robot:
        body = {"name": spec.name, "level": "system" if spec.system else "project", **_body(spec)}
        made = (await self._api.good("POST", "/robots", f"robot {spec.name}", body)).json(_Robot)
        return Robot(
            id=made.id,
            username=made.name,
            expires=_expiry(made.expires_at),
            disabled=spec.disabled,
            description=spec.description,
            grants=spec.grants,
            secret=made.secret,
        )

    async def update(self, robot_id: int, spec: RobotSpec) -> None:
        held = await self._api.get(f"/robots/{robot_id}", _Robot, f"robot {robot_id}")
        body = {"name": held.name, "level": held.level, **_body(spec)}
        await self._api.good("PUT", f"/robots/{robot_id}", f"robot {robot_id}", body)

    async def refresh(self, robot_id: int) -> str:
        answer = await self._api.good("PATCH", f"/robots/{robot_id}", f"robot {robot_id}", {"secret": ""})
        return answer.json(_Secret).secret

    async def delete(self, robot_id: int) -> None:
        await self._api.good("DELETE", f"/robots/{robot_id}", f"robot {robot_id}")


def _body(spec: RobotSpec) -> dict[str, Any]:
    return {
        "description": spec.description,
        "disable": spec.disabled,
        "duration": _NEVER if spec.days is None else spec.days,
        "permissions": [
            {"kind": grant.kind, "namespace": grant.namespace, "access": list(map(_access, grant.access))}
            for grant in spec.grants
        ],
    }


def _access(right: Right) -> dict[str, str]:
    """Old Harbors know no effect."""
    plain = {"resource": right.resource, "action": right.action}
    return plain if right.effect == "allow" else {**plain, "effect": right.effect}


def _expiry(seconds: int) -> Micros | None:
    return None if seconds <= 0 else seconds * SECOND

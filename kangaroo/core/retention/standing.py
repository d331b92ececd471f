"""Whose spaces somebody may clean up, and whose policies he may look into.

Policies have ids of the instance they are at, and the credential we have for it reaches all of them: so each is held
against the spaces that show from the workspace it is asked for from.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Window
from kangaroo.core.instances import Point, RemoteRegistry
from kangaroo.core.workspaces import Looking, Space, Standpoint, View, existing, pushable
from kangaroo.remote import contract
from kangaroo.remote.policies import RetentionPolicy
from kangaroo.remote.values import Capability

_EVERYTHING = Window(size=0)


@dataclass(frozen=True, slots=True)
class Standing:
    """An instance as it is seen from a workspace, with the client that reaches it."""

    view: View
    client: RemoteRegistry

    @property
    def engine(self) -> contract.Retention:
        return self.client.retention

    async def policy(self, identity: int) -> RetentionPolicy:
        """One of a space that shows. Raises NOT_FOUND."""
        return (await self._policy_and_space(identity))[0]

    async def own_policy(self, identity: int) -> tuple[RetentionPolicy, Space]:
        """One of a space the workspace may clean up. Raises NOT_FOUND, DENIED."""
        policy, space = await self._policy_and_space(identity)
        self._check_own(space)
        return policy, space

    async def own_space(self, identity: int) -> Space:
        """Raises NOT_FOUND, DENIED."""
        space = await self._space(identity)
        if space is None:
            raise Failure(Code.NOT_FOUND, what=f"space with id {identity}")
        self._check_own(space)
        return space

    async def _policy_and_space(self, identity: int) -> tuple[RetentionPolicy, Space]:
        policy = await self.engine.get(identity)
        space = await self._space(policy.space_id)
        if space is None:
            raise Failure(Code.NOT_FOUND, what=f"retention policy {identity}")
        return policy, space

    async def _space(self, identity: int) -> Space | None:
        """Of those that show."""
        if not identity:
            return None
        sight, spaces = self.view.sight, self.client.spaces
        if sight.everything:
            seen = (await spaces.page(_EVERYTHING)).items
        else:
            seen = await existing(self.client, sorted(sight.bound))
            if sight.public and all(one.id != identity for one in seen):
                seen = (await spaces.page(_EVERYTHING, public=True)).items
        return next((one for one in seen if one.id == identity and sight.shows(one)), None)

    def _check_own(self, space: Space) -> None:
        if not pushable([space], self.view.facts):
            workspace = self.view.facts.workspace
            raise Failure(Code.DENIED, "retention_shared", space=space.name, workspace=workspace)


class Standings:
    """Both methods raise UNAUTHORIZED, FORBIDDEN, NOT_FOUND, UNSUPPORTED, and what is wrong with the instance."""

    def __init__(self, looking: Looking) -> None:
        self._looking = looking

    @asynccontextmanager
    async def seeing(self, actor: Actor, at: Standpoint) -> AsyncIterator[Standing]:
        async with self._open(actor, at, Point.GET_IMAGE) as standing:
            yield standing

    @asynccontextmanager
    async def cleaning(self, actor: Actor, at: Standpoint) -> AsyncIterator[Standing]:
        """There is no point for it: whoever may delete images and looks after the workspace's registries, which
        editors do not, decides what is deleted without anybody looking (kangaroo-domain.md, section 4.2)."""
        if at.outlook.workspace is not None:
            point = Point.UPDATE_CONNECTED_REGISTRY
            await self._looking.authority.require(actor, point, at.outlook.workspace)
        async with self._open(actor, at, Point.DELETE_IMAGE) as standing:
            yield standing

    @asynccontextmanager
    async def _open(self, actor: Actor, at: Standpoint, point: Point) -> AsyncIterator[Standing]:
        view = await self._looking.at(actor, at.outlook, at.instance, point)
        async with self._looking.opener.use(actor, view.instance, Capability.RETENTION) as client:
            yield Standing(view, client)

"""Who may bring archives into a space and take them out: a member of a workspace, or, from none, by rights of his own.

From a workspace uploads go where it may push by its login command, and downloads come from wherever its members see.
From none the built-in registry decides as it does for its clients, by the roles in the project. At other instances of
the platform everybody we know takes what is public, and whoever governs spaces there brings in, and takes the rest,
except what is private and bound to workspaces: that is for their members, whoever asks.
"""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Literal

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.core.access import Access
from kangaroo.core.instances import (
    BUILT_IN,
    PLATFORM,
    Instance,
    InstanceKind,
    Point,
    RemoteRegistry,
    SpaceName,
)
from kangaroo.core.instances.builtin_terms import project_of
from kangaroo.core.workspaces.images import Standpoint
from kangaroo.core.workspaces.looking import Looking
from kangaroo.core.workspaces.rules import Sight, pushable
from kangaroo.core.workspaces.spaces import shown
from kangaroo.remote.values import Space
from kangaroo.store.meta import bindings
from kangaroo.store.meta import instances as rows


@dataclass(frozen=True, slots=True)
class Way:
    """What lets somebody in, by where he comes from: point in the workspace, of the platform, right in the project."""

    member: Point
    governor: Point
    right: Literal["push", "pull"]


IN = Way(Point.CREATE_IMAGE, Point.UPDATE_REGISTRY_SPACE, "push")
OUT = Way(Point.GET_IMAGE, Point.GET_REGISTRY_SPACE, "pull")


@dataclass(frozen=True, slots=True)
class Reached:
    """Where somebody may go his way, with the client that reaches it."""

    instance: Instance
    client: RemoteRegistry


class Reach:
    """Raises UNAUTHORIZED, FORBIDDEN, NOT_FOUND, PROJECT_UNKNOWN for a space that does not show, DENIED, and what is
    wrong with the instance."""

    def __init__(self, looking: Looking, access: Access) -> None:
        self._looking = looking
        self._access = access

    def go(
        self, actor: Actor, at: Standpoint, space: SpaceName, way: Way
    ) -> AbstractAsyncContextManager[Reached]:
        """Everything is decided when the block begins."""
        if at.outlook.workspace is not None:
            return self._as_member(actor, at, space, way)
        if at.instance == BUILT_IN:
            return self._by_roles(actor, space, way)
        return self._as_governor(actor, at, space, way)

    @asynccontextmanager
    async def _as_member(
        self, actor: Actor, at: Standpoint, space: SpaceName, way: Way
    ) -> AsyncIterator[Reached]:
        view = await self._looking.at(actor, at.outlook, at.instance, way.member)
        async with self._looking.opener.use(actor, view.instance) as client:
            found = await shown(client, view, space)
            if way is IN:
                _check_takes(found)
                if not pushable([found], view.facts):
                    workspace = at.outlook.workspace
                    raise Failure(Code.DENIED, "space_not_pushable", space=space, workspace=workspace)
                await self._check_not_frozen(view.instance)
            yield Reached(view.instance, client)

    @asynccontextmanager
    async def _by_roles(self, actor: Actor, space: SpaceName, way: Way) -> AsyncIterator[Reached]:
        await self._access.require(actor, "repository", way.right, project_of(space))
        instance = await rows.find(self._looking.database.lookup, PLATFORM, BUILT_IN)
        if instance is None:
            raise Failure(Code.NOT_FOUND, what=f"registry {BUILT_IN}")
        async with self._looking.opener.use(actor, instance) as client:
            yield Reached(instance, client)

    @asynccontextmanager
    async def _as_governor(
        self, actor: Actor, at: Standpoint, space: SpaceName, way: Way
    ) -> AsyncIterator[Reached]:
        view = await self._looking.at(actor, at.outlook, at.instance)
        authority = self._looking.authority
        if way is IN:
            await authority.require(actor, way.governor)
        if way.governor in await authority(actor):
            view = replace(view, sight=Sight(everything=True))
        async with self._looking.opener.use(actor, view.instance) as client:
            found = await shown(client, view, space)
            if way is IN:
                _check_takes(found)
            if not found.public:
                await self._check_unbound(view.instance, space)
            yield Reached(view.instance, client)

    async def _check_unbound(self, instance: Instance, space: SpaceName) -> None:
        if bound := await bindings.of_space(self._looking.database.lookup, instance.id, space):
            names = ", ".join(bound.values())
            raise Failure(Code.DENIED, "space_of_members", space=space, workspaces=names)

    async def _check_not_frozen(self, instance: Instance) -> None:
        """Asked here, for the built-in registry lets in whoever acts for a workspace as it does our own jobs."""
        if instance.kind == InstanceKind.KANGAROO and (await self._access.configuration.values()).read_only:
            raise Failure(Code.DENIED, "read_only")


def _check_takes(space: Space) -> None:
    if space.proxy:
        raise Failure(Code.DENIED, "space_is_proxy", space=space.name)

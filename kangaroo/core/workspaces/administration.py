"""Spaces as administrators of the platform see them: all of an instance, with the workspaces they are bound to."""

from dataclasses import dataclass

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.base.events import SpaceChanged
from kangaroo.base.paging import Page, Window
from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.core.instances import (
    Instance,
    InstanceKind,
    InstanceName,
    Instances,
    Point,
    SpaceName,
    Which,
)
from kangaroo.core.workspaces.spaces import existing
from kangaroo.jobs import Queue
from kangaroo.remote.contract import RemoteRegistry
from kangaroo.remote.values import Capability, Space
from kangaroo.store.meta import bindings, workspaces_seen
from kangaroo.store.meta.workspaces_seen import Wanted


@dataclass(frozen=True, slots=True)
class AdminSpace:
    """`workspaces` are ids."""

    name: str
    public: bool
    images: int | None
    created: int | None
    workspaces: list[int]


class Administration:
    """Every method raises UNAUTHORIZED, FORBIDDEN, NOT_FOUND, and what is wrong with the instance."""

    def __init__(self, queue: Queue, instances: Instances) -> None:
        self._queue = queue
        self._database = queue.database
        self._instances = instances

    async def page(
        self,
        actor: Actor,
        name: InstanceName,
        window: Window,
        fuzzy: str = "",
        *,
        only_bound: bool = False,
    ) -> Page[AdminSpace]:
        """By name; `only_bound`: those bound to some workspace."""
        instance = await self._instances.require(actor, Which(name), Point.GET_REGISTRY_SPACE)
        if instance.kind == InstanceKind.KANGAROO:
            found = await self._built_in(instance, window, fuzzy, only_bound=only_bound)
        else:
            async with self._instances.opener.use(actor, instance) as client:
                found = await self._elsewhere(client, instance, window, fuzzy, only_bound=only_bound)
        names = [one.name for one in found.items]
        bound = await bindings.of_spaces(self._database.lookup, instance.id, names)
        return Page(
            [
                AdminSpace(one.name, one.public, one.images, one.created, bound.get(one.name, []))
                for one in found.items
            ],
            found.total,
        )

    async def create(self, actor: Actor, name: InstanceName, space: SpaceName, *, public: bool) -> None:
        """Raises UNSUPPORTED, CONFLICT, BAD_REQUEST."""
        instance = await self._instances.require(actor, Which(name), Point.CREATE_REGISTRY_SPACE)
        async with self._instances.opener.use(actor, instance) as client:
            _check(instance, client, Capability.SPACES_CREATE)
            await client.spaces.create(space, public=public)
        await self._instances.statistics.changed(instance)

    async def publish(self, actor: Actor, name: InstanceName, space: SpaceName, *, public: bool) -> None:
        """Bindings of a space that turns public stay, for when it turns private again. Raises UNSUPPORTED."""
        instance = await self._instances.require(actor, Which(name), Point.UPDATE_REGISTRY_SPACE)
        async with self._instances.opener.use(actor, instance) as client:
            _check(instance, client, Capability.SPACES_VISIBILITY)
            await client.spaces.set_public(space, public=public)
        await self._changed(actor, instance, space)

    async def delete(self, actor: Actor, name: InstanceName, space: SpaceName) -> None:
        """Raises UNSUPPORTED, PRECONDITION (it is not empty), REFERENCED while it is bound."""
        instance = await self._instances.require(actor, Which(name), Point.DELETE_REGISTRY_SPACE)
        if bound := await bindings.of_space(self._database.lookup, instance.id, space):
            by = ", ".join(f"workspace {title} ({identity})" for identity, title in bound.items())
            raise Failure(Code.REFERENCED, what=f"space {space}", by=by)
        async with self._instances.opener.use(actor, instance) as client:
            _check(instance, client, Capability.SPACES_DELETE)
            await client.spaces.delete(space)
        await self._changed(actor, instance, space)
        await self._instances.statistics.changed(instance)

    async def _changed(self, actor: Actor, instance: Instance, space: SpaceName) -> None:
        """What is kept elsewhere; the built-in registry tells it of its own."""
        if instance.kind != InstanceKind.KANGAROO:
            now = self._queue.clock()
            event = SpaceChanged(actor=actor.name, at=now, instance=instance.id, space=space)
            async with self._database.write() as transaction:
                await self._queue.emit(transaction, event)

    async def _built_in(
        self, instance: Instance, window: Window, fuzzy: str, *, only_bound: bool
    ) -> Page[Space]:
        wanted = Wanted(everything=True, fuzzy=fuzzy, bound_anywhere=instance.id if only_bound else None)
        async with self._database.read() as snapshot:
            found = await workspaces_seen.spaces(snapshot, wanted, window)
        return Page(
            [Space(SpaceName(row.name), row.public, row.images, row.created_at) for row in found.items],
            found.total,
        )

    async def _elsewhere(
        self, client: RemoteRegistry, instance: Instance, window: Window, fuzzy: str, *, only_bound: bool
    ) -> Page[Space]:
        if not only_bound:
            return await client.spaces.page(window, fuzzy)
        names = await bindings.bound(self._database.lookup, instance.id)
        fitting = [one for one in names if fuzzy.lower() in one.lower()]
        there = await existing(client, fitting)
        cut = there[window.offset : window.offset + window.size] if window.size else there
        return Page(cut, len(there))


def _check(instance: Instance, client: RemoteRegistry, capability: Capability) -> None:
    if capability not in client.capabilities:
        raise InstanceFailure(Reason.UNSUPPORTED, kind=instance.kind, capability=str(capability))

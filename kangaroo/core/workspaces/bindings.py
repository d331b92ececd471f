"""Giving spaces to workspaces, and taking them back. Visibility reads the same rows, so both are in effect when the
call returns, robots of the built-in registry included; those elsewhere follow by job."""

from collections.abc import Collection
from typing import Literal

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.base.events import SpaceBound, SpaceUnbound
from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.core.access.journal import Deed, EventType
from kangaroo.core.instances import Instance, InstanceName, Instances, Point, SpaceName, Which
from kangaroo.core.workspaces.authority import Authority
from kangaroo.core.workspaces.revoking import Revoking
from kangaroo.jobs import Queue
from kangaroo.remote.values import Capability
from kangaroo.store.meta import bindings as rows
from kangaroo.store.meta import workspaces
from kangaroo.store.meta.database import Dangling, Database, Transaction

How = Literal["replace", "add", "remove"]


class Bindings:
    """Of the spaces of the platform's instances. Every method raises UNAUTHORIZED, FORBIDDEN, NOT_FOUND."""

    def __init__(
        self, database: Database, queue: Queue, instances: Instances, authority: Authority, revoking: Revoking
    ) -> None:
        self._database = database
        self._queue = queue
        self._instances = instances
        self._authority = authority
        self._revoking = revoking

    async def of(self, actor: Actor, name: InstanceName, space: SpaceName) -> dict[int, str]:
        """The workspaces a space is bound to, with their names."""
        instance = await self._instances.require(actor, Which(name), Point.GET_REGISTRY_SPACE)
        return await rows.of_space(self._database.lookup, instance.id, space)

    async def change(
        self, actor: Actor, name: InstanceName, space: SpaceName, how: How, workspaces_: Collection[int]
    ) -> dict[int, str]:
        """The workspaces it is bound to then.

        Raises INVALID_FIELD for an unknown workspace; UNSUPPORTED where an instance has no private spaces;
        PROJECT_UNKNOWN and PRECONDITION (it is public), unless it is only taken away; what is wrong with the instance.
        """
        instance = await self._instances.require(actor, Which(name), Point.BIND_REGISTRY_SPACE)
        wanted = frozenset(workspaces_)
        before = frozenset(await rows.of_space(self._database.lookup, instance.id, space))
        if _after(before, how, wanted) - before:
            await self._check_space(actor, instance, space)
        try:
            async with self._database.write() as transaction:
                if not await rows.hold(transaction, instance.id):
                    raise Failure(Code.NOT_FOUND, what=f"registry {name}")
                before = frozenset(await rows.of_space(transaction, instance.id, space))
                await self._put(transaction, actor, (instance.id, space), before, _after(before, how, wanted))
                return await rows.of_space(transaction, instance.id, space)
        except Dangling as error:
            raise _unknown(wanted) from error

    async def _put(
        self,
        transaction: Transaction,
        actor: Actor,
        place: tuple[int, str],
        before: frozenset[int],
        after: frozenset[int],
    ) -> None:
        instance, space = place
        new, gone = after - before, before - after
        if missing := new - (await workspaces.names(transaction, sorted(new))).keys():
            raise _unknown(missing)
        now = self._queue.clock()
        await rows.remove(transaction, instance, space, new | gone)  # of new ones: stale rows
        await rows.add(transaction, instance, space, sorted(new), now)
        for workspace in sorted(new | gone):
            await self._revoking.fit(transaction, instance, workspace)
            kind = SpaceBound if workspace in new else SpaceUnbound
            event = kind(actor=actor.name, at=now, instance=instance, space=space, workspace=workspace)
            await self._queue.emit(transaction, event)
            word: EventType = "create_space-binding" if workspace in new else "delete_space-binding"
            deed = Deed(word, f"{instance}/{space} to workspace {workspace}")
            await self._authority.record(transaction, actor, deed)

    async def _check_space(self, actor: Actor, instance: Instance, space: SpaceName) -> None:
        async with self._instances.opener.use(actor, instance) as client:
            if Capability.SPACES_VISIBILITY not in client.capabilities:
                raise InstanceFailure(Reason.UNSUPPORTED, kind=instance.kind, capability="private spaces")
            try:
                found = await client.spaces.get(space)
            except Failure as failure:
                if failure.code is Code.NOT_FOUND:
                    raise Failure(Code.PROJECT_UNKNOWN, project=space) from failure
                raise
        if found.public:
            raise Failure(Code.PRECONDITION, "space_public", space=space)


def _after(before: frozenset[int], how: How, wanted: frozenset[int]) -> frozenset[int]:
    match how:
        case "replace":
            return wanted
        case "add":
            return before | wanted
        case "remove":
            return before - wanted


def _unknown(workspaces_: Collection[int]) -> Failure:
    listed = ", ".join(str(one) for one in sorted(workspaces_))
    return Failure(Code.INVALID_FIELD, field="bindingWorkspace", reason=f"there is no workspace {listed}")

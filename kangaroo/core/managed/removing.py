"""Deleting a Harbor: its instance, its objects, with or without its images, and the middleware made for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from kangaroo.base.actors import SYSTEM, Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.core.access.journal import Deed
from kangaroo.core.instances import InstanceName, Point, Which
from kangaroo.core.managed.applying import remove_all
from kangaroo.core.managed.checking import wrong
from kangaroo.core.managed.ground import Ground, name_of, spec_of
from kangaroo.core.managed.middleware import Service
from kangaroo.core.managed.middlewares import Middlewares
from kangaroo.core.managed.names import HarborName
from kangaroo.core.managed.observing import observe
from kangaroo.core.managed.spec import HarborSpec, Middleware
from kangaroo.core.managed.standing import Phase, State
from kangaroo.store.meta import managed as rows
from kangaroo.store.meta.managed import HarborRow


@dataclass(frozen=True, slots=True)
class Farewell:
    """`keep_data`: the volume with the images stays. `middleware` made for it that goes too."""

    keep_data: bool = False
    middleware: Mapping[Service, Middleware] = field(default_factory=dict)


class Removing:
    def __init__(self, ground: Ground, middlewares: Middlewares) -> None:
        self._ground = ground
        self._middlewares = middlewares

    async def delete(self, actor: Actor, harbor: HarborName, farewell: Farewell) -> None:
        """Its instance is gone when this returns; its pods follow. Of a cluster that is registered no more only what
        we know of it goes.

        Raises NOT_FOUND, INVALID_FIELD (middleware that was not its own), REFERENCED while workspaces are bound to its
        spaces, and what the cluster says: then it can be deleted again.
        """
        await self._ground.decide(actor, Point.DELETE_MANAGED_HARBOR)
        row = await self._ground.known(harbor)
        _check_own(spec_of(row), farewell)
        await self._leave_instances(row)
        row = await self._begin(actor, row, farewell)
        try:
            async with self._ground.cluster(harbor.place.cluster) as client:
                await remove_all(client, harbor, keep_data=farewell.keep_data)
                for service, which in farewell.middleware.items():
                    await self._middlewares.remove(client, service, which)
        except Failure as failure:
            if not await self._cluster_gone(harbor, failure):
                raise
            await self.end(row)

    async def go_on(self, row: HarborRow) -> bool:
        """For the worker: True once nothing of it is left, and the record is gone too. Raises what the cluster says."""
        harbor = name_of(row)
        try:
            async with self._ground.cluster(harbor.place.cluster) as client:
                await remove_all(client, harbor, keep_data=row.meant.keep_data)
                seen = await observe(client, harbor)
        except Failure as failure:
            if not await self._cluster_gone(harbor, failure):
                raise
            await self.end(row)
            return True
        if seen.failure is not None:
            raise seen.failure
        if seen.pods or seen.resource is not None:
            return False
        await self.end(row)
        return True

    async def end(self, row: HarborRow) -> None:
        async with self._ground.database.write() as transaction:
            await rows.remove(transaction, row.id)

    async def _leave_instances(self, row: HarborRow) -> None:
        """Raises REFERENCED. The one of its name is only its own when it became it."""
        if row.instance is None:
            return
        try:
            await self._ground.instances.delete(SYSTEM, Which(InstanceName(row.name)))
        except Failure as failure:
            if failure.code is not Code.NOT_FOUND:
                raise

    async def _begin(self, actor: Actor, row: HarborRow, farewell: Farewell) -> HarborRow:
        now, harbor = self._ground.clock(), name_of(row)
        meant = replace(row.meant, phase=Phase.DELETING, since=now, keep_data=farewell.keep_data)
        async with self._ground.database.write() as transaction:
            fresh = await rows.get(transaction, row.id)
            if fresh is None or not await rows.mean(transaction, fresh, meant, now):
                raise Failure(Code.CONFLICT, "instance_changed", name=harbor.name)
            found = replace(
                row.found, state=State.DELETING, reason="", facts="{}", transition_at=now, next_at=now
            )
            changed = await rows.get(transaction, row.id)
            if changed is not None:
                await rows.find_out(transaction, changed, found)
            await self._ground.record(transaction, actor, Deed("delete_harbor", str(harbor)))
        return await self._ground.known(harbor)

    async def _cluster_gone(self, harbor: HarborName, failure: Failure) -> bool:
        """Whether the failure is that nobody knows the cluster any more."""
        if failure.code is not Code.NOT_FOUND:
            return False
        try:
            async with self._ground.cluster(harbor.place.cluster):
                return False
        except Failure as again:
            return again.code is Code.NOT_FOUND


def _check_own(spec: HarborSpec, farewell: Farewell) -> None:
    """Only what it uses may go with it."""
    used = {
        Service.POSTGRESQL: spec.database.middleware,
        Service.REDIS: spec.cache.middleware,
        Service.MINIO: spec.storage.middleware,
    }
    for service, which in farewell.middleware.items():
        own = used[service]
        if own is None or (own.cluster, own.namespace, own.name) != (
            which.cluster,
            which.namespace,
            which.name,
        ):
            raise wrong(f"harborMiddleware{service.title()}", "it does not use that one")

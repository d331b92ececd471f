"""The engine that copies: that of an instance of the platform, for who may look at the instance or change it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from kangaroo.base.actors import Actor
from kangaroo.core.access.journal import Deed, Journal
from kangaroo.core.instances import Instance, InstanceName, Instances, Point, Which
from kangaroo.remote.contract import Replication
from kangaroo.remote.values import Capability
from kangaroo.store.meta.database import Database


@dataclass(frozen=True, slots=True)
class Engine:
    instance: Instance
    parts: Replication


class Engines:
    """Sync has no permission points of its own: whoever may see an instance sees what it copies, whoever may change
    the instance changes that too (kangaroo-domain.md, section 4.2)."""

    def __init__(self, database: Database, journal: Journal, instances: Instances) -> None:
        self.instances = instances
        self._database = database
        self._journal = journal

    @asynccontextmanager
    async def seen(self, actor: Actor, name: InstanceName) -> AsyncIterator[Engine]:
        """Raises UNAUTHORIZED, FORBIDDEN, NOT_FOUND, UNSUPPORTED, and what is wrong with the instance."""
        async with self._open(actor, name, Point.GET_REGISTRY_INTEGRATION) as engine:
            yield engine

    @asynccontextmanager
    async def changed(self, actor: Actor, name: InstanceName) -> AsyncIterator[Engine]:
        """Raises as `seen` does."""
        async with self._open(actor, name, Point.UPDATE_REGISTRY_INTEGRATION) as engine:
            yield engine

    async def note(self, actor: Actor, deed: Deed) -> None:
        """In the audit log, once it is done over there."""
        async with self._database.write() as transaction:
            await self._journal.record(transaction, actor.name, deed)

    @asynccontextmanager
    async def _open(self, actor: Actor, name: InstanceName, point: Point) -> AsyncIterator[Engine]:
        instance = await self.instances.require(actor, Which(name), point)
        async with self.instances.opener.use(actor, instance, Capability.REPLICATION) as client:
            yield Engine(instance, client.replication)

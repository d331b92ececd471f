"""Instances, the whole subject behind one name."""

from kangaroo.base.actors import SYSTEM
from kangaroo.base.clock import Clock, now
from kangaroo.core.access.journal import Journal
from kangaroo.core.instances.health import unchecked
from kangaroo.core.instances.names import BUILT_IN
from kangaroo.core.instances.opener import Opener
from kangaroo.core.instances.points import PLATFORM, Points
from kangaroo.core.instances.registering import Registering
from kangaroo.core.instances.statistics import Statistics
from kangaroo.core.instances.values import InstanceKind, Integration
from kangaroo.jobs import Queue
from kangaroo.store.meta import instances as rows
from kangaroo.store.meta import instances_health
from kangaroo.store.meta.database import Database
from kangaroo.store.meta.instances import Connection


class Instances(Registering):
    """How they are is in `health`, what they hold in `statistics`, their clients in `opener`."""

    def __init__(
        self,
        database: Database,
        queue: Queue,
        points: Points,
        opener: Opener,
        journal: Journal,
        clock: Clock = now,
    ) -> None:
        super().__init__(database, queue, points, opener, journal, clock)
        self.statistics = Statistics(database, queue, self, opener, clock)

    async def bootstrap(self) -> None:
        """At every start: the built-in registry is an instance like any other."""
        async with self._database.write() as transaction:
            if await rows.of_kind(transaction, InstanceKind.KANGAROO):
                return
            row = {
                "workspace": PLATFORM,
                "name": str(BUILT_IN),
                "kind": str(InstanceKind.KANGAROO),
                "integration": str(Integration.MANUAL),
                "author": SYSTEM.name,
            }
            moment = self._clock()
            identity = await rows.add(transaction, row, Connection(url=""), moment)
            await instances_health.put(transaction, identity, unchecked(moment))

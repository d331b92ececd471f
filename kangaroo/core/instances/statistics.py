"""How much instances hold: exact for the built-in one, for others as of the last count, and how it grew."""

from dataclasses import replace

import msgspec

from kangaroo.base.actors import SYSTEM, Actor
from kangaroo.base.clock import SECOND, Clock, Micros
from kangaroo.base.errors import Code, Failure
from kangaroo.core.instances.directory import Directory
from kangaroo.core.instances.health import State
from kangaroo.core.instances.opener import Opener
from kangaroo.core.instances.values import Instance, InstanceKind, Totals, Which
from kangaroo.jobs import Queue
from kangaroo.store.meta import instances as rows
from kangaroo.store.meta import instances_statistics as samples
from kangaroo.store.meta.database import Dangling, Database
from kangaroo.store.meta.instances_statistics import Sample

COUNT = "INSTANCE_COUNT"
WEEK: Micros = 7 * 86_400 * SECOND
KEPT_FOR: Micros = 400 * 86_400 * SECOND


class CountParameters(msgspec.Struct):
    instance: int


class _Counts(msgspec.Struct):
    """As rows keep them."""

    public_spaces: int = 0
    private_spaces: int = 0
    public_images: int = 0
    private_images: int = 0
    charts: int = 0


class Statistics:
    def __init__(
        self, database: Database, queue: Queue, directory: Directory, opener: Opener, clock: Clock
    ) -> None:
        self._database = database
        self._queue = queue
        self._directory = directory
        self._opener = opener
        self._clock = clock

    async def totals(self, actor: Actor, which: Which, *, fresh: bool = False) -> Totals:
        """`fresh` counts now instead of saying what the last count brought.

        Raises NOT_FOUND, and what is wrong with the instance when it has to be asked.
        """
        instance = await self._directory.get(actor, which)
        if instance.kind == InstanceKind.KANGAROO:
            return await self._counted(instance)
        if not fresh:
            async with self._database.read() as snapshot:
                last = await samples.last(snapshot, instance.id)
            if last is not None:
                return _totals(last)
        return await self.count(instance)

    async def storage(
        self, actor: Actor, which: Which, start: Micros | None, end: Micros | None
    ) -> list[Sample]:
        """Bytes over time: where they changed, beginning with what held at the start. None: the week up to the end,
        which is now.

        Raises NOT_FOUND, BAD_REQUEST when the end is before the start.
        """
        instance = await self._directory.get(actor, which)
        now = self._clock()
        end = now if end is None else end
        start = max(end - WEEK, 0) if start is None else start
        if start > end:
            raise Failure(Code.BAD_REQUEST, reason="start is after end")
        async with self._database.read() as snapshot:
            found = await samples.between(snapshot, instance.id, start, end)
        if instance.kind == InstanceKind.KANGAROO and start <= now <= end:
            found.append(replace(_sample(await self._counted(instance)), at=now))
        return [replace(one, at=max(one.at, start)) for one in found]

    async def changed(self, instance: Instance) -> None:
        """We changed something there ourselves: count again soon."""
        if instance.kind != InstanceKind.KANGAROO:
            async with self._database.write() as transaction:
                parameters = CountParameters(instance.id)
                await self._queue.enqueue(transaction, COUNT, parameters, dedup=f"count {instance.id}")

    async def count(self, instance: Instance) -> Totals:
        """Count now and keep it, for those who have decided already."""
        totals = await self._counted(instance)
        try:
            async with self._database.write() as transaction:
                await samples.add(transaction, instance.id, _sample(totals))
        except Dangling as error:
            raise Failure(Code.NOT_FOUND, what=f"registry {instance.name}") from error
        return totals

    async def count_one(self, instance: int) -> None:
        """For the worker."""
        found = await rows.with_id(self._database.lookup, instance)
        if found is not None:
            await self.count(found)

    async def to_count(self) -> list[Instance]:
        """Those that can be asked. For the worker."""
        async with self._database.read() as snapshot:
            everything = await rows.everything(snapshot)
        return [one for one in everything if one.health.state in (State.HEALTHY, State.DEGRADED)]

    async def prune(self) -> None:
        async with self._database.write() as transaction:
            await samples.prune(transaction, self._clock() - KEPT_FOR)

    async def _counted(self, instance: Instance) -> Totals:
        async with self._opener.use(SYSTEM, instance) as client:
            found = await client.spaces.statistics()
        charts = 0
        if instance.kind == InstanceKind.KANGAROO:
            async with self._database.read() as snapshot:
                charts = await samples.chart_repositories(snapshot)
        return Totals(
            public_spaces=found.public_spaces,
            private_spaces=found.private_spaces,
            public_images=found.public_images,
            private_images=found.private_images,
            charts=charts,
            storage=found.storage or 0,
            at=self._clock(),
        )


def _totals(sample: Sample) -> Totals:
    counts = msgspec.json.decode(sample.counts, type=_Counts)
    return Totals(
        public_spaces=counts.public_spaces,
        private_spaces=counts.private_spaces,
        public_images=counts.public_images,
        private_images=counts.private_images,
        charts=counts.charts,
        storage=sample.bytes,
        at=sample.at,
    )


def _sample(totals: Totals) -> Sample:
    counts = _Counts(
        totals.public_spaces,
        totals.private_spaces,
        totals.public_images,
        totals.private_images,
        totals.charts,
    )
    return Sample(totals.at, totals.storage, msgspec.json.encode(counts).decode())

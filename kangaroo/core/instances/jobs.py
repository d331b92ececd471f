"""What the worker runs for instances."""

import asyncio
from collections.abc import Mapping

from kangaroo.base.clock import SECOND, Clock, Micros
from kangaroo.base.errors import Failure
from kangaroo.core.instances.instances import Instances
from kangaroo.core.instances.probing import PROBE, ProbeParameters
from kangaroo.core.instances.statistics import COUNT, CountParameters
from kangaroo.core.instances.values import Instance
from kangaroo.jobs import Handler, Job
from kangaroo.store.meta import instances_health
from kangaroo.store.meta.database import Database

PROBES = "INSTANCE_PROBES"
COUNTS = "INSTANCE_COUNTS"
SWEEP = "INSTANCE_SWEEP"
SCHEDULES = {PROBES: "@every 5s", COUNTS: "@every 300s", SWEEP: "@hourly"}
_COUNTED_AT_ONCE = 8
_RUNS_KEPT: Micros = 3600 * SECOND  # of what runs every few seconds or minutes


class InstanceJobs:
    def __init__(self, instances: Instances, database: Database, clock: Clock) -> None:
        self._instances = instances
        self._database = database
        self._clock = clock

    def handlers(self) -> Mapping[str, Handler]:
        return {
            PROBES: self.probes,
            PROBE: self.probe,
            COUNTS: self.counts,
            COUNT: self.count,
            SWEEP: self.sweep,
        }

    async def probes(self, job: Job) -> dict[str, int]:
        """All that are due, in one task: two hundred instances are no two hundred rows."""
        del job
        return {"probed": await self._instances.health.look_at_due()}

    async def probe(self, job: Job) -> None:
        await self._instances.health.look_at(job.payload(ProbeParameters).instance)

    async def counts(self, job: Job) -> dict[str, int]:
        """One that cannot be counted now does not keep the others from it."""
        instances = await self._instances.statistics.to_count()
        free = asyncio.Semaphore(_COUNTED_AT_ONCE)

        async def one(instance: Instance) -> bool:
            async with free:
                await job.check()
                try:
                    await self._instances.statistics.count(instance)
                except Failure as failure:
                    job.log("warning", f"{instance.name}: {failure}")
                    return False
                return True

        done = await asyncio.gather(*map(one, instances))
        return {"counted": sum(done), "failed": len(done) - sum(done)}

    async def count(self, job: Job) -> None:
        await self._instances.statistics.count_one(job.payload(CountParameters).instance)

    async def sweep(self, job: Job) -> None:
        del job
        await self._instances.health.prune()
        await self._instances.statistics.prune()
        async with self._database.write() as transaction:
            for kind in (PROBES, PROBE, COUNTS, COUNT):
                await instances_health.forget_runs(transaction, kind, self._clock() - _RUNS_KEPT)

"""What the worker runs for clusters."""

from collections.abc import Mapping

from kangaroo.base.clock import SECOND, Clock, Micros
from kangaroo.core.clusters.probing import PROBE, ProbeParameters, Probing
from kangaroo.jobs import Handler, Job
from kangaroo.store.meta import instances_health
from kangaroo.store.meta.database import Database

PROBES = "CLUSTER_PROBES"
SWEEP = "CLUSTER_SWEEP"
SCHEDULES = {PROBES: "@every 5s", SWEEP: "@hourly"}
_RUNS_KEPT: Micros = 3600 * SECOND  # of what runs every few seconds


class ClusterJobs:
    def __init__(self, probing: Probing, database: Database, clock: Clock) -> None:
        self._probing = probing
        self._database = database
        self._clock = clock

    def handlers(self) -> Mapping[str, Handler]:
        return {PROBES: self.probes, PROBE: self.probe, SWEEP: self.sweep}

    async def probes(self, job: Job) -> dict[str, int]:
        """All that are due, in one task."""
        del job
        return {"probed": await self._probing.look_at_due()}

    async def probe(self, job: Job) -> None:
        await self._probing.look_at(job.payload(ProbeParameters).cluster)

    async def sweep(self, job: Job) -> None:
        del job
        async with self._database.write() as transaction:
            for kind in (PROBES, PROBE):
                await instances_health.forget_runs(transaction, kind, self._clock() - _RUNS_KEPT)

"""What the worker runs for pull secrets."""

from collections.abc import Mapping

from kangaroo.base.clock import SECOND, Clock, Micros
from kangaroo.base.events import ClusterRegistered, InstanceChanged, SpaceChanged
from kangaroo.core.pull_secrets.applying import Applying
from kangaroo.core.pull_secrets.asking import (
    CLUSTER,
    CLUSTER_REGISTERED,
    COMPARE,
    INSTANCE_CHANGED,
    SPACE_CHANGED,
    TEND,
    WORKSPACE,
    InCluster,
    OfWorkspace,
)
from kangaroo.core.pull_secrets.converging import Converging
from kangaroo.core.pull_secrets.drift import Drift
from kangaroo.jobs import Handler, Job
from kangaroo.store.meta import instances_health
from kangaroo.store.meta.database import Database

SCHEDULES = {TEND: "@every 5s", COMPARE: "@every 300s"}
_RUNS_KEPT: Micros = 3600 * SECOND  # of what runs every few seconds


class PullSecretJobs:
    def __init__(
        self, database: Database, converging: Converging, applying: Applying, drift: Drift, clock: Clock
    ) -> None:
        self._database = database
        self._converging = converging
        self._applying = applying
        self._drift = drift
        self._clock = clock

    def handlers(self) -> Mapping[str, Handler]:
        return {
            WORKSPACE: self.workspace,
            CLUSTER: self.cluster,
            INSTANCE_CHANGED: self.instance_changed,
            SPACE_CHANGED: self.space_changed,
            CLUSTER_REGISTERED: self.cluster_registered,
            TEND: self.tend,
            COMPARE: self.compare,
        }

    async def workspace(self, job: Job) -> dict[str, int]:
        wanted = job.payload(OfWorkspace)
        return await self._converging.workspace(wanted.workspace, verify=wanted.verify)

    async def cluster(self, job: Job) -> dict[str, int]:
        where = job.payload(InCluster)
        return await self._applying.due(where.cluster, where.workspace)

    async def instance_changed(self, job: Job) -> None:
        event = job.payload(InstanceChanged)
        await self._converging.instance(event.instance, event.workspace)

    async def space_changed(self, job: Job) -> None:
        event = job.payload(SpaceChanged)
        await self._converging.space(event.instance, event.space)

    async def cluster_registered(self, job: Job) -> None:
        await self._converging.cluster(job.payload(ClusterRegistered).cluster)

    async def tend(self, job: Job) -> dict[str, int]:
        """What failed is tried again when its time has come, and what is wrong is noticed."""
        del job
        return {"marked": await self._drift.glance(), "places": await self._converging.tend()}

    async def compare(self, job: Job) -> dict[str, int]:
        del job
        workspaces = await self._converging.everything()
        async with self._database.write() as transaction:
            for kind in (TEND, WORKSPACE, CLUSTER):
                await instances_health.forget_runs(transaction, kind, self._clock() - _RUNS_KEPT)
        return {"workspaces": workspaces, **await self._drift.compare_all()}

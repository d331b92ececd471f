"""What the worker runs for managed Harbors."""

from collections.abc import Mapping

from kangaroo.base.clock import SECOND, Micros
from kangaroo.base.events import ManagedHarborTurned
from kangaroo.core.managed.ground import Ground
from kangaroo.core.managed.looking import Looking
from kangaroo.core.managed.verifying import VERIFY, Verifying, VerifyParameters
from kangaroo.jobs import Handler, Job
from kangaroo.store.meta import instances_health

TEND = "MANAGED_TEND"
SWEEP = "MANAGED_SWEEP"
TURNED = "MANAGED_TURNED"
SCHEDULES = {TEND: "@every 5s", SWEEP: "@hourly"}
_FOLLOWED = 4.0  # seconds
_RUNS_KEPT: Micros = 3600 * SECOND  # of what runs every few seconds


class ManagedJobs:
    def __init__(self, ground: Ground, looking: Looking, verifying: Verifying) -> None:
        self._ground = ground
        self._looking = looking
        self._verifying = verifying

    def handlers(self) -> Mapping[str, Handler]:
        return {TEND: self.tend, VERIFY: self.verify, SWEEP: self.sweep, TURNED: self.turned}

    async def tend(self, job: Job) -> dict[str, int]:
        """All that are due, in one task; then those under way are watched until the next one."""
        del job
        looked = await self._looking.look_at_due()
        await self._looking.follow(_FOLLOWED)
        return {"looked": looked}

    async def turned(self, job: Job) -> None:
        """What its cluster says of a Harbor, its instance is asked at once."""
        await self._ground.instances.health.look_at(job.payload(ManagedHarborTurned).instance)

    async def verify(self, job: Job) -> None:
        await self._verifying.run(job.payload(VerifyParameters))

    async def sweep(self, job: Job) -> None:
        del job
        async with self._ground.database.write() as transaction:
            await instances_health.forget_runs(transaction, TEND, self._ground.clock() - _RUNS_KEPT)

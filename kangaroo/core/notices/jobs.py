"""What the worker runs for the audit log: it forgets what is older than anybody wants to know."""

from kangaroo.base.clock import SECOND, Clock, Micros
from kangaroo.jobs import Job
from kangaroo.store.meta import notices as rows
from kangaroo.store.meta.database import Database

SWEEP_AUDIT = "AUDIT_SWEEP"
DAY: Micros = 86_400 * SECOND


class AuditSweepJob:
    """A batch at a time: others write meanwhile."""

    def __init__(self, database: Database, clock: Clock, keep_days: int) -> None:
        self._database = database
        self._clock = clock
        self._keep_days = keep_days

    async def __call__(self, job: Job) -> dict[str, int]:
        before, removed = self._clock() - self._keep_days * DAY, 0
        while True:
            async with self._database.write() as transaction:
                batch = await rows.forget(transaction, before)
            removed += batch
            job.progress(removed)
            if batch < rows.BATCH:
                break
            await job.check()
        job.log("info", f"{removed} rows of audit logs were older than {self._keep_days} days")
        return {"removed": removed}

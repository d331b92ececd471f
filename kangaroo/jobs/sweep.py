"""Forgets old executions, tasks and logs, and workers that never said good-bye."""

from kangaroo.base.clock import SECOND, Micros
from kangaroo.jobs.job import Handler, Job, Result
from kangaroo.jobs.queue import Queue
from kangaroo.store.meta import jobs as statements

DAY: Micros = 86_400 * SECOND


def sweeper(queue: Queue, keep_days: int) -> Handler:
    """The handler that removes what ended more than `keep_days` ago, a hundred tasks at a time."""

    async def sweep(job: Job) -> Result:
        before = queue.clock() - keep_days * DAY
        swept = 0
        while True:
            async with queue.database.write() as transaction:
                tasks = await transaction.run(statements.SWEEP_TASKS, before=before)
            if not tasks:
                break
            swept += tasks
            job.progress(swept)
            await job.check()
        async with queue.database.write() as transaction:
            executions = await transaction.run(statements.SWEEP_EXECUTIONS, before=before)
            await transaction.run(statements.SWEEP_WORKERS, before=queue.clock() - DAY)
        job.log("info", f"{swept} tasks and {executions} executions were older than {keep_days} days")
        return {"tasks": swept, "executions": executions}

    return sweep

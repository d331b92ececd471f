"""The job process: runs what is queued and what is due, until it is cancelled."""

import asyncio
from collections.abc import Callable

from kangaroo.app import metrics
from kangaroo.app.schedule import handlers, schedules
from kangaroo.app.wiring import build
from kangaroo.base.settings import Settings
from kangaroo.jobs import Handler, Job, Result, Runner, Schedules


async def run(settings: Settings, ready: Callable[[], None]) -> None:
    async with build(settings) as parts:
        calendar = Schedules(parts.queue)
        for kind, cron in schedules(settings).items():
            await calendar.ensure(kind, cron)
        runner = Runner(
            parts.queue, {kind: _counted(kind, handler) for kind, handler in handlers(parts).items()}
        )
        await runner.start()
        watching = asyncio.create_task(parts.services.clusters.watches.run())
        ready()
        try:
            await calendar.run()
        finally:
            watching.cancel()
            await asyncio.shield(runner.stop(settings.shutdown_seconds))
            await asyncio.gather(watching, return_exceptions=True)


def _counted(kind: str, handler: Handler) -> Handler:
    """The handler, its endings told to /metrics."""
    done, failed = (
        metrics.cell("jobs_finished", kind=kind, outcome=outcome) for outcome in ("done", "failed")
    )

    async def run_and_count(job: Job) -> Result:
        try:
            result = await handler(job)
        except Exception:
            failed.add()
            raise
        done.add()
        return result

    return run_and_count

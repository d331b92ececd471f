"""The job process: runs what is queued and what is due, until it is cancelled."""

import asyncio
from collections.abc import Callable

from kangaroo.app.schedule import handlers, schedules
from kangaroo.app.wiring import build
from kangaroo.base.settings import Settings
from kangaroo.jobs import Runner, Schedules


async def run(settings: Settings, ready: Callable[[], None]) -> None:
    async with build(settings) as parts:
        calendar = Schedules(parts.queue)
        for kind, cron in schedules(settings).items():
            await calendar.ensure(kind, cron)
        runner = Runner(parts.queue, handlers(parts))
        await runner.start()
        ready()
        try:
            await calendar.run()
        finally:
            await asyncio.shield(runner.stop(settings.shutdown_seconds))

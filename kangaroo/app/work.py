"""`kangaroo worker`: only the job worker, on a machine that serves nobody; for installations with PostgreSQL."""

import asyncio
import os
import signal
import sys
from contextlib import suppress

import uvloop

from kangaroo import __version__
from kangaroo.app import logs, worker
from kangaroo.app.data_folder import locked
from kangaroo.base.settings import Settings


def work(settings: Settings) -> int:
    """Returns the exit code, once a signal has ended it. Raises the Failure that keeps it from starting."""
    os.umask(0o077)
    logs.configure(settings, "jobs")
    with (
        locked(settings.data, shared=bool(settings.database_url)),
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        runner.run(_until_told(settings))
    return 0


async def _until_told(settings: Settings) -> None:
    """What is under way has `shutdown_seconds` to end; a second signal does not hurry it."""
    task = asyncio.ensure_future(worker.run(settings, _ready))

    def end() -> None:
        if not task.cancelling():
            task.cancel()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, end)
    with suppress(asyncio.CancelledError):
        await task


def _ready() -> None:
    sys.stdout.write(f"Kangaroo {__version__} works\n")
    sys.stdout.flush()

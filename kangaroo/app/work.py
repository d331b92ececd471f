"""`kangaroo worker`: only the job worker, on a machine that serves nobody; for installations with PostgreSQL."""

import asyncio
import os
import signal
import sys

import uvloop

from kangaroo import __version__
from kangaroo.app import database, logs, worker
from kangaroo.app.data_folder import locked
from kangaroo.app.serve import until_told
from kangaroo.base.settings import Settings


def work(settings: Settings) -> int:
    """Returns the exit code, once a signal has ended it. Raises the Failure that keeps it from starting."""
    os.umask(0o077)
    logs.configure(settings, "jobs")
    database.require(settings)
    with (
        locked(settings.data, shared=bool(settings.database_url)),
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        runner.run(until_told(worker.run(settings, _ready), signal.SIGTERM, signal.SIGINT))
    return 0


def _ready() -> None:
    sys.stdout.write(f"Kangaroo {__version__} works\n")
    sys.stdout.flush()

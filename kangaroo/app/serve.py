"""`kangaroo serve`: what must be right before the first process is forked, in order, and then the watch."""

import asyncio
import gc
import os
import signal
import socket
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import uvloop

from kangaroo import __version__
from kangaroo.app import certificates, http_process, keys, listener, logs, metrics
from kangaroo.app.data_folder import locked
from kangaroo.app.http_process import Certificate
from kangaroo.app.process import run_apart
from kangaroo.app.supervisor import Hooks, Supervisor, Worker
from kangaroo.base.errors import Code, Failure
from kangaroo.base.settings import Settings
from kangaroo.entrypoints.http.asgi import Application

Ready = Callable[[], None]
JOBS = "jobs"
FIRST_START = """First start. Sign in as admin with this password, which is not shown again:

    {password}
"""


@dataclass(frozen=True, slots=True)
class Program:
    """What is served; `app.main` names the real one.

    `prepare` runs once, before the others and in a process of its own: it brings the database up to date, and
    returns the password it made up for the administrator, if it did. `application` is made in every HTTP
    process. `work` runs in the job process until it is cancelled.
    """

    prepare: Callable[[Settings], str | None]
    application: Callable[[Settings], Application]
    work: Callable[[Settings, Ready], Coroutine[Any, Any, None]]


def serve(settings: Settings, program: Program) -> int:
    """Returns the exit code. Raises the Failure that keeps the server from starting."""
    os.umask(0o077)
    logs.configure(settings, "supervisor")
    if settings.workers < 1:
        raise Failure(Code.INVALID_FIELD, field="--workers", reason="at least 1 is needed")
    with (
        locked(settings.data, shared=bool(settings.database_url)),
        listener.listen(settings.host, settings.port) as bound,
    ):
        keys.secret_key(settings)
        keys.token_key(settings)
        certificate = certificates.certificate_for(settings)
        password = run_apart(lambda: program.prepare(settings))
        if password:
            _say(FIRST_START.format(password=password))
        hooks = Hooks(
            ready=lambda: _say(f"Kangaroo {__version__} ready at {listener.url_of(bound, settings)}"),
            refresh=lambda: certificates.renew(settings),
            ending=bound.close,
        )
        workers = _workers(settings, program, bound, certificate)
        metrics.share([worker.name for worker in workers])
        gc.collect()
        gc.freeze()  # what is loaded now stays one copy in memory for all processes
        return Supervisor(workers, hooks, end_seconds=settings.shutdown_seconds).run()


def _workers(
    settings: Settings, program: Program, bound: socket.socket, certificate: Certificate | None
) -> list[Worker]:
    def answer(name: str, ready: Ready) -> None:
        _enter(settings, name)
        http_process.serve(program.application(settings), settings, bound, certificate, ready)

    def work(ready: Ready) -> None:
        _enter(settings, JOBS)
        bound.close()
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(until_told(program.work(settings, ready), signal.SIGTERM))

    names = [f"http-{number}" for number in range(settings.workers)]
    return [*(Worker(name, partial(answer, name)) for name in names), Worker(JOBS, work)]


def _enter(settings: Settings, name: str) -> None:
    metrics.enter(name)
    logs.configure(settings, name)


async def until_told(work: Coroutine[Any, Any, None], *signals: signal.Signals) -> None:
    """Cancelled by the first of these signals; a second one must not disturb its cleaning up."""
    task = asyncio.ensure_future(work)

    def cancel() -> None:
        if not task.cancelling():
            task.cancel()

    for number in signals:
        asyncio.get_running_loop().add_signal_handler(number, cancel)
    with suppress(asyncio.CancelledError):
        await task


def _say(text: str) -> None:
    """To whoever started the server; logs go elsewhere."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()

"""Keeps the processes of a server alive: forks them, starts dead ones again, ends them all in order.

It has no event loop and no threads, so that it may fork at any time, and waits for signals synchronously:
they are blocked and taken one by one, which leaves no moment at which one could be missed.
"""

import mmap
import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from kangaroo.app import process

log = structlog.get_logger(__name__)
Life = Callable[[Callable[[], None]], None]

MAX_FAILURES = 5
LONGEST_PAUSE = 5.0
REFRESH_SECONDS = 3600.0
GRACE_SECONDS = 5.0  # on top of what processes were given to end by themselves
READY = signal.SIGUSR1
END = {signal.SIGTERM, signal.SIGINT}
WATCHED = {*END, signal.SIGCHLD, signal.SIGHUP, READY}


@dataclass(slots=True)
class Worker:
    """`life` runs in the process; it calls its argument once it is ready to work, and ends on SIGTERM."""

    name: str
    life: Life
    pid: int = 0
    due: float = 0.0
    failures: int = 0  # in a row, to become ready


@dataclass(frozen=True, slots=True)
class Hooks:
    """Called in the supervisor.

    `ready` once, when all workers are. `refresh` every hour and on SIGHUP, before workers get it; by the hour
    they get it only if this returns True. `ending` when no more work shall come in.
    """

    ready: Callable[[], None]
    refresh: Callable[[], bool]
    ending: Callable[[], None]


class Supervisor:
    def __init__(self, workers: Sequence[Worker], hooks: Hooks, *, end_seconds: float) -> None:
        self._workers = workers
        self._hooks = hooks
        self._end_seconds = end_seconds
        self._flags = mmap.mmap(-1, len(workers))  # shared: a worker that is ready sets its byte
        self._was_ready = False
        self._refresh_due = time.monotonic() + REFRESH_SECONDS

    def run(self) -> int:
        """Until a signal ends it, or there is no use in going on. Returns the exit code.

        The signals stay blocked: what arrives late must not change how the process ends.
        """
        before = set(map(int, signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)))
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # if it was ignored, nobody could ask how they ended
        while True:
            self._start_due(before)
            received = signal.sigtimedwait(WATCHED, self._pause())
            if received is not None and received.si_signo in END:
                return self._end(0)
            hung_up = received is not None and received.si_signo == signal.SIGHUP
            if hung_up or time.monotonic() >= self._refresh_due:
                self._refresh(asked=hung_up)
            self._bury()
            self._look_whether_ready()
            if not self._was_ready and any(worker.failures >= MAX_FAILURES for worker in self._workers):
                log.error("giving up", reason="processes cannot start")
                return self._end(1)

    def _start_due(self, signals_before: set[int]) -> None:
        for index, worker in enumerate(self._workers):
            if not worker.pid and worker.due <= time.monotonic():
                self._flags[index] = 0
                worker.pid = process.fork(self._life_of(index, worker), signals_before)

    def _life_of(self, index: int, worker: Worker) -> Callable[[], None]:
        supervisor = os.getpid()

        def ready() -> None:
            self._flags[index] = 1
            os.kill(supervisor, READY)

        return lambda: worker.life(ready)

    def _pause(self) -> float:
        """Seconds until there is something to do even without a signal."""
        due = [worker.due for worker in self._workers if not worker.pid]
        return max(0.0, min([self._refresh_due, *due]) - time.monotonic())

    def _bury(self) -> None:
        """Take note of who died, and say when they come back."""
        for index, worker in enumerate(self._workers):
            if not worker.pid or not (ended := _ended(worker.pid)):
                continue
            worker.failures = 0 if self._flags[index] else worker.failures + 1
            pause = _pause_after(worker.failures)
            worker.due = time.monotonic() + pause
            log.warning("process died", name=worker.name, pid=worker.pid, why=ended, again_in=pause)
            worker.pid = 0

    def _look_whether_ready(self) -> None:
        if not self._was_ready and all(self._flags[:]):
            self._was_ready = True
            self._hooks.ready()

    def _refresh(self, *, asked: bool) -> None:
        self._refresh_due = time.monotonic() + REFRESH_SECONDS
        try:
            changed = self._hooks.refresh()
        except Exception:
            log.exception("cannot refresh")
            return
        if asked or changed:
            self._send(signal.SIGHUP)

    def _send(self, number: signal.Signals) -> None:
        for worker in self._workers:
            if worker.pid:
                os.kill(worker.pid, number)

    def _end(self, code: int) -> int:
        """Ask all to end; whoever takes too long, or a second signal, ends them at once."""
        self._hooks.ending()
        self._send(signal.SIGTERM)
        deadline = time.monotonic() + self._end_seconds + GRACE_SECONDS
        while self._some_live():
            left = max(0.0, deadline - time.monotonic())
            received = signal.sigtimedwait({*END, signal.SIGCHLD}, left)
            if received is None or received.si_signo in END:
                log.warning("ending at once", reason="out of time" if received is None else "second signal")
                self._send(signal.SIGKILL)
                deadline = time.monotonic() + 3600.0
                code = code or 1
        return code

    def _some_live(self) -> bool:
        for worker in self._workers:
            if worker.pid and _ended(worker.pid):
                worker.pid = 0
        return any(worker.pid for worker in self._workers)


def _pause_after(failures: int) -> float:
    return min(0.05 * 2 ** min(failures, 10), LONGEST_PAUSE) if failures else 0.0


def _ended(pid: int) -> str:
    """How a child ended; empty while it lives."""
    found, status = os.waitpid(pid, os.WNOHANG)
    if not found:
        return ""
    code = os.waitstatus_to_exitcode(status)
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"

"""One attempt at a task: runs the handler and keeps the lease. Its writes are fenced: `store.meta.jobs`."""

import asyncio
from typing import Any

import structlog

from kangaroo.base.clock import Micros
from kangaroo.base.errors import Failure
from kangaroo.jobs.job import Handler, Job, Stopped
from kangaroo.jobs.outcomes import RELEASED, Outcome, judge
from kangaroo.jobs.queue import Queue, text_of
from kangaroo.store.meta import jobs as statements
from kangaroo.store.meta.database import Duplicate, Transaction
from kangaroo.store.meta.schema.jobs import State, Task

LINES = 500  # of a log in one transaction: other writers wait for it
RETRY_SECONDS = 0.5
STOP_SECONDS = 30.0  # how long a handler may take to notice a stop before it is cancelled
log = structlog.get_logger()


class Attempt:
    def __init__(self, queue: Queue, task: Task, handler: Handler, claimed_at: Micros, lease: Micros) -> None:
        self.task = task
        self.job = Job(task, queue.clock, self.renew)
        self._queue = queue
        self._handler = handler
        self._lease = lease
        self._until = claimed_at + lease
        self._running: asyncio.Task[str] | None = None
        self._writing = asyncio.Lock()
        self._over = self._lost = self._released = False

    async def run(self) -> None:
        """Ends when the outcome is written, or the lease lost. To end it early, use `release`."""
        self._running = asyncio.create_task(self._call(), name=f"{self.task.kind} {self.task.id}")
        await asyncio.wait([self._running])
        if not self._lost:
            await self._settle(self._outcome(self._running))
        if self._lost:
            log.warning("lease lost", task=self.task.id, kind=self.task.kind, attempt=self.task.attempt)

    def release(self) -> None:
        """Cancel the handler and give the task back with its checkpoint."""
        self._released = True
        self._cancel()

    async def renew(self) -> None:
        """Extend the lease, write the reports, learn of a stop. Failures of the database pass through."""
        async with self._writing:
            if self._over or self._lost:
                return
            until, lines = self._queue.clock() + self._lease, self.job.report.lines[:LINES]
            try:
                async with self._queue.database.write() as transaction:
                    stop = await transaction.scalar(
                        statements.RENEW, **held(self.task), **self._progress(), lease_until=until
                    )
                    if stop is not None:
                        await add_log(transaction, self.task.id, lines)
            except Failure:
                self._expire()
                raise
            if stop is None:
                self._lose()
                return
            self._until = until
            del self.job.report.lines[: len(lines)]
            if stop and not self.job.stopping:
                self.job.stopping = True
                asyncio.get_running_loop().call_later(STOP_SECONDS, self._cancel)

    async def _call(self) -> str:
        return text_of(await self._handler(self.job) or {})

    def _outcome(self, handler: "asyncio.Task[str]") -> Outcome:
        error: BaseException | None
        if handler.cancelled():
            error = Stopped() if self.job.stopping else RuntimeError("the handler cancelled itself")
        else:
            error = handler.exception()
        if error is None:
            return Outcome(State.DONE, result=handler.result())
        if self._released:
            return RELEASED
        outcome = judge(self.task, error)
        if outcome.failed:
            expected = isinstance(error, Failure | OSError)
            log.warning(
                "task failed",
                task=self.task.id,
                kind=self.task.kind,
                attempt=self.task.attempt,
                error=outcome.text,
                exc_info=None if expected else error,
            )
            self.job.log("error", outcome.text)
        return outcome

    async def _settle(self, outcome: Outcome) -> None:
        """Write the outcome; while the database is away, for as long as the lease lasts."""
        while not self._over and not self._lost:
            try:
                while len(self.job.report.lines) > LINES and not self._lost:
                    await self.renew()
                await self._write(outcome)
            except Duplicate:
                continue  # a twin was queued at this moment: now it is seen
            except Failure as failure:
                log.warning("outcome not written", task=self.task.id, error=str(failure))
                self._expire()
                await asyncio.sleep(RETRY_SECONDS)

    async def _write(self, outcome: Outcome) -> None:
        now = self._queue.clock()
        values: dict[str, Any] = {**held(self.task), **self._progress(), "now": now}
        values["failed"] = int(outcome.failed)
        values["status_text"] = outcome.text or values["status_text"]
        async with self._writing, self._queue.database.write() as transaction:
            if outcome.state is State.QUEUED:
                kept = await transaction.run(statements.RETRY, **values, run_at=now + outcome.delay)
            else:
                ending = {"state": outcome.state, "result": outcome.result}
                kept = await transaction.run(statements.FINISH, **values, **ending)
            if kept:
                await add_log(transaction, self.task.id, self.job.report.lines)
        self._over, self._lost = bool(kept), not kept

    def _progress(self) -> dict[str, Any]:
        report = self.job.report
        return {
            "done": report.done,
            "total": report.total,
            "status_text": report.text,
            "checkpoint": report.checkpoint,
        }

    def _expire(self) -> None:
        if self._queue.clock() > self._until:
            self._lose()

    def _lose(self) -> None:
        self._lost = True
        self._cancel()

    def _cancel(self) -> None:
        if self._running is not None:
            self._running.cancel()


def held(task: Task) -> dict[str, Any]:
    """The fence."""
    return {"held_id": task.id, "held_worker": task.worker, "held_attempt": task.attempt}


async def add_log(transaction: Transaction, task_id: int, lines: list[tuple[Micros, Any, str]]) -> None:
    rows = [{"task_id": task_id, "at": at, "level": level, "message": text} for at, level, text in lines]
    await transaction.many(statements.ADD_LOG, rows)

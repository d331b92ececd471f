"""A worker: claims tasks, runs their handlers, and takes over from workers that fell silent.

Idle it reads once a second and writes its own row every few seconds.
"""

import asyncio
import os
import secrets
import socket
from collections.abc import Awaitable, Callable, Mapping

import structlog

from kangaroo.base.clock import SECOND
from kangaroo.base.errors import Failure
from kangaroo.jobs.attempt import Attempt, add_log, held
from kangaroo.jobs.job import Handler
from kangaroo.jobs.outcomes import CRASH_LIMIT, backoff
from kangaroo.jobs.queue import Queue
from kangaroo.store.meta import jobs as statements
from kangaroo.store.meta.schema.jobs import Task

SHORTEST_PAUSE, LONGEST_PAUSE = 0.01, 1.0
RELEASE_SECONDS = 10.0  # how long a cancelled handler may take to end
BEATS_PER_LEASE = 6
log = structlog.get_logger()


class Runner:
    def __init__(
        self,
        queue: Queue,
        handlers: Mapping[str, Handler],
        name: str | None = None,
        *,
        concurrency: int = 4,
        lease_seconds: float = 30.0,
    ) -> None:
        self.name = name or f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
        self._queue = queue
        self._handlers = handlers
        self._concurrency = concurrency
        self._lease = int(lease_seconds * SECOND)
        self._beat_seconds = lease_seconds / BEATS_PER_LEASE
        self._claims = statements.Claims(sorted(handlers))
        self._started_at = queue.clock()
        self._attempts: dict[Attempt, asyncio.Task[None]] = {}
        self._wake, self._free = asyncio.Event(), asyncio.Event()
        self._stopping, self._ended = asyncio.Event(), asyncio.Event()
        self._loops: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        self._free.set()
        self._queue.runners.add(self._wake)
        await self._beat()
        self._loops = [asyncio.create_task(self._claim_forever()), asyncio.create_task(self._tend_forever())]

    async def stop(self, grace_seconds: float) -> None:
        """Claim no more; let the running handlers end; give back what still runs after the grace."""
        self._stopping.set()
        self._wake.set()
        self._free.set()
        self._queue.runners.discard(self._wake)
        claiming, tending = self._loops
        await claiming
        await self._wait_for_attempts(grace_seconds)
        for attempt in self._attempts:
            attempt.release()
        await self._wait_for_attempts(RELEASE_SECONDS)
        for running in self._attempts.values():  # deaf handlers: their leases run out
            running.cancel()
        self._ended.set()
        await tending
        await self._guarded(self._leave)

    async def _wait_for_attempts(self, seconds: float) -> None:
        if self._attempts:
            await asyncio.wait(self._attempts.values(), timeout=seconds)

    async def _claim_forever(self) -> None:
        pause = SHORTEST_PAUSE
        while True:
            await self._free.wait()
            if self._stopping.is_set():
                return
            self._wake.clear()
            if await self._guarded(self._claim):
                pause = SHORTEST_PAUSE
            elif await happened(self._wake, pause):
                pause = SHORTEST_PAUSE  # what was asked for is perhaps not committed yet
            else:
                pause = min(pause * 2, LONGEST_PAUSE)

    async def _claim(self) -> bool:
        """True if it claimed something."""
        now, database = self._queue.clock(), self._queue.database
        if await database.lookup.one(self._claims.due, now=now) is None:
            return False
        claimed: list[Task] = []
        async with database.write() as transaction:
            if transaction.dialect == "postgresql":
                await transaction.one(statements.ONE_CLAIMER)
            values = {"now": now, "worker": self.name, "lease_until": now + self._lease}
            while len(claimed) < self._concurrency - len(self._attempts):
                row = await transaction.one(self._claims.claim, **values)
                if row is None:
                    break
                claimed.append(Task.of(row))
        for task in claimed:
            attempt = Attempt(self._queue, task, self._handlers[task.kind], now, self._lease)
            self._attempts[attempt] = asyncio.create_task(self._attend(attempt))
        if len(self._attempts) >= self._concurrency and not self._stopping.is_set():
            self._free.clear()
        return bool(claimed)

    async def _attend(self, attempt: Attempt) -> None:
        try:
            await attempt.run()
        except Exception:
            log.exception("attempt not written", task=attempt.task.id)
        finally:
            del self._attempts[attempt]
            self._free.set()
            self._wake.set()  # another task with its concurrency key may run now

    async def _tend_forever(self) -> None:
        loop = asyncio.get_running_loop()
        beat_at = loop.time() + self._beat_seconds
        while not await happened(self._ended, min(LONGEST_PAUSE, self._beat_seconds)):
            if loop.time() >= beat_at:
                beat_at = loop.time() + self._beat_seconds
                await self._beat()
            elif self._attempts:
                await self._guarded(self._notice_stops)

    async def _beat(self) -> None:
        steps = [self._show_up, *(attempt.renew for attempt in self._attempts)]
        await asyncio.gather(*(self._guarded(step) for step in steps))
        await self._guarded(self._take_back)  # last: after a sleep of this machine its own leases look lost

    async def _show_up(self) -> None:
        async with self._queue.database.write() as transaction:
            await transaction.run(
                statements.SEEN,
                name=self.name,
                host=socket.gethostname(),
                pid=os.getpid(),
                concurrency=self._concurrency,
                started_at=self._started_at,
                seen_at=self._queue.clock(),
            )

    async def _notice_stops(self) -> None:
        rows = await self._queue.database.lookup.all(statements.STOPPING, worker=self.name)
        asked = {row[0] for row in rows}
        for attempt in [attempt for attempt in self._attempts if attempt.task.id in asked]:
            await attempt.renew()

    async def _take_back(self) -> None:
        """Queue again what silent workers held; ever later, as it may be what kills them."""
        now, database = self._queue.clock(), self._queue.database
        for row in await database.lookup.all(statements.EXPIRED, now=now):
            task = Task.of(row)
            values = {
                "run_at": now + (backoff(task.crashes) if task.crashes else 0),
                "status_text": f"worker {task.worker} fell silent",
                "crash_limit": CRASH_LIMIT,
            }
            async with database.write() as transaction:
                if await transaction.run(statements.TAKE_BACK, **held(task), **values, now=now):
                    await add_log(transaction, task.id, [(now, "warning", str(values["status_text"]))])
            self._wake.set()

    async def _leave(self) -> None:
        async with self._queue.database.write() as transaction:
            await transaction.run(statements.GONE, the_name=self.name)

    async def _guarded(self, action: Callable[[], Awaitable[bool | None]]) -> bool | None:
        """A worker outlives a database that is away."""
        try:
            return await action()
        except Failure as failure:
            log.warning("worker hindered", worker=self.name, error=str(failure))
        except Exception:
            log.exception("worker hindered", worker=self.name)
        return None


async def happened(event: asyncio.Event, seconds: float) -> bool:
    """Whether it happens within this time."""
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False

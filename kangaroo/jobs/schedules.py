"""What runs when: rows with a cron.

Any number of schedulers may watch them: who moves `next_at` first fires, in the transaction that adds the
task. What was missed while no scheduler ran fires once.
"""

import asyncio

import msgspec
import structlog

from kangaroo.base.actors import SYSTEM
from kangaroo.base.clock import Micros
from kangaroo.base.errors import Failure
from kangaroo.jobs.cron import parse
from kangaroo.jobs.queue import Payload, Queue, text_of
from kangaroo.store.meta import jobs as statements
from kangaroo.store.meta.database import Transaction
from kangaroo.store.meta.schema.jobs import Schedule, Trigger

LOOK_SECONDS = 1.0
log = structlog.get_logger()


class Schedules:
    """A schedule is known by its kind and subject; each firing is an execution with one task of this kind."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue

    async def keep(
        self, transaction: Transaction, kind: str, subject_id: int, cron: str, payload: Payload
    ) -> int:
        """Its id. An unchanged cron keeps its next firing; BAD_REQUEST if it is no cron."""
        now = self._queue.clock()
        schedule_id: int = await transaction.scalar(
            statements.KEEP_SCHEDULE,
            kind=kind,
            subject_id=subject_id,
            cron=cron,
            payload=text_of(payload),
            next_at=parse(cron).next_after(now),
            updated_at=now,
        )
        return schedule_id

    async def ensure(self, kind: str, cron: str, payload: Payload | None = None) -> None:
        """For the fixed ones, at every start of a process; writes only what changed."""
        there = await self.get(kind)
        if there is None or (there.cron, there.payload) != (cron, text_of(payload or {})):
            async with self._queue.database.write() as transaction:
                await self.keep(transaction, kind, 0, cron, payload or {})

    async def drop(self, transaction: Transaction, kind: str, subject_id: int = 0) -> bool:
        """False if there was none."""
        return await transaction.run(statements.DROP_SCHEDULE, the_kind=kind, the_subject=subject_id) == 1

    async def get(self, kind: str, subject_id: int = 0) -> Schedule | None:
        row = await self._queue.database.lookup.one(
            statements.SCHEDULE, the_kind=kind, the_subject=subject_id
        )
        return None if row is None else Schedule.of(row)

    async def list(self) -> list[Schedule]:
        """By kind and subject."""
        rows = await self._queue.database.lookup.all(statements.SCHEDULES)
        return [Schedule.of(row) for row in rows]

    async def pause(self, transaction: Transaction) -> None:
        """All of them."""
        await self._set_paused(transaction, paused=True)

    async def resume(self, transaction: Transaction) -> None:
        """What would have fired during the pause is left out."""
        await self._set_paused(transaction, paused=False)

    async def _set_paused(self, transaction: Transaction, *, paused: bool) -> None:
        now = self._queue.clock()
        for row in await transaction.all(statements.SCHEDULES):
            schedule = Schedule.of(row)
            if schedule.paused != paused:
                next_at = parse(schedule.cron).next_after(now)
                await transaction.run(
                    statements.PAUSE_SCHEDULE, the_id=schedule.id, paused=paused, next_at=next_at
                )

    async def run(self) -> None:
        """Fire what is due, until cancelled."""
        while True:
            try:
                await self.fire_due()
            except Failure as failure:
                log.warning("schedules hindered", error=str(failure))
            await asyncio.sleep(LOOK_SECONDS)

    async def fire_due(self) -> int:
        """How many fired here."""
        now = self._queue.clock()
        rows = await self._queue.database.lookup.all(statements.DUE_SCHEDULES, now=now)
        return sum([await self._fire(Schedule.of(row), now) for row in rows])

    async def _fire(self, schedule: Schedule, now: Micros) -> bool:
        queue, key = self._queue, f"schedule {schedule.id}"
        async with queue.database.write() as transaction:
            next_at = parse(schedule.cron).next_after(now)
            values = {"the_id": schedule.id, "seen": schedule.next_at, "next_at": next_at}
            if not await transaction.run(statements.ADVANCE_SCHEDULE, **values):
                return False
            # The last firing still waits: one run does for both.
            if await transaction.scalar(statements.QUEUED, dedup=key) is not None:
                return False
            payload = msgspec.Raw(schedule.payload.encode())
            execution_id = await queue.start_execution(
                transaction,
                schedule.kind,
                schedule.subject_id,
                trigger=Trigger.SCHEDULE,
                actor=SYSTEM,
                parameters=payload,
            )
            await queue.enqueue(
                transaction,
                schedule.kind,
                payload,
                execution_id=execution_id,
                dedup=key,
                concurrency_key=key,
            )
        return True

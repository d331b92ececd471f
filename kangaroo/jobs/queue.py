"""Asking for work. Everything here happens in the caller's transaction: a change and the job it asks for are
committed together, or neither is."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack

import msgspec

from kangaroo.base.actors import Actor
from kangaroo.base.clock import Clock, Micros
from kangaroo.base.events import Event
from kangaroo.base.wire import to_json
from kangaroo.store.meta import jobs as statements
from kangaroo.store.meta.database import Database, Transaction
from kangaroo.store.meta.schema.jobs import Trigger

MAX_ATTEMPTS = 5
Payload = msgspec.Struct | msgspec.Raw | Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Once:
    """What many events ask for that are about the same: while one such task waits there is no second, and none runs
    beside another. It must be one that asks what is so, not what the event says."""

    kind: str
    key: Callable[[Any], str]


EventKinds = Mapping[type[Event], Sequence[str | Once]]


class Options(TypedDict, total=False):
    """How a task runs; what is left out is ordinary."""

    dedup: str | None  # nothing is added while a queued task has the same key
    run_at: Micros  # not before
    execution_id: int | None
    priority: int  # the lowest first
    max_attempts: int  # failures that heal are tried again
    concurrency_key: str  # of the tasks with one key …
    concurrency_limit: int  # … so many run at once; 1 unless given


class Queue:
    """`event_kinds` says which tasks an event asks for; each gets the event as its payload."""

    def __init__(self, database: Database, clock: Clock, event_kinds: EventKinds | None = None) -> None:
        self.database = database
        self.clock = clock
        self.runners: set[asyncio.Event] = set()  # of this process: set when there may be something to do
        self._event_kinds: EventKinds = event_kinds or {}

    async def enqueue(
        self, transaction: Transaction, kind: str, payload: Payload, **options: Unpack[Options]
    ) -> int:
        """The id of the new task, or of the queued one that has the same `dedup`."""
        now = self.clock()
        values = {
            "kind": kind,
            "payload": text_of(payload),
            "execution_id": options.get("execution_id"),
            "dedup": options.get("dedup"),
            "concurrency_key": options.get("concurrency_key", ""),
            "concurrency_limit": options.get("concurrency_limit", 1) if "concurrency_key" in options else 0,
            "priority": options.get("priority", 0),
            "max_attempts": options.get("max_attempts", MAX_ATTEMPTS),
            "run_at": options.get("run_at", now),
            "created_at": now,
        }
        task_id: int | None = None
        while task_id is None:  # again if the queued one was claimed between the two statements
            task_id = await transaction.scalar(statements.ADD_TASK, **values)
            if task_id is None:
                task_id = await transaction.scalar(statements.QUEUED, dedup=values["dedup"])
        self.wake()
        return task_id

    async def start_execution(
        self,
        transaction: Transaction,
        kind: str,
        subject_id: int,
        *,
        trigger: Trigger,
        actor: Actor,
        parameters: Payload,
    ) -> int:
        """What people see as one run; its tasks follow with `execution_id`."""
        execution_id: int = await transaction.scalar(
            statements.ADD_EXECUTION,
            kind=kind,
            subject_id=subject_id,
            trigger=trigger,
            actor=actor.name,
            parameters=text_of(parameters),
            created_at=self.clock(),
        )
        return execution_id

    async def emit(self, transaction: Transaction, event: Event) -> None:
        for kind in self._event_kinds.get(type(event), ()):
            if isinstance(kind, Once):
                key = kind.key(event)
                await self.enqueue(transaction, kind.kind, event, dedup=key, concurrency_key=key)
            else:
                await self.enqueue(transaction, kind, event)

    async def stop_task(self, transaction: Transaction, task_id: int) -> bool:
        """A queued task ends at once, a running one when its handler notices. False if it was over."""
        return await transaction.run(statements.STOP_TASK, the_id=task_id, now=self.clock()) == 1

    async def stop_execution(self, transaction: Transaction, execution_id: int) -> int:
        """Stops its tasks. How many were not over."""
        return await transaction.run(statements.STOP_EXECUTION, the_id=execution_id, now=self.clock())

    async def stop_queued(self, transaction: Transaction, kind: str) -> int:
        """Ends the queued tasks of a kind; the running ones go on."""
        return await transaction.run(statements.STOP_QUEUED, the_kind=kind, now=self.clock())

    async def pause(self, transaction: Transaction, kind: str) -> None:
        """No task of this kind starts until `resume`; the running ones go on."""
        await transaction.run(statements.PAUSE, the_kind=kind, now=self.clock())

    async def resume(self, transaction: Transaction, kind: str) -> None:
        await transaction.run(statements.RESUME, the_kind=kind)
        self.wake()

    def wake(self) -> None:
        for runner in self.runners:
            runner.set()


def text_of(payload: Payload) -> str:
    return to_json(payload).decode()

"""What a handler sees of the task it runs.

Handlers must bear to run twice: a worker may die after the work and before the note about it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import msgspec

from kangaroo.base.actors import Actor, ActorKind
from kangaroo.base.clock import Clock, Micros
from kangaroo.store.meta.schema.jobs import Task

T = TypeVar("T")
Level = Literal["debug", "info", "warning", "error"]
Result = msgspec.Struct | Mapping[str, Any] | None


class Stopped(Exception):
    """The handler ends because somebody asked it to."""


@dataclass(slots=True)
class Report:
    """What the handler said since it began; `lines` only what is not written yet."""

    done: int
    total: int
    text: str
    checkpoint: str
    lines: list[tuple[Micros, Level, str]]


class Job:
    """One attempt at a task. Reports stay in memory until the next heartbeat, or `flush`, writes them."""

    def __init__(self, task: Task, clock: Clock, flush: Callable[[], Awaitable[None]]) -> None:
        self.task_id = task.id
        self.kind = task.kind
        self.execution_id = task.execution_id
        self.attempt = task.attempt
        self.resume_from = task.checkpoint
        self.stopping = False
        self.report = Report(task.done, task.total, "", task.checkpoint, [])
        self._actor = task.actor
        self._payload = task.payload
        self._clock = clock
        self._flush = flush

    @property
    def actor(self) -> Actor:
        """Acts with the system's rights, under the name of who asked for the execution."""
        return Actor(ActorKind.SYSTEM, name=self._actor or "system", sysadmin=True)

    def payload(self, shape: type[T]) -> T:
        return msgspec.json.decode(self._payload, type=shape)

    def progress(self, done: int, total: int = 0, text: str = "") -> None:
        """In the handler's own unit; `total` 0 means unknown."""
        self.report.done, self.report.total, self.report.text = done, total, text

    def checkpoint(self, state: str) -> None:
        """What `resume_from` says to the next attempt, if this one does not end."""
        self.report.checkpoint = state

    def log(self, level: Level, message: str) -> None:
        self.report.lines.append((self._clock(), level, message))

    async def check(self) -> None:
        """Call it between steps: raises Stopped if a stop was requested."""
        await asyncio.sleep(0)
        if self.stopping:
            raise Stopped

    async def flush(self) -> None:
        """Write the reports now, as before a step that must not be repeated."""
        await asyncio.shield(self._flush())


Handler = Callable[[Job], Coroutine[Any, Any, Result]]

"""What the tests of the queue share: a clock moved by hand, and waiting for conditions, not for a time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from kangaroo.base.clock import SECOND, Micros
from kangaroo.jobs import Handler, History, Queue, Runner, State, Task
from kangaroo.jobs.queue import Options

START: Micros = 1_800_000_000 * SECOND
T = TypeVar("T")
QUICK = 0.3  # seconds of lease: a heartbeat every 50 ms


class FakeClock:
    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> Micros:
        return self.at

    def advance(self, seconds: float) -> None:
        self.at += int(seconds * SECOND)


async def until(condition: Callable[[], Awaitable[T | None]], seconds: float = 20) -> T:
    """The first true answer."""
    async with asyncio.timeout(seconds):
        while not (answer := await condition()):
            await asyncio.sleep(0.005)
        return answer


async def ask(queue: Queue, kind: str = "work", payload: Any = None, **options: Any) -> int:
    async with queue.database.write() as transaction:
        return await queue.enqueue(transaction, kind, payload or {}, **Options(**options))  # type: ignore[typeddict-item]


async def in_state(queue: Queue, task_id: int, state: State) -> Task:
    async def found() -> Task | None:
        task = await History(queue).task(task_id)
        return task if task is not None and task.state is state else None

    return await until(found)


async def logged(queue: Queue, task_id: int) -> list[str]:
    return [line.message for line in await History(queue).log(task_id)]


@asynccontextmanager
async def working(queue: Queue, handlers: dict[str, Handler], **how: Any) -> AsyncIterator[Runner]:
    runner = Runner(queue, handlers, **{"lease_seconds": QUICK, **how})
    await runner.start()
    try:
        yield runner
    finally:
        await runner.stop(0)


async def abandon(runner: Runner) -> None:
    """As if its process had been killed: it does nothing more, and tells nobody."""
    tasks: list[asyncio.Task[Any]] = [*runner._loops, *runner._attempts.values()]
    tasks += [attempt._running for attempt in runner._attempts if attempt._running]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

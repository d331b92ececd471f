"""A schedule fires when it is due, once, however many schedulers look."""

import asyncio

import pytest

from kangaroo.base.clock import SECOND
from kangaroo.base.errors import Failure
from kangaroo.base.paging import Window
from kangaroo.jobs import History, Queue, Schedules, State, Trigger
from tests.jobs.kit import START, FakeClock, working
from tests.jobs.test_runner import nothing


@pytest.fixture
def schedules(queue: Queue) -> Schedules:
    return Schedules(queue)


async def keep(queue: Queue, kind: str, cron: str, subject_id: int = 0, **payload: int) -> int:
    async with queue.database.write() as transaction:
        return await Schedules(queue).keep(transaction, kind, subject_id, cron, payload)


async def test_four_schedulers_fire_once(queue: Queue, history: History, clock: FakeClock) -> None:
    await keep(queue, "GC", "0 0 * * * *", 3, workers=2)
    clock.advance(3600)
    assert sum(await asyncio.gather(*(Schedules(queue).fire_due() for _ in range(4)))) == 1
    [execution] = (await history.executions(Window())).items
    assert (execution.kind, execution.subject_id, execution.trigger, execution.actor) == (
        "GC",
        3,
        Trigger.SCHEDULE,
        "system",
    )
    [task] = (await history.tasks(Window(), execution_id=execution.id)).items
    assert (task.kind, task.payload, execution.parameters) == ("GC", '{"workers":2}', '{"workers":2}')


async def test_what_was_missed_fires_once(queue: Queue, schedules: Schedules, clock: FakeClock) -> None:
    await keep(queue, "GC", "0 0 * * * *")
    clock.advance(10 * 3600 + 5)
    assert [await schedules.fire_due(), await schedules.fire_due()] == [1, 0]
    there = await schedules.get("GC")
    assert there is not None
    assert there.next_at == START + 11 * 3600 * SECOND


async def test_a_firing_that_still_waits_is_not_doubled(
    queue: Queue, schedules: Schedules, history: History, clock: FakeClock
) -> None:
    await keep(queue, "work", "@every 90s")
    for fired in (1, 0, 0):
        clock.advance(90)
        assert await schedules.fire_due() == fired
    assert (await history.executions(Window())).total == 1
    async with working(queue, {"work": nothing}):
        async with asyncio.timeout(20):
            while not (await history.tasks(Window(), state=State.DONE)).total:
                await asyncio.sleep(0.005)
    clock.advance(90)
    assert await schedules.fire_due() == 1


async def test_it_is_changed_and_dropped(queue: Queue, schedules: Schedules, clock: FakeClock) -> None:
    first = await keep(queue, "GC", "@every 100s")
    clock.advance(50)
    assert await keep(queue, "GC", "@every 100s", workers=1) == first
    there = await schedules.get("GC")
    assert there is not None
    assert (there.next_at, there.payload) == (START + 100 * SECOND, '{"workers":1}')
    await keep(queue, "GC", "@every 10s")
    there = await schedules.get("GC")
    assert there is not None
    assert there.next_at == START + 60 * SECOND
    async with queue.database.write() as transaction:
        assert await schedules.drop(transaction, "GC")
        assert not await schedules.drop(transaction, "GC")
    assert await schedules.get("GC") is None
    with pytest.raises(Failure, match="six fields"):
        await keep(queue, "GC", "0 0 * * *")


async def test_the_fixed_ones_are_ensured_at_every_start(
    queue: Queue, schedules: Schedules, clock: FakeClock, monkeypatch
) -> None:
    await asyncio.gather(*(schedules.ensure("SWEEP", "0 0 3 * * *") for _ in range(4)))
    await schedules.ensure("SCAN", "@every 60s", {"all": True})
    assert [(row.kind, row.cron) for row in await schedules.list()] == [
        ("SCAN", "@every 60s"),
        ("SWEEP", "0 0 3 * * *"),
    ]
    monkeypatch.setattr(queue.database, "write", None)  # nothing changed, nothing written
    await schedules.ensure("SCAN", "@every 60s", {"all": True})


async def test_a_pause_leaves_firings_out(queue: Queue, schedules: Schedules, clock: FakeClock) -> None:
    await keep(queue, "GC", "0 0 * * * *")
    async with queue.database.write() as transaction:
        await schedules.pause(transaction)
    clock.advance(2 * 3600)
    assert await schedules.fire_due() == 0
    async with queue.database.write() as transaction:
        await schedules.resume(transaction)
    assert await schedules.fire_due() == 0
    clock.advance(3600)
    assert await schedules.fire_due() == 1


async def test_the_loop_fires_until_cancelled(
    queue: Queue, schedules: Schedules, history: History, clock: FakeClock
) -> None:
    await keep(queue, "GC", "@every 1s")
    clock.advance(1)
    loop = asyncio.create_task(schedules.run())
    async with asyncio.timeout(20):
        while not (await history.executions(Window())).total:
            await asyncio.sleep(0.005)
    loop.cancel()
    await asyncio.gather(loop, return_exceptions=True)

"""How attempts end: failures, retries, stops, and a worker that leaves."""

import asyncio

import pytest

from kangaroo.base.clock import SECOND
from kangaroo.base.errors import Code, Failure
from kangaroo.jobs import History, Job, Queue, Runner, State, Stopped
from tests.jobs.kit import QUICK, START, FakeClock, ask, in_state, logged, until, working


@pytest.mark.parametrize(
    "error", [OSError("no route"), TimeoutError("slow"), Failure(Code.UNAVAILABLE, what="it", reason="off")]
)
async def test_what_heals_is_tried_again_later_and_later(queue: Queue, clock: FakeClock, error) -> None:
    pauses = []

    async def work(_job: Job) -> None:
        raise error

    task_id = await ask(queue, max_attempts=4)
    async with working(queue, {"work": work}):
        for attempt in (1, 2, 3):

            async def waiting(attempt: int = attempt) -> int | None:
                task = await History(queue).task(task_id)
                assert task is not None
                return task.run_at if (task.state, task.failures) == (State.QUEUED, attempt) else None

            run_at = await until(waiting)
            pauses.append((run_at - clock()) / SECOND)
            clock.at = run_at
            queue.wake()
        task = await in_state(queue, task_id, State.FAILED)
    assert (task.failures, task.attempt) == (4, 4)
    assert all(low <= pause < 2 * low for low, pause in zip((5, 10, 20), pauses, strict=True))
    assert len(await logged(queue, task_id)) == 4


async def test_a_failure_that_names_its_time_waits_as_long(queue: Queue, clock: FakeClock) -> None:
    async def work(job: Job) -> None:
        if job.attempt == 1:
            raise Failure(Code.TOO_MANY_REQUESTS, retry_after=100, seconds=100)

    task_id = await ask(queue)

    async def failed() -> bool:
        task = await History(queue).task(task_id)
        return task is not None and task.failures == 1

    async with working(queue, {"work": work}):
        await until(failed)
        task = await History(queue).task(task_id)
        assert task is not None
        assert task.run_at == START + 100 * SECOND
        clock.advance(100)
        queue.wake()
        task = await in_state(queue, task_id, State.DONE)
    assert task.attempt == 2


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (Failure(Code.NOT_FOUND, what="policy 7"), "policy 7 not found"),
        (ValueError("so not"), "ValueError: so not"),
        (asyncio.CancelledError(), "RuntimeError: the handler cancelled itself"),
    ],
)
async def test_what_does_not_heal_fails_at_once(queue: Queue, error, text) -> None:
    async def work(_job: Job) -> None:
        raise error

    task_id = await ask(queue)
    async with working(queue, {"work": work}):
        task = await in_state(queue, task_id, State.FAILED)
    assert (task.attempt, task.status_text) == (1, text)
    assert await logged(queue, task_id) == [text]


async def test_a_result_that_cannot_be_written_is_a_failure(queue: Queue) -> None:
    async def work(_job: Job) -> dict[str, object]:
        return {"it": object()}

    task_id = await ask(queue)
    async with working(queue, {"work": work}):
        task = await in_state(queue, task_id, State.FAILED)
    assert task.status_text.startswith("TypeError")


async def test_a_running_task_stops_where_it_checks(queue: Queue) -> None:
    started = asyncio.Event()

    async def work(job: Job) -> None:
        started.set()
        while True:
            await asyncio.sleep(0.002)
            await job.check()

    task_id = await ask(queue)
    async with working(queue, {"work": work}):
        await started.wait()
        async with queue.database.write() as transaction:
            assert await queue.stop_task(transaction, task_id)
        task = await in_state(queue, task_id, State.STOPPED)
    assert task.ended_at is not None


async def test_a_handler_deaf_to_a_stop_is_cancelled(queue: Queue, monkeypatch) -> None:
    monkeypatch.setattr("kangaroo.jobs.attempt.STOP_SECONDS", 0.01)
    started = asyncio.Event()

    async def work(_job: Job) -> None:
        started.set()
        await asyncio.Event().wait()

    task_id = await ask(queue)
    async with working(queue, {"work": work}):
        await started.wait()
        async with queue.database.write() as transaction:
            await queue.stop_task(transaction, task_id)
        await in_state(queue, task_id, State.STOPPED)


async def test_a_stop_wins_over_another_attempt(queue: Queue) -> None:
    async def work(_job: Job) -> None:
        async with queue.database.write() as transaction:
            await queue.stop_task(transaction, task_id)
        raise OSError("would heal")

    task_id = await ask(queue)
    async with working(queue, {"work": work}, lease_seconds=60):
        task = await in_state(queue, task_id, State.STOPPED)
    assert task.ended_at == START


async def test_a_handler_may_stop_itself(queue: Queue) -> None:
    async def work(_job: Job) -> None:
        raise Stopped

    task_id = await ask(queue)
    async with working(queue, {"work": work}):
        await in_state(queue, task_id, State.STOPPED)


async def test_stopping_lets_tasks_end(queue: Queue) -> None:
    started, end = asyncio.Event(), asyncio.Event()

    async def work(_job: Job) -> None:
        started.set()
        await end.wait()

    first = await ask(queue)
    runner = Runner(queue, {"work": work}, concurrency=1, lease_seconds=QUICK)
    await runner.start()
    await started.wait()
    second = await ask(queue)
    stopping = asyncio.create_task(runner.stop(10))
    await asyncio.sleep(0)
    end.set()
    await stopping
    await in_state(queue, first, State.DONE)
    await in_state(queue, second, State.QUEUED)


async def test_stopping_gives_back_what_does_not_end(queue: Queue, history: History) -> None:
    async def work(job: Job) -> None:
        if not job.resume_from:
            job.checkpoint("half way")
            job.log("info", "at half way")
            started.set()
            await asyncio.Event().wait()
        job.log("info", f"from {job.resume_from}")

    started = asyncio.Event()
    task_id = await ask(queue, dedup="k")
    async with working(queue, {"work": work}):
        await started.wait()
        twin = await ask(queue, dedup="k")
    task = await history.task(task_id)
    assert task is not None
    assert (task.state, task.checkpoint, task.failures, task.crashes) == (State.QUEUED, "half way", 0, 0)
    assert twin != task_id
    async with working(queue, {"work": work}, concurrency=1):
        await in_state(queue, task_id, State.DONE)
    assert await logged(queue, task_id) == ["at half way", "from half way"]


async def test_a_twin_queued_at_the_moment_of_a_retry_keeps_the_key(queue: Queue, history: History) -> None:
    started, end = asyncio.Event(), asyncio.Event()

    async def work(_job: Job) -> None:
        started.set()
        await end.wait()
        raise OSError("again")

    first = await ask(queue, dedup="k")
    async with working(queue, {"work": work}, concurrency=1, lease_seconds=60):
        await started.wait()
        async with queue.database.write() as transaction:
            second = await queue.enqueue(transaction, "work", {}, dedup="k", run_at=START + SECOND)
            end.set()
            await asyncio.sleep(0.1)  # the retry waits for this transaction
        await in_state(queue, first, State.QUEUED)
    assert second != first
    assert await ask(queue, dedup="k") == second

"""A worker does what was asked for, reports, retries, stops and keeps the limits."""

import asyncio

import msgspec
import pytest
from structlog.testing import capture_logs

from kangaroo.base.actors import SYSTEM, Actor, ActorKind
from kangaroo.base.clock import SECOND
from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Window
from kangaroo.jobs import History, Job, Queue, Runner, State, Status, Stopped, Trigger
from tests.jobs.kit import QUICK, START, FakeClock, ask, in_state, logged, until, working


class Copy(msgspec.Struct):
    image: str


async def nothing(_job: Job) -> None:
    """Done at once."""


async def test_a_task_is_done(queue: Queue) -> None:
    async def copy(job: Job) -> Copy:
        job.progress(3, 4, "three of four")
        job.log("info", "first")
        job.log("warning", "second")
        assert (job.attempt, job.kind, job.resume_from, job.actor.name) == (1, "copy", "", "system")
        return Copy(job.payload(Copy).image.upper())

    task_id = await ask(queue, "copy", Copy("nginx"))
    async with working(queue, {"copy": copy}):
        task = await in_state(queue, task_id, State.DONE)
    assert (task.result, task.done, task.total, task.status_text) == (
        '{"image":"NGINX"}',
        3,
        4,
        "three of four",
    )
    assert (task.started_at, task.ended_at) == (START, START)
    assert await logged(queue, task_id) == ["first", "second"]


async def test_what_a_running_task_reports_is_seen(queue: Queue, history: History) -> None:
    end = asyncio.Event()

    async def work(job: Job) -> None:
        job.progress(1, 2, "half")
        job.log("info", "hello")
        await end.wait()

    task_id = await ask(queue)

    async def half() -> bool:
        task = await history.task(task_id)
        return task is not None and task.status_text == "half"

    async with working(queue, {"work": work}) as runner:
        await until(half)
        assert await logged(queue, task_id) == ["hello"]
        [worker] = await history.workers()
        assert (worker.name, worker.concurrency) == (runner.name, 4)
        [task] = (await history.tasks(Window(), worker=runner.name)).items
        assert task.id == task_id
        end.set()
        await in_state(queue, task_id, State.DONE)
    assert await history.workers() == []
    assert await logged(queue, task_id) == ["hello"]


async def test_a_long_log_is_kept_whole(queue: Queue) -> None:
    async def work(job: Job) -> None:
        for number in range(1234):
            job.log("info", str(number))

    task_id = await ask(queue)
    async with working(queue, {"work": work}):
        await in_state(queue, task_id, State.DONE)
    assert await logged(queue, task_id) == [str(number) for number in range(1234)]


async def test_an_execution_is_over_with_its_tasks(queue: Queue, history: History) -> None:
    seen: list[Actor] = []

    async def parent(job: Job) -> None:
        seen.append(job.actor)
        async with queue.database.write() as transaction:
            for kind in ("child", "child", "broken"):
                await queue.enqueue(transaction, kind, {}, execution_id=job.execution_id)

    async def broken(_job: Job) -> None:
        raise Failure(Code.NOT_FOUND, what="it")

    async with queue.database.write() as transaction:
        alice = Actor(ActorKind.USER, 7, "alice")
        execution_id = await queue.start_execution(
            transaction, "parent", 1, trigger=Trigger.MANUAL, actor=alice, parameters={}
        )
        await queue.enqueue(transaction, "parent", {}, execution_id=execution_id)

    async def over() -> Status | None:
        execution = await history.execution(execution_id)
        assert execution is not None
        return None if execution.status is Status.IN_PROGRESS else execution.status

    async with working(queue, {"parent": parent, "child": nothing, "broken": broken}):
        assert await until(over) is Status.FAILED
    execution = await history.execution(execution_id)
    assert execution is not None
    assert execution.counts == {State.DONE: 3, State.FAILED: 1}
    assert execution.ended_at == START
    assert seen == [Actor(ActorKind.SYSTEM, name="alice", sysadmin=True)]
    assert [e.id for e in (await history.executions(Window(), status=Status.FAILED)).items] == [execution_id]


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


async def test_order_is_priority_then_age(queue: Queue) -> None:
    order: list[str] = []

    async def work(job: Job) -> None:
        order.append(job.payload(Copy).image)

    for name, priority in (("third", 0), ("fourth", 0), ("second", -1), ("first", -2), ("last", 5)):
        task_id = await ask(queue, payload=Copy(name), priority=priority)
    async with working(queue, {"work": work}, concurrency=1):
        await in_state(queue, task_id, State.DONE)
    assert order == ["first", "second", "third", "fourth", "last"]


async def test_only_due_known_and_unpaused_kinds_run(
    queue: Queue, history: History, clock: FakeClock
) -> None:
    later = await ask(queue, run_at=START + 60 * SECOND)
    foreign = await ask(queue, "foreign")
    paused = await ask(queue, "paused")
    async with queue.database.write() as transaction:
        await queue.pause(transaction, "paused")
    async with working(queue, {"work": nothing, "paused": nothing}):
        await in_state(queue, await ask(queue), State.DONE)
        states = [task.state for task in (await history.tasks(Window())).items]
        assert states == [State.QUEUED, State.QUEUED, State.QUEUED, State.DONE]
        clock.advance(60)
        async with queue.database.write() as transaction:
            await queue.resume(transaction, "paused")
        await in_state(queue, later, State.DONE)
        await in_state(queue, paused, State.DONE)
    await in_state(queue, foreign, State.QUEUED)


async def test_a_limit_holds_exactly_across_runners(queue: Queue, history: History) -> None:
    running = {"a": 0, "b": 0}
    most = {"a": 0, "b": 0}

    async def work(job: Job) -> None:
        key = job.payload(Copy).image
        running[key] += 1
        most[key] = max(most[key], running[key])
        await asyncio.sleep(0.005)
        running[key] -= 1

    for number in range(40):
        key = "ab"[number % 2]
        limit = {"a": 1, "b": 3}[key]
        await ask(queue, payload=Copy(key), concurrency_key=key, concurrency_limit=limit)

    async def all_done() -> bool:
        return (await history.tasks(Window(), state=State.DONE)).total == 40

    async with (
        working(queue, {"work": work}, lease_seconds=60),
        working(queue, {"work": work}, lease_seconds=60),
        working(queue, {"work": work}, lease_seconds=60),
    ):
        await until(all_done, 60)
    assert most == {"a": 1, "b": 3}


async def test_every_task_runs_once_among_many_runners(queue: Queue, history: History) -> None:
    ran: list[int] = []

    async def work(job: Job) -> None:
        ran.append(job.task_id)

    ids = [await ask(queue) for _ in range(60)]

    async def all_done() -> bool:
        return (await history.tasks(Window(), state=State.DONE)).total == 60

    async with working(queue, {"work": work}), working(queue, {"work": work}), working(queue, {"work": work}):
        await until(all_done)
    assert sorted(ran) == ids


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


async def test_a_task_sees_the_changes_of_all_who_asked_for_it(queue: Queue, history: History) -> None:
    async def work(_job: Job) -> dict[str, int]:
        return {"seen": (await history.executions(Window())).total}

    task_id = await ask(queue, dedup="k", run_at=START + SECOND)
    clock = queue.clock
    assert isinstance(clock, FakeClock)
    async with working(queue, {"work": work}):
        async with queue.database.write() as transaction:
            assert await queue.enqueue(transaction, "work", {}, dedup="k") == task_id
            clock.advance(1)
            await asyncio.sleep(0.1)  # it is due, and not claimed
            await queue.start_execution(
                transaction, "any", 0, trigger=Trigger.MANUAL, actor=SYSTEM, parameters={}
            )
        task = await in_state(queue, task_id, State.DONE)
    assert task.result == '{"seen":1}'


async def test_an_idle_worker_writes_nothing(queue: Queue, monkeypatch) -> None:
    async with working(queue, {"work": nothing}, lease_seconds=60):
        with monkeypatch.context() as patched:
            patched.setattr(queue.database, "write", None)
            with capture_logs() as logs:
                queue.wake()
                await asyncio.sleep(0.2)
    assert logs == []

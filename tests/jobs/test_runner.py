"""A worker does what was asked for, once, in order, within the limits, and says how far it is."""

import asyncio

import msgspec
from structlog.testing import capture_logs

from kangaroo.base.actors import SYSTEM, Actor, ActorKind
from kangaroo.base.clock import SECOND
from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Window
from kangaroo.jobs import History, Job, Queue, State, Status, Trigger
from tests.jobs.kit import START, FakeClock, ask, in_state, logged, until, working


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

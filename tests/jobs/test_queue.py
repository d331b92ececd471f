"""Asking, stopping, pausing and reading, without a worker."""

import asyncio
from contextlib import suppress

import msgspec

from kangaroo.base.actors import SYSTEM, Actor, ActorKind
from kangaroo.base.clock import SECOND
from kangaroo.base.events import ManifestPushed, TagDeleted
from kangaroo.base.paging import Window
from kangaroo.jobs import History, Queue, State, Status, Trigger
from kangaroo.store.meta.database import Database
from tests.jobs.kit import START, FakeClock, ask

ALICE = Actor(ActorKind.USER, 7, "alice")
PUSHED = ManifestPushed(actor="alice", at=1, repository="library/nginx", digest="sha256:00", tag=None)
ALL = Window(size=0)


async def start(queue: Queue, kind: str = "SYNC", subject_id: int = 1, tasks: int = 1, **how) -> int:
    async with queue.database.write() as transaction:
        execution_id = await queue.start_execution(
            transaction,
            kind,
            subject_id,
            trigger=how.get("trigger", Trigger.MANUAL),
            actor=ALICE,
            parameters={"n": 1},
        )
        for _ in range(tasks):
            await queue.enqueue(transaction, kind, {}, execution_id=execution_id)
        return execution_id


async def test_a_task_is_kept_as_it_was_asked_for(queue: Queue, history: History) -> None:
    execution_id = await start(queue, tasks=0)
    task_id = await ask(queue, "SYNC", {"to": "there"}, execution_id=execution_id, max_attempts=3)
    task = await history.task(task_id)
    assert task is not None
    assert (task.state, task.kind, task.actor, task.attempt) == (State.QUEUED, "SYNC", "alice", 0)
    assert (task.payload, task.max_attempts, task.run_at) == ('{"to":"there"}', 3, START)
    assert await history.task(task_id + 1) is None


async def test_a_queued_twin_is_not_added(queue: Queue, history: History) -> None:
    first = await ask(queue, dedup="k")
    assert await ask(queue, dedup="k") == first
    other = await ask(queue, dedup="l")
    assert other != first
    async with queue.database.write() as transaction:
        await queue.stop_task(transaction, first)
    assert await ask(queue, dedup="k") not in (first, other)
    assert (await history.tasks(ALL)).total == 3


async def test_many_at_once_add_one(queue: Queue, history: History) -> None:
    ids = await asyncio.gather(*(ask(queue, dedup="k") for _ in range(12)))
    assert len(set(ids)) == 1
    assert (await history.tasks(ALL)).total == 1


async def test_an_event_asks_for_the_tasks_of_its_kinds(database: Database, clock: FakeClock) -> None:
    queue = Queue(database, clock, {ManifestPushed: ("NOTIFY", "SCAN")})
    history = History(queue)
    async with database.write() as transaction:
        await queue.emit(transaction, PUSHED)
        await queue.emit(transaction, TagDeleted(actor="a", at=1, repository="r/r", tag="t", digest="d"))
    tasks = (await history.tasks(ALL)).items
    assert [task.kind for task in tasks] == ["NOTIFY", "SCAN"]
    assert msgspec.json.decode(tasks[0].payload, type=ManifestPushed) == PUSHED


async def test_an_event_of_a_change_that_did_not_happen_asks_for_nothing(
    database: Database, clock: FakeClock
) -> None:
    queue = Queue(database, clock, {ManifestPushed: ("NOTIFY",)})
    with suppress(RuntimeError):
        async with database.write() as transaction:
            await queue.emit(transaction, PUSHED)
            raise RuntimeError
    assert (await History(queue).tasks(ALL)).total == 0


async def test_stopping_ends_what_is_queued(queue: Queue, history: History) -> None:
    execution_id = await start(queue, tasks=3)
    other = await ask(queue, "SYNC")
    async with queue.database.write() as transaction:
        assert await queue.stop_execution(transaction, execution_id) == 3
        assert await queue.stop_execution(transaction, execution_id) == 0
    execution = await history.execution(execution_id)
    assert execution is not None
    assert (execution.status, execution.counts, execution.ended_at) == (
        Status.STOPPED,
        {State.STOPPED: 3},
        START,
    )
    async with queue.database.write() as transaction:
        assert await queue.stop_queued(transaction, "SYNC") == 1
        assert not await queue.stop_task(transaction, other)


async def test_executions_are_listed_newest_first_and_filtered(queue: Queue, history: History) -> None:
    ids = [await start(queue, subject_id=subject) for subject in (1, 1, 2)]
    ids.append(await start(queue, "RETENTION", trigger=Trigger.EVENT, tasks=0))
    async with queue.database.write() as transaction:
        await queue.stop_execution(transaction, ids[0])

    async def listed(**only) -> list[int]:
        return [execution.id for execution in (await history.executions(ALL, **only)).items]

    assert await listed() == ids[::-1]
    assert await listed(kind="SYNC", subject_id=1) == [ids[1], ids[0]]
    assert await listed(trigger=Trigger.EVENT) == [ids[3]]
    assert await listed(status=Status.STOPPED) == [ids[0]]
    assert await listed(status=Status.IN_PROGRESS) == [ids[2], ids[1]]
    assert await listed(status=Status.SUCCEED) == [ids[3]]
    assert await listed(status=Status.FAILED) == []
    page = await history.executions(Window(page=2, size=3))
    assert ([execution.id for execution in page.items], page.total) == ([ids[0]], 4)
    assert await history.execution(ids[-1] + 1) is None


async def test_backlogs_count_what_is_open_or_paused(
    queue: Queue, history: History, clock: FakeClock
) -> None:
    await ask(queue, "b", run_at=START + 9 * SECOND)
    await ask(queue, "b")
    async with queue.database.write() as transaction:
        for _ in range(2):
            await queue.pause(transaction, "a")
    found = [(row.kind, row.queued, row.running, row.oldest, row.paused) for row in await history.backlogs()]
    assert found == [("a", 0, 0, None, True), ("b", 2, 0, START, False)]
    async with queue.database.write() as transaction:
        await queue.resume(transaction, "a")
    assert [row.kind for row in await history.backlogs()] == ["b"]


async def test_the_system_asks_too(queue: Queue, history: History) -> None:
    async with queue.database.write() as transaction:
        execution_id = await queue.start_execution(
            transaction, "GC", 0, trigger=Trigger.SCHEDULE, actor=SYSTEM, parameters=PUSHED
        )
    execution = await history.execution(execution_id)
    assert execution is not None
    assert execution.actor == "system"
    assert msgspec.json.decode(execution.parameters, type=ManifestPushed) == PUSHED

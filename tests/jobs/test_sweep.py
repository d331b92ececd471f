"""What is old is forgotten; what is open or young stays."""

from kangaroo.base.actors import SYSTEM
from kangaroo.base.paging import Window
from kangaroo.jobs import History, Job, Queue, State, Trigger, sweeper
from tests.jobs.kit import FakeClock, ask, in_state, logged, working


async def test_the_sweep(queue: Queue, history: History, clock: FakeClock) -> None:
    async def work(job: Job) -> None:
        job.log("info", "a line")

    async with queue.database.write() as transaction:
        execution_id = await queue.start_execution(
            transaction, "work", 0, trigger=Trigger.MANUAL, actor=SYSTEM, parameters={}
        )
    old = [await ask(queue, execution_id=execution_id) for _ in range(130)]
    waiting = await ask(queue, "never")
    handlers = {"work": work, "SWEEP": sweeper(queue, 30)}
    async with working(queue, handlers, lease_seconds=60, concurrency=20):
        for task_id in old:
            await in_state(queue, task_id, State.DONE)
        clock.advance(20 * 86_400)
        young = await ask(queue)
        await in_state(queue, young, State.DONE)
        clock.advance(11 * 86_400)
        sweep = await ask(queue, "SWEEP")
        task = await in_state(queue, sweep, State.DONE)
    assert task.result == '{"tasks":130,"executions":1}'
    assert [task.id for task in (await history.tasks(Window())).items] == [waiting, young, sweep]
    assert (await history.executions(Window())).total == 0
    assert (await logged(queue, old[0]), await logged(queue, young)) == ([], ["a line"])
    assert await logged(queue, sweep) == ["130 tasks and 1 executions were older than 30 days"]

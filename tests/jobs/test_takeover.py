"""A worker that dies loses nothing: another goes on from the checkpoint, and the dead one can do no harm."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from kangaroo.base.clock import now
from kangaroo.base.errors import Code, Failure
from kangaroo.jobs import History, Job, Queue, Runner, State
from kangaroo.jobs.outcomes import CRASH_LIMIT
from kangaroo.store.meta.sqlite import SqliteDatabase
from tests.jobs.kit import QUICK, FakeClock, abandon, ask, in_state, logged, working

LEASE = 30.0


async def started_runner(queue: Queue, handler, **how) -> Runner:
    runner = Runner(queue, {"work": handler}, **{"lease_seconds": LEASE, **how})
    await runner.start()
    return runner


async def test_another_worker_goes_on_from_the_checkpoint(queue: Queue, clock: FakeClock) -> None:
    flushed = asyncio.Event()

    async def work(job: Job) -> None:
        job.checkpoint("step 2")
        await job.flush()
        job.checkpoint("never written")
        flushed.set()
        await asyncio.Event().wait()

    async def resumed(job: Job) -> dict[str, str]:
        return {"from": job.resume_from, "attempt": str(job.attempt)}

    task_id = await ask(queue)
    first = await started_runner(queue, work)
    await flushed.wait()
    await abandon(first)
    clock.advance(LEASE - 1)
    async with working(queue, {"work": resumed}):
        await in_state(queue, await ask(queue), State.DONE)
        await in_state(queue, task_id, State.RUNNING)  # its lease still holds
        clock.advance(2)
        task = await in_state(queue, task_id, State.DONE)
    assert task.result == '{"from":"step 2","attempt":"2"}'
    assert (task.crashes, task.failures) == (1, 0)
    assert await logged(queue, task_id) == [f"worker {first.name} fell silent"]


async def test_who_lost_the_lease_is_cancelled_and_writes_nothing(queue: Queue, clock: FakeClock) -> None:
    ended = asyncio.Event()

    async def slow(job: Job) -> None:
        job.log("info", "too late")
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async def quick(_job: Job) -> dict[str, str]:
        return {"by": "the second"}

    task_id = await ask(queue)
    first = await started_runner(queue, slow, concurrency=1)  # beats every 5 s: not within this test
    await in_state(queue, task_id, State.RUNNING)
    clock.advance(LEASE + 1)
    async with working(queue, {"work": quick}):
        await in_state(queue, task_id, State.DONE)
    await first._beat()
    await asyncio.wait_for(ended.wait(), 10)
    await first.stop(1)
    task = await in_state(queue, task_id, State.DONE)
    assert task.result == '{"by":"the second"}'
    assert "too late" not in await logged(queue, task_id)


async def test_a_result_after_the_lease_was_lost_does_not_count(queue: Queue, clock: FakeClock) -> None:
    end = asyncio.Event()

    async def slow(_job: Job) -> dict[str, str]:
        await end.wait()
        return {"by": "the first"}

    async def quick(_job: Job) -> dict[str, str]:
        return {"by": "the second"}

    task_id = await ask(queue)
    first = await started_runner(queue, slow, concurrency=1)
    await in_state(queue, task_id, State.RUNNING)
    clock.advance(LEASE + 1)
    async with working(queue, {"work": quick}):
        await in_state(queue, task_id, State.DONE)
    end.set()
    await first.stop(5)
    assert (await in_state(queue, task_id, State.DONE)).result == '{"by":"the second"}'


async def test_a_runner_may_claim_again_what_it_lost(queue: Queue, clock: FakeClock) -> None:
    first, again = asyncio.Event(), asyncio.Event()

    async def work(job: Job) -> None:
        (first if job.attempt == 1 else again).set()
        if job.attempt == 1:
            await asyncio.Event().wait()

    task_id = await ask(queue)
    runner = await started_runner(queue, work)
    await first.wait()
    clock.advance(LEASE + 1)
    await runner._take_back()
    await asyncio.wait_for(again.wait(), 20)
    await in_state(queue, task_id, State.DONE)
    await runner._beat()
    await runner.stop(5)
    assert runner._attempts == {}


async def test_a_task_that_takes_its_workers_down_ends_some_day(queue: Queue, clock: FakeClock) -> None:
    async def work(_job: Job) -> None:
        await asyncio.Event().wait()

    task_id = await ask(queue)
    for crash in range(CRASH_LIMIT):
        runner = await started_runner(queue, work)
        await in_state(queue, task_id, State.RUNNING)
        await abandon(runner)
        clock.advance(LEASE + 1)
        judge = await started_runner(queue, work, concurrency=0)
        await judge.stop(0)
        task = await History(queue).task(task_id)
        assert task is not None
        assert task.crashes == crash + 1
        assert task.run_at <= clock() if crash == 0 else task.run_at > clock()
        clock.at = max(clock.at, task.run_at)
    task = await in_state(queue, task_id, State.FAILED)
    assert "fell silent" in task.status_text


async def test_a_database_away_for_long_ends_the_attempt(queue: Queue, clock: FakeClock, monkeypatch) -> None:
    ended = asyncio.Event()

    async def work(_job: Job) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    def away() -> None:
        raise Failure(Code.UNAVAILABLE, what="database", reason="test")

    task_id = await ask(queue)
    runner = await started_runner(queue, work, lease_seconds=QUICK)
    await in_state(queue, task_id, State.RUNNING)
    with monkeypatch.context() as patched:
        patched.setattr(queue.database, "write", away)
        clock.advance(LEASE)
        await asyncio.wait_for(ended.wait(), 10)
    await runner.stop(5)


async def test_an_outcome_waits_for_the_database(queue: Queue, monkeypatch) -> None:
    monkeypatch.setattr("kangaroo.jobs.attempt.RETRY_SECONDS", 0.01)
    write, refused = queue.database.write, 0

    def away() -> None:
        nonlocal refused
        refused += 1
        if refused > 3:
            monkeypatch.setattr(queue.database, "write", write)
        raise Failure(Code.UNAVAILABLE, what="database", reason="test")

    async def work(_job: Job) -> None:
        monkeypatch.setattr(queue.database, "write", away)

    task_id = await ask(queue)
    runner = await started_runner(queue, work)
    await in_state(queue, task_id, State.DONE)
    assert refused > 3
    await runner.stop(5)


SCRIPT = """
import asyncio, sys
from pathlib import Path
from kangaroo.base.clock import now
from kangaroo.jobs import Queue, Runner
from kangaroo.store.meta.sqlite import SqliteDatabase

async def work(job):
    for step in range(int(job.resume_from or 0), 1000):
        job.checkpoint(str(step + 1))
        job.log("info", f"step {step}")
        await job.flush()
        print(step, flush=True)
        await asyncio.sleep(0.01)

async def main():
    database = SqliteDatabase(Path(sys.argv[1]))
    await database.open()
    await Runner(Queue(database, now), {"work": work}, lease_seconds=1).start()
    await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.mark.parametrize("kill", [signal.SIGKILL, signal.SIGSTOP])
async def test_a_process_that_is_killed_or_frozen_is_replaced(
    sqlite_path: Path, kill: signal.Signals
) -> None:
    database = SqliteDatabase(sqlite_path)
    await database.open()
    queue = Queue(database, now)
    task_id = await ask(queue)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SCRIPT, str(sqlite_path), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):
            while int(await process.stdout.readline()) < 5:
                pass
        os.kill(process.pid, kill)

        async def resumed(job: Job) -> dict[str, str]:
            return {"from": job.resume_from}

        async with working(queue, {"work": resumed}, lease_seconds=1):
            task = await in_state(queue, task_id, State.DONE)
        if kill is signal.SIGSTOP:
            os.kill(process.pid, signal.SIGCONT)
            async with asyncio.timeout(20):
                while b"lease lost" not in await process.stdout.readline():
                    pass
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
    assert task.attempt == 2
    start = int(task.result.split('"')[3])
    assert start >= 5
    lines = await logged(queue, task_id)
    assert lines == [*(f"step {step}" for step in range(start)), lines[-1]]
    assert "fell silent" in lines[-1]
    assert (await in_state(queue, task_id, State.DONE)).result == task.result
    await database.close()

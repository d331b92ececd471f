"""Runs of jobs for people: the list of them, what each said, and garbage collection on demand."""

from dataclasses import dataclass

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Page, Window
from kangaroo.core.access import Access
from kangaroo.core.access.journal import Deed
from kangaroo.core.gc.jobs import COLLECT, CollectParameters
from kangaroo.jobs import Backlog, Execution, History, LogLine, Queue, Status, Task, Trigger, Worker

_ALL = Window(1, 0)


@dataclass(frozen=True, slots=True)
class Run:
    """One execution with its tasks, in the order they were asked for."""

    execution: Execution
    tasks: list[Task]

    @property
    def over(self) -> bool:
        return self.execution.status is not Status.IN_PROGRESS


class Operations:
    """Every method raises UNAUTHORIZED and FORBIDDEN as `Access.require` does; in Harbor's words it takes rights on
    `jobservice-monitor` and `garbage-collection`."""

    def __init__(self, queue: Queue, access: Access) -> None:
        self._queue = queue
        self._history = History(queue)
        self._access = access

    async def page(
        self, actor: Actor, window: Window, kind: str | None = None, status: Status | None = None
    ) -> Page[Execution]:
        """The newest first."""
        await self._access.require(actor, "jobservice-monitor", "list")
        return await self._history.executions(window, kind=kind, status=status)

    async def backlogs(self, actor: Actor) -> list[Backlog]:
        """Of each kind of task that waits or runs."""
        await self._access.require(actor, "jobservice-monitor", "list")
        return await self._history.backlogs()

    async def workers(self, actor: Actor) -> list[Worker]:
        """Those that were seen within half a minute."""
        await self._access.require(actor, "jobservice-monitor", "list")
        return await self._history.workers()

    async def show(self, actor: Actor, execution: int) -> Run:
        """Raises NOT_FOUND."""
        await self._access.require(actor, "jobservice-monitor", "list")
        found = await self._history.execution(execution)
        if found is None:
            raise Failure(Code.NOT_FOUND, what=f"run {execution}")
        tasks = await self._history.tasks(_ALL, execution_id=execution)
        return Run(found, tasks.items)

    async def log(self, actor: Actor, task: int, after: int = 0) -> list[LogLine]:
        """The lines behind the one with the id `after`. Raises NOT_FOUND."""
        await self._access.require(actor, "jobservice-monitor", "list")
        if await self._history.task(task) is None:
            raise Failure(Code.NOT_FOUND, what=f"task {task}")
        return await self._history.log(task, after=after)

    async def stop(self, actor: Actor, execution: int) -> int:
        """What waits ends at once, what runs when it can. How many tasks were not over. Raises NOT_FOUND."""
        await self._access.require(actor, "jobservice-monitor", "stop")
        found = await self._history.execution(execution)
        if found is None:
            raise Failure(Code.NOT_FOUND, what=f"run {execution}")
        async with self._queue.database.write() as transaction:
            stopped = await self._queue.stop_execution(transaction, execution)
            deed = Deed(
                "update_job", f"{found.kind} {execution}", text=f"stop run {execution} of {found.kind}"
            )
            await self._access.journal.record(transaction, actor.name, deed)
        return stopped

    async def collections(self, actor: Actor, window: Window) -> Page[Execution]:
        """Of garbage, the newest first."""
        await self._access.require(actor, "garbage-collection", "list")
        return await self._history.executions(window, kind=COLLECT)

    async def collect(self, actor: Actor, *, dry_run: bool) -> int:
        """The id of the run. Raises CONFLICT while another one is under way."""
        await self._access.require(actor, "garbage-collection", "create")
        under_way = await self._history.executions(Window(1, 1), kind=COLLECT, status=Status.IN_PROGRESS)
        if under_way.total:
            raise Failure(Code.CONFLICT, "collecting_already", execution=under_way.items[0].id)
        parameters = CollectParameters(dry_run=dry_run)
        async with self._queue.database.write() as transaction:
            execution = await self._queue.start_execution(
                transaction, COLLECT, 0, trigger=Trigger.MANUAL, actor=actor, parameters=parameters
            )
            await self._queue.enqueue(
                transaction, COLLECT, parameters, execution_id=execution, concurrency_key=COLLECT
            )
            deed = Deed("create_garbage-collection", "dry run" if dry_run else "garbage collection")
            await self._access.journal.record(transaction, actor.name, deed)
        return execution

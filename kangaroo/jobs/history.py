"""Reading the queue: executions, tasks, logs, backlogs and workers, as job monitors show them."""

from typing import Any

from kangaroo.base.clock import SECOND, Micros
from kangaroo.base.paging import Page, Window
from kangaroo.jobs.queue import Queue
from kangaroo.store.meta import jobs as statements
from kangaroo.store.meta.schema.jobs import Backlog, Execution, LogLine, State, Status, Task, Trigger, Worker

ALIVE: Micros = 30 * SECOND


class History:
    def __init__(self, queue: Queue) -> None:
        self._database = queue.database
        self._clock = queue.clock

    async def executions(
        self,
        window: Window,
        *,
        kind: str | None = None,
        subject_id: int | None = None,
        trigger: Trigger | None = None,
        status: Status | None = None,
    ) -> Page[Execution]:
        """Newest first."""
        equal = _given(kind=kind, subject_id=subject_id, trigger=trigger)
        async with self._database.read() as snapshot:
            return await statements.list_executions(snapshot, window, status, equal)

    async def execution(self, execution_id: int) -> Execution | None:
        async with self._database.read() as snapshot:
            page = await statements.list_executions(snapshot, Window(), None, {"id": execution_id})
        return page.items[0] if page.items else None

    async def tasks(
        self,
        window: Window,
        *,
        execution_id: int | None = None,
        kind: str | None = None,
        state: State | None = None,
        worker: str | None = None,
    ) -> Page[Task]:
        """In the order they were asked for."""
        equal = _given(execution_id=execution_id, kind=kind, state=state, worker=worker)
        async with self._database.read() as snapshot:
            return await statements.list_tasks(snapshot, window, equal)

    async def task(self, task_id: int) -> Task | None:
        row = await self._database.lookup.one(statements.TASK, the_id=task_id)
        return None if row is None else Task.of(row)

    async def log(self, task_id: int, *, after: int = 0) -> list[LogLine]:
        """Its lines, those after the line with id `after` only."""
        async with self._database.read() as snapshot:
            rows = await snapshot.all(statements.LOG, the_id=task_id, after=after)
        return [LogLine.of(row) for row in rows]

    async def backlogs(self) -> list[Backlog]:
        """Of every kind that has open tasks or is paused."""
        async with self._database.read() as snapshot:
            return await statements.backlogs(snapshot)

    async def workers(self) -> list[Worker]:
        """Those that are alive."""
        since = self._clock() - ALIVE
        async with self._database.read() as snapshot:
            return [Worker.of(row) for row in await snapshot.all(statements.WORKERS, since=since)]


def _given(**columns: Any) -> dict[str, Any]:
    return {name: value for name, value in columns.items() if value is not None}

"""Runs of sync: started, stopped and looked into."""

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Page, Window
from kangaroo.core.access.journal import Deed
from kangaroo.core.instances import InstanceName
from kangaroo.core.sync.engine import Engines
from kangaroo.remote.policies import ExecutionFilter, ReplicationExecution, ReplicationTask, TaskFilter


class Runs:
    """Every method raises UNAUTHORIZED, FORBIDDEN, NOT_FOUND, UNSUPPORTED, and what is wrong with the instance."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    async def page(
        self, actor: Actor, name: InstanceName, window: Window, which: ExecutionFilter
    ) -> Page[ReplicationExecution]:
        async with self._engines.seen(actor, name) as engine:
            return await engine.parts.executions.page(window, which)

    async def get(self, actor: Actor, name: InstanceName, execution: int) -> ReplicationExecution:
        async with self._engines.seen(actor, name) as engine:
            return await engine.parts.executions.get(execution)

    async def start(self, actor: Actor, name: InstanceName, policy: int) -> int:
        """The execution's id. Raises PRECONDITION for a policy that is disabled."""
        async with self._engines.changed(actor, name) as engine:
            found = await engine.parts.policies.get(policy)
            if not found.enabled:
                raise Failure(Code.PRECONDITION, "sync_disabled", policy=found.name)
            started = await engine.parts.executions.start(policy)
        await self._engines.note(
            actor, Deed("create_replication-execution", f"{name}/{found.name}/{started}")
        )
        return started

    async def stop(self, actor: Actor, name: InstanceName, execution: int) -> None:
        """Raises PRECONDITION for one that is over."""
        async with self._engines.changed(actor, name) as engine:
            found = await engine.parts.executions.get(execution)
            if found.state.over:
                raise Failure(Code.PRECONDITION, "run_over", execution=execution)
            await engine.parts.executions.stop(execution)
        await self._engines.note(actor, Deed("update_replication-execution", f"{name}/{execution}: stop"))

    async def tasks(
        self,
        actor: Actor,
        name: InstanceName,
        execution: int,
        window: Window,
        which: TaskFilter,
    ) -> Page[ReplicationTask]:
        async with self._engines.seen(actor, name) as engine:
            return await engine.parts.executions.tasks(execution, window, which)

    async def log(self, actor: Actor, name: InstanceName, execution: int, task: int) -> str:
        async with self._engines.seen(actor, name) as engine:
            return await engine.parts.executions.log(execution, task)

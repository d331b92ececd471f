"""Retention of the spaces of a workspace, by the engine of the instance they are at."""

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Page, Window
from kangaroo.core.access.journal import Deed
from kangaroo.core.retention import rules
from kangaroo.core.retention.rules import Draft
from kangaroo.core.retention.standing import Standings
from kangaroo.core.workspaces import Looking, Standpoint
from kangaroo.remote import contract
from kangaroo.remote.policies import RetentionExecution, RetentionPolicy, RetentionTask

_AT_ONCE = 100


class Retention:
    """Looking needs the point GetImage; what changes something is the workspace administrators'.

    Every method raises UNAUTHORIZED, FORBIDDEN, NOT_FOUND (also for what does not show from the workspace),
    UNSUPPORTED, and what is wrong with the instance; those that change something DENIED, for a space that is not the
    workspace's own.
    """

    def __init__(self, looking: Looking) -> None:
        self._looking = looking
        self._standings = Standings(looking)

    async def get(self, actor: Actor, at: Standpoint, policy: int) -> RetentionPolicy:
        async with self._standings.seeing(actor, at) as standing:
            return await standing.policy(policy)

    async def create(self, actor: Actor, at: Standpoint, space: int, draft: Draft) -> int:
        """Its id. Raises INVALID_FIELD, BAD_REQUEST, CONFLICT: a space has one."""
        async with self._standings.cleaning(actor, at) as standing:
            found = await standing.own_space(space)
            if found.retention_id:
                policy = found.retention_id
                raise Failure(Code.CONFLICT, "retention_exists", space=found.name, policy=policy)
            made = await standing.engine.create(rules.policy(draft, space))
        await self._note(actor, Deed("create_retention-policy", f"{at.instance}/{found.name}"))
        return made

    async def update(self, actor: Actor, at: Standpoint, policy: int, draft: Draft) -> RetentionPolicy:
        """As it is then. Raises INVALID_FIELD, BAD_REQUEST."""
        async with self._standings.cleaning(actor, at) as standing:
            held, space = await standing.own_policy(policy)
            await standing.engine.update(rules.policy(draft, space.id, held))
            now = await standing.engine.get(policy)
        await self._note(actor, Deed("update_retention-policy", f"{at.instance}/{space.name}"))
        return now

    async def delete(self, actor: Actor, at: Standpoint, policy: int) -> None:
        """With its executions."""
        async with self._standings.cleaning(actor, at) as standing:
            _, space = await standing.own_policy(policy)
            await standing.engine.delete(policy)
        await self._note(actor, Deed("delete_retention-policy", f"{at.instance}/{space.name}"))

    async def start(self, actor: Actor, at: Standpoint, policy: int, *, dry_run: bool) -> None:
        """Raises PRECONDITION while it runs already."""
        async with self._standings.cleaning(actor, at) as standing:
            _, space = await standing.own_policy(policy)
            latest = await standing.engine.executions(policy, Window(size=_AT_ONCE))
            if running := next((one.id for one in latest.items if not one.state.over), None):
                raise Failure(Code.PRECONDITION, "run_under_way", execution=running)
            await standing.engine.start(policy, dry_run=dry_run)
        how = ": dry run" if dry_run else ""
        await self._note(actor, Deed("create_retention-execution", f"{at.instance}/{space.name}{how}"))

    async def stop(self, actor: Actor, at: Standpoint, policy: int, execution: int) -> None:
        """Raises PRECONDITION for one that is over."""
        async with self._standings.cleaning(actor, at) as standing:
            _, space = await standing.own_policy(policy)
            found = await _execution(standing.engine, policy, execution)
            if found.state.over:
                raise Failure(Code.PRECONDITION, "run_over", execution=execution)
            await standing.engine.stop(policy, execution)
        name = f"{at.instance}/{space.name}: stop {execution}"
        await self._note(actor, Deed("update_retention-execution", name))

    async def executions(
        self, actor: Actor, at: Standpoint, policy: int, window: Window
    ) -> Page[RetentionExecution]:
        async with self._standings.seeing(actor, at) as standing:
            await standing.policy(policy)
            return await standing.engine.executions(policy, window)

    async def tasks(
        self, actor: Actor, at: Standpoint, policy: int, execution: int, window: Window
    ) -> Page[RetentionTask]:
        """One for each image: how many artifacts it had, and how many were kept, or would be in a dry run."""
        async with self._standings.seeing(actor, at) as standing:
            await standing.policy(policy)
            await _execution(standing.engine, policy, execution)
            return await standing.engine.tasks(policy, execution, window)

    async def log(self, actor: Actor, at: Standpoint, policy: int, run: tuple[int, int]) -> str:
        """`run` is an execution and a task of it: the log lists each artifact with what became of it."""
        execution, task = run
        async with self._standings.seeing(actor, at) as standing:
            await standing.policy(policy)
            await _execution(standing.engine, policy, execution)
            tasks = await standing.engine.tasks(policy, execution, Window(size=0))
            if all(one.id != task for one in tasks.items):
                raise Failure(Code.NOT_FOUND, what=f"retention task {task}")
            return await standing.engine.log(policy, execution, task)

    async def _note(self, actor: Actor, deed: Deed) -> None:
        async with self._looking.database.write() as transaction:
            await self._looking.authority.record(transaction, actor, deed)


async def _execution(engine: contract.Retention, policy: int, execution: int) -> RetentionExecution:
    """One of this policy, whatever the instance thinks of ids that belong to others. Raises NOT_FOUND."""
    number = 1
    while True:
        page = await engine.executions(policy, Window(number, _AT_ONCE))
        for one in page.items:
            if one.id == execution:
                return one
        if not page.items or number * _AT_ONCE >= page.total:
            raise Failure(Code.NOT_FOUND, what=f"retention execution {execution}")
        number += 1

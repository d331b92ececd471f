"""Taking back the robots a workspace was given: those of the built-in registry in the transaction that decides, the
others by a job that asks until their instance answers."""

from collections.abc import Iterable

from kangaroo.base.actors import Grant, Right
from kangaroo.base.clock import Clock
from kangaroo.core.instances import InstanceKind
from kangaroo.core.instances.points import Point
from kangaroo.core.workspaces.authority import Authority
from kangaroo.jobs import Queue
from kangaroo.store.meta import access_robots, bindings_robots
from kangaroo.store.meta import roles as role_rows
from kangaroo.store.meta import tokens_temporary as rows
from kangaroo.store.meta.database import Transaction
from kangaroo.store.meta.tokens_temporary import Credential

EXPIRE = "WORKSPACE_CREDENTIALS_EXPIRE"
NARROW = "WORKSPACE_CREDENTIALS_NARROW"
_PATIENCE = 1000  # attempts: an instance may be away for days


def rights_of(purpose: str) -> tuple[Right, ...]:
    """What a workspace's robot may do in a space: those its namespaces pull with do not push."""
    return bindings_robots.PULL_ONLY if purpose == rows.PULL else bindings_robots.PULL_AND_PUSH


class Revoking:
    def __init__(self, queue: Queue, clock: Clock, authority: Authority) -> None:
        self._queue = queue
        self._clock = clock
        self._authority = authority

    async def of_those_who_lost(self, transaction: Transaction, workspace: int | None = None) -> int:
        """What people were given to push with who may not push there any more, or are gone. How many."""
        held = [one for one in await rows.logins(transaction) if workspace in (None, one.workspace)]
        pushing = {
            pair: await self._may_push(transaction, *pair)
            for pair in {(one.user, one.workspace) for one in held}
        }
        lost = [one for one in held if not pushing[one.user, one.workspace]]
        await self.end(transaction, lost)
        return len(lost)

    async def whole_workspace(self, transaction: Transaction, workspace: int) -> None:
        await self.end(transaction, await rows.of_workspace(transaction, workspace))

    async def end(self, transaction: Transaction, credentials: Iterable[Credential]) -> None:
        ending = list(credentials)
        await self.end_here(transaction, ending)
        elsewhere = [one.id for one in ending if one.kind != InstanceKind.KANGAROO]
        if elsewhere:
            await rows.end(transaction, elsewhere, self._clock())
            await self._queue.enqueue(transaction, EXPIRE, {}, dedup=EXPIRE, max_attempts=_PATIENCE)

    async def end_here(self, transaction: Transaction, credentials: Iterable[Credential]) -> None:
        """Those of the built-in registry."""
        for one in credentials:
            if one.kind == InstanceKind.KANGAROO:
                await access_robots.remove(transaction, int(one.robot))
                await rows.remove(transaction, one.id)

    async def fit(self, transaction: Transaction, instance: int, workspace: int) -> None:
        """After the bindings of a workspace changed: its robots get what it may push to now, and no more."""
        held = await rows.of_place(transaction, instance, workspace)
        if not held:
            return
        if held[0].kind == InstanceKind.KANGAROO:
            await self.fit_built_in(transaction, held)
            return
        payload = {"instance": instance, "workspace": workspace}
        key = f"{NARROW}:{instance}:{workspace}"
        await self._queue.enqueue(
            transaction, NARROW, payload, dedup=key, concurrency_key=key, max_attempts=_PATIENCE
        )

    async def fit_built_in(self, transaction: Transaction, held: Iterable[Credential]) -> None:
        wanted: dict[tuple[int, int, tuple[Right, ...]], tuple[Grant, ...]] = {}
        for one in held:
            place = (one.instance, one.workspace, rights_of(one.purpose))
            if place not in wanted:
                wanted[place] = await bindings_robots.grants(transaction, *place)
            await bindings_robots.narrow(transaction, int(one.robot), wanted[place], self._clock())

    async def _may_push(self, transaction: Transaction, user: int, workspace: int) -> bool:
        if not await role_rows.user_exists(transaction, user):
            return False
        return Point.CREATE_IMAGE in await self._authority.of_user(transaction, user, workspace)

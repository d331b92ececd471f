"""From what is bound to what is to be done: which namespaces are a workspace's now, what they are to have, and where
something has to happen so that they have it.

Whatever happened, the same questions are asked: so nothing is lost when events come twice, late, or in another order.
"""

from kangaroo.base.clock import SECOND, Clock, Micros
from kangaroo.base.errors import Code, Failure
from kangaroo.core.pull_secrets.asking import WORKSPACE, OfWorkspace, ask_clusters, ask_workspace, key_of
from kangaroo.core.pull_secrets.desired import Contents, Desired
from kangaroo.core.workspaces import PullCredentials
from kangaroo.jobs import Queue
from kangaroo.store.meta import bindings, clusters_namespaces
from kangaroo.store.meta import pull_secrets as rows
from kangaroo.store.meta.database import Transaction

AGAIN: Micros = 20 * SECOND  # when an instance did not give a credential that it may give later


class Converging:
    def __init__(self, queue: Queue, pulling: PullCredentials, contents: Contents, clock: Clock) -> None:
        self._queue = queue
        self._database = queue.database
        self._pulling = pulling
        self._contents = contents
        self._clock = clock

    async def workspace(self, workspace: int, *, verify: bool = False) -> dict[str, int]:
        """All about one workspace: how many namespaces are its own, and how many have to be looked at."""
        async with self._database.write() as transaction:
            bound = await self._bound(transaction, workspace)
        if bound:
            before = await self._contents.get(workspace)
            desired, may_come = await self._contents.work_out(workspace, verify=verify)
            await self._keep(desired, changed=desired != before, may_come=may_come)
        async with self._database.write() as transaction:
            now, held = self._clock(), await rows.of_workspace(transaction, workspace)
            due = [one for one in held if one.next_at is not None and one.next_at <= now]
            await ask_clusters(self._queue, transaction, sorted({(one.cluster, workspace) for one in due}))
        return {"bound": bound, "due": len(due)}

    async def instance(self, instance: int, workspace: int) -> None:
        """Something about an instance changed; `workspace` 0: it is the platform's."""
        lookup = self._database.lookup
        concerned = [workspace] if workspace else await bindings.workspaces_of(lookup, instance)
        async with self._database.write() as transaction:
            for one in concerned:
                await ask_workspace(self._queue, transaction, one)

    async def space(self, instance: int, space: str) -> None:
        """It is public or private now, or is no more; `instance` 0: the built-in one's."""
        async with self._database.write() as transaction:
            for place in await bindings.touched(transaction, instance, space):
                await self._pulling.fit(transaction, *place)
                await ask_workspace(self._queue, transaction, place[1])

    async def cluster(self, cluster: int) -> None:
        """It may be reached in another way."""
        now = self._clock()
        async with self._database.write() as transaction:
            await rows.mark_cluster(transaction, cluster, now)
            places = [place for place in await rows.due_places(transaction, now) if place[0] == cluster]
            await ask_clusters(self._queue, transaction, places)

    async def tend(self) -> int:
        """Where something is due; how many clusters and workspaces."""
        async with self._database.read() as snapshot:
            places = await rows.due_places(snapshot, self._clock())
        if places:
            async with self._database.write() as transaction:
                await rows.forget_clusters(transaction)
                await ask_clusters(self._queue, transaction, places)
        return len(places)

    async def everything(self) -> int:
        """Every workspace anew, whatever was forgotten; how many."""
        async with self._database.write() as transaction:
            found = await rows.workspaces(transaction)
            for workspace in found:
                await ask_workspace(self._queue, transaction, workspace, verify=True)
        return len(found)

    async def _bound(self, transaction: Transaction, workspace: int) -> int:
        """Rows as the bindings are. Who has left knew the credentials, so those give way to new ones."""
        now = self._clock()
        wanted = {
            (one.cluster, one.namespace)
            for one in await clusters_namespaces.of_workspace(transaction, workspace)
        }
        held = {(one.cluster, one.namespace): one for one in await rows.of_workspace(transaction, workspace)}
        others = await rows.held_by_others(transaction, workspace)
        new = {place for place in wanted if place not in held or held[place].leaving}
        left = {place for place, one in held.items() if place not in wanted and not one.leaving}
        await rows.take(transaction, workspace, sorted(new), now)
        await rows.leave(transaction, workspace, sorted(left), now)
        for other in sorted({one.workspace for one in others if not one.leaving}):
            await self._pulling.retire(transaction, other)
            await ask_workspace(self._queue, transaction, other)
        if not wanted:
            await self._pulling.end(transaction, workspace)
        elif left:
            await self._pulling.retire(transaction, workspace)
        return len(wanted)

    async def _keep(self, desired: Desired, *, changed: bool, may_come: bool) -> None:
        workspace, now = desired.wanted.workspace, self._clock()
        try:
            async with self._database.write() as transaction:
                if changed:
                    await self._contents.keep(transaction, desired)
                await rows.mark_behind(
                    transaction, workspace, desired.wanted.fingerprint, now, everything=changed
                )
                if may_come:
                    await self._ask_again(transaction, workspace, now + AGAIN)
        except Failure as failure:
            if failure.code is not Code.NOT_FOUND:  # the workspace has ended meanwhile
                raise

    async def _ask_again(self, transaction: Transaction, workspace: int, at: Micros) -> None:
        key = key_of(workspace)
        await self._queue.enqueue(
            transaction,
            WORKSPACE,
            OfWorkspace(workspace),
            dedup=f"{key} again",
            concurrency_key=key,
            run_at=at,
        )

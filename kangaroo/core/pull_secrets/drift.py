"""What others do to our secrets and to the namespaces they are in: seen as it happens; every few seconds by a glance at
what the watches know, for something may have happened before they began; and every few minutes by asking the clusters,
for a watch may have missed something."""

from collections.abc import Collection, Mapping

from kangaroo.base.clock import Clock
from kangaroo.base.errors import Failure
from kangaroo.core.clusters import Cluster, Watches
from kangaroo.core.pull_secrets.accounts import attached, valid
from kangaroo.core.pull_secrets.asking import ask_clusters
from kangaroo.core.pull_secrets.desired import Contents, Desired
from kangaroo.core.pull_secrets.objects import (
    MANAGED,
    NAME,
    asked_accounts,
    namespace_of,
    ours,
    uid_of,
)
from kangaroo.core.pull_secrets.reaching import Reaching
from kangaroo.core.pull_secrets.rules import State
from kangaroo.jobs import Queue
from kangaroo.kube.contract import (
    NAMESPACE,
    SECRET,
    SERVICE_ACCOUNT,
    Change,
    ClusterClient,
    Object,
    Refused,
    Selection,
)
from kangaroo.store.meta import clusters
from kangaroo.store.meta import pull_secrets as rows
from kangaroo.store.meta.pull_secrets import SecretRow

OF_OUR_NAME = Selection(fields=f"metadata.name={NAME}")
_ORPHAN = frozenset({"NotFound", "Conflict"})  # gone, or another one by now


class Drift:
    def __init__(
        self, queue: Queue, watches: Watches, reaching: Reaching, contents: Contents, clock: Clock
    ) -> None:
        self._queue = queue
        self._database = queue.database
        self._watches = watches
        self._reaching = reaching
        self._contents = contents
        self._clock = clock

    async def secret(self, cluster: Cluster, change: Change) -> None:
        """One of our name was seen, or is gone."""
        row = await rows.get(self._database.lookup, cluster.id, namespace_of(change.object))
        if row is None or row.leaving:
            return
        if change.type == "DELETED" or await self._differs(row, change.object):
            await self._mark(row)

    async def namespace(self, cluster: Cluster, change: Change) -> None:
        row = await rows.get(self._database.lookup, cluster.id, change.object["metadata"]["name"])
        if row is None or row.leaving:
            return
        if change.type == "DELETED":
            if row.state != State.PENDING:
                await self._mark(row)
        elif _wants_a_look(row, change.object):
            await self._mark(row)

    async def account(self, cluster: Cluster, change: Change) -> None:
        """A service account, of those clusters where they are followed."""
        if change.type != "DELETED" and attached(change.object):
            return
        row = await rows.get(self._database.lookup, cluster.id, namespace_of(change.object))
        if row is not None and not row.leaving and change.object["metadata"]["name"] in row.attached:
            await self._mark(row)

    async def with_accounts(self, known: Collection[Cluster]) -> set[int]:
        """The clusters where service accounts matter: where some of them are to have a secret."""
        there = await rows.attached_in(self._database.lookup)
        return {one.id for one in known if one.id in there}

    async def glance(self) -> int:
        """At the clusters this process watches, without asking them anything; how many namespaces need a look."""
        async with self._database.read() as snapshot:
            known = await clusters.everything(snapshot)
        marked = 0
        for cluster in known:
            secrets = self._watches.informer(cluster.id, SECRET, OF_OUR_NAME)
            namespaces = self._watches.informer(cluster.id, NAMESPACE)
            if not (secrets and namespaces and secrets.synced.is_set() and namespaces.synced.is_set()):
                continue
            seen = {key[0]: one for key, one in secrets.objects.items()}
            marked += await self._mark_wrong(
                cluster, seen, {key[1]: one for key, one in namespaces.objects.items()}
            )
        return marked

    async def compare(self, cluster: Cluster) -> dict[str, int]:
        """Everything in one cluster: how many namespaces have to be looked at, and how many secrets of ours were in
        namespaces that are nobody's any more. Raises what is wrong with the cluster."""
        async with self._reaching.use(cluster) as client, self._reaching.turn(cluster.id):
            secrets = {namespace_of(one): one for one in (await client.list(SECRET, OF_OUR_NAME)).items}
            namespaces = {one["metadata"]["name"]: one for one in (await client.list(NAMESPACE)).items}
            orphans = await self._sweep(client, cluster)
        marked = await self._mark_wrong(cluster, secrets, namespaces) + await self._mark_attached(cluster)
        return {"marked": marked, "orphans": orphans}

    async def compare_all(self) -> dict[str, int]:
        """One cluster that is away does not keep the others from it."""
        async with self._database.read() as snapshot:
            known = await clusters.everything(snapshot)
        done = {"marked": 0, "orphans": 0, "failed": 0}
        for cluster in known:
            try:
                found = await self.compare(cluster)
            except Failure:
                done["failed"] += 1
                continue
            done = {name: count + found.get(name, 0) for name, count in done.items()}
        return done

    async def _sweep(self, client: ClusterClient, cluster: Cluster) -> int:
        """Secrets with our mark where nothing of ours should be. They are listed before the rows are read, for a row
        comes before its secret."""
        marked = await client.list(SECRET, Selection(labels=f"{MANAGED}={self._contents.installation.name}"))
        async with self._database.read() as snapshot:
            held = {one.namespace for one in await rows.of_cluster(snapshot, cluster.id)}
        orphans = [one for one in marked.items if namespace_of(one) not in held or not _of_our_name(one)]
        for one in orphans:
            try:
                await client.delete(SECRET, one["metadata"]["name"], namespace_of(one), uid=uid_of(one))
            except Refused as refused:
                if refused.word not in _ORPHAN:
                    raise
        return len(orphans)

    async def _mark_wrong(
        self, cluster: Cluster, secrets: Mapping[str, Object], namespaces: Mapping[str, Object]
    ) -> int:
        """How many, by namespace, are not as they should be and not being looked at."""
        async with self._database.read() as snapshot:
            held = await rows.of_cluster(snapshot, cluster.id)
        known: dict[int, Desired | None] = {}
        marked = 0
        for row in held:
            if row.workspace not in known:
                known[row.workspace] = await self._contents.get(row.workspace)
            secret, namespace = secrets.get(row.namespace), namespaces.get(row.namespace)
            if row.next_at is None and self._wrong(row, known[row.workspace], secret, namespace):
                await self._mark(row)
                marked += 1
        return marked

    async def _mark_attached(self, cluster: Cluster) -> int:
        """Where service accounts are followed, those that lack it; elsewhere whatever has it is looked at."""
        async with self._database.read() as snapshot:
            held = await rows.of_cluster(snapshot, cluster.id)
        known = self._watches.informer(cluster.id, SERVICE_ACCOUNT)
        followed = known is not None and known.synced.is_set() and known.failure is None
        having = {key for key, one in known.objects.items() if attached(one)} if known and followed else set()
        lacking = [
            row
            for row in held
            if row.next_at is None and any((row.namespace, name) not in having for name in row.attached)
        ]
        for row in lacking:
            await self._mark(row)
        return len(lacking)

    def _wrong(
        self, row: SecretRow, desired: Desired | None, secret: Object | None, namespace: Object | None
    ) -> bool:
        if row.leaving or namespace is None or desired is None:
            return row.state != State.PENDING
        if secret is None or not desired.wanted.stands_in(secret):
            return row.state == State.APPLIED or (row.state == State.FAILED and secret is None)
        return _wants_a_look(row, namespace)

    async def _differs(self, row: SecretRow, secret: Object) -> bool:
        desired = await self._contents.get(row.workspace)
        if desired is None or desired.wanted.stands_in(secret):
            return False
        if not ours(secret, self._contents.installation.name):
            return row.state == State.APPLIED
        return True

    async def _mark(self, row: SecretRow) -> None:
        async with self._database.write() as transaction:
            if await rows.mark(transaction, row.cluster, row.namespace, self._clock()):
                await ask_clusters(self._queue, transaction, [(row.cluster, row.workspace)])


def _wants_a_look(row: SecretRow, namespace: Object) -> bool:
    """It was not there, or its owner chose other service accounts."""
    if namespace["metadata"].get("deletionTimestamp"):
        return row.state != State.TERMINATING
    if row.reason in ("pull_secret_no_namespace", "pull_secret_terminating"):
        return True
    asked = asked_accounts(namespace)
    return valid(row.accounts if asked is None else asked) != row.attached


def _of_our_name(secret: Object) -> bool:
    return bool(secret["metadata"]["name"] == NAME)

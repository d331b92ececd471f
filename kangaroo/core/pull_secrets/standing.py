"""How the secrets of namespaces stand, for those whose they are; and what they may ask for: a look now, to overwrite a
foreign secret, other service accounts, other credentials."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import msgspec

from kangaroo.base.actors import Actor
from kangaroo.base.clock import Clock, Micros
from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Page, Window
from kangaroo.base.texts import Language
from kangaroo.core.access.journal import Deed
from kangaroo.core.clusters import Cluster, ClusterName, NamespaceName
from kangaroo.core.instances import InstanceName, Point
from kangaroo.core.pull_secrets.accounts import checked
from kangaroo.core.pull_secrets.applying import Applying
from kangaroo.core.pull_secrets.asking import ask_clusters, ask_workspace
from kangaroo.core.pull_secrets.desired import Contents, Gap
from kangaroo.core.pull_secrets.rules import Standing, State, told
from kangaroo.core.workspaces import Authority, PullCredentials
from kangaroo.jobs import Queue
from kangaroo.store.meta import clusters, clusters_namespaces
from kangaroo.store.meta import instances as instance_rows
from kangaroo.store.meta import pull_secrets as rows
from kangaroo.store.meta import pull_secrets_standing as standings
from kangaroo.store.meta.clusters_namespaces import BoundNamespace
from kangaroo.store.meta.pull_secrets_standing import StandingRow, Wish


@dataclass(frozen=True, slots=True)
class Seen:
    """How the secret of one namespace stands. `accounts`: those it is attached to."""

    cluster: str
    namespace: str
    workspace: int
    state: State
    reason: str
    facts: dict[str, str | int | float]
    content: str
    accounts: tuple[str, ...]
    changed_at: Micros
    synced_at: Micros | None

    def told(self, language: Language) -> str:
        return told(self.reason, self.facts, language)

    @classmethod
    def of(cls, row: StandingRow) -> "Seen":
        facts = msgspec.json.decode(row.facts, type=dict[str, str | int | float])
        state = State(row.state)
        return cls(
            row.cluster,
            row.namespace,
            row.workspace,
            state,
            row.reason,
            facts,
            row.content,
            row.attached,
            row.changed_at,
            row.synced_at,
        )


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total` namespaces have what they are to have; `gaps`: instances the workspace lacks a credential
    for."""

    done: int
    total: int
    by_state: dict[State, int]
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class Where:
    """0 and None match all."""

    workspace: int = 0
    cluster: ClusterName | None = None
    states: Sequence[State] = ()
    fuzzy: str = ""


class Standings:
    """Members see those of their workspace, administrators all. Every method raises UNAUTHORIZED, FORBIDDEN, and
    NOT_FOUND for what is not there."""

    def __init__(
        self,
        queue: Queue,
        authority: Authority,
        contents: Contents,
        applying: Applying,
        pulling: PullCredentials,
        clock: Clock,
    ) -> None:
        self._queue = queue
        self._database = queue.database
        self._authority = authority
        self._contents = contents
        self._applying = applying
        self._pulling = pulling
        self._clock = clock

    async def page(self, actor: Actor, where: Where, window: Window) -> Page[Seen]:
        """By cluster and namespace."""
        wish = await self._wish(actor, where)
        async with self._database.read() as snapshot:
            found = await standings.page(snapshot, wish, window)
        return Page([Seen.of(row) for row in found.items], found.total)

    async def progress(self, actor: Actor, where: Where) -> Progress:
        wish = await self._wish(actor, where)
        async with self._database.read() as snapshot:
            counts = await standings.counts(snapshot, wish)
        by_state = {State(name): count for name, count in counts.items()}
        desired = await self._contents.get(where.workspace) if where.workspace else None
        gaps = desired.gaps if desired is not None else ()
        return Progress(by_state.get(State.APPLIED, 0), sum(by_state.values()), by_state, gaps)

    async def reconcile(self, actor: Actor, workspace: int) -> None:
        """Look at everything of the workspace again, now; it goes on by itself."""
        await self._decide(actor, workspace, Point.GET_IMAGE)
        async with self._database.write() as transaction:
            for row in await rows.of_workspace(transaction, workspace):
                await rows.mark(transaction, row.cluster, row.namespace, self._clock())
            await ask_workspace(self._queue, transaction, workspace, verify=True)

    async def overwrite(self, actor: Actor, cluster: ClusterName, namespace: NamespaceName) -> Standing:
        """Make our own of whatever secret of this name is in the namespace. Raises what is wrong with the cluster."""
        known, bound = await self._bound(cluster, namespace)
        await self._decide(actor, bound.workspace, Point.UPDATE_CONNECTED_REGISTRY)
        row = await rows.get(self._database.lookup, known.id, namespace)
        if row is None or row.leaving or row.workspace != bound.workspace:
            raise Failure(Code.UNAVAILABLE, what="the pull secret", reason="the namespace was bound just now")
        async with self._database.write() as transaction:
            text = f"overwrite secret {cluster}/{namespace}/registry-secret for workspace {bound.workspace}"
            await self._authority.record(
                transaction, actor, Deed("update_pull-secret", f"{cluster}/{namespace}", text=text)
            )
        return await self._applying.overwrite(known, row)

    async def choose(
        self, actor: Actor, cluster: ClusterName, namespace: NamespaceName, accounts: Collection[str]
    ) -> None:
        """To which service accounts it is attached; the annotation of a namespace counts for more.

        Raises INVALID_FIELD.
        """
        known, bound = await self._bound(cluster, namespace)
        await self._decide(actor, bound.workspace, Point.UPDATE_CONNECTED_REGISTRY)
        names, now = checked(accounts), self._clock()
        async with self._database.write() as transaction:
            place = known.id, str(namespace)
            held = await rows.get(transaction, *place)
            if held is None or held.workspace != bound.workspace or held.leaving:
                await rows.take(transaction, bound.workspace, [place], now)
            await rows.choose(transaction, place, names, now)
            await ask_workspace(self._queue, transaction, bound.workspace)
            await ask_clusters(self._queue, transaction, [(known.id, bound.workspace)])

    async def rotate(self, actor: Actor, workspace: int, instance: InstanceName | None = None) -> int:
        """New credentials for all its namespaces, at one instance or at all; the old ones end when every namespace has
        the new. How many are replaced."""
        await self._decide(actor, workspace, Point.UPDATE_CONNECTED_REGISTRY)
        identity = 0 if instance is None else await self._instance(workspace, instance)
        async with self._database.write() as transaction:
            count = await self._pulling.retire(transaction, workspace, identity)
            await ask_workspace(self._queue, transaction, workspace)
            name = f"workspace {workspace}" if instance is None else f"workspace {workspace} at {instance}"
            text = f"replace what the namespaces of {name} pull with"
            await self._authority.record(transaction, actor, Deed("update_pull-secret", name, text=text))
        return count

    async def _wish(self, actor: Actor, where: Where) -> Wish:
        if where.workspace:
            await self._decide(actor, where.workspace, Point.GET_IMAGE)
        else:
            await self._authority.require_admin(actor, "pull secrets")
        cluster = 0 if where.cluster is None else (await self._cluster(where.cluster)).id
        return Wish(where.workspace, cluster, [str(one) for one in where.states], where.fuzzy)

    async def _decide(self, actor: Actor, workspace: int, point: Point) -> None:
        if not await self._authority.manages(actor, workspace):
            await self._authority.require(actor, point, workspace)
        await self._authority.exists(workspace)

    async def _cluster(self, name: ClusterName) -> Cluster:
        found = await clusters.find(self._database.lookup, name)
        if found is None:
            raise Failure(Code.NOT_FOUND, what=f"cluster {name}")
        return found

    async def _bound(self, cluster: ClusterName, namespace: NamespaceName) -> tuple[Cluster, BoundNamespace]:
        known = await self._cluster(cluster)
        bound = await clusters_namespaces.get(self._database.lookup, known.id, namespace)
        if bound is None:
            raise Failure(Code.NOT_FOUND, what=f"binding of {cluster}/{namespace}")
        return known, bound

    async def _instance(self, workspace: int, name: InstanceName) -> int:
        lookup = self._database.lookup
        found = await instance_rows.find(lookup, workspace, name) or await instance_rows.find(lookup, 0, name)
        if found is None:
            raise Failure(Code.NOT_FOUND, what=f"registry {name}")
        return found.id

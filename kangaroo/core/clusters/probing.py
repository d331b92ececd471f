"""Looking after clusters: when it is time, when somebody asks, and when a use has failed."""

import asyncio
import time
from dataclasses import replace

import msgspec
import structlog

from kangaroo.base.actors import Actor
from kangaroo.base.clock import SECOND, Micros
from kangaroo.base.errors import Failure
from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.core.clusters.checking import Look, identified, probed
from kangaroo.core.clusters.directory import Directory
from kangaroo.core.clusters.hearing import Heard, heard_of, silence
from kangaroo.core.clusters.names import ClusterName
from kangaroo.core.clusters.opener import Opener
from kangaroo.core.clusters.values import Cluster
from kangaroo.core.instances.health import SOON, Finding, State, after, unchecked
from kangaroo.jobs import Queue
from kangaroo.store.meta import clusters as rows
from kangaroo.store.meta import clusters_watches
from kangaroo.store.meta.database import Database, Transaction

PROBE = "CLUSTER_PROBE"
AT_ONCE = 20  # clusters looked at in parallel
MOST_DUE = 200
log = structlog.get_logger(__name__)


class ProbeParameters(msgspec.Struct):
    cluster: int


class Probing:
    """`longest_silence` is how long those who watch a cluster may hear nothing; None while nothing is watched."""

    def __init__(self, database: Database, queue: Queue, directory: Directory, opener: Opener) -> None:
        self._database = database
        self._queue = queue
        self._directory = directory
        self._opener = opener
        self._clock = queue.clock
        self._looking: dict[tuple[int, bool], asyncio.Task[None]] = {}
        self._reported: dict[int, float] = {}
        self.longest_silence: Micros | None = None
        opener.report = self.report_failure

    async def check(self, actor: Actor, name: ClusterName) -> Cluster:
        """Look at all of it now, its rights too; the cluster as it was found to be.

        Raises UNAUTHORIZED, FORBIDDEN, NOT_FOUND.
        """
        await self._look(await self._directory.get(actor, name), closely=True)
        return await self._directory.get(actor, name)

    async def heard(self, actor: Actor, name: ClusterName) -> list[Heard]:
        """What is watched in it, and when that was last heard of. Raises UNAUTHORIZED, FORBIDDEN, NOT_FOUND."""
        cluster = await self._directory.get(actor, name)
        return heard_of(await clusters_watches.get(self._database.lookup, cluster.id))

    async def states(self) -> dict[str, int]:
        """How many clusters are in which state. For metrics."""
        async with self._database.read() as snapshot:
            return dict(await rows.states(snapshot))

    async def silences(self) -> list[tuple[str, str, float]]:
        """Cluster, kind of resource, and the seconds since it was last heard of. For metrics."""
        now = self._clock()
        async with self._database.read() as snapshot:
            watches = await clusters_watches.everything(snapshot)
        return [
            (name, one.what, max(0, now - one.at) / SECOND)
            for name, watch in watches
            for one in heard_of(watch)
        ]

    async def report_failure(self, cluster: Cluster, failure: InstanceFailure) -> None:
        """Somebody could not use it: a worker looks at it as soon as one is free, unless we know already."""
        moment = time.monotonic()
        if moment - self._reported.get(cluster.id, -1e9) < SOON / SECOND:
            return
        self._reported[cluster.id] = moment
        try:
            async with self._database.write() as transaction:
                if await rows.hurry(transaction, cluster.id, self._clock()):
                    parameters = ProbeParameters(cluster.id)
                    await self._queue.enqueue(transaction, PROBE, parameters, dedup=f"cluster {cluster.id}")
        except Failure as error:
            log.warning("failed use not noted", cluster=cluster.name, of=str(failure), error=str(error))

    async def look_at_due(self) -> int:
        """All whose time has come; how many. For the worker."""
        async with self._database.read() as snapshot:
            due = await rows.due(snapshot, self._clock(), MOST_DUE)
        free = asyncio.Semaphore(AT_ONCE)

        async def one(cluster: Cluster) -> None:
            async with free:
                await self._look(cluster)

        await asyncio.gather(*map(one, due))
        return len(due)

    async def look_at(self, cluster: int) -> None:
        """For the worker."""
        found = await rows.with_id(self._database.lookup, cluster)
        if found is not None:
            await self._look(found)

    async def note(self, transaction: Transaction, cluster: int, look: Look) -> None:
        """The first look, at a new cluster or a new kubeconfig: what was before counts no more."""
        now = self._clock()
        health = after(unchecked(now), look.told(), now)
        await rows.put_health(transaction, cluster, health, look.nodes or 0)

    async def _look(self, cluster: Cluster, *, closely: bool = False) -> None:
        """Who comes while somebody looks already, as closely, waits for what he finds."""
        key = cluster.id, closely
        looking = self._looking.get(key)
        if looking is None:
            looking = self._looking[key] = asyncio.create_task(self._find_out(cluster, closely=closely))
            looking.add_done_callback(lambda _: self._looking.pop(key, None))
        await asyncio.shield(looking)

    async def _find_out(self, cluster: Cluster, *, closely: bool) -> None:
        look = await self._seen(cluster, closely=closely)
        async with self._database.write() as transaction:
            fresh = await rows.with_id(transaction, cluster.id)
            if fresh is None or fresh.updated_at != cluster.updated_at:
                return
            if look.finding.failure is None:
                look = replace(look, finding=await self._heard(transaction, fresh, look.finding))
            health = after(fresh.health, look.told(), self._clock())
            nodes = fresh.nodes if look.nodes is None else look.nodes
            await rows.put_health(transaction, cluster.id, health, nodes)

    async def _seen(self, cluster: Cluster, *, closely: bool) -> Look:
        """All of it where asked to, and where something was wrong."""
        try:
            async with self._opener.use(cluster) as client:
                if cluster.health.state == State.HEALTHY and not closely:
                    return await probed(client)
                look = await identified(client)
        except Failure as failure:  # there is no client: its kubeconfig cannot be read
            return Look(Finding(failure))
        if look.identity and look.identity != cluster.reach.identity:
            other = InstanceFailure(Reason.CLUSTER_OTHER, url=cluster.reach.server)
            return replace(look, finding=replace(look.finding, failure=other))
        return look

    async def _heard(self, transaction: Transaction, cluster: Cluster, finding: Finding) -> Finding:
        """It answers; but do those who watch it hear anything?"""
        if self.longest_silence is None:
            return finding
        watch = await clusters_watches.get(transaction, cluster.id)
        found = silence(watch, cluster.updated_at, self._clock(), self.longest_silence)
        if found is None:
            return finding
        failure = InstanceFailure(
            Reason.WATCH_STALE,
            url=cluster.reach.server,
            what=found.what,
            seconds=found.seconds,
            detail=found.detail,
        )
        return replace(finding, failure=failure)

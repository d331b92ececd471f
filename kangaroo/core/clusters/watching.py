"""Follows what is in the clusters, in the process that runs jobs: one process per cluster at a time, over a lease.

Subjects that care register a handler per kind before `run` begins. A process that dies leaves its leases to run out;
the next one lists everything anew, so a handler is told all there is, and must reconcile by level, not by edge. Each
renewal also writes down when the cluster was last heard, which is how silence becomes visible everywhere.
"""

import asyncio
import os
import secrets
import socket
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import structlog

from kangaroo.base.clock import SECOND, Clock, Micros
from kangaroo.base.errors import Failure
from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.core.clusters.hearing import Heard, written
from kangaroo.core.clusters.opener import Opener
from kangaroo.core.clusters.probing import Probing
from kangaroo.core.clusters.values import Cluster
from kangaroo.core.instances.health import State
from kangaroo.kube.contract import ANY, Change, Kind, Refused, Selection
from kangaroo.kube.informer import Informer, Pace
from kangaroo.store.meta import clusters as rows
from kangaroo.store.meta import clusters_watches as leases
from kangaroo.store.meta.database import Dangling, Database

Handle = Callable[[Cluster, Change], Awaitable[None]]
"""Told of every difference, in order per kind and cluster, while it holds up the others of that kind: so hand over
what takes long. What raises is told again after the next listing."""
Among = Callable[[Collection[Cluster]], Awaitable[Collection[int]]]
"""Asked every few seconds: the ids of those of these clusters where this is followed."""
_PASSING = frozenset(reason.name for reason in Reason if reason.heals)
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Terms:
    """In seconds: how often it looks for clusters and renews, how long a lease lasts without, and how long it may hear
    nothing before that is a fault; a watch that is well says something at least every `pace.window`."""

    turn: float = 2.0
    lease: float = 20.0
    silence: float = 60.0
    pace: Pace = field(default_factory=Pace)


@dataclass(frozen=True, slots=True)
class _Wish:
    kind: Kind
    which: Selection
    handle: Handle
    among: Among | None


@dataclass(slots=True)
class _Watched:
    """A cluster this process follows; `task` ends when it is cancelled."""

    cluster: Cluster
    wishes: list[_Wish]
    task: asyncio.Task[None]
    followed: list[tuple[_Wish, Informer]] = field(default_factory=list)

    @property
    def informers(self) -> list[Informer]:
        """Without what the cluster need not have, and says it has not or does not show: an answer is no silence."""
        return [one for wish, one in self.followed if wish.among is None or not _answered(one.failure)]

    def differs(self, now: Cluster) -> bool:
        """Whether it is better or worse than its health says, as far as being reached is concerned."""
        failures = [one.failure for one in self.informers if one.failure is not None]
        if any(isinstance(one, InstanceFailure) for one in failures):
            return now.health.state == State.HEALTHY
        heard = not failures and self.informers and all(one.synced.is_set() for one in self.informers)
        return bool(heard) and now.health.reason in _PASSING


class Watches:
    def __init__(
        self,
        database: Database,
        opener: Opener,
        probing: Probing,
        clock: Clock,
        terms: Terms | None = None,
    ) -> None:
        self._database = database
        self._opener = opener
        self._probing = probing
        self._clock = clock
        self._terms = terms or Terms()
        self._wishes: list[_Wish] = []
        self._watched: dict[int, _Watched] = {}
        self._renewed_at = time.monotonic()
        self._holder = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"

    def on(self, kind: Kind, handle: Handle, which: Selection = ANY, among: Among | None = None) -> None:
        """Of what this selects; in every cluster, which then has to have and show this kind, or in those `among` says.
        Before `run`."""
        self._wishes.append(_Wish(kind, which, handle, among))
        self._probing.longest_silence = int(self._terms.silence * SECOND)

    def informer(self, cluster: int, kind: Kind, which: Selection = ANY) -> Informer | None:
        """What this process knows of a kind in a cluster, for reading; None where it does not follow it."""
        watched = self._watched.get(cluster)
        if watched is None:
            return None
        asked = (kind, which)
        return next((one for wish, one in watched.followed if (wish.kind, wish.which) == asked), None)

    async def run(self) -> None:
        """Until it is cancelled; then its leases are free. Outlives a database that is away."""
        kept_at = time.monotonic()
        try:
            while True:
                try:
                    if self._wishes:
                        await self._turn()
                    kept_at = time.monotonic()
                except Failure as failure:
                    log.warning("watches hindered", error=str(failure))
                    if time.monotonic() - kept_at > self._terms.lease:  # another process may have taken over
                        await self._stop(list(self._watched))
                await asyncio.sleep(self._terms.turn)
        finally:
            await asyncio.shield(self._leave())

    async def _turn(self) -> None:
        """Renew what is held, take what is free, follow what changed, leave what is gone."""
        async with self._database.read() as snapshot:
            known = {one.id: one for one in await rows.everything(snapshot)}
            elsewhere = await leases.of_others(snapshot, self._holder, self._clock())
        wanted = await self._wanted(known.values())
        changed = [
            one
            for one, watched in self._watched.items()
            if one not in known
            or known[one].updated_at != watched.cluster.updated_at
            or watched.wishes != wanted[one]
            or watched.task.done()
        ]
        await self._stop([*changed, *(self._watched.keys() & elsewhere)])
        differing = [one for one, watched in self._watched.items() if watched.differs(known[one])]
        if differing or time.monotonic() - self._renewed_at > self._terms.lease / 5:
            await self._stop(await self._renew(differing))
        for cluster in known.values():
            if cluster.id not in self._watched and cluster.id not in elsewhere and await self._take(cluster):
                self._begin(cluster, wanted[cluster.id])

    async def _wanted(self, clusters: Collection[Cluster]) -> dict[int, list[_Wish]]:
        """What is followed, by cluster."""
        wanted: dict[int, list[_Wish]] = {one.id: [] for one in clusters}
        for wish in self._wishes:
            for one in wanted.keys() if wish.among is None else await wish.among(clusters):
                wanted[one].append(wish)
        return wanted

    async def _renew(self, differing: Sequence[int]) -> list[int]:
        """The clusters whose lease was lost. Those that are not as their health says are probed at once."""
        self._renewed_at = time.monotonic()
        lost = []
        if self._watched:
            async with self._database.write() as transaction:
                for identity, watched in self._watched.items():
                    heard = written(self._heard(watched))
                    until = self._lease_end()
                    if not await leases.keep(transaction, identity, self._holder, until, heard):
                        lost.append(identity)
                for identity in differing:
                    await rows.at_once(transaction, identity, self._clock())
        return lost

    async def _take(self, cluster: Cluster) -> bool:
        try:
            async with self._database.write() as transaction:
                now, until = self._clock(), self._lease_end()
                return await leases.take(transaction, cluster.id, self._holder, now, until)
        except Dangling:
            return False

    def _lease_end(self) -> Micros:
        return self._clock() + int(self._terms.lease * SECOND)

    def _begin(self, cluster: Cluster, wishes: list[_Wish]) -> None:
        watched = _Watched(cluster, wishes, asyncio.create_task(asyncio.sleep(0)))
        watched.task = asyncio.create_task(self._follow(watched), name=f"watches of {cluster.name}")
        self._watched[cluster.id] = watched

    async def _follow(self, watched: _Watched) -> None:
        """All its informers, for as long as one client of the cluster is good."""
        cluster = watched.cluster
        async with AsyncExitStack() as open_:
            try:
                client = await open_.enter_async_context(self._opener.use(cluster))
            except Failure as failure:
                log.warning("cluster not watched", cluster=cluster.name, error=str(failure))
                return
            for wish in watched.wishes:
                told = _to(wish.handle, cluster)
                informer = Informer(client, wish.kind, told, wish.which, self._terms.pace)
                watched.followed.append((wish, informer))
            if not watched.followed:
                await asyncio.Event().wait()  # the lease still says that somebody looks after it
            async with asyncio.TaskGroup() as together:
                for _, informer in watched.followed:
                    together.create_task(informer.run())

    def _heard(self, watched: _Watched) -> list[Heard]:
        now = self._clock()
        return [
            Heard(
                what=one.kind.plural,
                at=now - int(one.silence * SECOND),
                objects=len(one.objects),
                failure="" if one.failure is None else str(one.failure)[:300],
            )
            for one in watched.informers
        ]

    async def _stop(self, clusters: list[int]) -> None:
        ended = [self._watched.pop(one) for one in set(clusters) if one in self._watched]
        for watched in ended:
            watched.task.cancel()
        await asyncio.gather(*(watched.task for watched in ended), return_exceptions=True)

    async def _leave(self) -> None:
        held = list(self._watched)
        await self._stop(held)
        try:
            async with self._database.write() as transaction:
                for identity in held:
                    await leases.leave(transaction, identity, self._holder)
        except Failure as failure:
            log.warning("leases not given back", error=str(failure))


def _to(handle: Handle, cluster: Cluster) -> Callable[[Change], Awaitable[None]]:
    async def told(change: Change) -> None:
        await handle(cluster, change)

    return told


def _answered(failure: Failure | None) -> bool:
    return isinstance(failure, Refused) and failure.word in ("NotFound", "Forbidden")

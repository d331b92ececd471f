"""Looking after instances: when it is time, when somebody asks, and when a use has failed."""

import asyncio
import time
from collections.abc import Iterable

import msgspec
import structlog

from kangaroo.base.actors import SYSTEM, Actor
from kangaroo.base.clock import SECOND, Clock, Micros
from kangaroo.base.errors import Failure
from kangaroo.base.paging import Page, Window
from kangaroo.base.reasons import InstanceFailure
from kangaroo.core.instances.checking import identified, probed
from kangaroo.core.instances.directory import Directory
from kangaroo.core.instances.health import SOON, Cause, Finding, State, after, unchecked
from kangaroo.core.instances.opener import Opener
from kangaroo.core.instances.values import Instance, Which
from kangaroo.jobs import Queue
from kangaroo.store.meta import instances as rows
from kangaroo.store.meta import instances_health as health_rows
from kangaroo.store.meta.database import Database, Transaction
from kangaroo.store.meta.instances_health import Probe

PROBE = "INSTANCE_PROBE"
AT_ONCE = 40  # instances looked at in parallel
MOST_DUE = 400
KEPT_FOR: Micros = 7 * 86_400 * SECOND
KEPT_PROBES = 1000  # of each instance
log = structlog.get_logger(__name__)


class ProbeParameters(msgspec.Struct):
    instance: int


class Probing:
    def __init__(
        self, database: Database, queue: Queue, directory: Directory, opener: Opener, clock: Clock
    ) -> None:
        self._database = database
        self._queue = queue
        self._directory = directory
        self._opener = opener
        self._clock = clock
        self._looking: dict[int, asyncio.Task[None]] = {}
        self._reported: dict[int, float] = {}
        opener.report = self.report_failure

    async def check(self, actor: Actor, which: Which) -> Instance:
        """Look at it now; the instance as it was found to be. Raises NOT_FOUND."""
        await self._look(await self._directory.get(actor, which))
        return await self._directory.get(actor, which)

    async def history(self, actor: Actor, which: Which, window: Window) -> Page[Probe]:
        """Newest first. Raises NOT_FOUND."""
        instance = await self._directory.get(actor, which)
        async with self._database.read() as snapshot:
            return await health_rows.history(snapshot, instance.id, window)

    async def report_failure(self, instance: Instance, failure: InstanceFailure) -> None:
        """Somebody could not use it: a worker looks at it as soon as one is free, unless we know already."""
        moment = time.monotonic()
        if moment - self._reported.get(instance.id, -1e9) < SOON / SECOND:
            return
        self._reported[instance.id] = moment
        try:
            async with self._database.write() as transaction:
                if await health_rows.hurry(transaction, instance.id, self._clock()):
                    parameters = ProbeParameters(instance.id)
                    await self._queue.enqueue(transaction, PROBE, parameters, dedup=f"probe {instance.id}")
        except Failure as error:
            log.warning("failed use not noted", instance=instance.name, of=str(failure), error=str(error))

    async def look_at_due(self) -> int:
        """All whose time has come; how many. For the worker."""
        async with self._database.read() as snapshot:
            due = await rows.due(snapshot, self._clock(), MOST_DUE)
        await self._look_at(due)
        return len(due)

    async def look_at(self, instance: int) -> None:
        """For the worker."""
        found = await rows.with_id(self._database.lookup, instance)
        if found is not None:
            await self._look(found)

    async def prune(self) -> None:
        """Forget old probes. For the worker."""
        async with self._database.write() as transaction:
            await health_rows.prune(transaction, self._clock() - KEPT_FOR)
        async with self._database.read() as snapshot:
            everything = await rows.everything(snapshot)
        for instance in everything:
            async with self._database.write() as transaction:
                await health_rows.prune_to(transaction, instance.id, KEPT_PROBES)

    async def note(self, transaction: Transaction, instance: int, finding: Finding) -> None:
        """The first look, at a new instance or a new connection: what was before counts no more."""
        await self._write(transaction, instance, unchecked(self._clock()), finding)

    async def _look_at(self, due: Iterable[Instance]) -> None:
        free = asyncio.Semaphore(AT_ONCE)

        async def one(instance: Instance) -> None:
            async with free:
                await self._look(instance)

        await asyncio.gather(*map(one, due))

    async def _look(self, instance: Instance) -> None:
        """Who comes while somebody looks already waits for what he finds."""
        looking = self._looking.get(instance.id)
        if looking is None:
            looking = self._looking[instance.id] = asyncio.create_task(self._find_out(instance))
            looking.add_done_callback(lambda _: self._looking.pop(instance.id, None))
        await asyncio.shield(looking)

    async def _find_out(self, instance: Instance) -> None:
        try:
            async with self._opener.use(SYSTEM, instance) as client:
                if instance.health.state == State.HEALTHY:
                    finding = await probed(client)
                else:
                    finding = await identified(client, instance.connection.url, instance.workspace)
        except Failure as failure:  # there is no client: its credential cannot be read
            finding = Finding(failure)
        async with self._database.write() as transaction:
            fresh = await rows.with_id(transaction, instance.id)
            if fresh is not None and fresh.updated_at == instance.updated_at:
                await self._write(transaction, instance.id, fresh.health, finding)

    async def _write(
        self, transaction: Transaction, instance: int, before: rows.HealthRow, finding: Finding
    ) -> None:
        moment = self._clock()
        now = after(before, finding, moment)
        await health_rows.put(transaction, instance, now)
        cause = Cause.of(finding.failure)
        probe = Probe(moment, now.state, cause.word, cause.json(), finding.duration)
        await health_rows.add(transaction, instance, probe)

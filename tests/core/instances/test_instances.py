"""Registering, probing and counting on both databases, with instances that do as they are told."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select

from kangaroo.base.actors import ANONYMOUS, SYSTEM, Actor, ActorKind
from kangaroo.base.clock import SECOND
from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Window
from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.core.access.configuration import Configuration
from kangaroo.core.access.journal import Journal
from kangaroo.core.access.secrets import Cipher
from kangaroo.core.instances import (
    EVERY_POINT,
    Change,
    Credential,
    Inside,
    InstanceName,
    Instances,
    Integration,
    Kind,
    Opener,
    Registration,
    Which,
    Wish,
)
from kangaroo.core.instances.jobs import InstanceJobs
from kangaroo.core.instances.statistics import KEPT_FOR
from kangaroo.jobs import Queue
from kangaroo.remote.options import Options
from kangaroo.remote.values import Account, Identity, Statistics
from kangaroo.store.meta import instances_health
from kangaroo.store.meta.schema import jobs as job_tables
from kangaroo.store.meta.schema.platform import instance_statistics
from kangaroo.store.meta.statements import Query
from tests.jobs.kit import FakeClock, in_state, until, working

HUB = Which(InstanceName("hub"))
BOSS = Actor(ActorKind.USER, 1, "boss", sysadmin=True)
REFUSED = InstanceFailure(Reason.CONNECTION_REFUSED, host="h", port=1)
EVERYTHING = Window(size=0)


@dataclass
class FakeRegistry:
    """`wrong` is what it answers to everything."""

    wrong: Failure | None = None
    version: str = "2.10.0"
    account: Account = Account.ADMIN
    images: int = 1
    asked: list[str] = field(default_factory=list)
    pause: float = 0.0
    gate: asyncio.Event | None = None  # nothing is answered before it is set

    @property
    def spaces(self) -> "FakeRegistry":
        return self

    async def identify(self) -> Identity:
        await self._answer("identify")
        return Identity(Kind.HARBOR, self.version, self.account, "u", frozenset())

    async def probe(self) -> float:
        await self._answer("probe")
        return 0.1

    async def statistics(self) -> Statistics:
        await self._answer("statistics")
        return Statistics(1, 2, self.images, 4, 1000)

    async def close(self) -> None: ...

    async def is_probed(self) -> bool:
        return "probe" in self.asked

    async def _answer(self, what: str) -> None:
        self.asked.append(what)
        await asyncio.sleep(self.pause)
        if self.gate is not None:
            await self.gate.wait()
        if self.wrong is not None:
            raise self.wrong


@dataclass
class World:
    instances: Instances
    queue: Queue
    clock: FakeClock
    registries: dict[str, FakeRegistry]

    async def register(self, name: str = "hub", **more: Any):
        url = f"http://{name}.test"
        spec = {"kind": Kind.DOCKER_REGISTRY, "url": url, "credential": Credential("u", "p")} | more
        return await self.instances.register(BOSS, Registration(name=InstanceName(name), **spec))

    async def state(self, which: Which = HUB) -> str:
        return (await self.instances.get(BOSS, which)).health.state

    def of(self, name: str) -> FakeRegistry:
        return self.registries[f"http://{name}.test"]

    async def look(self) -> int:
        return await self.instances.health.look_at_due()


@pytest.fixture
async def world(database) -> World:
    clock, registries = FakeClock(), dict[str, FakeRegistry]()

    def connect(kind, url, credential, options):
        return registries.setdefault(url, FakeRegistry())

    async def points(actor, workspace):
        return EVERY_POINT if actor.sysadmin else frozenset()

    opener = Opener(connect, Inside(*[None] * 5), Cipher(b"k" * 32), Options())  # type: ignore[arg-type]
    journal = Journal(Configuration(database, Cipher(b"k" * 32), {}), clock)
    queue = Queue(database, clock)
    return World(Instances(database, queue, points, opener, journal, clock), queue, clock, registries)


async def refused(code: Code, call) -> Failure:
    with pytest.raises(Failure) as caught:
        await call
    assert caught.value.code is code, caught.value
    return caught.value


async def test_who_may_not(world):
    jane = Actor(ActorKind.USER, 2, "jane")
    instances = world.instances
    spec = Registration(name=InstanceName("x"), kind=Kind.JFROG, url="http://x.test")
    for actor, code in ((jane, Code.FORBIDDEN), (ANONYMOUS, Code.UNAUTHORIZED)):
        for call in (
            instances.register(actor, spec),
            instances.get(actor, HUB),
            instances.page(actor, Wish(), EVERYTHING),
            instances.update(actor, HUB, Change()),
            instances.delete(actor, HUB),
            instances.health.check(actor, HUB),
            instances.health.history(actor, HUB, EVERYTHING),
            instances.statistics.totals(actor, HUB),
            instances.statistics.storage(actor, HUB, None, None),
        ):
            await refused(code, call)
    assert world.registries == {}  # nobody was asked anything


async def test_two_at_once(world):
    """One of them is first; the other is told."""
    outcomes = await asyncio.gather(
        world.register(), world.register(url="http://other.test"), return_exceptions=True
    )
    failures = [one for one in outcomes if isinstance(one, Failure)]
    assert [one.code for one in failures] == [Code.CONFLICT]


async def test_changed_by_somebody_else_meanwhile(world):
    await world.register()
    world.of("hub").pause = 0.05
    outcomes = await asyncio.gather(
        *(world.instances.update(BOSS, HUB, Change(insecure=flag)) for flag in (True, False)),
        return_exceptions=True,
    )
    failures = [one for one in outcomes if isinstance(one, Failure)]
    assert [one.text for one in failures] == ["instance_changed"]


async def test_managed_ones_are_changed_by_the_system_alone(world):
    failure = await refused(
        Code.PRECONDITION, world.register(integration=Integration.AUTOMATIC, kind=Kind.HARBOR)
    )
    assert failure.text == "instance_automatic"
    spec = Registration(
        name=HUB.name,
        kind=Kind.HARBOR,
        url="http://hub.test",
        credential=Credential("u", "p"),
        integration=Integration.AUTOMATIC,
    )
    await world.instances.register(SYSTEM, spec)
    await refused(Code.PRECONDITION, world.instances.update(BOSS, HUB, Change(description="x")))
    await refused(Code.PRECONDITION, world.instances.delete(BOSS, HUB))
    page = await world.instances.page(BOSS, Wish(integration=Integration.AUTOMATIC), EVERYTHING)
    assert page.total == 1
    await world.instances.update(SYSTEM, HUB, Change(description="x"))
    await world.instances.delete(SYSTEM, HUB)


async def test_what_is_partly_well_is_let_in(world):
    world.registries["http://hub.test"] = FakeRegistry(InstanceFailure(Reason.UNHEALTHY, url="u", parts="db"))
    assert (await world.register()).health.state == "degraded"


class TestProbing:
    async def test_when_it_is_due(self, world):
        await world.register()
        assert await world.look() == 0
        world.clock.advance(5)
        assert await world.look() == 1
        assert world.of("hub").asked == ["identify", "probe"]

    async def test_from_well_to_ill_and_back(self, world):
        await world.register()
        world.of("hub").wrong = REFUSED
        states = []
        for _ in range(3):
            world.clock.advance(5)
            await world.look()
            states.append(await world.state())
        assert states == ["degraded", "degraded", "unhealthy"]
        world.of("hub").wrong = None
        world.of("hub").version = "2.11.0"
        world.clock.advance(5)
        await world.look()
        found = await world.instances.get(BOSS, HUB)
        assert (found.health.state, found.health.version) == ("healthy", "2.11.0")
        history = await world.instances.health.history(BOSS, HUB, Window(1, 2))
        assert ([one.state for one in history.items], history.total) == (["healthy", "unhealthy"], 5)

    async def test_a_lost_privilege_is_found(self, world):
        await world.register(kind=Kind.HARBOR)
        world.of("hub").wrong = REFUSED
        for _ in range(3):
            await world.instances.health.check(BOSS, HUB)
        world.of("hub").wrong, world.of("hub").account = None, Account.USER
        found = await world.instances.health.check(BOSS, HUB)
        assert (found.health.state, found.health.reason) == ("unhealthy", "NOT_ADMIN")

    async def test_who_comes_while_somebody_looks_waits_for_him(self, world):
        await world.register()
        world.of("hub").pause = 0.3
        await asyncio.gather(*(world.instances.health.check(BOSS, HUB) for _ in range(10)))
        assert world.of("hub").asked == ["identify", "probe"]

    async def test_what_was_found_of_an_old_connection_is_forgotten(self, world):
        await world.register()
        old = world.of("hub")
        old.gate, old.wrong = asyncio.Event(), REFUSED
        looking = asyncio.create_task(world.instances.health.check(BOSS, HUB))
        await until(old.is_probed)
        change = Change(url="http://new.test", credential=Credential("u", "p"))
        await world.instances.update(BOSS, HUB, change)
        old.gate.set()
        assert (await looking).health.state == "healthy"

    async def test_after_a_failed_use(self, world):
        found = await world.register()
        jobs = InstanceJobs(world.instances, world.queue.database, world.clock).handlers()
        world.of("hub").wrong = REFUSED
        for _ in range(5):
            with pytest.raises(InstanceFailure):
                async with world.instances.opener.use(BOSS, found):
                    raise REFUSED
        async with working(world.queue, jobs):

            async def degraded():
                return await world.state() == "degraded"

            await until(degraded)
        assert world.of("hub").asked == ["identify", "probe"]

    async def test_two_hundred(self, world):
        for number in range(200):
            await world.register(f"hub-{number}")
        for one in world.registries.values():
            one.pause = 0.02
        world.clock.advance(5)
        began = asyncio.get_running_loop().time()
        assert await world.look() == 200
        assert asyncio.get_running_loop().time() - began < 5
        assert await world.look() == 0

    async def test_history_is_pruned(self, world, monkeypatch):
        monkeypatch.setattr("kangaroo.core.instances.probing.KEPT_PROBES", 3)
        await world.register()
        await world.register("other")
        for _ in range(5):
            await world.instances.health.check(BOSS, HUB)
        await world.instances.health.prune()
        assert (await world.instances.health.history(BOSS, HUB, EVERYTHING)).total == 3
        assert (await world.instances.health.history(BOSS, Which("other"), EVERYTHING)).total == 1
        world.clock.advance(8 * 86_400)
        await world.instances.health.prune()
        assert (await world.instances.health.history(BOSS, HUB, EVERYTHING)).total == 0

    async def test_a_credential_that_cannot_be_read(self, world):
        await world.register()
        world.instances.opener._cipher = Cipher(b"o" * 32)
        await world.instances.opener.close()
        found = await world.instances.health.check(BOSS, HUB)
        assert (found.health.state, found.health.reason) == ("unhealthy", "INTERNAL")


class TestCounting:
    async def test_plateaus_keep_two_rows(self, world, database):
        found = await world.register()
        for images in (1, 1, 1, 2, 2, 2, 2, 1):
            world.clock.advance(300)
            world.of("hub").images = images
            await world.instances.statistics.count(found)
        async with database.read() as snapshot:
            rows = await snapshot.all(Query(select(instance_statistics).order_by(instance_statistics.c.at)))
        assert len(rows) == 5
        totals = await world.instances.statistics.totals(BOSS, HUB)
        assert (totals.public_images, totals.storage) == (1, 1000)
        assert totals.at == world.clock()

    async def test_what_held_at_the_start_is_said(self, world):
        found = await world.register()
        await world.instances.statistics.count(found)
        world.clock.advance(100)
        middle = world.clock()
        world.clock.advance(100)
        world.of("hub").images = 2
        await world.instances.statistics.count(found)
        series = await world.instances.statistics.storage(BOSS, HUB, middle, world.clock())
        assert [one.at for one in series] == [middle, world.clock()]
        assert (await world.instances.statistics.storage(BOSS, HUB, 0, 1)) == []

    async def test_the_worker_counts_those_that_can_be_asked(self, world):
        for name in ("hub", "ill", "broken"):
            await world.register(name)
        world.of("ill").wrong = REFUSED
        for _ in range(3):
            await world.instances.health.check(BOSS, Which("ill"))
        world.of("broken").wrong = REFUSED
        jobs = InstanceJobs(world.instances, world.queue.database, world.clock).handlers()
        async with working(world.queue, jobs):
            async with world.queue.database.write() as transaction:
                task = await world.queue.enqueue(transaction, "INSTANCE_COUNTS", {})
            done = await in_state(world.queue, task, job_tables.State.DONE)
        assert done.result == '{"counted":1,"failed":1}'

    async def test_after_a_change_of_our_own(self, world):
        found = await world.register()
        for _ in range(3):
            await world.instances.statistics.changed(found)
        jobs = InstanceJobs(world.instances, world.queue.database, world.clock).handlers()
        async with working(world.queue, jobs):

            async def counted():
                return world.of("hub").asked.count("statistics")

            assert await until(counted) == 1

    async def test_the_sweep(self, world, database):
        found = await world.register()
        await world.instances.statistics.count(found)
        jobs = InstanceJobs(world.instances, database, world.clock).handlers()
        async with working(world.queue, jobs):
            async with database.write() as transaction:
                for number in range(3):
                    await world.queue.enqueue(transaction, "INSTANCE_PROBES", {}, dedup=str(number))
            tasks = Query(
                select(job_tables.tasks.c.state).where(job_tables.tasks.c.kind == "INSTANCE_PROBES")
            )

            async def over():
                async with database.read() as snapshot:
                    return all(row[0] == "done" for row in await snapshot.all(tasks))

            await until(over)
            world.clock.advance(KEPT_FOR / SECOND + 1)
            async with database.write() as transaction:
                sweep = await world.queue.enqueue(transaction, "INSTANCE_SWEEP", {})
            await in_state(world.queue, sweep, job_tables.State.DONE)
        async with database.read() as snapshot:
            assert await snapshot.all(tasks) == []
            assert await snapshot.all(Query(select(instance_statistics))) == []


async def test_a_report_about_one_that_is_gone(world):
    found = await world.register()
    await world.instances.delete(BOSS, HUB)
    await world.instances.health.report_failure(found, REFUSED)
    await world.instances.health.look_at(found.id)
    await world.instances.statistics.count_one(found.id)
    await refused(Code.NOT_FOUND, world.instances.statistics.count(found))
    async with world.queue.database.read() as snapshot:
        assert (await instances_health.history(snapshot, found.id, EVERYTHING)).total == 0

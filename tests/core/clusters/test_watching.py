"""Clusters are followed by one process at a time, whatever dies: an API server, a watcher, a right."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager, suppress

import pytest

from kangaroo.base.actors import SYSTEM
from kangaroo.core.clusters import Change as ClusterChange
from kangaroo.core.clusters import Cluster, ClusterName, Clusters, Registration, Terms, Watches
from kangaroo.kube.contract import CONFIG_MAP, SECRET, Change, Kind, Selection
from kangaroo.kube.informer import Pace
from kangaroo.store.meta import clusters_watches
from tests.entrypoints.platform.client import PlatformClient
from tests.entrypoints.platform.conftest import Site
from tests.kube.cluster import Cluster as Server
from tests.kube.cluster import started_together

ONE, OTHER = ClusterName("one"), ClusterName("other")
QUICK = Terms(turn=0.1, lease=2.0, silence=2.0, pace=Pace(window=1.0, longest=2.0))
MINE = Selection(labels="mine=yes")


class Ear:
    def __init__(self) -> None:
        self.told: list[tuple[str, str, str]] = []

    async def __call__(self, cluster: Cluster, change: Change) -> None:
        self.told.append((cluster.name, change.type, change.object["metadata"]["name"]))

    async def hear(self, *expected: tuple[str, str, str], seconds: float = 20.0) -> None:
        await until(lambda: set(expected) <= set(self.told), seconds)


async def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.05)


def watcher(site: Site, terms: Terms = QUICK) -> Watches:
    """As another process has it."""
    clusters = site.services.clusters
    return Watches(site.wired.database, clusters.opener, clusters.health, site.wired.queue.clock, terms)


@asynccontextmanager
async def watching(watches: Watches) -> AsyncIterator[Watches]:
    task = asyncio.create_task(watches.run())
    try:
        yield watches
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def registered(clusters: Clusters, name: ClusterName, server: Server) -> Cluster:
    return await clusters.register(SYSTEM, Registration(name=name, kubeconfig=server.kubeconfig()))


def make(server: Server, name: str, place: str = "default") -> None:
    body = {"metadata": {"name": name, "labels": {"mine": "yes"}}}
    server.call("POST", f"/api/v1/namespaces/{place}/configmaps", body)


def drop(server: Server, name: str, place: str = "default") -> None:
    server.call("DELETE", f"/api/v1/namespaces/{place}/configmaps/{name}")


async def state(admin: PlatformClient, name: str) -> tuple[str, str]:
    health = await admin.ok("POST", f"clusters/{name}/health")
    return health["state"], health["reason"]


async def test_one_of_two_dies(site: Site, admin: PlatformClient) -> None:
    """The other is served; the silence shows; ten seconds after the return all is told, and what vanished is gone."""
    clusters, ear = site.services.clusters, Ear()
    with started_together(2) as (server, dying):
        for name, one in ((ONE, server), (OTHER, dying)):
            await registered(clusters, name, one)
            make(one, "before")
            make(one, "goes")
        watches = watcher(site)
        watches.on(CONFIG_MAP, ear, MINE)
        async with watching(watches):
            await ear.hear(("one", "ADDED", "before"), ("other", "ADDED", "goes"))
            assert await state(admin, "other") == ("healthy", "")

            await asyncio.to_thread(dying.kill)
            make(server, "meanwhile")
            await ear.hear(("one", "ADDED", "meanwhile"))
            while (await admin.get("clusters/other/health"))["health"]["reason"] != "CONNECTION_REFUSED":
                await clusters.health.look_at_due()  # as the worker does
                await asyncio.sleep(0.1)
            assert (await admin.get("cluster/one/namespace"))["items"]
            assert (await admin("GET", "cluster/other/namespace")).status == 503
            assert await state(admin, "one") == ("healthy", "")

            async def silent() -> float:
                found = {name: since for name, _, since in await clusters.health.silences()}
                assert found["one"] < QUICK.silence
                return found["other"]

            while await silent() < QUICK.silence:
                await asyncio.sleep(0.1)
            heard = (await admin.get("clusters/other/health"))["watches"][0]
            assert heard["kind"] == "configmaps"
            assert heard["failure"]
            assert (await state(admin, "other"))[0] in ("degraded", "unhealthy")

            await asyncio.to_thread(dying.restart)
            back = time.monotonic()
            drop(dying, "goes")
            make(dying, "after")
            await ear.hear(("other", "DELETED", "goes"), ("other", "ADDED", "after"), seconds=10)
            while (await admin.get("clusters/other/health"))["health"]["state"] != "healthy":
                await clusters.health.look_at_due()  # as the worker does
                await asyncio.sleep(0.1)
                assert time.monotonic() - back < 10
            assert await silent() < QUICK.silence


async def test_silence_is_a_fault_although_it_answers(
    site: Site, admin: PlatformClient, shared_cluster: Server
) -> None:
    """What cannot be watched is said, with the reason."""
    await registered(site.services.clusters, ONE, shared_cluster)
    watches = watcher(site)
    watches.on(Kind("nobody.example.com", "v1", "None", "nones"), Ear())
    watches.on(SECRET, Ear(), MINE)
    async with watching(watches):
        async with asyncio.timeout(20):
            while await state(admin, "one") != ("degraded", "WATCH_STALE"):
                await asyncio.sleep(0.1)
        told = await admin.ok("POST", "clusters/one/health")
        assert "nones" in told["message"]
        assert "NotFound" in told["message"]
        assert (await admin.get("cluster"))["items"] == [{"name": "one", "status": "clusterStatus_READY"}]


async def test_what_only_some_clusters_have(
    site: Site, admin: PlatformClient, shared_cluster: Server
) -> None:
    """It is followed there alone; and where there is no such kind, that is no silence."""
    clusters, ear = site.services.clusters, Ear()
    place = await asyncio.to_thread(shared_cluster.namespace)
    here, missing = Selection(place, labels=MINE.labels), Kind("nobody.example.com", "v1", "None", "nones")
    one = await registered(clusters, ONE, shared_cluster)
    watches = watcher(site)
    watches.on(CONFIG_MAP, ear, here)
    chosen: set[int] = set()

    async def here_alone(clusters: Collection[Cluster]) -> set[int]:
        return {each.id for each in clusters if each.name == ONE}

    async def where_chosen(clusters: Collection[Cluster]) -> set[int]:
        return chosen

    watches.on(SECRET, ear, here, where_chosen)
    watches.on(missing, ear, among=here_alone)
    async with watching(watches):
        make(shared_cluster, "first", place)
        await ear.hear(("one", "ADDED", "first"))
        assert watches.informer(one.id, SECRET, here) is None
        absent = watches.informer(one.id, missing)
        assert absent is not None
        begun = time.monotonic()
        while time.monotonic() - begun < QUICK.silence or absent.failure is None:
            assert await state(admin, "one") == ("healthy", "")
            await asyncio.sleep(0.2)
        heard = (await admin.get("clusters/one/health"))["watches"]
        assert [each["kind"] for each in heard] == ["configmaps"]

        chosen.add(one.id)
        await until(lambda: watches.informer(one.id, SECRET, here) is not None)
        chosen.clear()
        await until(lambda: watches.informer(one.id, SECRET, here) is None)
        make(shared_cluster, "second", place)
        await ear.hear(("one", "ADDED", "second"))


async def test_a_cluster_in_which_nothing_is_followed(
    site: Site, admin: PlatformClient, shared_cluster: Server
) -> None:
    one = await registered(site.services.clusters, ONE, shared_cluster)
    watches = watcher(site)

    async def nowhere(clusters: Collection[Cluster]) -> set[int]:
        return set()

    watches.on(CONFIG_MAP, Ear(), among=nowhere)

    async def held() -> int:
        row = await clusters_watches.get(site.wired.database.lookup, one.id)
        return 0 if row is None else row.lease_until

    async with watching(watches), asyncio.timeout(20):
        while not (first := await held()):
            await asyncio.sleep(0.05)
        while await held() == first:  # the lease is kept
            await asyncio.sleep(0.05)
        assert await state(admin, "one") == ("healthy", "")


async def test_nobody_watches(site: Site, admin: PlatformClient, shared_cluster: Server) -> None:
    await registered(site.services.clusters, ONE, shared_cluster)
    watcher(site).on(SECRET, Ear())
    async with asyncio.timeout(20):
        while await state(admin, "one") != ("degraded", "WATCH_STALE"):
            await asyncio.sleep(0.1)


async def test_one_process_at_a_time(site: Site, shared_cluster: Server) -> None:
    """Who ends gives its leases back; who dies loses them with time."""
    cluster = await registered(site.services.clusters, ONE, shared_cluster)
    place = await asyncio.to_thread(shared_cluster.namespace)
    first, second = watcher(site), watcher(site)
    ears = Ear(), Ear()
    for watches, ear in zip((first, second), ears, strict=True):
        watches.on(CONFIG_MAP, ear, Selection(place))
    async with watching(second):
        async with watching(first):
            await until(
                lambda: any(one.informer(cluster.id, CONFIG_MAP, Selection(place)) for one in (first, second))
            )
            holders = set()
            for _ in range(30):
                row = await clusters_watches.get(site.wired.database.lookup, cluster.id)
                holders.add(row.holder if row else "")
                await asyncio.sleep(0.05)
            assert len(holders - {""}) == 1
        make(shared_cluster, "one", place)
        await ears[1].hear(("one", "ADDED", "one"))
    row = await clusters_watches.get(site.wired.database.lookup, cluster.id)
    assert row is None


async def test_a_dead_holder(site: Site, shared_cluster: Server) -> None:
    cluster = await registered(site.services.clusters, ONE, shared_cluster)
    now = site.wired.queue.clock()
    async with site.wired.database.write() as transaction:
        assert await clusters_watches.take(transaction, cluster.id, "dead", now, now + 1_000_000)
        assert not await clusters_watches.take(transaction, cluster.id, "other", now, now + 1_000_000)
    watches, ear = watcher(site), Ear()
    watches.on(CONFIG_MAP, ear, Selection("kube-system"))
    async with watching(watches):
        await until(lambda: watches.informer(cluster.id, CONFIG_MAP, Selection("kube-system")) is not None)


async def test_clusters_come_change_and_go(site: Site, shared_cluster: Server) -> None:
    clusters, watches, ear = site.services.clusters, watcher(site), Ear()
    place = await asyncio.to_thread(shared_cluster.namespace)
    which = Selection(place, labels=MINE.labels)
    watches.on(CONFIG_MAP, ear, which)
    async with watching(watches):
        cluster = await registered(clusters, ONE, shared_cluster)
        make(shared_cluster, "first", place)
        await ear.hear(("one", "ADDED", "first"))
        before = watches.informer(cluster.id, CONFIG_MAP, which)
        assert before is not None
        assert list(before.objects) == [(place, "first")]
        await clusters.update(
            SYSTEM, ONE, ClusterChange(kubeconfig=shared_cluster.kubeconfig_by_certificate())
        )
        await until(lambda: watches.informer(cluster.id, CONFIG_MAP, which) not in (None, before))
        make(shared_cluster, "second", place)
        await ear.hear(("one", "ADDED", "second"))
        await clusters.remove(SYSTEM, ONE)
        await until(lambda: watches.informer(cluster.id, CONFIG_MAP, which) is None)


@pytest.mark.parametrize("failing", [0, 1])
async def test_a_handler_that_fails_does_not_disturb_the_others(
    site: Site, shared_cluster: Server, failing: int
) -> None:
    await registered(site.services.clusters, ONE, shared_cluster)
    place = await asyncio.to_thread(shared_cluster.namespace)
    watches, ear = watcher(site), Ear()

    async def fail(cluster: Cluster, change: Change) -> None:
        raise RuntimeError(cluster.name + change.type)

    handles = [ear, fail] if failing else [fail, ear]
    for handle in handles:
        watches.on(CONFIG_MAP, handle, Selection(place, labels=MINE.labels))
    async with watching(watches):
        make(shared_cluster, "first", place)
        await ear.hear(("one", "ADDED", "first"))

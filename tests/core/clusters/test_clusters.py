"""Looking after clusters: what is kept of them, how they are, whose their namespaces are, what is told of it."""

import asyncio
from dataclasses import replace

import pytest

from kangaroo.base.actors import SYSTEM
from kangaroo.base.errors import Code, Failure
from kangaroo.base.events import ClusterRegistered, ClusterRemoved, NamespaceBound, NamespaceUnbound
from kangaroo.base.paging import Window
from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.core.clusters import Change, ClusterName, NamespaceName, Registration
from kangaroo.core.clusters.hearing import Heard, silence, written
from kangaroo.core.instances.health import unchecked
from kangaroo.kube.contract import NAMESPACE
from kangaroo.store.meta import clusters as rows
from kangaroo.store.meta import clusters_namespaces, clusters_watches, workspaces
from kangaroo.store.meta.clusters import Reach
from kangaroo.store.meta.clusters_watches import WatchRow
from kangaroo.store.meta.database import Database, Duplicate
from tests.entrypoints.platform.conftest import Site
from tests.kube.cluster import started

HOME = ClusterName("home")


@pytest.fixture
async def home(site: Site, shared_cluster):
    return await site.services.clusters.register(
        SYSTEM, Registration(name=HOME, kubeconfig=shared_cluster.kubeconfig())
    )


async def test_nothing_readable_is_kept(site: Site, home, shared_cluster) -> None:
    token = site.services.clusters.opener.kubeconfig(home).token
    assert token in shared_cluster.kubeconfig()
    assert token not in home.reach.kubeconfig
    assert token not in repr(home)
    for file in (site.wired.settings.data).glob("kangaroo.db*"):
        assert token.encode() not in file.read_bytes()


async def test_one_client_while_it_is_the_same(site: Site, home, shared_cluster) -> None:
    opener = site.services.clusters.opener
    async with opener.use(home) as first:
        pass
    async with opener.use(home) as second:
        assert second is first
        changed = await site.services.clusters.update(
            SYSTEM, HOME, Change(kubeconfig=shared_cluster.kubeconfig_by_certificate())
        )
        assert await second.count(NAMESPACE)  # open to the end of the block
    async with opener.use(changed) as third:
        assert third is not first
        assert await third.count(NAMESPACE)


async def test_another_cluster_under_the_same_name(site: Site, home) -> None:
    with started() as other:
        change = Change(kubeconfig=other.kubeconfig())
        with pytest.raises(InstanceFailure) as failure:
            await site.services.clusters.update(SYSTEM, HOME, change)
    assert failure.value.reason is Reason.CLUSTER_OTHER


async def test_a_failed_use_is_looked_at_soon(site: Site, home) -> None:
    clusters, database = site.services.clusters, site.wired.database
    gone = clusters.opener.kubeconfig(home)
    sealed = clusters.opener.sealed(replace(gone, server="https://127.0.0.1:1"))
    async with database.write() as transaction:
        reach = replace(home.reach, kubeconfig=sealed)
        assert await rows.change(transaction, home.id, home.updated_at, reach, home.updated_at + 1)
    with pytest.raises(InstanceFailure) as failure:
        await clusters.namespaces.of_cluster(SYSTEM, HOME, Window())
    assert failure.value.reason is Reason.CONNECTION_REFUSED
    assert await clusters.health.look_at_due() == 1
    looked = await clusters.get(SYSTEM, HOME)
    assert (looked.health.state, looked.health.reason) == ("degraded", "CONNECTION_REFUSED")
    assert looked.nodes == 0
    assert looked.health.version.startswith("v1.")


class Listener:
    """What the events of clusters say."""

    def __init__(self, site: Site) -> None:
        self.events: list[object] = []
        queue = site.wired.queue
        emit = queue.emit

        async def heard(transaction, event) -> None:
            self.events.append(event)
            await emit(transaction, event)

        queue.emit = heard  # type: ignore[method-assign]


async def test_events(site: Site, shared_cluster) -> None:
    listener, clusters = Listener(site), site.services.clusters
    registration = Registration(name=HOME, kubeconfig=shared_cluster.kubeconfig())
    cluster = await clusters.register(SYSTEM, registration)
    place = NamespaceName.parse(await asyncio.to_thread(shared_cluster.namespace))
    other = NamespaceName.parse(await asyncio.to_thread(shared_cluster.namespace))
    workspace = (await site.services.workspaces.directory.create(SYSTEM, "tenants")).id
    await clusters.namespaces.bind(SYSTEM, HOME, [place, other], workspace)
    await clusters.namespaces.bind(SYSTEM, HOME, [place], workspace)
    assert await clusters.namespaces.workspace_of(SYSTEM, HOME, place) == workspace
    await clusters.namespaces.unbind(SYSTEM, HOME, [place])
    assert await clusters.namespaces.workspace_of(SYSTEM, HOME, place) is None
    await clusters.remove(SYSTEM, HOME, abandon=True)
    told = [(type(one), getattr(one, "namespace", ""), getattr(one, "cluster", 0)) for one in listener.events]
    first, second = sorted([place, other])
    assert told == [
        (ClusterRegistered, "", cluster.id),
        (NamespaceBound, first, cluster.id),
        (NamespaceBound, second, cluster.id),
        (NamespaceUnbound, place, cluster.id),
        (NamespaceUnbound, other, cluster.id),
        (ClusterRemoved, "", cluster.id),
    ]


async def test_a_bound_namespace_that_is_gone_still_shows(site: Site, home, shared_cluster) -> None:
    clusters = site.services.clusters
    place = NamespaceName.parse(await asyncio.to_thread(shared_cluster.namespace))
    workspace = (await site.services.workspaces.directory.create(SYSTEM, "tenants")).id
    await clusters.namespaces.bind(SYSTEM, HOME, [place], workspace)
    shared_cluster.call("DELETE", f"/api/v1/namespaces/{place}")
    async with asyncio.timeout(30):
        while (await one_namespace(site, place)).phase:
            await asyncio.sleep(0.2)
    bound = (await one_namespace(site, place)).bound
    assert bound is not None
    assert bound.workspace_name == "tenants"
    await clusters.namespaces.unbind(SYSTEM, HOME, [place])


async def one_namespace(site: Site, name: str):
    page = await site.services.clusters.namespaces.of_cluster(SYSTEM, HOME, Window(), name)
    assert page.total == 1
    return page.items[0]


@pytest.mark.parametrize("name", ["", "A", "a b", "-a", "a-", "a" * 64, "../a", "a.b"])
def test_names(name: str) -> None:
    with pytest.raises(Failure) as failure:
        ClusterName.parse(name)
    assert failure.value.code is Code.NAME_INVALID
    with pytest.raises(Failure) as failure:
        NamespaceName.parse(name)
    assert failure.value.code is Code.INVALID_FIELD


SECOND = 1_000_000


@pytest.mark.parametrize(
    ("watch", "expected"),
    [
        (WatchRow("me", 100 * SECOND, "[]"), None),
        (WatchRow("me", 100 * SECOND, written([Heard(what="secrets", at=60 * SECOND)])), None),
        (WatchRow("me", 100 * SECOND, written([Heard(what="secrets", at=20 * SECOND)])), ("secrets", 70)),
        (WatchRow("me", 85 * SECOND, written([Heard(what="secrets", at=20 * SECOND)])), None),
        (WatchRow("me", 25 * SECOND, written([Heard(what="secrets", at=20 * SECOND)])), ("everything", 65)),
        (None, ("everything", 90)),
    ],
)
def test_silence(watch: WatchRow | None, expected: tuple[str, int] | None) -> None:
    found = silence(watch, 0, 90 * SECOND, 60 * SECOND)
    assert (found and (found.what, found.seconds)) == expected


async def test_rows(database: Database) -> None:
    """On both databases."""
    async with database.write() as transaction:
        place = await workspaces.add(transaction, "w", "", 1)
        one = await rows.add(transaction, "b", "me", Reach("https://b", "sealed", "uid-b"), 5)
        two = await rows.add(transaction, "a", "me", Reach("https://a", "sealed", "uid-a"), 6)
        for identity in (one, two):
            await rows.put_health(transaction, identity, unchecked(7), 3)
        await clusters_namespaces.add(transaction, one, ["x", "y"], place, "me", 8)
    with pytest.raises(Duplicate):
        async with database.write() as transaction:
            await rows.add(transaction, "c", "me", Reach("https://b", "sealed", "uid-b"), 5)
    with pytest.raises(Duplicate):
        async with database.write() as transaction:
            await clusters_namespaces.add(transaction, one, ["x"], place, "me", 8)
    async with database.read() as snapshot:
        assert [row.name for row in await rows.everything(snapshot)] == ["b", "a"]
        assert [row.id for row in await rows.due(snapshot, 7, 10)] == [one, two]
        assert await rows.states(snapshot) == [("checking", 2)]
        assert await rows.with_identity(snapshot, "uid-b") == "b"
        assert await rows.with_identity(snapshot, "uid-b", besides=one) is None
        bound = await clusters_namespaces.page_of_workspace(snapshot, place, "x", Window())
        assert [(row.cluster_name, row.namespace) for row in bound.items] == [("b", "x")]
        assert (await workspaces.resources(snapshot, place)).namespaces == ("b/x", "b/y")
        assert len(await clusters_namespaces.everything(snapshot)) == 2
        assert await clusters_namespaces.count(snapshot, one) == 2
    async with database.write() as transaction:
        assert await clusters_watches.take(transaction, one, "me", 10, 20)
        assert await clusters_watches.take(transaction, one, "me", 10, 30)
        assert not await clusters_watches.take(transaction, one, "you", 30, 40)
        assert await clusters_watches.take(transaction, one, "you", 31, 40)
        assert not await clusters_watches.keep(transaction, one, "me", 50, "[]")
        assert await clusters_watches.keep(transaction, one, "you", 50, "[]")
        assert await clusters_watches.of_others(transaction, "me", 45) == {one}
        assert await clusters_watches.of_others(transaction, "you", 45) == frozenset()
        assert [name for name, _ in await clusters_watches.everything(transaction)] == ["b"]
        await clusters_watches.leave(transaction, one, "you")
        assert await clusters_watches.get(transaction, one) is None
        assert await clusters_namespaces.remove(transaction, one, "x")
        assert await clusters_namespaces.remove(transaction, one, "y")
        assert await rows.remove(transaction, one)
        assert await rows.with_id(transaction, one) is None

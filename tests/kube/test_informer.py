"""An informer tells every difference, whatever happens to the server and the connection in between."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from kangaroo.kube.client import HttpClusterClient
from kangaroo.kube.contract import CONFIG_MAP, Change, Refused, Selection
from kangaroo.kube.informer import Informer, Pace
from kangaroo.kube.kubeconfig import parse
from tests.kube.cluster import Cluster, started

MINE = "mine=yes"
Told = list[tuple[str, str]]


class Ear:
    """Hears what an informer tells, and waits for it."""

    def __init__(self) -> None:
        self.told: Told = []
        self.fails = 0
        self._news = asyncio.Event()

    async def __call__(self, change: Change) -> None:
        if self.fails:
            self.fails -= 1
            raise RuntimeError("a handler that fails")
        self.told.append((change.type, change.object["metadata"]["name"]))
        self._news.set()

    async def until(self, condition: Callable[[Told], bool], seconds: float = 20.0) -> None:
        async with asyncio.timeout(seconds):
            while not condition(self.told):
                self._news.clear()
                await self._news.wait()

    async def hear(self, *expected: tuple[str, str]) -> None:
        await self.until(lambda told: set(expected) <= set(told))


@asynccontextmanager
async def following(
    cluster: Cluster, place: str, pace: Pace | None = None
) -> AsyncIterator[tuple[Informer, Ear]]:
    client, ear = HttpClusterClient(parse(cluster.kubeconfig())), Ear()
    informer = Informer(client, CONFIG_MAP, ear, Selection(place, labels=MINE), pace)
    task = asyncio.create_task(informer.run())
    try:
        async with asyncio.timeout(20):
            await informer.synced.wait()
        yield informer, ear
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await client.close()


def make(cluster: Cluster, place: str, name: str, value: str = "1") -> None:
    body = {"metadata": {"name": name, "labels": {"mine": "yes"}}, "data": {"value": value}}
    cluster.call("POST", f"/api/v1/namespaces/{place}/configmaps", body)


def change(cluster: Cluster, place: str, name: str, value: str) -> None:
    path, form = f"/api/v1/namespaces/{place}/configmaps/{name}", "application/merge-patch+json"
    cluster.call("PATCH", path, {"data": {"value": value}}, form=form)


def drop(cluster: Cluster, place: str, name: str) -> None:
    cluster.call("DELETE", f"/api/v1/namespaces/{place}/configmaps/{name}")


@pytest.fixture
def place(shared_cluster: Cluster) -> str:
    return shared_cluster.namespace()


async def test_told_as_it_happens(shared_cluster, place):
    make(shared_cluster, place, "before")
    async with following(shared_cluster, place) as (informer, ear):
        assert ear.told == [("ADDED", "before")]
        make(shared_cluster, place, "after")
        change(shared_cluster, place, "after", "2")
        drop(shared_cluster, place, "after")
        await ear.hear(("DELETED", "after"))
        assert ear.told[1:] == [("ADDED", "after"), ("MODIFIED", "after"), ("DELETED", "after")]
        assert list(informer.objects) == [(place, "before")]
        assert "managedFields" not in informer.objects[place, "before"]["metadata"]
        assert informer.silence < 20


async def test_what_leaves_the_selection_is_gone(shared_cluster, place):
    make(shared_cluster, place, "one")
    async with following(shared_cluster, place) as (_, ear):
        path, form = f"/api/v1/namespaces/{place}/configmaps/one", "application/merge-patch+json"
        shared_cluster.call("PATCH", path, {"metadata": {"labels": {"mine": "no"}}}, form=form)
        await ear.hear(("DELETED", "one"))


async def test_windows_follow_each_other(shared_cluster, place):
    async with following(shared_cluster, place, Pace(window=1.0)) as (informer, ear):
        for number in range(3):
            make(shared_cluster, place, f"n-{number}")
            await ear.hear(("ADDED", f"n-{number}"))
            before = informer.heard_at
            while informer.heard_at == before:  # until the next window is open
                await asyncio.sleep(0.05)
        assert len(ear.told) == 3
        assert informer.failure is None


async def test_listed_anew_nothing_is_told_twice(shared_cluster, place):
    make(shared_cluster, place, "one")
    async with following(shared_cluster, place, Pace(relist=0.5, window=1.0)) as (_, ear):
        make(shared_cluster, place, "two")
        await ear.hear(("ADDED", "two"))
        make(shared_cluster, place, "three")
        await ear.hear(("ADDED", "three"))
        assert ear.told == [("ADDED", "one"), ("ADDED", "two"), ("ADDED", "three")]


async def test_a_handler_that_fails_is_told_again(shared_cluster, place):
    async with following(shared_cluster, place, Pace(relist=0.5, window=1.0)) as (_, ear):
        ear.fails = 1
        make(shared_cluster, place, "one")
        await ear.hear(("ADDED", "one"))
        ear.fails = 1
        drop(shared_cluster, place, "one")
        await ear.hear(("DELETED", "one"))
        assert ear.told == [("ADDED", "one"), ("DELETED", "one")]


async def test_the_server_dies_and_comes_back():
    """What vanished and what came while nobody was told is told when it is back."""
    with started() as cluster:
        place = cluster.namespace()
        for name in ("stays", "goes", "changes"):
            make(cluster, place, name)
        async with following(cluster, place) as (informer, ear):
            await asyncio.to_thread(cluster.kill)
            await _until(lambda: informer.failure is not None)
            silent = informer.heard_at
            await asyncio.to_thread(cluster.restart)
            back = time.monotonic()
            drop(cluster, place, "goes")
            change(cluster, place, "changes", "2")
            make(cluster, place, "comes")
            await ear.hear(("DELETED", "goes"), ("MODIFIED", "changes"), ("ADDED", "comes"))
            assert time.monotonic() - back < 10
            assert informer.heard_at > silent
            assert informer.failure is None
            assert ("DELETED", "stays") not in ear.told
            assert {name for _, name in informer.objects} == {"stays", "changes", "comes"}


async def test_a_forgotten_version():
    """An API server that was started anew knows nothing of what was before (410): everything is listed again."""
    with started() as cluster:
        place = cluster.namespace()
        make(cluster, place, "one")
        cluster.kill()
        cluster.restart()
        async with following(cluster, place, Pace(window=1.0, shortest=1.0)) as (informer, ear):

            def refused() -> bool:
                informer._version = "1"  # as of one who heard nothing for long
                return isinstance(informer.failure, Refused) and informer.failure.word == "Expired"

            await _until(refused)
            make(cluster, place, "two")
            await ear.hear(("ADDED", "two"))
            assert ear.told == [("ADDED", "one"), ("ADDED", "two")]
            assert informer.failure is None


async def test_made_anew_under_the_same_name(shared_cluster, place):
    """Deleted and made again between two looks: it is told as both."""
    make(shared_cluster, place, "one")
    async with following(shared_cluster, place, Pace(relist=0.5, window=1.0)) as (informer, ear):
        known = dict(informer.objects[place, "one"])
        known["metadata"] = {**known["metadata"], "uid": "another", "resourceVersion": "1"}
        informer.objects[place, "one"] = known
        await ear.hear(("DELETED", "one"))
        await ear.until(lambda told: told.count(("ADDED", "one")) == 2)


async def _until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.05)

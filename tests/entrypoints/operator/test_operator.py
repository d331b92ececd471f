"""RegistrySecret objects against a real API server: mirrored from registries, and made into registries."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kangaroo.base.actors import SYSTEM
from kangaroo.base.paging import Window
from kangaroo.core.clusters import ClusterClient, ClusterName
from kangaroo.core.instances import Credential, InstanceName, Kind, Registration, SpaceName, Which, Wish
from kangaroo.entrypoints.operator import Operator
from kangaroo.entrypoints.operator.operator import OURS
from kangaroo.entrypoints.operator.resource import REGISTRY_SECRET
from kangaroo.store.meta.database import Database
from tests.core.pull_secrets.kit import World, until, world
from tests.kube.cluster import Cluster, started
from tests.remote.harbor_stand_in import ADMIN, ADMIN_PASSWORD, HarborStandIn
from tests.remote.serving import served

OBJECTS = "/apis/kangaroo.io/v1alpha1/namespaces/kangaroo-system/registrysecrets"
MERGE = "application/merge-patch+json"


@dataclass
class Home:
    """A home cluster, tended when the test says so."""

    world: World
    cluster: Cluster
    operator: Operator

    async def tend(self) -> None:
        assert await self.operator.tend() == {"tended": 1, "failed": 0}

    def objects(self) -> dict[str, dict]:
        return {one["metadata"]["name"]: one for one in self.cluster.call("GET", OBJECTS)["items"]}

    def declare(self, name: str, url: str, **spec: object) -> None:
        secret = {
            "metadata": {"name": f"{name}-login"},
            "stringData": {"username": ADMIN, "password": ADMIN_PASSWORD},
        }
        self.cluster.ask("POST", "/api/v1/namespaces/kangaroo-system/secrets", secret)
        body = {
            "apiVersion": "kangaroo.io/v1alpha1",
            "kind": "RegistrySecret",
            "metadata": {"name": name, "namespace": "kangaroo-system"},
            "spec": {"type": "HARBOR", "url": url, "credentialSecretRef": {"name": f"{name}-login"}, **spec},
        }
        self.cluster.kubectl("apply", "-f", "-", stdin=json.dumps(body))

    async def registered(self, workspace: int = 0) -> list[str]:
        page = await self.world.wired.services.instances.page(SYSTEM, Wish(workspace=workspace), Window(1, 0))
        return [one.name for one in page.items]


@pytest.fixture(scope="module")
def home_cluster():
    with started() as cluster:
        yield cluster


@pytest.fixture
async def home(tmp_path: Path, sqlite: Database, home_cluster: Cluster) -> AsyncIterator[Home]:
    async with world(tmp_path, sqlite) as made:
        await made.register("home", home_cluster)
        found = Home(made, home_cluster, Operator(made.wired.services, ("home",)))
        while (await found.operator.tend())["failed"]:  # the definition is served a moment after it was made
            await asyncio.sleep(0.05)
        yield found
        for name in found.objects():
            home_cluster.call("PATCH", f"{OBJECTS}/{name}", {"metadata": {"finalizers": None}}, form=MERGE)
            home_cluster.ask("DELETE", f"{OBJECTS}/{name}")


async def test_every_registry_shows(home: Home) -> None:
    stand_in = HarborStandIn()
    team = await home.world.workspace("team")
    async with served(stand_in.app()) as url:
        for name, workspace in (("far", 0), ("own", team)):
            wanted = Registration(
                name=InstanceName(name),
                kind=Kind.HARBOR,
                url=url,
                credential=Credential(ADMIN, ADMIN_PASSWORD),
            )
            await home.world.wired.services.instances.register(SYSTEM, wanted, workspace)
        await home.tend()
    found = home.objects()
    assert sorted(found) == ["far", "kangaroo", f"own.workspace-{team}"]
    far = found["far"]
    assert far["spec"]["type"] == "HARBOR"
    assert far["spec"]["url"] == url
    assert ADMIN_PASSWORD not in json.dumps(found)
    state = far["status"]["state"]
    assert (state["type"], state["status"], state["reason"]) == (
        "HealthCheckSuccess",
        "True",
        "RegistryHealthCheckSuccess",
    )
    table = home.cluster.kubectl("-n", "kangaroo-system", "get", "registrysecrets")
    assert table.split()[:6] == ["NAME", "TYPE", "URL", "HEALTHY", "CAUSE", "AGE"]

    health = home.world.wired.services.instances.health
    for _ in range(4):
        await health.check(SYSTEM, Which(InstanceName("far")))
    await home.tend()
    state = home.objects()["far"]["status"]["state"]
    assert (state["type"], state["status"], state["reason"]) == (
        "HealthCheckFail",
        "False",
        "RegistryHealthCheckFail",
    )
    assert "127.0.0.1" in state["message"]
    assert home.objects()["far"]["status"]["cause"] == "CONNECTION_REFUSED"
    await home.world.wired.services.instances.delete(SYSTEM, Which(InstanceName("far")))
    await home.tend()
    assert "far" not in home.objects()


async def test_nothing_is_written_when_nothing_changed(home: Home) -> None:
    before = home.objects()["kangaroo"]["metadata"]["resourceVersion"]
    name = "registrysecrets.kangaroo.io"
    path = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}"
    definition = home.cluster.call("GET", path)["metadata"]["resourceVersion"]
    await home.tend()
    assert home.objects()["kangaroo"]["metadata"]["resourceVersion"] == before
    assert home.cluster.call("GET", path)["metadata"]["resourceVersion"] == definition


async def test_a_mirror_is_kept_as_it_is(home: Home) -> None:
    home.cluster.call("PATCH", f"{OBJECTS}/kangaroo", {"spec": {"type": "JFROG"}}, form=MERGE)
    await home.tend()
    assert home.objects()["kangaroo"]["spec"]["type"] == "KANGAROO"
    home.cluster.call("DELETE", f"{OBJECTS}/kangaroo")
    await home.tend()
    assert "kangaroo" in home.objects()


async def test_declaring_registers_and_deleting_ends(home: Home) -> None:
    stand_in = HarborStandIn()
    async with served(stand_in.app()) as url:
        home.declare("declared", url)
        await home.tend()
        assert await home.registered() == ["declared", "kangaroo"]
        [found] = [one for name, one in home.objects().items() if name == "declared"]
        assert found["status"]["state"]["status"] == "True"
        assert "kangaroo.io/mirror" not in found["metadata"].get("labels", {})

        home.cluster.call(
            "PATCH", f"{OBJECTS}/declared", {"spec": {"description": "of the team"}}, form=MERGE
        )
        await home.tend()
        instance = await home.world.wired.services.instances.get(SYSTEM, Which(InstanceName("declared")))
        assert instance.connection.description == "of the team"
        assert instance.author == "kubernetes:home"

        home.cluster.call("DELETE", f"{OBJECTS}/declared")
        assert "declared" in home.objects(), "held until its registry has ended"
        await home.tend()
        assert await home.registered() == ["kangaroo"]
        assert "declared" not in home.objects()


async def test_a_declared_one_that_is_used_does_not_end(home: Home) -> None:
    stand_in = HarborStandIn()
    stand_in.add_project("given", public=False)
    async with served(stand_in.app()) as url:
        home.declare("used", url)
        await home.tend()
        team = await home.world.workspace("team")
        bindings = home.world.wired.services.workspaces.bindings
        await bindings.change(SYSTEM, InstanceName("used"), SpaceName("given"), "add", [team])
        home.cluster.call("DELETE", f"{OBJECTS}/used")
        await home.tend()
        state = home.objects()["used"]["status"]["state"]
        assert (state["type"], state["status"]) == ("RemovalFail", "False")
        assert "used" in await home.registered()
        await bindings.change(SYSTEM, InstanceName("used"), SpaceName("given"), "remove", [team])
        await home.tend()
        assert "used" not in home.objects()


async def test_a_declared_one_that_cannot_be_registered_says_why(home: Home) -> None:
    home.declare("broken", "http://127.0.0.1:1")
    await home.tend()
    state = home.objects()["broken"]["status"]["state"]
    assert (state["type"], state["status"]) == ("RegistrationFail", "False")
    assert home.objects()["broken"]["status"]["cause"] == "CONNECTION_REFUSED"
    version = home.objects()["broken"]["metadata"]["resourceVersion"]
    await home.tend()
    assert home.objects()["broken"]["metadata"]["resourceVersion"] == version
    patch = {"spec": {"credentialSecretRef": {"name": "nowhere"}}}
    home.cluster.call("PATCH", f"{OBJECTS}/broken", patch, form=MERGE)
    await home.tend()
    assert "no Secret nowhere" in home.objects()["broken"]["status"]["state"]["message"]
    home.cluster.call("DELETE", f"{OBJECTS}/broken")
    await home.tend()
    assert "broken" not in home.objects()


async def test_ended_here_its_object_ends_too(home: Home) -> None:
    stand_in = HarborStandIn()
    team = await home.world.workspace("team")
    async with served(stand_in.app()) as url:
        home.declare("both", url, workspace=team)
        await home.tend()
        assert await home.registered(team) == ["both"]
        await home.world.wired.services.instances.delete(SYSTEM, Which(InstanceName("both"), team))
        await home.tend()
        assert "both" not in home.objects()
        assert await home.registered(team) == []


async def test_a_rotated_secret_is_used(home: Home) -> None:
    stand_in = HarborStandIn()
    async with served(stand_in.app()) as url:
        home.declare("rotated", url)
        await home.tend()
        path = "/api/v1/namespaces/kangaroo-system/secrets/rotated-login"
        home.cluster.call("PATCH", path, {"stringData": {"password": "wrong"}}, form=MERGE)
        await home.tend()
        state = home.objects()["rotated"]["status"]
        assert (state["state"]["type"], state["cause"]) == ("RegistrationFail", "UNAUTHORIZED")
        home.cluster.call("PATCH", path, {"stringData": {"password": ADMIN_PASSWORD}}, form=MERGE)
        await home.tend()
        assert home.objects()["rotated"]["status"]["state"]["status"] == "True"


class Counted:
    """A client that says what it was asked."""

    def __init__(self, client: ClusterClient) -> None:
        self._client = client
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Any:
        self.asked.append(name)
        return getattr(self._client, name)


async def test_followed_it_is_asked_nothing(
    tmp_path: Path, sqlite: Database, home_cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is declared is seen at once; and while nothing happens, a look costs the cluster nothing."""
    async with world(tmp_path, sqlite, homes="home") as made:
        services = made.wired.services
        await made.register("home", home_cluster)
        home = Home(made, home_cluster, Operator(services, ("home",)))
        while (await home.operator.tend())["failed"]:
            await asyncio.sleep(0.05)
        cluster = await services.clusters.get(SYSTEM, ClusterName("home"))

        async def synced() -> bool:
            known = services.clusters.watches.informer(cluster.id, REGISTRY_SECRET, OURS)
            return known is not None and known.synced.is_set() and known.failure is None

        await until(synced, "the objects are followed")
        async with served(HarborStandIn().app()) as url:
            home.declare("seen", url)

            async def registered() -> bool:
                return "seen" in await home.registered()

            await until(registered, "what was declared is registered")  # by the worker: nobody tends here
            home.cluster.call("DELETE", f"{OBJECTS}/seen")

            async def ended() -> bool:
                return "seen" not in home.objects()

            await until(ended, "what is deleted ends")
            assert await home.registered() == ["kangaroo"]
        await home.tend()
        asked: list[str] = []
        use = services.clusters.opener.use

        @asynccontextmanager
        async def counted(which: Any) -> AsyncIterator[Counted]:
            async with use(which) as client:
                counting = Counted(client)
                counting.asked = asked
                yield counting

        monkeypatch.setattr(services.clusters.opener, "use", counted)
        await home.tend()
        assert asked == []

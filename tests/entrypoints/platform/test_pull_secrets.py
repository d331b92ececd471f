"""Pull secrets over the platform's API: how they stand, what may be asked for, and manifests that use them."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from kangaroo.entrypoints.platform import Surroundings, application
from kangaroo.store.meta.database import Database
from tests.core.pull_secrets.kit import HOST, MANY, World, entries, until, world
from tests.core.workspaces.kit import harbor, member, private, pushed, workspace
from tests.entrypoints.platform.client import PlatformClient
from tests.entrypoints.platform.conftest import PASSWORD, Site
from tests.kube.cluster import Cluster
from tests.kube.conftest import shared_cluster
from tests.remote.harbor_stand_in import HarborStandIn
from tests.remote.serving import served

__all__ = ["shared_cluster"]


@dataclass
class Place:
    """One workspace, with the namespace it has in the cluster `one`; `at` is what follows `clusters/one/…`."""

    world: World
    site: Site
    admin: PlatformClient
    workspace: int
    namespace: str

    @property
    def all(self) -> str:
        return f"workspaces/{self.workspace}/pull-secrets"

    @property
    def secret(self) -> str:
        return f"clusters/one/namespaces/{self.namespace}/pull-secret"

    async def settled(self) -> dict:
        async def done() -> dict | None:
            found = await self.admin.get(f"{self.all}?fuzzyName={self.namespace}")
            [one] = found["items"]
            return one if one["state"] == "applied" else None

        return await until(done, "it is applied")


@pytest.fixture
async def place(tmp_path: Path, site_database: Database, shared_cluster: Cluster) -> AsyncIterator[Place]:
    async with world(tmp_path, site_database) as made:
        surroundings = Surroundings(external_url=f"https://{HOST}")
        site = Site(made.wired)
        site._dialect = application(made.wired.services, surroundings)
        admin = PlatformClient(site).signed_in("admin", PASSWORD)
        kubeconfig = shared_cluster.kubeconfig()
        await admin.ok("POST", "clusters", {"name": "one", "kubeconfig": kubeconfig})
        made.clusters["one"] = shared_cluster
        namespace, team = shared_cluster.namespace(), await workspace(admin, "team")
        body = {"namespaces": [namespace], "workspace": team}
        await admin.ok("POST", "clusters/one/namespaces/bind", body)
        yield Place(made, site, admin, team, namespace)


async def test_how_they_stand(place: Place) -> None:
    one = await place.settled()
    assert one == {
        "cluster": "one",
        "namespace": place.namespace,
        "workspace": place.workspace,
        "name": "registry-secret",
        "state": "applied",
        "reason": "",
        "message": "",
        "content": one["content"],
        "accounts": [],
        "lastTransitionTime": one["lastTransitionTime"],
        "lastSyncTime": one["lastSyncTime"],
    }
    assert int(one["lastSyncTime"]) > 0
    for query, total in (
        ("", 1),
        ("?cluster=one", 1),
        ("?state=applied&state=failed", 1),
        ("?state=conflict", 0),
        ("?fuzzyName=nowhere", 0),
    ):
        assert (await place.admin.get(f"{place.all}{query}"))["pagination"]["total"] == total, query
    assert (await place.admin.get("pull-secrets?pageSize=-1"))["pagination"]["total"] == 1
    assert await place.admin.refused("GET", f"{place.all}?cluster=none") == (404, "NOT_FOUND")
    progress = await place.admin.get(f"{place.all}/progress")
    assert progress == {"done": 1, "total": 1, "states": {"applied": 1}, "lacking": []}


async def test_who_may(place: Place) -> None:
    viewer = await member(place.site, place.admin, place.workspace, "vera", "Workspace Viewer")
    await place.site.user("sam")
    stranger = PlatformClient(place.site).signed_in("sam", PASSWORD)
    nobody = PlatformClient(place.site)
    assert (await viewer.get(place.all))["pagination"]["total"] == 1
    await viewer.ok("POST", f"{place.all}/reconcile")
    for path in (place.all, f"{place.all}/progress", "pull-secrets"):
        assert await stranger.refused("GET", path) == (403, "FORBIDDEN")
        assert await nobody.refused("GET", path) == (401, "UNAUTHORIZED")
    assert await viewer.refused("GET", "pull-secrets") == (403, "FORBIDDEN")
    for method, path, body in (
        ("POST", f"{place.all}/rotate", {}),
        ("POST", f"{place.secret}/overwrite", None),
        ("PUT", f"{place.secret}/accounts", {"accounts": ["default"]}),
    ):
        assert await viewer.refused(method, path, body) == (403, "FORBIDDEN")
        assert await nobody.refused(method, path, body) == (401, "UNAUTHORIZED")
    select = f"select/registries/summary?cluster=one&namespace={place.namespace}"
    assert await stranger.refused("GET", select) == (403, "FORBIDDEN")
    assert (await viewer.get(select))["pagination"]["total"] == 1


async def test_what_may_be_asked_for(place: Place, shared_cluster: Cluster) -> None:
    await private(place.admin, "team-a", place.workspace)

    async def has_host() -> dict | None:
        return await place.world.auths("one", place.namespace) or None

    before = await until(has_host, "the space brought a credential")
    assert await place.admin.ok("POST", f"{place.all}/rotate", {"registry": "kangaroo"}) == {"credentials": 1}

    async def replaced() -> bool:
        return await place.world.auths("one", place.namespace) not in (None, before)

    await until(replaced, "it was replaced")
    assert await place.admin.refused("POST", f"{place.all}/rotate", {"registry": "none"}) == (
        404,
        "NOT_FOUND",
    )

    await place.admin.ok("PUT", f"{place.secret}/accounts", {"accounts": ["default"]})

    async def attached() -> bool:
        found = await asyncio.to_thread(entries, shared_cluster, place.namespace, "default")
        return list(found) == ["registry-secret"]

    await until(attached, "it is attached")
    assert (await place.settled())["accounts"] == ["default"]
    status, _ = await place.admin.refused("PUT", f"{place.secret}/accounts", {"accounts": ["No Account"]})
    assert status == 400


async def test_overwriting_a_foreign_one(place: Place, shared_cluster: Cluster) -> None:
    await place.settled()
    other = shared_cluster.namespace()
    theirs = {"metadata": {"name": "registry-secret"}, "type": "Opaque", "stringData": {"mine": "only"}}
    shared_cluster.call("POST", MANY.format(other).rpartition("/")[0], theirs)
    body = {"namespaces": [other], "workspace": place.workspace}
    await place.admin.ok("POST", "clusters/one/namespaces/bind", body)

    async def conflict() -> dict | None:
        found = await place.admin.get(f"{place.all}?state=conflict")
        return found["items"][0] if found["items"] else None

    seen = await until(conflict, "it is reported")
    assert (seen["namespace"], seen["reason"]) == (other, "pull_secret_foreign")
    assert "Opaque" in seen["message"]
    progress = await place.admin.get(f"{place.all}/progress")
    assert (progress["done"], progress["total"]) == (1, 2)
    done = await place.admin.ok("POST", f"clusters/one/namespaces/{other}/pull-secret/overwrite")
    assert done == {"state": "applied", "reason": "", "message": ""}
    assert await place.world.auths("one", other) == {}
    unbound = f"clusters/one/namespaces/{shared_cluster.namespace()}/pull-secret/overwrite"
    assert await place.admin.refused("POST", unbound) == (404, "NOT_FOUND")


async def test_selecting_for_a_namespace(place: Place) -> None:
    await private(place.admin, "team-a", place.workspace)
    await private(place.admin, "other")
    digest = await pushed(place.site, "team-a/sub/app", "v1")
    await pushed(place.site, "library/base", "v1")
    viewer = await member(place.site, place.admin, place.workspace, "vera", "Workspace Viewer")
    here = f"cluster=one&namespace={place.namespace}"
    spaces = await viewer.get(f"select/registries/kangaroo/projects?{here}")
    assert spaces["items"] == ["library", "team-a"]

    for image in (f"{HOST}/team-a/sub/app:v1", f"{HOST}/team-a/sub/app@{digest}"):
        found = await viewer.get(f"select/manifest?{here}&image={image}")
        assert (found["image"], found["secret"]) == (image, "registry-secret")
        pod = yaml.safe_load(found["manifest"])
        assert (pod["kind"], pod["metadata"]) == ("Pod", {"name": "app", "namespace": place.namespace})
        assert pod["spec"] == {
            "imagePullSecrets": [{"name": "registry-secret"}],
            "containers": [{"name": "app", "image": image}],
        }
    public = await viewer.get(f"select/manifest?{here}&image={HOST}/library/base:v1")
    assert public["secret"] == ""
    assert "imagePullSecrets" not in public["manifest"]
    for image, reason in (
        (f"{HOST}/team-a/sub/app:v2", "MANIFEST_UNKNOWN"),
        (f"{HOST}/other/app:v1", "PROJECT_UNKNOWN"),
        ("elsewhere.test/team-a/app:v1", "NOT_FOUND"),
    ):
        assert await viewer.refused("GET", f"select/manifest?{here}&image={image}") == (404, reason)
    status, reason = await viewer.refused("GET", f"select/manifest?{here}&image=no image")
    assert (status, reason) == (400, "INVALID_FIELD")


async def test_a_registry_that_is_away_is_named(place: Place) -> None:
    await place.settled()
    boss = await member(place.site, place.admin, place.workspace, "boss", "Workspace Admin")
    stand_in = HarborStandIn()

    async def robots() -> int:
        return len(stand_in.engines.robots)

    async with served(stand_in.app()) as url:
        await harbor(boss, url, place.workspace, "own")
        await until(robots, "it has a robot")
        await place.settled()
    body = {"registry": "own"}
    await place.admin.ok("POST", f"{place.all}/rotate", body)

    async def named() -> list[dict] | None:
        return (await place.admin.get(f"{place.all}/progress"))["lacking"] or None

    [lacking] = await until(named, "it is named")
    assert (lacking["registry"], lacking["reason"]) == ("own", "CONNECTION_REFUSED")
    assert "127.0.0.1" in lacking["message"]

"""Clusters and settings that are not as they should be: said clearly, and right again by itself."""

import asyncio
import time
from pathlib import Path

from kangaroo.base.actors import SYSTEM
from kangaroo.core.pull_secrets import State, Where
from kangaroo.store.meta.database import Database
from tests.core.pull_secrets.kit import HOST, MANY, World, until, world
from tests.kube.cluster import Cluster, started

LOOKING = [
    {
        "apiGroups": [""],
        "resources": ["namespaces", "secrets", "serviceaccounts"],
        "verbs": ["get", "list", "watch"],
    }
]
WRITING = [
    {
        "apiGroups": [""],
        "resources": ["namespaces", "secrets", "serviceaccounts"],
        "verbs": ["get", "list", "watch", "create", "update", "patch", "delete"],
    }
]


async def test_nobody_said_how_clients_reach_us(
    tmp_path: Path, sqlite: Database, shared_cluster: Cluster
) -> None:
    async with world(tmp_path, sqlite, external_url="") as here:
        await here.register("one", shared_cluster)
        team, namespace = await here.workspace("team"), shared_cluster.namespace()
        await here.space("team-a", team)
        await here.bind("one", team, namespace)
        (seen,) = await here.standing_as(State.FAILED, team, namespace)
        assert "external_url" in seen.told("en")
        assert "external_url" in seen.told("zh")
        assert await here.auths("one", namespace) == {}


async def test_one_cluster_is_down(here: World, shared_cluster: Cluster) -> None:
    """The other one is served; the one that is back is right within seconds."""
    with await asyncio.to_thread(started) as other:
        await here.register("other", other)
        team = await here.workspace("team")
        await here.space("team-a", team)
        near, far, later = shared_cluster.namespace(), other.namespace(), other.namespace()
        await here.bind("other", team, far, later)
        await here.applied(team, far, later)
        other.call("DELETE", MANY.format(later))
        other.kill()
        await here.bind("one", team, near)
        await here.applied(team, near, seconds=10)
        await here.wired.services.pull_secrets.rotate(SYSTEM, team)
        (seen,) = await here.standing_as(State.FAILED, team, far)
        assert seen.reason in ("CONNECTION_REFUSED", "CONNECTION_LOST")
        await asyncio.to_thread(other.restart)
        began = time.monotonic()
        await here.applied(team, far, later)
        assert time.monotonic() - began < 12
        assert await here.auths("other", later) == await here.auths("one", near)


async def test_an_account_that_may_only_look(
    tmp_path: Path, sqlite: Database, shared_cluster: Cluster
) -> None:
    async with world(tmp_path, sqlite) as here:
        kubeconfig = shared_cluster.kubeconfig_of(f"writer-{tmp_path.name}", WRITING)
        await here.register("one", shared_cluster, kubeconfig)
        shared_cluster.call(
            "PATCH",
            f"/apis/rbac.authorization.k8s.io/v1/clusterroles/writer-{tmp_path.name}",
            {"rules": LOOKING},
            form="application/merge-patch+json",
        )
        team, namespace = await here.workspace("team"), shared_cluster.namespace()
        await here.bind("one", team, namespace)
        (seen,) = await here.standing_as(State.FORBIDDEN, team, namespace)
        assert "cannot create resource" in seen.told("en")
        progress = await here.wired.services.pull_secrets.progress(SYSTEM, Where(team))
        assert (progress.done, progress.total) == (0, 1)
        shared_cluster.call(
            "PATCH",
            f"/apis/rbac.authorization.k8s.io/v1/clusterroles/writer-{tmp_path.name}",
            {"rules": WRITING},
            form="application/merge-patch+json",
        )
        await here.applied(team, namespace)


async def test_unbinding_while_the_cluster_is_away(here: World) -> None:
    with await asyncio.to_thread(started) as other:
        await here.register("other", other)
        team, namespace = await here.workspace("team"), other.namespace()
        await here.space("team-a", team)
        await here.bind("other", team, namespace)
        await here.applied(team, namespace)
        auths = await here.auths("other", namespace)
        assert auths is not None
        other.kill()
        await here.unbind("other", namespace)

        async def refused() -> bool:
            return await here.pulls(auths[HOST], "team-a/app") == 401

        await until(refused, "the credential is refused although nobody could take it away")
        await asyncio.to_thread(other.restart)

        async def gone() -> bool:
            return await here.secret("other", namespace) is None

        await until(gone, "and it is taken away when the cluster is back")


async def test_a_namespace_under_way_to_its_end(here: World, shared_cluster: Cluster) -> None:
    """Held up by a finalizer, as namespaces are whose objects do not go."""
    team, namespace = await here.workspace("team"), shared_cluster.namespace()
    await here.bind("one", team, namespace)
    await here.applied(team, namespace)
    held = {
        "metadata": {"name": "held", "finalizers": ["kangaroo.test/held"]},
    }
    path = f"/api/v1/namespaces/{namespace}"
    shared_cluster.call("POST", f"{path}/configmaps", held)
    shared_cluster.call("DELETE", path)
    await here.standing_as(State.TERMINATING, team, namespace)
    free = {"metadata": {"finalizers": None}}
    shared_cluster.call("PATCH", f"{path}/configmaps/held", free, form="application/merge-patch+json")
    await here.standing_as(State.PENDING, team, namespace)

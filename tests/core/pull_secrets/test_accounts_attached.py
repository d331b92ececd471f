"""Attachment to service accounts of a real cluster: ours comes and goes, others' stay."""

import asyncio

import pytest

from kangaroo.base.actors import SYSTEM
from kangaroo.core.clusters import ClusterName, NamespaceName
from kangaroo.core.pull_secrets import ACCOUNTS, State
from tests.core.pull_secrets.kit import World, entries, until
from tests.kube.cluster import Cluster

ONE = ClusterName("one")
OURS = "registry-secret"


@pytest.fixture
def namespace(shared_cluster: Cluster) -> str:
    """With an account whose owner pulls from somewhere else too."""
    name = shared_cluster.namespace()
    body = {"metadata": {"name": "builder"}, "imagePullSecrets": [{"name": "theirs"}]}
    shared_cluster.call("POST", f"/api/v1/namespaces/{name}/serviceaccounts", body)
    return name


def has(cluster: Cluster, namespace: str, account: str, *names: str):
    async def so() -> bool:
        return list(await asyncio.to_thread(entries, cluster, namespace, account)) == list(names)

    return so


async def test_chosen_accounts(here: World, shared_cluster: Cluster, namespace: str) -> None:
    team = await here.workspace("team")
    await here.bind("one", team, namespace)
    await here.applied(team, namespace)
    assert entries(shared_cluster, namespace, "builder") == ["theirs"]
    service, place = here.wired.services.pull_secrets, NamespaceName(namespace)

    await service.choose(SYSTEM, ONE, place, ["builder", "default"])
    await until(has(shared_cluster, namespace, "builder", "theirs", OURS), "attached behind the other")
    await until(has(shared_cluster, namespace, "default", OURS), "attached to the default one")
    (seen,) = await here.applied(team, namespace)
    assert seen.accounts == ("builder", "default")

    await service.choose(SYSTEM, ONE, place, ["default"])
    await until(
        has(shared_cluster, namespace, "builder", "theirs"), "detached from the one that is not chosen"
    )

    await here.applied(team, namespace)
    await here.unbind("one", namespace)
    await until(has(shared_cluster, namespace, "default"), "detached when the namespace leaves")


async def test_the_namespace_says_it_itself(here: World, shared_cluster: Cluster, namespace: str) -> None:
    team = await here.workspace("team")
    await here.bind("one", team, namespace)
    await here.applied(team, namespace)
    path = f"/api/v1/namespaces/{namespace}"

    def annotate(value: str | None) -> None:
        body = {"metadata": {"annotations": {ACCOUNTS: value}}}
        shared_cluster.call("PATCH", path, body, form="application/merge-patch+json")

    annotate("builder, not a name!")
    await until(has(shared_cluster, namespace, "builder", "theirs", OURS), "attached as the annotation says")
    annotate("")
    await until(has(shared_cluster, namespace, "builder", "theirs"), "detached when it says nobody")
    await here.applied(team, namespace)


async def test_what_somebody_takes_off_comes_back(
    here: World, shared_cluster: Cluster, namespace: str
) -> None:
    """Service accounts are followed where some were chosen."""
    team = await here.workspace("team")
    await here.bind("one", team, namespace)
    await here.applied(team, namespace)
    await here.wired.services.pull_secrets.choose(SYSTEM, ONE, NamespaceName(namespace), ["builder"])
    await until(has(shared_cluster, namespace, "builder", "theirs", OURS), "attached")
    path, form = f"/api/v1/namespaces/{namespace}/serviceaccounts/builder", "application/merge-patch+json"
    shared_cluster.call("PATCH", path, {"imagePullSecrets": [{"name": "mine"}]}, form=form)
    await until(has(shared_cluster, namespace, "builder", "mine", OURS), "attached again, behind the other")
    shared_cluster.call("DELETE", path)
    shared_cluster.call("POST", path.rpartition("/")[0], {"metadata": {"name": "builder"}})
    await until(has(shared_cluster, namespace, "builder", OURS), "attached to the new one of that name")
    await here.applied(team, namespace)


async def test_an_account_that_comes_later(here: World, shared_cluster: Cluster, namespace: str) -> None:
    team = await here.workspace("team")
    await here.bind("one", team, namespace)
    await here.applied(team, namespace)
    await here.wired.services.pull_secrets.choose(SYSTEM, ONE, NamespaceName(namespace), ["late"])
    await here.standing_as(State.PENDING, team, namespace)

    async def told() -> bool:
        return "late" in (await here.standing(team, namespace)).told("en")

    await until(told, "it says which account is missing")
    body = {"metadata": {"name": "late"}}
    shared_cluster.call("POST", f"/api/v1/namespaces/{namespace}/serviceaccounts", body)
    await until(has(shared_cluster, namespace, "late", OURS), "attached when it is there")
    await here.applied(team, namespace)

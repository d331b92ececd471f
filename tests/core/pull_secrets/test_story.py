"""The life of a pull secret, against a real API server: it is there, it is right, and it is gone when it should be."""

import asyncio
import time

from kangaroo.base.actors import SYSTEM
from kangaroo.base.names import ProjectName
from kangaroo.core.clusters import ClusterName, NamespaceName
from kangaroo.core.pull_secrets import State
from kangaroo.store.meta import pull_secrets
from tests.core.pull_secrets.kit import HOST, MANY, World, until
from tests.kube.cluster import Cluster

NOTHING_PUSHED = 404  # the answer to who may pull


async def test_from_binding_to_the_end(here: World, shared_cluster: Cluster) -> None:
    team = await here.workspace("team")
    await here.space("team-a", team)
    await here.space("others")
    first, second = shared_cluster.namespace(), shared_cluster.namespace()

    began = time.monotonic()
    await here.bind("one", team, first, second)
    await here.applied(team, first, second)
    assert time.monotonic() - began < 10  # two seconds when nothing else runs

    auths = await here.auths("one", first)
    assert auths is not None
    assert list(auths) == [HOST]
    assert auths == await here.auths("one", second)
    assert await here.pulls(auths[HOST], "team-a/app") == NOTHING_PUSHED
    assert await here.pulls(auths[HOST], "others/app") == 401
    assert await here.pushes(auths[HOST], "team-a/app") == 401
    secret = await here.secret("one", first)
    assert secret is not None
    assert secret["metadata"]["labels"]["kangaroo.io/workspace"] == str(team)

    await here.unbind("one", first)
    await until(_gone(here, first), "the secret of the namespace that left is gone")
    await here.applied(team, second)
    await until(_refused(here, auths[HOST], "team-a/app"), "what the namespace knew is refused")
    renewed = await here.auths("one", second)
    assert renewed is not None
    assert await here.pulls(renewed[HOST], "team-a/app") == NOTHING_PUSHED

    await here.unbind("one", second)
    await until(_gone(here, second), "the last secret is gone")
    await until(_refused(here, renewed[HOST], "team-a/app"), "nobody pulls any more")


async def test_spaces_come_and_go(here: World, shared_cluster: Cluster) -> None:
    team, namespace = await here.workspace("team"), shared_cluster.namespace()
    await here.bind("one", team, namespace)
    await here.applied(team, namespace)
    assert await here.auths("one", namespace) == {}

    await here.space("first", team)

    async def has_one() -> dict | None:
        return await here.auths("one", namespace) or None

    auths = await until(has_one, "the first space brought a credential")
    await here.applied(team, namespace)
    await here.space("second")
    assert await here.pulls(auths[HOST], "second/app") == 401
    await here.give("second", team)
    assert await here.pulls(auths[HOST], "second/app") == NOTHING_PUSHED, (
        "its rights follow the bindings at once"
    )
    await here.applied(team, namespace)
    assert await here.auths("one", namespace) == auths

    await here.give("first")
    assert await here.pulls(auths[HOST], "first/app") == 401
    await here.give("second")

    async def has_none() -> bool:
        return await here.auths("one", namespace) == {}

    await until(has_none, "with the last space its credential went")
    assert await here.pulls(auths[HOST], "second/app") == 401


async def test_spaces_turn_public_and_private_and_end(here: World, shared_cluster: Cluster) -> None:
    """Long before the next comparison; and as Harbor's clients do it, who know nothing of workspaces."""
    team, namespace = await here.workspace("team"), shared_cluster.namespace()
    projects, first, second = here.wired.services.projects, ProjectName("first"), ProjectName("second")
    await here.space("first", team)
    await here.space("second", team)
    await here.bind("one", team, namespace)
    await here.applied(team, namespace)

    async def auths() -> dict | None:
        return await here.auths("one", namespace) or None

    async def none() -> bool:
        return await here.auths("one", namespace) == {}

    before = await until(auths, "both are private")
    await projects.metadata.set(SYSTEM, second, "public", "true")
    await projects.update(SYSTEM, first, {"public": "true"})
    await until(none, "what is public needs no credential")
    await projects.update(SYSTEM, first, {"public": "false"})
    after = await until(auths, "the first one is private again")
    assert after != before
    assert await here.pulls(after[HOST], "first/app") == NOTHING_PUSHED

    await projects.metadata.set(SYSTEM, second, "public", "false")

    async def pulls_both() -> bool:
        return await here.pulls(after[HOST], "second/app") == NOTHING_PUSHED

    await until(pulls_both, "so does the robot there is")
    await projects.delete(SYSTEM, second)
    await projects.delete(SYSTEM, first)
    await until(none, "what is gone needs none either")


async def test_whatever_is_done_to_it_is_undone(here: World, shared_cluster: Cluster) -> None:
    team, namespace = await here.workspace("team"), shared_cluster.namespace()
    await here.space("team-a", team)
    await here.bind("one", team, namespace)
    await here.applied(team, namespace)
    right = await here.auths("one", namespace)

    async def is_right() -> bool:
        found = await here.secret("one", namespace)
        return found is not None and await here.auths("one", namespace) == right

    shared_cluster.call("DELETE", MANY.format(namespace))
    await until(is_right, "a deleted secret is back")

    edit = {"data": {".dockerconfigjson": "e30="}}
    shared_cluster.call("PATCH", MANY.format(namespace), edit, form="application/merge-patch+json")
    await until(is_right, "an edited secret is right again")

    unlabelled = {"metadata": {"annotations": {"kangaroo.io/content": "something else"}}}
    shared_cluster.call("PATCH", MANY.format(namespace), unlabelled, form="application/merge-patch+json")

    async def marked() -> bool:
        found = await here.secret("one", namespace)
        return (
            found is not None and found["metadata"]["annotations"]["kangaroo.io/content"] != "something else"
        )

    await until(marked, "its mark is right again")
    await here.applied(team, namespace)


async def test_steady_state_costs_no_write(here: World, shared_cluster: Cluster) -> None:
    team, namespace = await here.workspace("team"), shared_cluster.namespace()
    await here.space("team-a", team)
    await here.bind("one", team, namespace)
    await here.applied(team, namespace)
    before = await here.secret("one", namespace)
    service = here.wired.services.pull_secrets
    for _ in range(3):
        await service.reconcile(SYSTEM, team)
        await here.applied(team, namespace)
    await service.jobs._drift.compare_all()
    await here.applied(team, namespace)
    after = await here.secret("one", namespace)
    assert before is not None
    assert after is not None
    assert after["metadata"]["resourceVersion"] == before["metadata"]["resourceVersion"]


async def test_rotation_leaves_no_gap(here: World, shared_cluster: Cluster) -> None:
    team = await here.workspace("team")
    namespaces = [shared_cluster.namespace() for _ in range(3)]
    await here.space("team-a", team)
    await here.bind("one", team, *namespaces)
    await here.applied(team, *namespaces)
    old = await here.auths("one", namespaces[0])
    assert old is not None
    assert await here.wired.services.pull_secrets.rotate(SYSTEM, team) == 1

    async def renewed() -> bool:
        pulled = await here.pulls(old[HOST], "team-a/app")
        found = [await here.auths("one", one) for one in namespaces]
        assert all(one is not None and list(one) == [HOST] for one in found)
        if all(one != old for one in found):
            return True
        assert pulled == NOTHING_PUSHED, "the old one went too early"
        return False

    await until(renewed, "every namespace has the new one")
    await until(_refused(here, old[HOST], "team-a/app"), "the old one is refused")


async def test_what_is_not_ours_stays(here: World, shared_cluster: Cluster) -> None:
    team, namespace = await here.workspace("team"), shared_cluster.namespace()
    await here.space("team-a", team)
    theirs = {"metadata": {"name": "registry-secret"}, "type": "Opaque", "stringData": {"mine": "only"}}
    shared_cluster.call("POST", MANY.format(namespace).rpartition("/")[0], theirs)
    await here.bind("one", team, namespace)
    (seen,) = await here.standing_as(State.CONFLICT, team, namespace)
    assert "Opaque" in seen.told("en")
    kept = await here.secret("one", namespace)
    assert kept is not None
    assert list(kept["data"]) == ["mine"]

    service = here.wired.services.pull_secrets
    standing = await service.overwrite(SYSTEM, ClusterName("one"), NamespaceName(namespace))
    assert standing.state is State.APPLIED
    auths = await here.auths("one", namespace)
    assert auths is not None
    assert list(auths) == [HOST]
    await here.applied(team, namespace)


async def test_a_foreign_one_is_left_when_the_namespace_leaves(here: World, shared_cluster: Cluster) -> None:
    team, namespace = await here.workspace("team"), shared_cluster.namespace()
    theirs = {
        "metadata": {"name": "registry-secret"},
        "type": "kubernetes.io/dockerconfigjson",
        "stringData": {".dockerconfigjson": '{"auths":{}}'},
    }
    shared_cluster.call("POST", MANY.format(namespace).rpartition("/")[0], theirs)
    await here.bind("one", team, namespace)
    await here.standing_as(State.CONFLICT, team, namespace)
    await here.unbind("one", namespace)
    rows = here.wired.database.lookup

    async def forgotten() -> bool:
        return await pull_secrets.of_workspace(rows, team) == []

    await until(forgotten, "nothing is left to be done")
    assert await here.secret("one", namespace) is not None


async def test_a_namespace_that_ends_and_comes_back(here: World, shared_cluster: Cluster) -> None:
    team, namespace = await here.workspace("team"), shared_cluster.namespace()
    await here.space("team-a", team)
    await here.bind("one", team, namespace)
    await here.applied(team, namespace)
    shared_cluster.call("DELETE", f"/api/v1/namespaces/{namespace}")

    async def ended() -> bool:
        status, _ = await asyncio.to_thread(shared_cluster.ask, "GET", f"/api/v1/namespaces/{namespace}")
        return status == 404

    await until(ended, "the namespace is gone")
    await here.standing_as(State.PENDING, team, namespace)
    shared_cluster.namespace(namespace)
    await here.applied(team, namespace)
    auths = await here.auths("one", namespace)
    assert auths is not None
    assert list(auths) == [HOST]


async def test_a_namespace_moves_to_another_workspace(here: World, shared_cluster: Cluster) -> None:
    one, other, namespace = await here.workspace("a"), await here.workspace("b"), shared_cluster.namespace()
    await here.space("space-a", one)
    await here.space("space-b", other)
    await here.bind("one", one, namespace)
    await here.applied(one, namespace)
    before = await here.auths("one", namespace)
    assert before is not None
    await here.unbind("one", namespace)
    await here.bind("one", other, namespace)
    await here.applied(other, namespace)
    after = await here.auths("one", namespace)
    assert after is not None
    assert await here.pulls(after[HOST], "space-b/app") == NOTHING_PUSHED
    assert await here.pulls(after[HOST], "space-a/app") == 401
    await until(_refused(here, before[HOST], "space-a/app"), "what it knew before is refused")


async def test_orphans_are_swept(here: World, shared_cluster: Cluster) -> None:
    team, namespace = await here.workspace("team"), shared_cluster.namespace()
    await here.bind("one", team, namespace)
    await here.applied(team, namespace)
    mark = (await here.secret("one", namespace) or {})["metadata"]["labels"]
    lost = shared_cluster.namespace()
    for name, labels in (("registry-secret", mark), ("theirs", {"kangaroo.io/managed": "another"})):
        body = {"metadata": {"name": name, "labels": labels}, "stringData": {"a": "b"}}
        shared_cluster.call("POST", f"/api/v1/namespaces/{lost}/secrets", body)
    done = await here.wired.services.pull_secrets.jobs._drift.compare_all()
    assert done["orphans"] == 1
    assert await here.secret("one", lost) is None
    shared_cluster.call("GET", f"/api/v1/namespaces/{lost}/secrets/theirs")
    await here.applied(team, namespace)


def _gone(here: World, namespace: str):
    async def gone() -> bool:
        return await here.secret("one", namespace) is None

    return gone


def _refused(here: World, auth: dict[str, str], repository: str):
    async def refused() -> bool:
        return await here.pulls(auth, repository) == 401

    return refused

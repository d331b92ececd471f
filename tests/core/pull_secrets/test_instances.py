"""Credentials of instances that are not ours: a robot where there are robots, else the workspace's own; never the one
an administrator of the platform gave."""

from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import urlsplit

import aiohttp
import pytest

from kangaroo.base.actors import SYSTEM
from kangaroo.core.instances import Credential, InstanceName, Kind, Registration, SpaceName, Which
from kangaroo.core.pull_secrets import Where
from tests.core.pull_secrets.kit import World, until
from tests.kube.cluster import Cluster
from tests.remote.harbor_stand_in import ADMIN, ADMIN_PASSWORD, HarborStandIn
from tests.remote.serving import served

PULL = [{"resource": "repository", "action": "pull"}]


@pytest.fixture
async def far() -> AsyncIterator[tuple[HarborStandIn, str]]:
    stand_in = HarborStandIn()
    async with served(stand_in.app()) as url:
        yield stand_in, url


async def register(here: World, name: str, url: str, workspace: int = 0, **how: object) -> None:
    wanted = Registration(
        name=InstanceName(name), kind=Kind.HARBOR, url=url, credential=Credential(ADMIN, ADMIN_PASSWORD)
    )
    await here.wired.services.instances.register(SYSTEM, wanted, workspace)


def shows(here: World, namespace: str, *hosts: str) -> Callable[[], Awaitable[bool]]:
    async def so() -> bool:
        auths = await here.auths("one", namespace)
        return auths is not None and sorted(auths) == sorted(hosts)

    return so


async def nothing_there(stand_in: HarborStandIn) -> bool:
    return stand_in.engines.robots == {}


async def test_a_harbor_of_the_platform(
    here: World, shared_cluster: Cluster, far: tuple[HarborStandIn, str]
) -> None:
    stand_in, url = far
    host = urlsplit(url).netloc
    team, namespace = await here.workspace("team"), shared_cluster.namespace()
    await register(here, "far", url)
    stand_in.add_project("given", public=False)
    stand_in.add_project("other", public=False)
    bindings = here.wired.services.workspaces.bindings
    await here.bind("one", team, namespace)
    await here.applied(team, namespace)
    assert await here.auths("one", namespace) == {}

    await bindings.change(SYSTEM, InstanceName("far"), SpaceName("given"), "add", [team])
    await until(shows(here, namespace, host), "the binding brought a credential")
    [robot] = stand_in.engines.robots.values()
    assert [(one["namespace"], one["access"]) for one in robot["permissions"]] == [("given", PULL)]
    auths = await here.auths("one", namespace)
    assert auths is not None
    assert (auths[host]["username"], auths[host]["password"]) == (robot["name"], robot["secret"])
    assert ADMIN_PASSWORD not in str(await here.secret("one", namespace))

    await bindings.change(SYSTEM, InstanceName("far"), SpaceName("other"), "add", [team])

    async def widened() -> bool:
        [robot] = stand_in.engines.robots.values()
        granted = sorted((one["namespace"], str(one["access"])) for one in robot["permissions"])
        return granted == [("given", str(PULL)), ("other", str(PULL))]

    await until(widened, "the robot's rights follow the bindings")
    for space in ("given", "other"):
        await bindings.change(SYSTEM, InstanceName("far"), SpaceName(space), "remove", [team])
    await until(shows(here, namespace), "without bindings there is no credential")
    await until(lambda: nothing_there(stand_in), "the robot has ended")


async def test_a_harbor_of_the_workspace(
    here: World, shared_cluster: Cluster, far: tuple[HarborStandIn, str]
) -> None:
    stand_in, url = far
    host = urlsplit(url).netloc
    team, other = await here.workspace("team"), await here.workspace("other")
    namespace, elsewhere = shared_cluster.namespace(), shared_cluster.namespace()
    await here.bind("one", team, namespace)
    await here.bind("one", other, elsewhere)
    await here.applied(team, namespace)
    await register(here, "own", url, team)
    await until(shows(here, namespace, host), "the new registry brought a credential")
    [robot] = stand_in.engines.robots.values()
    assert [(one["namespace"], one["access"]) for one in robot["permissions"]] == [("*", PULL)]
    assert await here.auths("one", elsewhere) == {}

    stand_in.engines.robots.clear()
    await here.wired.services.pull_secrets.reconcile(SYSTEM, team)

    async def made_again() -> bool:
        return len(stand_in.engines.robots) == 1

    await until(made_again, "a robot somebody removed is made again")

    async def used() -> bool:
        [robot] = stand_in.engines.robots.values()
        return (await here.auths("one", namespace) or {}).get(host, {}).get("password") == robot["secret"]

    await until(used, "and the secret has the new one")
    await here.wired.services.instances.delete(SYSTEM, Which(InstanceName("own"), team))
    await until(shows(here, namespace), "without the registry there is no credential")


async def test_who_may_make_no_robots_gives_his_own(
    here: World, shared_cluster: Cluster, far: tuple[HarborStandIn, str]
) -> None:
    stand_in, url = far
    host = urlsplit(url).netloc
    made = await _robot_without_rights(stand_in, url)
    team, namespace = await here.workspace("team"), shared_cluster.namespace()
    wanted = Registration(name=InstanceName("own"), kind=Kind.HARBOR, url=url, credential=made)
    await here.wired.services.instances.register(SYSTEM, wanted, team)
    await here.bind("one", team, namespace)
    await until(shows(here, namespace, host), "the workspace's own credential is in it")
    auths = await here.auths("one", namespace)
    assert auths is not None
    assert (auths[host]["username"], auths[host]["password"]) == (made.username, made.password)


async def test_a_harbor_that_is_away_keeps_nobody_waiting(here: World, shared_cluster: Cluster) -> None:
    stand_in = HarborStandIn()
    stand_in.add_project("given", public=False)
    team, namespace = await here.workspace("team"), shared_cluster.namespace()
    await here.space("near", team)
    async with served(stand_in.app()) as url:
        await register(here, "far", url)
        bindings = here.wired.services.workspaces.bindings
        await bindings.change(SYSTEM, InstanceName("far"), SpaceName("given"), "add", [team])
    await here.bind("one", team, namespace)

    async def told() -> bool:
        progress = await here.wired.services.pull_secrets.progress(SYSTEM, Where(team))
        return [(gap.instance, gap.reason) for gap in progress.gaps] == [("far", "CONNECTION_REFUSED")]

    await until(told, "it says which registry is missing")
    await until(shows(here, namespace, "registry.test:8443"), "the others are in it")
    port = urlsplit(url).port
    assert port is not None
    async with served(stand_in.app(), port=port):
        await here.wired.services.pull_secrets.reconcile(SYSTEM, team)
        await until(shows(here, namespace, "registry.test:8443", urlsplit(url).netloc), "all are in it")
        await here.applied(team, namespace)


async def _robot_without_rights(stand_in: HarborStandIn, url: str) -> Credential:
    """An account of a Harbor that may pull, and nothing in the system."""
    body = {
        "name": "puller",
        "level": "system",
        "duration": -1,
        "permissions": [{"kind": "project", "namespace": "*", "access": PULL}],
    }
    auth = aiohttp.BasicAuth(ADMIN, ADMIN_PASSWORD)
    async with (
        aiohttp.ClientSession(auth=auth) as session,
        session.post(f"{url}/api/v2.0/robots", json=body) as answer,
    ):
        assert answer.status == 201, await answer.text()
        made = await answer.json()
    return Credential(made["name"], made["secret"])

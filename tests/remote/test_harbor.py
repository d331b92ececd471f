"""What only Harbor can do, at a stand-in that holds requests and answers to Harbor's own description of its API."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from kangaroo.base.actors import Grant, Right
from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Window
from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.remote.contract import RemoteRegistry
from kangaroo.remote.names import ImageName, SpaceName
from kangaroo.remote.opening import open_remote
from kangaroo.remote.policies import (
    Endpoint,
    ExecutionFilter,
    ReplicationFilter,
    ReplicationPolicy,
    RetentionPolicy,
    RetentionRule,
    RobotSpec,
    Selector,
    State,
    TaskFilter,
    Template,
    Trigger,
)
from kangaroo.remote.values import Account, Capability, Credential, Kind, Vulnerabilities
from tests.contract.remotes import push
from tests.remote.harbor_stand_in import ADMIN, ADMIN_PASSWORD, PLAIN, PLAIN_PASSWORD, HarborStandIn
from tests.remote.serving import served

LIBRARY = SpaceName("library")
NGINX = ImageName.parse("library", "web/nginx")
AT = 1_714_979_289_123_000  # the time of the stand-in
PULL = Grant("project", "library", (Right("repository", "pull"),))


@asynccontextmanager
async def opened(
    url: str, user: str = ADMIN, password: str = ADMIN_PASSWORD
) -> AsyncIterator[RemoteRegistry]:
    registry = open_remote(Kind.HARBOR, url, Credential(user, password))
    try:
        yield registry
    finally:
        await registry.close()


@pytest.fixture
async def stand_in() -> AsyncIterator[tuple[HarborStandIn, str]]:
    made = HarborStandIn()
    async with served(made.app()) as url:
        yield made, url


@pytest.fixture
async def harbor(stand_in: tuple[HarborStandIn, str]) -> AsyncIterator[RemoteRegistry]:
    async with opened(stand_in[1]) as registry:
        yield registry


async def refused(code: Code, call: object) -> Failure:
    with pytest.raises(Failure) as caught:
        await call  # type: ignore[misc]
    assert caught.value.code is code
    return caught.value


class TestIdentity:
    async def test_an_administrator(self, harbor: RemoteRegistry):
        identity = await harbor.identify()
        assert (identity.account, identity.user, identity.version) == (Account.ADMIN, ADMIN, "2.10.0-abc")
        assert identity.able == harbor.capabilities == frozenset(Capability)

    async def test_a_user(self, stand_in: tuple[HarborStandIn, str]):
        async with opened(stand_in[1], PLAIN, PLAIN_PASSWORD) as registry:
            identity = await registry.identify()
        assert identity.account is Account.USER
        assert not {Capability.REPLICATION, Capability.ROBOTS} & identity.able
        assert {Capability.SPACES_CREATE, Capability.DELETE} <= identity.able

    async def test_nobody(self, stand_in: tuple[HarborStandIn, str]):
        registry = open_remote(Kind.HARBOR, stand_in[1], None)
        identity = await registry.identify()
        await registry.probe()
        await registry.close()
        assert (identity.account, identity.version, identity.able) == (Account.ANONYMOUS, "", frozenset())

    async def test_a_robot(self, stand_in: tuple[HarborStandIn, str], harbor: RemoteRegistry):
        rights = (Right("project", "create"), Right("robot", "create"))
        for name, grants in (("strong", (Grant("system", "/", rights), PULL)), ("weak", (PULL,))):
            robot = await harbor.robots.create(RobotSpec(name, grants))
            async with opened(stand_in[1], robot.username, robot.secret) as registry:
                identity = await registry.identify()
                await registry.probe()
            assert (identity.account, identity.user) == (Account.ROBOT, f"robot${name}")
            strong = name == "strong"
            assert identity.rights == (
                frozenset({("project", "create"), ("robot", "create")}) if strong else set()
            )
            assert (Capability.ROBOTS in identity.able) is strong
            assert Capability.REPLICATION not in identity.able
            if strong:
                identity.require_admin(stand_in[1])
            else:
                with pytest.raises(InstanceFailure):
                    identity.require_admin(stand_in[1])


class TestLists:
    async def test_windows_larger_than_a_page(
        self, stand_in: tuple[HarborStandIn, str], harbor: RemoteRegistry
    ):
        for number in range(249):
            stand_in[0].add_project(f"p{number:03}", public=False)
        every = await harbor.spaces.page(Window(size=0))
        assert (len(every.items), every.total) == (250, 250)
        part = await harbor.spaces.page(Window(2, 120))
        assert [space.name for space in part.items] == [space.name for space in every.items[120:240]]
        assert part.total == 250
        assert len((await harbor.spaces.page(Window(3, 120))).items) == 10

    async def test_search_with_characters_of_the_query_language(self, harbor: RemoteRegistry):
        for fuzzy in ("a,b", "~", "%", "[1~2]", "é"):
            assert (await harbor.images.page(LIBRARY, Window(), fuzzy)).total == 0


class TestSpaces:
    async def test_what_is_in_a_project(self, stand_in: tuple[HarborStandIn, str], harbor: RemoteRegistry):
        stand_in[0].projects["library"] |= {"registry_id": 3}
        space = await harbor.spaces.get(LIBRARY)
        assert (space.public, space.proxy, space.created, space.id) == (True, True, AT, 1)
        quota = await harbor.spaces.quota(LIBRARY)
        assert (quota.used, quota.limit) == (0, None)


class TestImages:
    async def test_details_only_harbor_has(self, harbor: RemoteRegistry):
        pushed = await push(harbor.content, NGINX)
        image = await harbor.images.get(NGINX)
        assert (image.pulls, image.updated, image.created) == (3, AT, AT)
        artifact = await harbor.images.artifact(NGINX, pushed.digest)
        assert (artifact.pushed, artifact.pulled) == (AT, None)
        assert artifact.tags[0].pushed == AT
        assert artifact.scan is None


class TestScanning:
    async def test_scanner(self, harbor: RemoteRegistry):
        scanner = await harbor.scanning.scanner(LIBRARY)
        assert scanner is not None
        assert (scanner.id, scanner.name, scanner.healthy, scanner.default) == ("u-1", "Trivy", True, True)
        await refused(Code.NOT_FOUND, harbor.scanning.scanner(SpaceName("absent")))

    async def test_a_scan(self, harbor: RemoteRegistry):
        pushed = await push(harbor.content, NGINX)
        await harbor.scanning.start(NGINX, pushed.digest)
        scan = (await harbor.images.artifact(NGINX, pushed.digest)).scan
        assert scan is not None
        assert (scan.status, scan.severity, scan.started) == ("success", "critical", AT)
        assert scan.found == Vulnerabilities(total=3, fixable=1, critical=1, low=2)
        assert scan.scanner == ("Trivy", "Aqua Security", "v0.50")
        assert "report-1" in await harbor.scanning.log(NGINX, pushed.digest, scan.report_id)
        report = await harbor.scanning.report(NGINX, pushed.digest)
        assert [one["vulnerabilities"][0]["id"] for one in report.values()] == ["CVE-2024-1"]
        await harbor.scanning.stop(NGINX, pushed.digest)
        (listed,) = (await harbor.images.artifacts(NGINX, Window())).items
        assert listed.scan is not None
        assert listed.scan.status == "stopped"


class TestRobots:
    async def test_life_of_a_robot(self, stand_in: tuple[HarborStandIn, str], harbor: RemoteRegistry):
        spec = RobotSpec("ci", (PULL,), days=30, description="for builds")
        robot = await harbor.robots.create(spec)
        assert (robot.username, robot.grants) == ("robot$ci", (PULL,))
        assert robot.secret
        assert robot.secret not in repr(robot)
        assert robot.expires == 2_000_000_000_000_000
        await refused(Code.CONFLICT, harbor.robots.create(spec))
        secret = await harbor.robots.refresh(robot.id)
        assert secret != robot.secret
        push_too = (
            replace(PULL, access=(*PULL.access, Right("repository", "push")))
            if False
            else Grant("project", "library", (Right("repository", "pull"), Right("repository", "push")))
        )
        await harbor.robots.update(robot.id, replace(spec, grants=(push_too,), days=None, disabled=True))
        found = await harbor.robots.find("ci")
        assert found is not None
        assert (found.id, found.grants, found.disabled) == (robot.id, (push_too,), True)
        await harbor.robots.delete(robot.id)
        assert await harbor.robots.find("ci") is None
        await refused(Code.NOT_FOUND, harbor.robots.delete(robot.id))


class TestRetention:
    async def test_life_of_a_policy(self, harbor: RemoteRegistry):
        rules = (
            RetentionRule(Template.LATEST_PUSHED, 10),
            RetentionRule(
                Template.ALWAYS,
                images=(Selector("web/**", excludes=True),),
                tags=(Selector("v*", untagged=False),),
                disabled=True,
            ),
        )
        policy = RetentionPolicy(space_id=1, rules=rules, cron="0 0 0 * * *")
        number = await harbor.retention.create(policy)
        assert (await harbor.spaces.get(LIBRARY)).retention_id == number
        assert await harbor.retention.get(number) == replace(policy, id=number)
        changed = replace(policy, id=number, rules=rules[:1], cron="")
        await harbor.retention.update(changed)
        assert await harbor.retention.get(number) == changed
        await harbor.retention.delete(number)
        await refused(Code.NOT_FOUND, harbor.retention.get(number))

    async def test_runs(self, harbor: RemoteRegistry):
        number = await harbor.retention.create(RetentionPolicy(1, (RetentionRule(Template.ALWAYS),)))
        for dry_run in (True, False):
            await harbor.retention.start(number, dry_run=dry_run)
        found = await harbor.retention.executions(number, Window())
        assert [(one.dry_run, one.state, one.trigger) for one in found.items] == [
            (True, State.SUCCEEDED, Trigger.MANUAL),
            (False, State.SUCCEEDED, Trigger.MANUAL),
        ]
        first = found.items[0]
        assert (first.policy_id, first.started, first.ended) == (number, AT, AT)
        (task,) = (await harbor.retention.tasks(number, first.id, Window())).items
        assert (task.image, task.total, task.retained) == ("library/nginx", 5, 2)
        assert "log of" in await harbor.retention.log(number, first.id, task.id)
        await harbor.retention.stop(number, first.id)
        assert (await harbor.retention.executions(number, Window())).items[0].state is State.STOPPED
        await refused(Code.BAD_REQUEST, harbor.retention.start(9999, dry_run=True))


class TestReplication:
    async def endpoint(self, harbor: RemoteRegistry) -> Endpoint:
        made = Endpoint(
            "far", "harbor", "https://far", access_key="me", access_secret="secret", insecure=True
        )
        number = await harbor.replication.endpoints.create(made)
        (found,) = (await harbor.replication.endpoints.page(Window(), "fa")).items
        assert found == replace(made, id=number, access_secret="")
        return found

    async def test_life_of_an_endpoint(self, harbor: RemoteRegistry):
        endpoints, endpoint = harbor.replication.endpoints, await self.endpoint(harbor)
        await refused(Code.CONFLICT, endpoints.create(endpoint))
        await endpoints.update(replace(endpoint, description="new", url="https://further"))
        (found,) = (await endpoints.page(Window())).items
        assert (found.description, found.url) == ("new", "https://further")
        assert (await endpoints.page(Window(), "none")).total == 0
        await endpoints.delete(endpoint.id)
        await refused(Code.NOT_FOUND, endpoints.delete(endpoint.id))

    async def test_life_of_a_policy(self, stand_in: tuple[HarborStandIn, str], harbor: RemoteRegistry):
        policies, endpoint = harbor.replication.policies, await self.endpoint(harbor)
        policy = ReplicationPolicy(
            name="nightly",
            source=None,
            target=endpoint,
            trigger=Trigger.SCHEDULED,
            cron="0 0 1 * * *",
            filters=(
                ReplicationFilter("name", ("library/**",)),
                ReplicationFilter("tag", ("v*",), excludes=True),
                ReplicationFilter("label", ("a", "b")),
                ReplicationFilter("resource", ("image",)),
            ),
            target_space="mirror",
            speed=1024,
        )
        number = await policies.create(policy)
        held = stand_in[0].engines.tables["replication/policies"][number]
        held |= {"replicate_deletion": True, "copy_by_chunk": True}
        found = await policies.get(number)
        assert found == replace(policy, id=number, target=found.target)
        assert found.target is not None
        assert found.target.id == endpoint.id
        assert (await policies.page(Window(), "night")).items == [found]
        await policies.update(replace(found, enabled=False, speed=None, trigger=Trigger.MANUAL, cron=""))
        changed = await policies.get(number)
        assert (changed.enabled, changed.speed, changed.trigger) == (False, None, Trigger.MANUAL)
        held = stand_in[0].engines.tables["replication/policies"][number]
        assert (held["replicate_deletion"], held["copy_by_chunk"]) == (True, True)
        await policies.delete(number)
        await refused(Code.NOT_FOUND, policies.get(number))

    async def test_runs(self, harbor: RemoteRegistry):
        policy = ReplicationPolicy("pull", source=await self.endpoint(harbor), target=None)
        number = await harbor.replication.policies.create(policy)
        executions = harbor.replication.executions
        run = await executions.start(number)
        execution = await executions.get(run)
        assert (execution.state, execution.policy_id, execution.total) == (State.SUCCEEDED, number, 1)
        for which, count in (
            (ExecutionFilter(), 1),
            (ExecutionFilter(policy_id=number, state=State.SUCCEEDED, trigger=Trigger.MANUAL), 1),
            (ExecutionFilter(policy_id=number + 1), 0),
            (ExecutionFilter(state=State.RUNNING), 0),
            (ExecutionFilter(trigger=Trigger.EVENT), 0),
        ):
            assert (await executions.page(Window(), which)).total == count
        (task,) = (await executions.tasks(run, Window(), TaskFilter(State.SUCCEEDED, "image"))).items
        assert (task.source, task.target, task.operation) == ("library/nginx:1", "mirror/nginx:1", "copy")
        assert (await executions.tasks(run, Window(), TaskFilter(State.FAILED))).items == []
        assert "log of" in await executions.log(run, task.id)
        await executions.stop(run)
        assert (await executions.get(run)).state is State.STOPPED
        await refused(Code.NOT_FOUND, executions.start(9999))


async def test_a_plain_user_is_told_what_is_not_allowed(stand_in: tuple[HarborStandIn, str]):
    async with opened(stand_in[1], PLAIN, PLAIN_PASSWORD) as registry:
        with pytest.raises(InstanceFailure) as caught:
            await registry.robots.create(RobotSpec("new", (PULL,)))
    assert caught.value.reason is Reason.FORBIDDEN

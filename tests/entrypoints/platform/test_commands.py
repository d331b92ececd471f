"""Login commands and standing robots: at the built-in registry, at a Harbor elsewhere, and where there are none."""

import pytest
from sqlalchemy import select

from kangaroo.base.names import ProjectName
from kangaroo.core.workspaces.revoking import NARROW
from kangaroo.store.meta.schema.access import robots
from kangaroo.store.meta.schema.jobs import tasks
from kangaroo.store.meta.schema.platform import instances
from kangaroo.store.meta.statements import Query
from tests.core.workspaces.kit import (
    harbor,
    may_pull,
    may_push,
    member,
    password_of,
    plain_registry,
    private,
    workspace,
)
from tests.entrypoints.platform.conftest import Site
from tests.remote.harbor_stand_in import HarborStandIn
from tests.remote.serving import served

_ROBOTS = Query(select(robots.c.id))
_TASKS = Query(select(tasks.c.kind))
_FAR = Query(select(instances.c.id).where(instances.c.name == "far"))


@pytest.fixture
async def far():
    """A Harbor elsewhere and its URL."""
    stand_in = HarborStandIn()
    async with served(stand_in.app()) as url:
        yield stand_in, url


def push_of(place: int, name: str = "kangaroo", query: str = "") -> str:
    return f"workspaces/{place}/registries/{name}/push{query}"


class TestHere:
    async def test_commands_for_every_tool(self, site, admin):
        made = await workspace(admin, "One")
        await private(admin, "secret", made)
        ann = await member(site, admin, made, "ann")
        answer = await ann.get(push_of(made))
        assert answer["expired"] == "86400"
        assert answer["host"] == "registry.test"
        for tool, command in answer["commands"].items():
            assert answer["username"] in command, tool
            assert "registry.test" in command, tool
            assert password_of(answer) in command, tool
        assert "insecure-registries" in answer["trust"]["docker"]  # tests speak plain HTTP

    @pytest.mark.parametrize("expired", [59, -1, 30 * 86_400 + 1])
    async def test_how_long(self, site, admin, expired):
        made = await workspace(admin, "One")
        ann = await member(site, admin, made, "ann")
        assert await ann.refused("GET", push_of(made, query=f"?expired={expired}")) == (400, "INVALID_FIELD")

    async def test_it_ends_by_itself(self, site, admin, monkeypatch):
        made = await workspace(admin, "One")
        await private(admin, "secret", made)
        ann = await member(site, admin, made, "ann")
        answer = await ann.get(push_of(made, query="?expired=60"))
        login = (answer["username"], password_of(answer))
        assert await may_push(site, *login, "secret/app")
        access = site.services.access
        later = access._now() + 61_000_000
        for part in (access._facts, access._signin):
            monkeypatch.setattr(part, "_clock", lambda: later)
        assert not await may_push(site, *login, "secret/app")
        monkeypatch.setattr(site.services.workspaces.looking, "clock", lambda: later)
        assert (await site.services.workspaces.jobs.tend(None))["removed"] == 1
        robots = await site.wired.database.lookup.all(_ROBOTS)
        assert not robots

    async def test_nothing_to_push_to(self, site, admin):
        made = await workspace(admin, "One")
        ann = await member(site, admin, made, "ann")
        assert await ann.refused("GET", push_of(made)) == (400, "PRECONDITION")

    async def test_viewers_do_not_push(self, site, admin):
        made = await workspace(admin, "One")
        ann = await member(site, admin, made, "ann", "Workspace Viewer")
        for path in (push_of(made), f"workspaces/{made}/registries/kangaroo/robot_info"):
            assert await ann.refused("GET", path) == (403, "FORBIDDEN")
        assert await admin.refused("GET", push_of(made)) == (403, "FORBIDDEN")

    async def test_the_standing_robot_follows_the_bindings(self, site, admin):
        made = await workspace(admin, "One")
        await private(admin, "first", made)
        ann = await member(site, admin, made, "ann")
        path = f"workspaces/{made}/registries/kangaroo/robot_info"
        robot = await ann.get(path)
        assert await ann.get(path) == robot
        held = (robot["Username"], robot["Password"])
        assert await may_push(site, *held, "first/app")
        await private(admin, "second", made)
        assert await may_push(site, *held, "second/app")
        await admin.ok("DELETE", f"registries/kangaroo/projects/first/binding/{made}")
        assert not await may_pull(site, *held, "first/app")
        assert await may_push(site, *held, "second/app")

    async def test_a_standing_robot_an_administrator_removed_is_made_again(self, site, admin):
        made = await workspace(admin, "One")
        await private(admin, "first", made)
        ann = await member(site, admin, made, "ann")
        path = f"workspaces/{made}/registries/kangaroo/robot_info"
        first = await ann.get(path)
        found = await site.wired.database.lookup.one(_ROBOTS)
        await site.services.access.robots.delete(await site.admin(), found["id"])
        second = await ann.get(path)
        assert second["Password"] != first["Password"]
        assert await may_push(site, second["Username"], second["Password"], "first/app")

    async def test_a_space_made_anew_under_the_same_name_is_another(self, site, admin):
        made = await workspace(admin, "One")
        await private(admin, "secret", made)
        ann = await member(site, admin, made, "ann")
        answer = await ann.get(push_of(made))
        login = (answer["username"], password_of(answer))
        projects = site.services.projects
        await projects.delete(await site.admin(), ProjectName("secret"))
        await projects.create(await site.admin(), ProjectName("secret"))
        assert not await may_push(site, *login, "secret/app")
        path = f"workspaces/{made}/registries/kangaroo/projects/secret"
        assert await ann.refused("GET", path) == (404, "PROJECT_UNKNOWN")
        assert (await admin.get("registries/kangaroo/projects/secret/binding"))["items"] == []
        await admin.ok("POST", f"registries/kangaroo/projects/secret/binding/{made}")
        assert await may_push(site, *login, "secret/app")


class TestElsewhere:
    async def test_a_login_at_a_harbor_and_its_end(self, site, admin, far):
        stand_in, url = far
        made = await workspace(admin, "One")
        await harbor(admin, url)
        for name in ("secret", "other"):
            stand_in.add_project(name, public=False)
        await admin.ok("PUT", "registries/far/projects/secret/binding", {"bindingWorkspace": [str(made)]})
        ann = await member(site, admin, made, "ann")
        answer = await ann.get(push_of(made, "far", "?expired=3600"))
        assert answer["spaces"] == ["secret"]
        [robot] = stand_in.engines.robots.values()
        assert (answer["username"], password_of(answer)) == (robot["name"], robot["secret"])
        assert [one["namespace"] for one in robot["permissions"]] == ["secret"]
        assert {one["action"] for one in robot["permissions"][0]["access"]} == {"pull", "push"}
        assert robot["duration"] == 1
        # another space: the robot follows by job
        await admin.ok("POST", f"registries/far/projects/other/binding/{made}")
        jobs = site.services.workspaces.jobs
        instance = (await site.wired.database.lookup.one(_FAR))["id"]
        await _narrow(site, instance, made)
        [robot] = stand_in.engines.robots.values()
        assert [one["namespace"] for one in robot["permissions"]] == ["other", "secret"]
        # everything taken away: the robot goes
        for name in ("secret", "other"):
            await admin.ok("DELETE", f"registries/far/projects/{name}/binding/{made}")
        await _narrow(site, instance, made)
        await jobs.expire(_Checked())
        assert stand_in.engines.robots == {}

    async def test_the_standing_robot_and_the_end_of_the_workspace(self, site, admin, far):
        stand_in, url = far
        made = await workspace(admin, "One")
        await harbor(admin, url)
        stand_in.add_project("secret", public=False)
        await admin.ok("POST", f"registries/far/projects/secret/binding/{made}")
        ann = await member(site, admin, made, "ann")
        path = f"workspaces/{made}/registries/far/robot_info"
        first = await ann.get(path)
        assert await ann.get(path) == first
        assert len(stand_in.engines.robots) == 1
        await admin.ok("DELETE", f"registries/far/projects/secret/binding/{made}")
        await admin.ok("DELETE", f"workspaces/{made}")
        await site.services.workspaces.jobs.expire(_Checked())
        assert stand_in.engines.robots == {}

    async def test_a_harbor_of_ones_own_is_open_everywhere(self, site, admin, far):
        stand_in, url = far
        made = await workspace(admin, "One")
        boss = await member(site, admin, made, "boss", "Workspace Admin")
        await harbor(boss, url, made)
        answer = await boss.get(push_of(made, "far"))
        assert answer["spaces"] == []
        [robot] = stand_in.engines.robots.values()
        assert [one["namespace"] for one in robot["permissions"]] == ["*"]

    async def test_registries_without_robots(self, site, admin):
        made = await workspace(admin, "One")
        boss = await member(site, admin, made, "boss", "Workspace Admin")
        async with served(plain_registry()) as url:
            body = {"name": "plain", "type": "DOCKER_REGISTRY", "url": url}
            await boss.ok("POST", f"workspaces/{made}/registries", body)
            for path in (push_of(made, "plain"), f"workspaces/{made}/registries/plain/robot_info"):
                answer = await boss("GET", path)
                assert (answer.status, answer.json()["code"]) == (400, 9)
                assert "robots" in answer.json()["message"]


class _Checked:
    """As much of a job as `expire` needs."""

    def log(self, level: str, message: str) -> None:
        raise AssertionError(message)

    async def check(self) -> None: ...


async def _narrow(site: Site, instance: int, place: int) -> None:
    """What the queue has been asked for, done."""
    kinds = [row["kind"] for row in await site.wired.database.lookup.all(_TASKS)]
    assert NARROW in kinds
    await site.services.workspaces.jobs._elsewhere.narrow(instance, place)

"""Tenancy through the front door: workspaces, members, roles, and the story of one private space."""

import pytest
from sqlalchemy import select

from kangaroo.base.paging import Window
from kangaroo.base.query import ListQuery
from kangaroo.store.meta.schema.platform import role_bindings
from kangaroo.store.meta.statements import Query
from tests.core.workspaces.kit import (
    SPACES,
    may_pull,
    may_push,
    member,
    names,
    password_of,
    private,
    registry,
    workspace,
)
from tests.entrypoints.platform.client import PlatformClient
from tests.entrypoints.platform.conftest import PASSWORD

_BINDINGS = Query(select(role_bindings.c.entity_type))


async def test_the_story(site, admin, nobody):
    """The tenancy story."""
    team = await workspace(admin, "Team A")
    ann = await member(site, admin, team, "ann")
    await site.user("stranger")
    stranger = nobody.signed_in("stranger", PASSWORD)
    await admin.ok("POST", "registries/kangaroo/projects", {"project": "secret"})
    assert await names(ann, team) == ["library"]
    await admin.ok("PUT", "registries/kangaroo/projects/secret/binding", {"bindingWorkspace": [str(team)]})

    # seen at once, by members alone
    assert await names(ann, team) == ["library", "secret"]
    assert (await ann.get(SPACES.format(team) + "/secret"))["isBindingWorkspace"] is True
    for other in (stranger, admin):
        assert await other.refused("GET", SPACES.format(team)) == (403, "FORBIDDEN")
        found = await other.get("select/registries/kangaroo/projects")
        assert found["items"] == ["library"]

    # the login command pushes there and nowhere else
    answer = await ann.get(f"workspaces/{team}/registries/kangaroo/push?expired=3600")
    assert answer["spaces"] == ["secret"]
    assert 3590 <= int(answer["expired"]) <= 3600
    login = (answer["username"], password_of(answer))
    pushed = await registry(site, *login).push_image("secret/app", "v1")
    assert not await may_push(site, *login, "library/app")
    await admin.ok("POST", "registries/kangaroo/projects", {"project": "other"})
    assert not await may_push(site, *login, "other/app")
    assert not await may_pull(site, *login, "other/app")

    # images show
    images = await ann.get(SPACES.format(team) + "/secret/repositories")
    assert [(one["name"], one["tagCount"]) for one in images["items"]] == [("app", "1")]
    artifacts = await ann.get(SPACES.format(team) + "/secret/repositories/app/artifacts")
    assert artifacts["items"][0]["digest"] == pushed.digest
    robot = await ann.get(f"workspaces/{team}/registries/kangaroo/robot_info")
    standing = (robot["Username"], robot["Password"])
    assert await may_pull(site, *standing, "secret/app")

    # unbinding takes it all away
    await admin.ok("PUT", "registries/kangaroo/projects/secret/binding", {"bindingWorkspace": []})
    assert await names(ann, team) == ["library"]
    assert await ann.refused("GET", SPACES.format(team) + "/secret") == (404, "PROJECT_UNKNOWN")
    assert await ann.refused("GET", SPACES.format(team) + "/secret/repositories") == (404, "PROJECT_UNKNOWN")
    for username, password in (login, standing):
        assert not await may_pull(site, username, password, "secret/app")
        assert not await may_push(site, username, password, "secret/app")


class TestWorkspaces:
    async def test_made_renamed_and_removed(self, site, admin):
        made = await workspace(admin, "One")
        assert await admin.refused("POST", "workspaces", {"alias": "One"}) == (409, "CONFLICT")
        assert await admin.refused("POST", "workspaces", {"alias": " "}) == (400, "INVALID_FIELD")
        changed = await admin.ok("PUT", f"workspaces/{made}", {"alias": "Two", "description": "ours"})
        assert (changed["alias"], changed["description"]) == ("Two", "ours")
        assert await admin.get("workspace?name=tw") == {
            "items": [{"workspaceId": made, "alias": "Two"}],
            "pagination": {"page": 1, "pageSize": 10, "total": 1, "pages": 1},
        }
        await admin.ok("DELETE", f"workspaces/{made}")
        for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/members")):
            assert await admin.refused(method, f"workspaces/{made}{path}") == (404, "NOT_FOUND")
        assert (await admin.get("workspaces"))["items"] == []

    async def test_not_removed_while_something_hangs_on_it(self, site, admin):
        made = await workspace(admin, "One")
        await private(admin, "secret", made)
        answer = await admin("DELETE", f"workspaces/{made}")
        assert answer.status == 409
        assert "space kangaroo/secret" in answer.json()["message"]
        assert (await admin.get(f"workspaces/{made}/resources"))["spaces"] == ["kangaroo/secret"]
        await admin.ok("DELETE", f"registries/kangaroo/projects/secret/binding/{made}")
        await admin.ok("DELETE", f"workspaces/{made}")

    async def test_only_ones_own_are_shown(self, site, admin):
        mine, other = await workspace(admin, "Mine"), await workspace(admin, "Other")
        ann = await member(site, admin, mine, "ann", "Workspace Viewer")
        assert [one["workspaceId"] for one in (await ann.get("workspace"))["items"]] == [mine]
        assert (await admin.get("workspace"))["pagination"]["total"] == 2
        assert await ann.refused("GET", f"workspaces/{other}") == (403, "FORBIDDEN")
        assert (await ann.get(f"workspaces/{mine}"))["alias"] == "Mine"
        for method, path, body in (
            ("POST", "workspaces", {"alias": "x"}),
            ("PUT", f"workspaces/{mine}", {"alias": "x"}),
            ("DELETE", f"workspaces/{mine}", None),
            ("POST", f"workspaces/{mine}/members", {"memberName": "ann", "roleName": "Workspace Admin"}),
            ("POST", "platform-members", {"memberName": "ann", "roleName": "Kangaroo Owner"}),
            ("POST", "roles/workspace", {"name": "x", "permissions": ["GetImage"]}),
        ):
            assert await ann.refused(method, path, body) == (403, "FORBIDDEN"), path

    async def test_nobody(self, nobody):
        for path in ("workspace", "workspaces", "workspaces/1", "roles/platform", "current-user/tokens"):
            assert await nobody.refused("GET", path) == (401, "UNAUTHORIZED"), path


class TestMembers:
    async def test_a_workspace_administrator_decides(self, site, admin, nobody):
        made = await workspace(admin, "One")
        boss = await member(site, admin, made, "boss", "Workspace Admin")
        await site.user("ann")
        body = {"memberName": "ann", "roleName": "Workspace Viewer"}
        identity = (await boss.ok("POST", f"workspaces/{made}/members", body))["id"]
        assert await boss.refused("POST", f"workspaces/{made}/members", body) == (409, "CONFLICT")
        ann = nobody.signed_in("ann", PASSWORD)
        points = f"current-user/workspace-permissions/{made}"
        assert (await ann.get(points))["permissions"] == ["GetImage", "GetConnectedRegistry"]
        await boss.ok("PUT", f"workspaces/{made}/members/{identity}", {"roleName": "Workspace Editor"})
        assert "CreateImage" in (await ann.get(points))["permissions"]
        shown = (await ann.get(f"workspaces/{made}/members"))["items"]
        assert [(one["memberName"], one["roleName"]) for one in shown] == [
            ("ann", "Workspace Editor"),
            ("boss", "Workspace Admin"),
        ]
        await boss.ok("DELETE", f"workspaces/{made}/members/{identity}")
        assert (await ann.get(points))["permissions"] == []
        assert await boss.refused("DELETE", f"workspaces/{made}/members/{identity}") == (404, "NOT_FOUND")

    @pytest.mark.parametrize(
        ("body", "refused"),
        [
            ({"memberName": "none", "roleName": "Workspace Admin"}, (404, "NOT_FOUND")),
            ({"memberName": "admin", "roleName": "Admin"}, (400, "INVALID_FIELD")),
            ({"memberName": "admin", "roleName": "Kangaroo Owner"}, (400, "INVALID_FIELD")),
            (
                {"memberName": "none", "memberType": "group", "roleName": "Workspace Admin"},
                (404, "NOT_FOUND"),
            ),
        ],
    )
    async def test_who_cannot_be_added(self, admin, body, refused):
        made = await workspace(admin, "One")
        assert await admin.refused("POST", f"workspaces/{made}/members", body) == refused

    async def test_losing_the_role_takes_the_login_away(self, site, admin):
        made = await workspace(admin, "One")
        await private(admin, "secret", made)
        ann = await member(site, admin, made, "ann")
        answer = await ann.get(f"workspaces/{made}/registries/kangaroo/push")
        login = (answer["username"], password_of(answer))
        assert await may_push(site, *login, "secret/app")
        [one] = (await admin.get(f"workspaces/{made}/members"))["items"]
        await admin.ok("PUT", f"workspaces/{made}/members/{one['id']}", {"roleName": "Workspace Viewer"})
        assert not await may_push(site, *login, "secret/app")
        assert await ann.refused("GET", f"workspaces/{made}/registries/kangaroo/push") == (403, "FORBIDDEN")
        assert await names(ann, made) == ["library", "secret"]

    async def test_who_is_removed_leaves_no_role_behind(self, site, admin):
        """Users and groups, in workspaces and in the platform: an id that comes back must bring nothing with it."""
        team, boss, access = await workspace(admin, "A"), await site.admin(), site.services.access
        await member(site, admin, team, "ann")
        group = await access.groups.create(boss, "devs", 3)
        for path, name, kind in (
            ("platform-members", "ann", "user"),
            ("platform-members", "devs", "group"),
            (f"workspaces/{team}/members", "devs", "group"),
        ):
            role = "Kangaroo Owner" if path == "platform-members" else "Workspace Viewer"
            await admin.ok("POST", path, {"memberName": name, "memberType": kind, "roleName": role})
        lookup = site.wired.database.lookup
        assert len(await lookup.all(_BINDINGS)) == 4
        found = await access.users.search(boss, "ann", Window())
        await access.users.delete(boss, found.items[0][0])
        assert {row["entity_type"] for row in await lookup.all(_BINDINGS)} == {"g"}
        await access.groups.delete(boss, group)
        assert not await lookup.all(_BINDINGS)


class TestRoles:
    async def test_a_custom_role_of_workspaces(self, site, admin, nobody):
        made = await workspace(admin, "One")
        body = {"name": "Cleaner", "permissions": ["DeleteImage"]}
        role = await admin.ok("POST", "roles/workspace", body)
        assert role["permissions"] == ["DeleteImage", "GetImage"]
        assert await admin.refused("POST", "roles/workspace", body) == (409, "CONFLICT")
        ann = await member(site, admin, made, "ann", "Cleaner")
        points = f"current-user/workspace-permissions/{made}"
        assert (await ann.get(points))["permissions"] == ["DeleteImage", "GetImage"]
        await admin.ok("PUT", "roles/workspace/Cleaner", {"permissions": ["GetImage"]})
        assert (await ann.get(points))["permissions"] == ["GetImage"]
        assert (await admin.refused("DELETE", "roles/workspace/Cleaner"))[1] == "REFERENCED"
        listed = (await ann.get("roles/workspace"))["items"]
        assert [one["name"] for one in listed if not one["builtIn"]] == ["Cleaner"]
        [one] = (await admin.get(f"workspaces/{made}/members"))["items"]
        await admin.ok("DELETE", f"workspaces/{made}/members/{one['id']}")
        await admin.ok("DELETE", "roles/workspace/Cleaner")

    async def test_what_no_role_can_be(self, admin):
        for points in ([], ["GetRegistrySpace"], ["Nothing"]):
            body = {"name": "x", "permissions": points}
            assert await admin.refused("POST", "roles/workspace", body) == (400, "INVALID_FIELD")
        body = {"name": "Workspace Admin", "permissions": ["GetImage"]}
        assert await admin.refused("POST", "roles/workspace", body) == (409, "CONFLICT")
        assert await admin.refused("DELETE", "roles/workspace/Workspace%20Admin") == (404, "NOT_FOUND")

    async def test_a_platform_owner_is_no_member(self, site, admin, nobody):
        made = await workspace(admin, "One")
        await private(admin, "secret", made)
        await site.user("owner")
        body = {"memberName": "owner", "roleName": "Kangaroo Owner"}
        identity = (await admin.ok("POST", "platform-members", body))["id"]
        owner = nobody.signed_in("owner", PASSWORD)
        assert len((await owner.get("current-user/global-permissions"))["permissions"]) == 13
        shown = await owner.get("registries/kangaroo/projects")
        assert {one["project"]: one["bindingWorkspace"] for one in shown["items"]} == {
            "library": [],
            "secret": [str(made)],
        }
        assert await owner.refused("GET", SPACES.format(made)) == (403, "FORBIDDEN")
        assert await owner.refused("POST", "workspaces", {"alias": "x"}) == (403, "FORBIDDEN")
        await admin.ok("DELETE", f"platform-members/{identity}")
        assert await owner.refused("GET", "registries/kangaroo/projects") == (403, "FORBIDDEN")
        assert (await admin.get("platform-members"))["items"] == []


async def test_credentials_end_when_they_should(site, admin):
    """What the minute's job finds: time that ran out, a user who was removed, a space that turned public."""
    made = await workspace(admin, "One")
    await private(admin, "secret", made)
    ann = await member(site, admin, made, "ann")
    await member(site, admin, made, "bob")
    bob = PlatformClient(site).signed_in("bob", PASSWORD)
    logins = []
    for client in (ann, bob):
        answer = await client.get(f"workspaces/{made}/registries/kangaroo/push?expired=86400")
        logins.append((answer["username"], password_of(answer)))
    jobs, access = site.services.workspaces.jobs, site.services.access
    gone = await access.authenticate_basic("bob", PASSWORD, "test")
    await access.users.delete(await site.admin(), gone.id)
    assert (await jobs.tend(None))["lost"] == 1
    assert [await may_push(site, *one, "secret/app") for one in logins] == [True, False]
    await admin.ok("PUT", "registries/kangaroo/projects/secret", {"public": True})
    await jobs.tend(None)
    assert not await may_push(site, *logins[0], "secret/app")
    await admin.ok("PUT", "registries/kangaroo/projects/secret", {"public": False})
    await jobs.tend(None)
    assert await may_push(site, *logins[0], "secret/app")


class TestBreakingTheGlass:
    async def test_an_administrator_says_why(self, site, admin):
        made = await workspace(admin, "One")
        await private(admin, "secret", made)
        assert await names(admin, made, "?breakGlass=incident+7") == ["library", "secret"]
        log = await site.services.audit.page(await site.admin(), ListQuery())
        [told] = [one for one in log.items if one.resource_type == "workspace" and one.operation == "login"]
        assert (told.actor, told.resource) == ("admin", str(made))
        assert "incident 7" in told.description
        path = f"{SPACES.format(made)}/secret/repositories"
        assert (await admin.get(f"{path}?breakGlass=incident+7"))["items"] == []
        assert await admin.refused("GET", path) == (403, "FORBIDDEN")

    async def test_nobody_else(self, site, admin):
        made, other = await workspace(admin, "One"), await workspace(admin, "Two")
        ann = await member(site, admin, other, "ann", "Workspace Admin")
        assert await ann.refused("GET", f"{SPACES.format(made)}?breakGlass=x") == (403, "FORBIDDEN")
        assert await admin.refused("GET", f"{SPACES.format(99)}?breakGlass=x") == (404, "NOT_FOUND")

    async def test_only_to_look(self, site, admin):
        made = await workspace(admin, "One")
        await private(admin, "secret", made)
        path = f"workspaces/{made}/registries/kangaroo/push?breakGlass=x"
        assert await admin.refused("GET", path) == (403, "FORBIDDEN")

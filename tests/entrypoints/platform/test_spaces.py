"""Spaces of the platform's instances, their bindings, and the answer to why somebody does not see one."""

import pytest

from tests.core.workspaces.kit import harbor, member, plain_registry, private, workspace
from tests.entrypoints.platform.conftest import PASSWORD
from tests.remote.harbor_stand_in import HarborStandIn
from tests.remote.serving import served

ALL = "registries/kangaroo/projects"


class TestSpaces:
    async def test_made_shown_and_removed(self, admin):
        assert await admin.ok("POST", ALL, {"project": "app", "public": True}) == {}
        assert await admin.refused("POST", ALL, {"project": "app"}) == (409, "CONFLICT")
        assert (await admin.refused("POST", ALL, {"project": "App"}))[0] == 400
        await admin.ok("PUT", f"{ALL}/app", {"public": False})
        [one] = (await admin.get(f"{ALL}?fuzzyName=AP"))["items"]
        assert (one["project"], one["public"], one["repositoriesCount"]) == ("app", False, "0")
        await admin.ok("DELETE", f"{ALL}/app")
        assert (await admin.refused("DELETE", f"{ALL}/app"))[0] == 404

    async def test_not_removed_while_bound(self, admin):
        made = await workspace(admin, "Team")
        await private(admin, "app", made)
        answer = await admin("DELETE", f"{ALL}/app")
        assert answer.status == 409
        assert "Team" in answer.json()["message"]

    async def test_plain_users_manage_none(self, site, admin, nobody):
        made = await workspace(admin, "Team")
        ann = await member(site, admin, made, "ann", "Workspace Admin")
        for method, path, body in (
            ("GET", ALL, None),
            ("POST", ALL, {"project": "x"}),
            ("PUT", f"{ALL}/library", {"public": False}),
            ("DELETE", f"{ALL}/library", None),
            ("PUT", f"{ALL}/library/binding", {"bindingWorkspace": []}),
            ("GET", f"{ALL}/library/binding", None),
            ("POST", f"{ALL}/library/binding/{made}", None),
            ("GET", "explain?registry=kangaroo&project=library&user=admin", None),
        ):
            assert await ann.refused(method, path, body) == (403, "FORBIDDEN"), path
            assert await nobody.refused(method, path, body) == (401, "UNAUTHORIZED"), path


class TestBindings:
    async def test_replaced_added_and_taken_away(self, admin):
        one, two = await workspace(admin, "One"), await workspace(admin, "Two")
        await private(admin, "app", one)
        path = f"{ALL}/app/binding"
        assert (await admin.ok("POST", f"{path}/{two}"))["items"] == [
            {"workspaceId": one, "alias": "One"},
            {"workspaceId": two, "alias": "Two"},
        ]
        assert [item["project"] for item in (await admin.get(f"{ALL}?onlyBind=true"))["items"]] == ["app"]
        assert (await admin.ok("DELETE", f"{path}/{one}"))["items"] == [{"workspaceId": two, "alias": "Two"}]
        await admin.ok("PUT", path, {"bindingWorkspace": [str(one), str(one)]})
        assert [item["workspaceId"] for item in (await admin.get(path))["items"]] == [one]
        await admin.unjudged().ok("PUT", path, {"binding_workspace": []})
        assert (await admin.get(f"{ALL}?onlyBind=true"))["pagination"]["total"] == 0

    @pytest.mark.parametrize(
        ("space", "wanted", "refused"),
        [
            ("app", ["99"], (400, "INVALID_FIELD")),
            ("app", ["Team"], (400, "INVALID_FIELD")),
            ("library", ["1"], (400, "PRECONDITION")),
            ("none", ["1"], (404, "PROJECT_UNKNOWN")),
        ],
    )
    async def test_what_cannot_be_bound(self, admin, space, wanted, refused):
        assert await workspace(admin, "Team") == 1
        await private(admin, "app")
        body = {"bindingWorkspace": wanted}
        assert await admin.refused("PUT", f"{ALL}/{space}/binding", body) == refused
        assert (await admin.get(f"{ALL}?onlyBind=true"))["items"] == []

    async def test_only_where_spaces_can_be_private(self, admin):
        made = await workspace(admin, "Team")
        async with served(plain_registry()) as url:
            await admin.ok("POST", "registries", {"name": "plain", "type": "DOCKER_REGISTRY", "url": url})
            answer = await admin("POST", f"registries/plain/projects/app/binding/{made}")
        assert (answer.status, answer.json()["code"]) == (400, 9)

    async def test_taking_away_needs_no_instance(self, admin):
        made = await workspace(admin, "Team")
        stand_in = HarborStandIn()
        stand_in.add_project("secret", public=False)
        async with served(stand_in.app()) as url:
            await harbor(admin, url)
            await admin.ok("POST", f"registries/far/projects/secret/binding/{made}")
            [one] = (await admin.get("registries/far/projects?onlyBind=true"))["items"]
            assert one["bindingWorkspace"] == [str(made)]
            assert (await admin.refused("DELETE", "registries/far"))[1] == "REFERENCED"
        await admin.ok("DELETE", f"registries/far/projects/secret/binding/{made}")
        await admin.ok("DELETE", "registries/far")


class TestExplain:
    async def explained(self, client, space: str, query: str = "") -> tuple[bool, str, list[str]]:
        found = await client.get(f"explain?registry=kangaroo&project={space}{query}")
        assert found["message"]
        return found["visible"], found["reason"], found["ask"]

    async def test_why(self, site, admin, nobody):
        made = await workspace(admin, "Team")
        await private(admin, "secret", made)
        await private(admin, "alone")
        ann = await member(site, admin, made, "ann", "Workspace Viewer")
        await member(site, admin, made, "boss", "Workspace Admin")
        await site.user("jane")
        jane = nobody.signed_in("jane", PASSWORD)
        assert await self.explained(jane, "library") == (True, "PUBLIC", [])
        assert await self.explained(ann, "secret") == (True, "BOUND", [])
        assert await self.explained(jane, "secret") == (False, "NOT_MEMBER", ["boss"])
        assert await self.explained(admin, "secret") == (False, "NOT_MEMBER", ["boss"])
        # what is there and what is not look the same to who may not know
        assert await self.explained(jane, "alone") == (False, "NOT_BOUND", ["admin"])
        assert await self.explained(jane, "nothing") == (False, "NOT_BOUND", ["admin"])
        assert await self.explained(admin, "nothing") == (False, "NO_SPACE", ["admin"])
        # an administrator asks for others
        assert await self.explained(admin, "secret", "&user=ann") == (True, "BOUND", [])
        assert await self.explained(admin, "secret", "&user=jane") == (False, "NOT_MEMBER", ["boss"])
        assert await admin.refused("GET", "explain?registry=kangaroo&project=secret&user=x") == (
            404,
            "NOT_FOUND",
        )
        found = await jane.get("explain?registry=none&project=secret")
        assert (found["visible"], found["reason"]) == (False, "NO_INSTANCE")

    async def test_an_instance_of_ones_own(self, site, admin, nobody):
        made = await workspace(admin, "Team")
        boss = await member(site, admin, made, "boss", "Workspace Admin")
        await site.user("jane")
        stand_in = HarborStandIn()
        stand_in.add_project("secret", public=False)
        async with served(stand_in.app()) as url:
            await harbor(boss, url, made)
            found = await boss.with_headers(accept_language="zh").get("explain?registry=far&project=secret")
            assert (found["visible"], found["reason"]) == (True, "OWN")
            assert found["workspaces"] == [{"workspaceId": made, "alias": "Team"}]
            jane = nobody.signed_in("jane", PASSWORD)
            found = await jane.get("explain?registry=far&project=secret")
            assert (found["visible"], found["reason"]) == (False, "NO_INSTANCE")

"""Images for a workspace: what shows, in which order, how many, and what members do with it."""

import pytest

from tests.core.workspaces.kit import SPACES, harbor, member, names, private, pushed, workspace
from tests.remote.harbor_stand_in import HarborStandIn
from tests.remote.serving import served

SUMMARY = "workspaces/{}/registries/summary"


async def repositories(client, place: int, space: str, query: str = "") -> list[str]:
    answer = await client.get(f"{SPACES.format(place)}/{space}/repositories{query}")
    return [one["name"] for one in answer["items"]]


class TestSpaces:
    async def test_totals_are_those_of_what_is_seen(self, site, admin):
        mine, other = await workspace(admin, "Mine"), await workspace(admin, "Other")
        ann = await member(site, admin, mine, "ann", "Workspace Viewer")
        for number in range(5):
            await private(admin, f"secret-{number}", mine if number < 2 else other)
            body = {"project": f"open-{number}", "public": True}
            await admin.ok("POST", "registries/kangaroo/projects", body)
        found = await ann.get(f"{SPACES.format(mine)}?pageSize=3&page=3")
        assert found["pagination"] == {"page": 3, "pageSize": 3, "total": 8, "pages": 3}
        assert [one["name"] for one in found["items"]] == ["secret-0", "secret-1"]
        assert await names(ann, mine, "?fuzzyName=SECRET") == ["secret-0", "secret-1"]
        assert await names(ann, mine, "?fuzzyName=secret-3") == []
        marks = (await ann.get(f"{SPACES.format(mine)}?pageSize=-1"))["items"]
        assert {one["name"] for one in marks if one["isBindingWorkspace"]} == {"secret-0", "secret-1"}

    async def test_elsewhere_bound_ones_come_first(self, site, admin):
        stand_in = HarborStandIn()
        for number in range(7):
            stand_in.add_project(f"open-{number}", public=True)
            stand_in.add_project(f"secret-{number}", public=False)
        made = await workspace(admin, "One")
        ann = await member(site, admin, made, "ann")
        async with served(stand_in.app()) as url:
            await harbor(admin, url)
            for number in (1, 3, 5):
                await admin.ok("POST", f"registries/far/projects/secret-{number}/binding/{made}")
            path = f"workspaces/{made}/registries/far/projects"
            wanted = ["secret-1", "secret-3", "secret-5", "library", *(f"open-{n}" for n in range(7))]
            for size in (1, 2, 3, 4, 5, 7, 11, 20):
                found: list[str] = []
                for page in range(1, len(wanted) // size + 2):
                    answer = await ann.get(f"{path}?pageSize={size}&page={page}")
                    assert answer["pagination"]["total"] == len(wanted)
                    found += [one["name"] for one in answer["items"]]
                assert found[:3] == wanted[:3], size
                assert sorted(found) == sorted(wanted), size
            everything = await ann.get(f"{path}?pageSize=-1")
            assert len(everything["items"]) == len(wanted)
            assert await ann.refused("GET", f"{path}/secret-2") == (404, "PROJECT_UNKNOWN")
            assert await ann.refused("GET", f"{path}/nothing") == (404, "PROJECT_UNKNOWN")
            assert (await ann.get(f"{path}/secret-3"))["public"] is False
            # a bound one that vanished over there
            del stand_in.projects["secret-3"]
            assert len((await ann.get(f"{path}?pageSize=-1"))["items"]) == len(wanted) - 1

    async def test_a_registry_of_ones_own_shows_everything_to_its_workspace_alone(self, site, admin):
        stand_in = HarborStandIn()
        stand_in.add_project("secret", public=False)
        made, other = await workspace(admin, "One"), await workspace(admin, "Two")
        boss = await member(site, admin, made, "boss", "Workspace Admin")
        bob = await member(site, admin, other, "bob", "Workspace Admin")
        async with served(stand_in.app()) as url:
            await harbor(boss, url, made)
            found = await boss.get(f"workspaces/{made}/registries/far/projects")
            assert {one["name"] for one in found["items"]} == {"library", "secret"}
            for place, client in ((other, bob), (made, bob), (made, admin)):
                status, _ = await client.refused("GET", f"workspaces/{place}/registries/far/projects")
                assert status in (403, 404)
            shown = {one["name"]: one["scope"] for one in (await boss.get(SUMMARY.format(made)))["items"]}
            assert shown == {"far": "workspace", "kangaroo": "global"}
            assert [one["name"] for one in (await bob.get(SUMMARY.format(other)))["items"]] == ["kangaroo"]
        assert (await admin("DELETE", f"workspaces/{made}")).status == 409
        await boss.ok("DELETE", f"workspaces/{made}/registries/far")
        await admin.ok("DELETE", f"workspaces/{made}")

    async def test_unhealthy_instances_stay_with_their_reason(self, site, admin):
        made = await workspace(admin, "One")
        ann = await member(site, admin, made, "ann")
        async with served(HarborStandIn().app()) as url:
            await harbor(admin, url)
        for _ in range(3):
            await admin.ok("POST", "registries/far/health")
        [far] = (await ann.get(SUMMARY.format(made) + "?fuzzyName=far"))["items"]
        assert far["health"] == "unhealthy"
        assert far["reason"] == "CONNECTION_REFUSED"
        assert "nothing listens" in far["message"]
        answer = await ann("GET", f"workspaces/{made}/registries/far/projects")
        assert answer.status == 503
        assert (await ann.get(SUMMARY.format(made)))["pagination"]["total"] == 2


class TestImages:
    @pytest.fixture
    async def place(self, site, admin):
        """A workspace with a space of three images, its number and its editor."""
        made = await workspace(admin, "One")
        await private(admin, "secret", made)
        await pushed(site, "secret/b", "v1")
        await pushed(site, "secret/a/deep", "v1")
        await pushed(site, "secret/c", "v1", "v2")
        return made, await member(site, admin, made, "ann")

    async def test_lists(self, site, admin, place):
        made, ann = place
        assert await repositories(ann, made, "secret") == ["a/deep", "b", "c"]
        assert await repositories(ann, made, "secret", "?fuzzyName=EE") == ["a/deep"]
        assert await repositories(ann, made, "secret", "?sortBy=update_time&sortDir=asc") == [
            "b",
            "a/deep",
            "c",
        ]
        assert await repositories(ann, made, "secret", "?sortBy=update_time") == ["c", "a/deep", "b"]
        assert len(await repositories(ann, made, "secret", "?sortBy=pull_count&pageSize=2")) == 2
        status, _ = await ann.refused("GET", f"{SPACES.format(made)}/secret/repositories?sortBy=size")
        assert status == 400

    async def test_one_agrees_with_the_list(self, site, admin, place):
        made, ann = place
        path = f"{SPACES.format(made)}/secret/repositories"
        for one in (await ann.get(path))["items"]:
            assert await ann.get(f"{path}/{one['name'].replace('/', '%2F')}") == one
        assert await ann.refused("GET", f"{path}/none") == (404, "NOT_FOUND")

    async def test_artifacts(self, site, admin, place):
        made, ann = place
        path = f"{SPACES.format(made)}/secret/repositories/c/artifacts"
        [one] = (await ann.get(path))["items"]
        assert {tag["name"] for tag in one["tags"]} == {"v1", "v2"}
        assert one["imagePullUrl"] == f"registry.test/secret/c@{one['digest']}"
        assert (await ann.get(f"{path}?fuzzyTagName=v3"))["pagination"]["total"] == 0
        told = await ann.get(f"{path}/{one['digest']}")
        assert told["extraAttrs"]["repoName"] == "secret/c"
        assert told["extraAttrs"]["os"] == "linux"
        assert told["scanOverview"] is None
        assert await ann.get(f"{path}/history/{one['digest']}") == {"buildHistory": told["buildHistory"]}
        none = "sha256:" + "0" * 64
        assert (await ann.refused("GET", f"{path}/{none}"))[0] == 404

    async def test_describing(self, site, admin, place):
        made, ann = place
        path = f"{SPACES.format(made)}/secret/repositories/b"
        assert await ann.ok("PUT", path, {"description": "# B"}) == {"description": "# B"}
        assert (await ann.get(path))["description"] == "# B"

    async def test_deleting(self, site, admin, place):
        made, ann = place
        path = f"{SPACES.format(made)}/secret/repositories"
        [one] = (await ann.get(f"{path}/c/artifacts"))["items"]
        await ann.ok("DELETE", f"{path}/c/artifacts/{one['digest']}")
        await ann.ok("DELETE", f"{path}/b")
        assert await repositories(ann, made, "secret") == ["a/deep", "c"]  # emptied, as in Harbor
        assert await ann.refused("DELETE", f"{path}/b") == (404, "NOT_FOUND")

    async def test_viewers_only_look(self, site, admin, place):
        made, _ = place
        eve = await member(site, admin, made, "eve", "Workspace Viewer")
        path = f"{SPACES.format(made)}/secret/repositories/b"
        assert (await eve.get(path))["name"] == "b"
        assert await eve.refused("DELETE", path) == (403, "FORBIDDEN")
        assert await eve.refused("PUT", path, {"description": "x"}) == (403, "FORBIDDEN")

    async def test_what_is_not_seen_is_not_changed(self, site, admin, place):
        _, ann = place
        other = await workspace(admin, "Other")
        bob = await member(site, admin, other, "bob", "Workspace Admin")
        path = f"{SPACES.format(other)}/secret/repositories/b"
        for method in ("GET", "DELETE", "PUT"):
            body = {"description": "x"} if method == "PUT" else None
            assert await bob.refused(method, path, body) == (404, "PROJECT_UNKNOWN")
        assert (await ann.get(path.replace(f"/{other}/", "/1/")))["name"] == "b"

    async def test_what_everybody_sees_is_no_workspaces_to_change(self, site, admin, place):
        made, _ = place
        boss = await member(site, admin, made, "boss", "Workspace Admin")
        digest = await pushed(site, "library/shared", "v1")
        path = f"{SPACES.format(made)}/library/repositories/shared"
        assert (await boss.get(path))["name"] == "shared"
        assert await boss.refused("DELETE", path) == (403, "DENIED")
        assert await boss.refused("DELETE", f"{path}/artifacts/{digest}") == (403, "DENIED")
        assert await boss.refused("PUT", path, {"description": "x"}) == (403, "DENIED")
        assert (await boss.get(path))["description"] == ""

    async def test_nothing_is_changed_while_read_only(self, site, admin, place):
        made, ann = place
        path = f"{SPACES.format(made)}/secret/repositories/b"
        await site.services.access.configuring.change(await site.admin(), {"read_only": True})
        assert await ann.refused("DELETE", path) == (403, "DENIED")
        assert await ann.refused("PUT", path, {"description": "x"}) == (403, "DENIED")
        await site.services.access.configuring.change(await site.admin(), {"read_only": False})
        await ann.ok("DELETE", path)

    async def test_scans_need_a_scanner(self, site, admin, place):
        made, ann = place
        path = f"{SPACES.format(made)}/secret/repositories/c/artifacts"
        [one] = (await ann.get(path))["items"]
        scan = f"{path}/{one['digest']}/scan"
        for method, url, client in (
            ("POST", scan, ann),
            ("PUT", scan, ann),
            ("GET", f"{scan}/report-1", ann),
            ("GET", "registries/kangaroo/project/secret/scanner", admin),
        ):
            answer = await client(method, url)
            assert (answer.status, answer.json()["code"]) == (400, 9), url

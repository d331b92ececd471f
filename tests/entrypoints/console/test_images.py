"""Images: browsed by roles and from a workspace, described, tagged, deleted, uploaded; and who may not."""

import json

import pytest

from kangaroo.base.media_types import OCI_INDEX
from kangaroo.base.names import ProjectName, RepositoryName
from kangaroo.core.access import Role
from tests.core.registry.shelf import Shelf
from tests.core.workspaces.kit import may_push, private, pushed, workspace
from tests.entrypoints.platform.client import PlatformClient
from tests.entrypoints.platform.conftest import PASSWORD, Site

HOME = "/images/kangaroo"


@pytest.fixture
async def api(site: Site) -> PlatformClient:
    return PlatformClient(site).signed_in("admin", PASSWORD)


@pytest.fixture
async def member(site: Site, api: PlatformClient, signed_in):
    """Ann, editor of workspace 1, to which the space team is bound."""
    place = await workspace(api, "Team")
    await private(api, "team", place)
    ann = await signed_in("ann")
    await api.ok("POST", f"workspaces/{place}/members", {"memberName": "ann", "roleName": "Workspace Editor"})
    await ann.get("/")
    return ann


async def join(site: Site, project: str, name: str, role: Role) -> None:
    await site.services.access.members.add(await site.admin(), ProjectName(project), name, role)


class TestBrowsing:
    async def test_one_sees_what_ones_roles_show(self, site, api, admin, signed_in):
        await private(api, "secret")
        await pushed(site, "secret/app", "v1")
        await pushed(site, "library/app", "v1")
        ann = await signed_in("ann")
        assert f"{HOME}/secret/app" in (await admin.get("/images")).links
        page = await ann.get("/images")
        assert f"{HOME}/library/app" in page.links
        assert "secret" not in page.html
        assert (await ann.visit(f"{HOME}/secret/app")).status == 403

    async def test_searching_replaces_only_the_list(self, site, admin):
        for name in ("library/app", "library/web/front"):
            await pushed(site, name, "v1")
        part = await admin.part("/images?q=front", "list")
        assert {one for one in part.links if HOME in one} == {f"{HOME}/library/web%2Ffront"}
        assert not part.all("html")
        page = await admin.get(f"{HOME}/library/web%2Ffront")
        assert page.one("h1").text == "web/front"

    async def test_sorting_and_paging_stand_in_the_url(self, site, admin):
        for number in range(17):
            await pushed(site, f"library/app-{number:02}", "v1")
        page = await admin.get("/images?sort=-name")
        images = [link for link in page.links if link.startswith(f"{HOME}/library/")]
        assert len(images) == 15
        assert "/images?sort=-name&page=2" in page.links
        assert f"{HOME}/library/app-00" in (await admin.get("/images?sort=-name&page=2")).links
        assert page.all("th", aria_sort="descending")

    async def test_an_empty_registry_says_what_to_do(self, admin):
        page = await admin.get("/images")
        assert "No image yet" in page.text
        assert "docker push registry.test/library/alpine:latest" in page.text

    async def test_an_artifact_with_everything(self, site, admin):
        digest = await pushed(site, "library/app", "v1", "v2")
        page = await admin.get(f"{HOME}/library/app/v2")
        assert str(digest) in page.html
        assert "docker pull registry.test/library/app:v2" in page.text
        assert page.all("svg", role="img"), "the bar of layers"
        manifest = await admin.get(f"{HOME}/library/app/{digest}?tab=manifest")
        assert '"schemaVersion": 2' in manifest.text

    async def test_a_digest_nobody_pushed(self, site, admin):
        await pushed(site, "library/app", "v1")
        for reference in ("sha256:" + "0" * 64, "none", "-", "%20"):
            assert (await admin.visit(f"{HOME}/library/app/{reference}")).status == 404
        assert (await admin.visit(f"{HOME}/library/none")).status == 404
        assert (await admin.visit("/images/none/library")).status == 404

    async def test_platforms_of_an_index(self, site, admin):
        from tests.core.workspaces.kit import registry

        client = registry(site, "admin", PASSWORD)
        image = await client.push_image("library/app", "amd")
        index = json.loads(client.index_of([image]))
        index["manifests"][0]["platform"] = {"os": "linux", "architecture": "arm64", "variant": "v8"}
        answer = await client(
            "PUT", "/v2/library/app/manifests/multi", json.dumps(index).encode(), content_type=OCI_INDEX
        )
        assert answer.status == 201
        assert "linux/arm64/v8" in (await admin.get(f"{HOME}/library/app")).text
        page = await admin.get(f"{HOME}/library/app/multi")
        assert f"{HOME}/library/app/{image.digest}" in page.links

    async def test_labels_and_signatures_show(self, site, admin):
        from kangaroo.core.projects import Wording

        digest = await pushed(site, "library/app", "v1")
        actor, name = await site.admin(), RepositoryName("library/app")
        label = await site.services.projects.labels.create(actor, "g", 0, Wording("blessed", "", "#00FF00"))
        await site.services.registry.labels.add(actor, name, digest, label)
        assert "blessed" in (await admin.get(f"{HOME}/library/app")).text
        assert "blessed" in (await admin.get(f"{HOME}/library/app/v1")).text

    async def test_signatures_show_from_wherever_one_looks(self, site, admin, member):
        digest = await pushed(site, "team/app", "v1")
        signature = await Shelf(site.services).cosign("team/app", digest)
        for client, place in ((admin, f"{HOME}/team/app"), (member, "/w/1/images/kangaroo/team/app")):
            assert "cosign" in (await client.get(place)).html
            page = await client.get(f"{place}/v1?tab=references")
            assert str(signature) in page.html


class TestChanging:
    async def test_the_description_is_markdown_that_can_do_nothing(self, site, admin):
        await pushed(site, "library/app", "v1")
        path = f"{HOME}/library/app"
        await admin.get(path)
        done = await admin.post(f"{path}/-/describe", description="# Hi\n\n<script>alert(1)</script> *you*")
        page = await admin.get(done.location)
        assert page.one("em").text == "you"
        assert "The description was saved." in page.text
        assert "<script>alert" not in page.html
        assert "The description was saved." not in (await admin.get(path)).text, "it is told once"

    async def test_tags_come_and_go(self, site, admin):
        digest = await pushed(site, "library/app", "v1")
        path = f"{HOME}/library/app/{digest}"
        await admin.get(path)
        assert "stable" in (await admin.get((await admin.post(f"{path}/-/tag", tag="stable")).location)).text
        await admin.post(f"{path}/-/untag", tag="stable")
        assert (await admin.visit(f"{HOME}/library/app/stable")).status == 404
        assert (await admin.post(f"{path}/-/tag", tag="no good")).status == 400

    async def test_deleting_asks_for_the_name(self, site, admin):
        await pushed(site, "library/app", "v1")
        path = f"{HOME}/library/app"
        page = await admin.get(path)
        assert page.one("form", action=f"{path}/-/delete")["data-confirm"] == "app"
        assert (await admin.post(f"{path}/-/delete", confirm="other")).status == 400
        assert (await admin.visit(path)).status == 200
        assert (await admin.post(f"{path}/-/delete", confirm="app")).location == f"{HOME}/library"
        assert (await admin.visit(path)).status == 404

    async def test_several_artifacts_at_once(self, site, admin):
        digests = [await pushed(site, "library/app", tag) for tag in ("v1",)]
        path = f"{HOME}/library/app"
        await admin.get(path)
        done = await admin.post(f"{path}/-/delete-artifacts", selected=[*map(str, digests), "nonsense"])
        assert "1 artifact was deleted." in (await admin.get(done.location)).text

    @pytest.mark.parametrize("role", [Role.GUEST, Role.LIMITED_GUEST, Role.DEVELOPER])
    async def test_what_one_may_not_is_neither_shown_nor_done(self, site, api, signed_in, role):
        await private(api, "team")
        digest = await pushed(site, "team/app", "v1")
        ben = await signed_in("ben")
        await join(site, "team", "ben", role)
        path = f"{HOME}/team/app"
        page = await ben.get(path)
        assert "Delete" not in page.text
        for action, fields in (
            (f"{path}/-/delete", {"confirm": "app"}),
            (f"{path}/-/delete-artifacts", {"selected": str(digest)}),
            (f"{path}/{digest}/-/delete", {"confirm": "app"}),
            (f"{path}/{digest}/-/untag", {"tag": "v1"}),
        ):
            assert (await ben.post(action, **fields)).status == 403, action
        assert (await ben.get(path)).status == 200


class TestWorkspaces:
    async def test_a_workspace_sees_what_is_bound_to_it(self, site, api, member):
        await private(api, "other")
        await pushed(site, "team/app", "v1")
        page = await member.get("/w/1/images/kangaroo")
        assert "/w/1/images/kangaroo/team" in page.links
        assert "other" not in page.text
        assert "/w/1/images/kangaroo/team/app" in (await member.get("/w/1/images/kangaroo/team")).links
        digest = (await member.get("/w/1/images/kangaroo/team/app/v1")).html
        assert "sha256:" in digest
        assert (await member.visit("/w/2/images/kangaroo")).status in (403, 404)
        assert (await member.visit("/w/1/images/kangaroo/other")).status == 404

    async def test_switching(self, member):
        done = await member.post("/choices/workspace", workspace="1")
        assert done.location == "/w/1/images"
        assert (await member.get("/")).all("a", href="/w/1/images")
        await member.post("/choices/workspace", workspace="")
        assert (await member.get("/")).all("a", href="/images")

    async def test_a_push_command_that_works_and_is_shown_once(self, site, member):
        await member.get("/w/1/images/kangaroo/-/push")
        page = await member.post("/w/1/images/kangaroo/-/push", hours="1")
        assert page.status == 200
        command = next(one.text for one in page.all("pre") if "docker login" in one.text)
        secret = command.removeprefix("printf %s ").split(" |")[0].strip("'")
        username = command.split(" -u ")[1].split(" ")[0].strip("'")
        assert await may_push(site, username, secret, "team/app")
        assert not await may_push(site, username, secret, "library/app")
        assert secret not in (await member.get("/w/1/images/kangaroo/-/push")).html

    async def test_not_for_longer_than_allowed(self, member):
        page = await member.post("/w/1/images/kangaroo/-/push", hours="99999")
        assert "docker login" not in page.text
        assert page.all("div", role="alert")


class TestFinding:
    async def test_places_spaces_images_and_digests(self, site, api, admin, signed_in):
        await private(api, "secret")
        await pushed(site, "secret/app", "v1")
        digest = await pushed(site, "library/app", "v1")
        found = await admin.part("/palette?q=app", "palette-found")
        assert {f"{HOME}/secret/app", f"{HOME}/library/app"} <= found.links
        assert (
            f"{HOME}/library/app/{digest}"
            in (await admin.part(f"/palette?q={digest}", "palette-found")).links
        )
        assert f"{HOME}/secret" in (await admin.part("/palette?q=SECR", "palette-found")).links
        ann = await signed_in("ann")
        assert "secret" not in (await ann.part("/palette?q=secret", "palette-found")).html
        assert "Nothing fits" in (await ann.part("/palette?q=zzz", "palette-found")).text
        assert "/images" in (await ann.part("/palette", "palette-found")).links


class TestOverview:
    async def test_what_needs_attention_comes_first(self, site, admin):
        page = await admin.get("/")
        assert "Job worker" in page.text, "none runs in this test"
        main = page.one("main").text
        assert main.index("Needs attention") < main.index("Registries")

    async def test_others_do_not_see_what_only_administrators_can_mend(self, signed_in):
        ann = await signed_in("ann")
        page = await ann.get("/")
        assert "Job worker" not in page.text
        assert "Everything works." in page.text

    async def test_a_space_that_is_nearly_full(self, site, api, admin):
        from kangaroo.core.projects import ProjectSpec

        await pushed(site, "library/app", "v1")
        used = (await site.services.projects.summary(await site.admin(), ProjectName("library"))).quota.used
        await site.services.projects.create(
            await site.admin(), ProjectName("small"), ProjectSpec(storage_limit=used + 2)
        )
        assert "of its quota is used" not in (await admin.get("/")).text
        await pushed(site, "small/app", "v1")
        page = await admin.get("/")
        assert "small" in page.text
        assert "of its quota is used" in page.text

    async def test_pushes_by_day(self, site, admin, signed_in):
        await pushed(site, "library/app", "v1")
        part = await admin.part("/overview/activity", "activity")
        assert "1 in 14 days" in part.text
        assert "0 in 14 days" in (await (await signed_in("ann")).part("/overview/activity", "activity")).text

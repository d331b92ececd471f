"""Image spaces: across registries, with members, robots, labels, rules and bindings; each as far as somebody may."""

import base64

import pytest

from kangaroo.entrypoints import oci
from tests.core.workspaces.kit import harbor, private, pushed, workspace
from tests.entrypoints.oci.registry import Registry
from tests.entrypoints.platform.client import PlatformClient
from tests.entrypoints.platform.conftest import PASSWORD
from tests.remote.harbor_stand_in import HarborStandIn
from tests.remote.serving import served

TEAM = "/spaces/kangaroo/team"


@pytest.fixture
def platform(site):
    return PlatformClient(site).signed_in("admin", PASSWORD)


@pytest.fixture
async def team(admin):
    """A private space, and somebody who looks at its page."""
    await admin.get("/spaces/-/new")
    made = await admin.post("/spaces", registry="kangaroo", name="team", visibility="private")
    assert made.location == TEAM
    return await admin.get(TEAM)


def names(page):
    return [one.text for one in page.all("td", class_="name")]


class TestTheList:
    async def test_across_registries_with_filters(self, admin, platform, team):
        async with served(HarborStandIn().app()) as url:
            await harbor(platform, url)
            page = await admin.get("/spaces")
            assert names(page) == ["library", "team", "library"]
            assert names(await admin.get("/spaces?registry=far")) == ["library"]
            assert names(await admin.part("/spaces?q=te", "list")) == ["team"]
            assert "Nothing fits" in (await admin.get("/spaces?bound=true")).text
        lost = await admin.get("/spaces")
        assert names(lost) == ["library", "team"]
        assert "The spaces of far are not shown." in lost.text

    async def test_pages_run_through_all_registries(self, admin, platform):
        stand_in = HarborStandIn()
        for number in range(20):
            stand_in.add_project(f"far-{number:02}", public=False)
        for number in range(19):
            await platform.ok("POST", "registries/kangaroo/projects", {"project": f"near-{number:02}"})
        async with served(stand_in.app()) as url:
            await harbor(platform, url)
            pages = [names(await admin.get(f"/spaces?page={number}")) for number in (1, 2, 3)]
        assert [len(one) for one in pages] == [15, 15, 11]
        everything = [name for one in pages for name in one]
        far = ["library", *(f"far-{n:02}" for n in range(20))]
        assert everything[:20] == ["library", *(f"near-{n:02}" for n in range(19))]
        assert sorted(everything[20:]) == sorted(far)

    async def test_others_see_their_own_and_the_public_ones(self, signed_in, team):
        bob = await signed_in("bob")
        page = await bob.get("/spaces")
        assert names(page) == ["library"]
        assert "Bound workspaces" not in page.text
        assert (await bob.visit(TEAM)).status in (403, 404)


class TestMakingAndEnding:
    async def test_who_may_make_some(self, site, admin, signed_in):
        bob = await signed_in("bob")
        await bob.get("/spaces/-/new")
        assert (
            await bob.post("/spaces", name="bobs", visibility="private")
        ).location == "/spaces/kangaroo/bobs"
        assert "bobs" in names(await bob.get("/spaces"))
        await admin.get("/administration/settings")
        await admin.post(
            "/administration/settings", section="spaces", project_creation_restriction="adminonly"
        )
        assert "/spaces/-/new" not in (await bob.get("/spaces")).links
        assert (await bob.visit("/spaces/-/new")).status == 403
        assert (await bob.post("/spaces", name="more", visibility="public")).status == 403

    @pytest.mark.parametrize("name", ["", "Capital", "team", "a b"])
    async def test_what_is_wrong_with_a_name_stands_beside_it(self, admin, team, name):
        page = await admin.post("/spaces", registry="kangaroo", name=name, visibility="public")
        assert page.status == 422
        assert page.one("div", id="name-error").text
        assert page.one("input", id="name")["value"] == name

    async def test_published_and_made_private_again(self, admin, nobody, team):
        assert "Private" in team.text
        await admin.post(f"{TEAM}/-/visibility", public="true", confirm="team")
        assert "Everybody can pull from it" in (await admin.get(TEAM)).text
        await admin.post(f"{TEAM}/-/visibility", public="false")
        assert "Its members see it" in (await admin.get(TEAM)).text

    async def test_deleted_by_its_name_once_it_is_empty(self, site, admin, team):
        await pushed(site, "team/app", "v1")
        assert "It holds 1 images now" in (await admin.get(TEAM)).text
        assert (await admin.post(f"{TEAM}/-/delete", confirm="teem")).location == TEAM
        assert (await admin.post(f"{TEAM}/-/delete", confirm="team")).location == TEAM
        assert (await admin.get(TEAM)).one("div", class_="alert-warning").text
        await admin.post("/images/kangaroo/team/app/-/delete", confirm="app")
        assert (await admin.post(f"{TEAM}/-/delete", confirm="team")).location == "/spaces"
        assert (await admin.visit(TEAM)).status == 404

    async def test_a_quota(self, admin, team):
        await admin.post(f"{TEAM}/-/quota", quota="5")
        page = await admin.get(TEAM)
        assert "0 B of 5.0 GiB used" in page.text
        assert page.one("input", id="quota")["value"] == "5"
        assert (await admin.post(f"{TEAM}/-/quota", quota="0")).status == 422
        await admin.post(f"{TEAM}/-/quota", quota="")
        assert "without a limit" in (await admin.get(TEAM)).text

    async def test_at_another_registry(self, admin, platform):
        async with served(HarborStandIn().app()) as url:
            await harbor(platform, url)
            await admin.get("/spaces/-/new?registry=far")
            made = await admin.post("/spaces", registry="far", name="there", visibility="private")
            assert made.location == "/spaces/far/there"
            page = await admin.get("/spaces/far/there")
            assert "/spaces/far/there/-/bindings" in page.links
            assert "/spaces/far/there/-/members" not in page.links
            await admin.post("/spaces/far/there/-/visibility", public="true", confirm="there")
            assert "Everybody can pull from it" in (await admin.get("/spaces/far/there")).text
            assert (await admin.post("/spaces/far/there/-/delete", confirm="there")).location == "/spaces"
            assert (await admin.visit("/spaces/far/there")).status == 404


class TestMembers:
    async def test_added_changed_and_removed(self, admin, signed_in, team):
        bob = await signed_in("bob")
        await admin.get(f"{TEAM}/-/members")
        assert (await admin.post(f"{TEAM}/-/members", kind="user", name="bob", role="3")).location
        assert names(await admin.get(f"{TEAM}/-/members"))[-1] == "bob"
        assert "Guest" in (await bob.get(f"{TEAM}/-/members")).text
        [form] = [
            one
            for one in (await admin.get(f"{TEAM}/-/members?q=bob")).all("form", method="post")
            if one["action"].endswith("/role")
        ]
        one = form["action"].removesuffix("/role")
        await admin.post(f"{one}/role", role="2")
        assert "Developer" in (await bob.get(f"{TEAM}/-/members")).text
        assert (await admin.post(f"{one}/remove", confirm="eve")).location == f"{TEAM}/-/members"
        assert (await bob.visit(TEAM)).status == 200
        await admin.post(f"{one}/remove", confirm="bob")
        assert (await bob.visit(TEAM)).status in (403, 404)

    @pytest.mark.parametrize(
        "change",
        [{"name": ""}, {"name": "nobody-has-this-name"}, {"role": "9"}, {"kind": "group", "name": "none"}],
    )
    async def test_whom_nobody_knows_is_not_added(self, admin, team, change):
        fields = {"kind": "user", "name": "admin", "role": "3"}
        assert (await admin.post(f"{TEAM}/-/members", **(fields | change))).status == 422

    async def test_a_group(self, admin, team):
        await admin.get("/administration/groups/new")
        await admin.post("/administration/groups", name="builders")
        assert (await admin.post(f"{TEAM}/-/members", kind="group", name="builders", role="2")).location
        assert "builders" in (await admin.get(f"{TEAM}/-/members")).text

    async def test_a_guest_sees_no_forbidden_action_and_can_do_none(self, admin, signed_in, team):
        bob = await signed_in("bob")
        await admin.post(f"{TEAM}/-/members", kind="user", name="bob", role="3")
        shown = await bob.get(TEAM)
        assert not shown.all("button", data_opens="delete")
        assert f"{TEAM}/-/bindings" not in shown.links
        assert f"{TEAM}/-/immutability" not in shown.links
        for path in ("members", "robots", "labels"):
            page = await bob.get(f"{TEAM}/-/{path}")
            assert not [one for one in page.all("form", method="post") if one["action"].startswith(TEAM)]
        forged = {
            "members": {"kind": "user", "name": "bob", "role": "1"},
            "robots": {"name": "ci", "may": "pull", "days": "3"},
            "labels": {"name": "x", "colour": "#0065AB"},
            "immutability": {"images": "**", "tags": "**"},
            "bindings": {"workspaces": "1"},
            "delete": {"confirm": "team"},
            "visibility": {"public": "true"},
            "quota": {"quota": "1"},
        }
        for place, fields in forged.items():
            assert (await bob.post(f"{TEAM}/-/{place}", **fields)).status == 403, place
        assert (await bob.visit(f"{TEAM}/-/bindings")).status == 403


class TestRobots:
    async def test_its_secret_is_shown_once_and_is_good_for_this_space_alone(self, site, admin, team):
        await admin.get(f"{TEAM}/-/robots")
        made = await admin.post(f"{TEAM}/-/robots", name="ci", may="push", days="7")
        assert made.status == 200
        secret, name = made.all("pre")[0].text, made.one("h1").text
        assert secret not in (await admin.get(f"{TEAM}/-/robots")).html
        assert name in (await admin.get(f"{TEAM}/-/robots")).text

        client = Registry(oci.application(site.services, ""), site.services, site.wired.database)
        encoded = base64.b64encode(f"{name}:{secret}".encode()).decode()
        client.headers = {**client.headers, "authorization": f"Basic {encoded}"}
        assert (await client("POST", "/v2/team/a/blobs/uploads/")).status == 202
        assert (await client("POST", "/v2/library/a/blobs/uploads/")).status in (401, 403)

        await admin.post(f"{TEAM}/-/robots/1/state", disabled="true")
        assert (await client("POST", "/v2/team/a/blobs/uploads/")).status == 401
        assert (await admin.post(f"{TEAM}/-/robots/1/secret")).all("pre")[0].text != secret
        assert (await admin.post("/spaces/kangaroo/library/-/robots/1/delete", confirm=name)).status == 404
        await admin.post(f"{TEAM}/-/robots/1/delete", confirm=name)
        assert "No robot yet" in (await admin.get(f"{TEAM}/-/robots")).text

    @pytest.mark.parametrize("change", [{"name": "UP"}, {"may": ""}, {"days": "0"}])
    async def test_wrong_inputs_make_nothing(self, admin, team, change):
        fields = {"name": "ci", "may": "pull", "days": "7"}
        assert (await admin.post(f"{TEAM}/-/robots", **(fields | change))).status == 422


class TestLabelsAndRules:
    async def test_a_label(self, admin, team):
        fields = {"name": "released", "description": "can be used", "colour": "#48960C"}
        assert (await admin.post(f"{TEAM}/-/labels", **fields)).location == f"{TEAM}/-/labels"
        page = await admin.get(f"{TEAM}/-/labels")
        assert names(page) == ["released"]
        assert page.all("circle", fill="#48960C")
        assert (await admin.post(f"{TEAM}/-/labels", **fields)).status == 422
        assert (
            await admin.post("/spaces/kangaroo/library/-/labels/1/delete", confirm="released")
        ).status == 404
        await admin.post(f"{TEAM}/-/labels/1/delete", confirm="released")
        assert "No label yet" in (await admin.get(f"{TEAM}/-/labels")).text

    async def test_an_immutable_tag_cannot_be_deleted_until_its_rule_is_off(self, site, admin, team):
        await pushed(site, "team/app", "v1")
        fields = {"images": "app", "images_fit": "matches", "tags": "v*", "tags_fit": "matches"}
        assert (await admin.post(f"{TEAM}/-/immutability", **fields)).location
        assert "v*" in (await admin.get(f"{TEAM}/-/immutability")).text
        assert (await admin.post(f"{TEAM}/-/immutability", **fields)).status == 422
        assert (await admin.get("/images/kangaroo/team/app")).all("svg", class_="tag-lock")
        await admin.post(f"{TEAM}/-/immutability/1/state", disabled="true")
        assert not (await admin.get("/images/kangaroo/team/app")).all("svg", class_="tag-lock")
        await admin.post(f"{TEAM}/-/immutability/1/delete")
        assert "No immutable tag yet" in (await admin.get(f"{TEAM}/-/immutability")).text


class TestBindings:
    async def test_bound_and_unbound_again(self, admin, platform, team):
        place = await workspace(platform, "Payments")
        page = await admin.get(f"{TEAM}/-/bindings")
        assert "Bound to no workspace" in page.text
        assert (await admin.post(f"{TEAM}/-/bindings")).status == 422
        bound = await admin.post(f"{TEAM}/-/bindings", workspaces=[str(place)])
        assert bound.location == f"{TEAM}/-/bindings?watch=1"
        page = await admin.get(bound.location)
        assert page.one("div", id="standings")["hx-get"] == f"{TEAM}/-/bindings?watch=2"
        assert "No namespace belongs to this workspace yet." in page.text
        last = await admin.part(f"{TEAM}/-/bindings?watch=8", "standings")
        assert "hx-get" not in last.one("div", id="standings").attributes
        assert (await admin.post(f"{TEAM}/-/delete", confirm="team")).location == TEAM
        assert "Payments" in (await admin.get(TEAM)).one("div", class_="alert-warning").text

        wrong = await admin.post(f"{TEAM}/-/bindings/{place}/unbind", confirm="Others")
        assert "Payments" in (await admin.get(wrong.location)).text
        await admin.post(f"{TEAM}/-/bindings/{place}/unbind", confirm="Payments")
        assert "Bound to no workspace" in (await admin.get(f"{TEAM}/-/bindings")).text

    async def test_a_public_space_cannot_be_bound(self, admin, platform):
        place = await workspace(platform, "Payments")
        await admin.get("/spaces/kangaroo/library/-/bindings")
        page = await admin.post("/spaces/kangaroo/library/-/bindings", workspaces=[str(place)])
        assert page.status == 422

    async def test_who_sees_it_and_why(self, admin, platform, signed_in):
        ann = await signed_in("ann")
        place = await workspace(platform, "Payments")
        await private(platform, "team", place)
        assert "ann" in (await admin.get(f"{TEAM}?user=ann")).text
        body = {"memberName": "ann", "roleName": "Workspace Viewer"}
        await platform.ok("POST", f"workspaces/{place}/members", body)
        assert "Payments" in (await admin.get(f"{TEAM}?user=ann")).one("p", class_="sees").text
        assert "user nobody" in (await admin.get(f"{TEAM}?user=nobody")).text
        assert (await ann.visit("/spaces/kangaroo/library?user=admin")).status == 403


async def test_activity(site, admin, team):
    await pushed(site, "team/app", "v1")
    page = await admin.get(f"{TEAM}/-/activity")
    assert "team/app:v1" in page.text
    assert "Nothing fits" in (await admin.get(f"{TEAM}/-/activity?q=nothing")).text

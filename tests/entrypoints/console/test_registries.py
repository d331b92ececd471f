"""Registries as who looks after them meets them: registered with each step told, watched, changed, removed."""

import pytest

from tests.core.workspaces.kit import harbor, plain_registry, workspace
from tests.entrypoints.platform.client import PlatformClient
from tests.entrypoints.platform.conftest import PASSWORD
from tests.remote.authority import Authority
from tests.remote.harbor_stand_in import ADMIN, ADMIN_PASSWORD, PLAIN, PLAIN_PASSWORD, HarborStandIn
from tests.remote.serving import docker_registry, free_port, served

FAR = {"name": "far", "kind": "HARBOR", "username": ADMIN, "password": ADMIN_PASSWORD}


@pytest.fixture
async def far():
    async with served(HarborStandIn().app()) as url:
        yield url


@pytest.fixture
def platform(site):
    return PlatformClient(site).signed_in("admin", PASSWORD)


def broken(page):
    """The step that does not hold, as it is read."""
    return [one.text for one in page.all("li", class_="step-broken")]


def held(page):
    return len(page.all("li", class_="step-ok")) + len(page.all("li", class_="step-skipped"))


class TestWhoSeesThem:
    async def test_who_holds_no_point_sees_nothing_of_them(self, signed_in):
        bob = await signed_in("bob")
        assert "/registries" not in (await bob.get("/")).links
        for path in ("/registries", "/registries/kangaroo", "/registries/-/new", "/w/1/registries"):
            assert (await bob.visit(path)).status == 403
        for path in ("/registries", "/registries/-/check", "/registries/kangaroo/-/delete"):
            assert (await bob.post(path, name="x", url="http://127.0.0.1", confirm="kangaroo")).status == 403

    async def test_the_built_in_one_is_one_of_them_but_stays(self, admin):
        page = await admin.get("/registries")
        assert "/registries/kangaroo" in page.links
        shown = await admin.get("/registries/kangaroo")
        assert not shown.all("button", data_opens="remove")
        assert "/registries/kangaroo/-/edit" not in shown.links
        assert (await admin.visit("/registries/kangaroo/-/edit")).status == 412
        refused = await admin.post("/registries/kangaroo/-/delete", confirm="kangaroo")
        assert refused.location == "/registries/kangaroo"
        assert "built-in" in (await admin.get("/registries/kangaroo")).text

    @pytest.mark.parametrize(
        "path", ["/registries/nowhere", "/registries/NO", "/w/x/registries", "/w/9/registries"]
    )
    async def test_there_is_no_such_place(self, admin, path):
        assert (await admin.visit(path)).status in (403, 404)


class TestRegistering:
    async def test_each_step_is_told_while_it_is_filled_in(self, admin, far):
        await admin.get("/registries/-/new")

        async def check(**fields):
            return await admin.post("/registries/-/check", **(FAR | {"url": far} | fields))

        assert held(await check(url="")) == 0
        assert held(await check()) == 8
        refused = f"http://127.0.0.1:{free_port()}"
        assert "nothing listens" in broken(await check(url=refused))[0]
        assert held(await check(url=refused)) == 1
        wrong = await check(password="Wrong12345")
        assert "does not accept the credential" in broken(wrong)[0]
        assert "Check user name and password" in broken(wrong)[0]
        assert "not an administrator" in broken(await check(username=PLAIN, password=PLAIN_PASSWORD))[0]
        halfway = await check(username="", password="")
        assert not broken(halfway)
        assert held(halfway) == 4
        assert "http://" in (await check(url="nonsense")).text
        assert "far" not in (await admin.get("/registries")).text

    async def test_an_old_version_and_a_wrong_type(self, admin, far, tmp_path):
        await admin.get("/registries/-/new")
        async with served(HarborStandIn("v2.3.0-old").app()) as old:
            assert "2.4" in broken(await admin.post("/registries/-/check", **(FAR | {"url": old})))[0]
        async with served(plain_registry()) as plain:
            assert "is not a" in broken(await admin.post("/registries/-/check", **(FAR | {"url": plain})))[0]
            fields = {"name": "hub", "kind": "DOCKER_REGISTRY", "url": plain}
            assert held(await admin.post("/registries/-/check", **fields)) == 8

    async def test_a_certificate_of_an_authority_of_its_own(self, admin, tmp_path):
        authority = Authority(tmp_path)
        await admin.get("/registries/-/new")
        with docker_registry(tmp_path, tls=authority.issue("127.0.0.1")) as url:
            fields = {"name": "secured", "kind": "DOCKER_REGISTRY", "url": url}
            page = await admin.post("/registries", **fields)
            assert page.status == 422
            assert "PEM" in page.one("div", id="ca-error").text
            assert "which is not trusted" in broken(page)[0]
            made = await admin.post("/registries", ca=authority.pem, **fields)
            assert made.location == "/registries/secured"
            assert "verified by an authority of its own" in (await admin.get(made.location)).text

    async def test_it_first_fails_and_then_works_and_nothing_typed_is_lost(self, admin, far):
        await admin.get("/registries/-/new")
        page = await admin.post(
            "/registries", url=far, description="ours", **(FAR | {"password": "Wrong12345"})
        )
        assert page.status == 422
        assert page.one("input", id="url")["value"] == far
        assert page.one("input", id="description")["value"] == "ours"
        assert "does not accept" in page.one("div", id="username-error").text
        assert "Wrong12345" not in page.html
        made = await admin.post("/registries", url=far, description="ours", **FAR)
        assert made.location == "/registries/far"
        shown = await admin.get("/registries/far")
        assert "Healthy" in shown.text
        assert ADMIN_PASSWORD not in shown.html
        again = await admin.post("/registries", url=far, **FAR)
        assert again.status == 422
        assert "already" in again.one("div", id="name-error").text

    @pytest.mark.parametrize(
        ("change", "field"),
        [({"name": ""}, "name"), ({"name": "No Name"}, "name"), ({"url": "ftp://x"}, "url")],
    )
    async def test_what_is_wrong_stands_at_its_field(self, admin, change, field):
        await admin.get("/registries/-/new")
        page = await admin.post("/registries", **(FAR | {"url": "http://127.0.0.1:1"} | change))
        assert page.status == 422
        assert page.one("div", id=f"{field}-error").text


class TestLookingAfter:
    async def test_lists_are_searched_filtered_and_sorted(self, admin, platform, far):
        await harbor(platform, far)
        names = [one.text for one in (await admin.get("/registries?sort=-name")).all("td", class_="name")]
        assert names == ["kangaroo", "far"]
        assert "kangaroo" not in (await admin.part("/registries?q=fa", "list")).text
        assert "Nothing fits" in (await admin.get("/registries?state=unhealthy")).text
        assert "far" not in (await admin.part("/registries?type=KANGAROO", "list")).text

    async def test_its_health_its_spaces_and_its_size(self, admin, platform, far):
        await harbor(platform, far)
        await admin.get("/registries/far")
        assert (
            await admin.post("/registries/far/-/check", health="true")
        ).location == "/registries/far?tab=health"
        health = await admin.get("/registries/far?tab=health")
        assert "Checked just now: it is healthy." in health.text
        assert len(health.all("svg", class_="probes")) == 1
        assert "library" in (await admin.get("/registries/far?tab=spaces")).text
        assert (await admin.post("/registries/far/-/count")).location == "/registries/far"
        assert "1 public, 0 private" in (await admin.get("/registries/far")).text

    async def test_one_that_went_away_says_why(self, admin, platform):
        async with served(HarborStandIn().app()) as url:
            await harbor(platform, url)
        await admin.get("/registries/far")
        for _ in range(3):
            await admin.post("/registries/far/-/check")
        shown = await admin.get("/registries/far")
        assert "nothing listens" in shown.text
        assert "Check the port" in shown.text
        listed = await admin.get("/registries")
        assert any(
            "nothing listens" in one["title"]
            for one in listed.all("span", class_="light")
            if "title" in one.attributes
        )
        assert "Its image spaces cannot be shown now." in (await admin.get("/registries/far?tab=spaces")).text

    async def test_a_change_is_tried_before_it_is_kept(self, admin, platform, far):
        await harbor(platform, far)
        form = await admin.get("/registries/far/-/edit")
        assert form.one("input", id="url")["value"] == far
        fields = {"url": far, "username": ADMIN, "description": "theirs"}
        assert held(await admin.post("/registries/far/-/check-change", **fields)) == 8
        assert (await admin.post("/registries/far/-/edit", **fields)).location == "/registries/far"
        assert "theirs" in (await admin.get("/registries/far")).text
        wrong = await admin.post("/registries/far/-/edit", **(fields | {"password": "Wrong12345"}))
        assert wrong.status == 422
        assert "does not accept" in wrong.one("div", id="username-error").text
        moved = await admin.post("/registries/far/-/edit", **(fields | {"url": "http://127.0.0.1:1"}))
        assert moved.status == 422
        assert far in (await admin.get("/registries/far")).text

    async def test_it_is_removed_by_its_name(self, admin, platform, far):
        await harbor(platform, far)
        await admin.get("/registries/far")
        assert (await admin.post("/registries/far/-/delete", confirm="near")).location == "/registries/far"
        assert (await admin.post("/registries/far/-/delete", confirm="far")).location == "/registries"
        assert (await admin.visit("/registries/far")).status == 404


class TestInWorkspaces:
    async def test_admins_connect_and_viewers_look(self, admin, platform, signed_in, far):
        place = await workspace(platform, "Team")
        ann, ben = await signed_in("ann"), await signed_in("ben")
        for name, role in (("ann", "Workspace Admin"), ("ben", "Workspace Viewer")):
            await platform.ok("POST", f"workspaces/{place}/members", {"memberName": name, "roleName": role})
        root = f"/w/{place}/registries"
        assert "No registry of its own yet" in (await ann.get(root)).text
        await ann.get(f"{root}/-/new")
        assert held(await ann.post(f"{root}/-/check", url=far, **FAR)) == 8
        assert (await ann.post(root, url=far, **FAR)).location == f"{root}/far"
        assert "library" in (await ann.get(f"{root}/far?tab=spaces")).text

        shown = await ben.get(f"{root}/far")
        assert not shown.all("button", data_opens="remove")
        assert f"{root}/-/new" not in (await ben.get(root)).links
        assert (await ben.visit(f"{root}/-/new")).status == 403
        assert (await ben.post(f"{root}/far/-/delete", confirm="far")).status == 403
        assert (await ben.post(f"{root}/far/-/edit", url=far)).status == 403
        assert (await admin.visit(root)).status == 403
        assert (await ann.post(f"{root}/far/-/delete", confirm="far")).location == root

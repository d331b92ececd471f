"""Image sync of a Harbor elsewhere: its targets, policies and runs, by who may look and who may change."""

import pytest

from kangaroo.base.paging import Window
from kangaroo.core.instances import InstanceName
from tests.entrypoints.platform.client import PlatformClient
from tests.entrypoints.platform.conftest import PASSWORD, Site
from tests.entrypoints.platform.harbors import far_harbor

POLICY = {
    "name": "mirror",
    "direction": "push",
    "names": "library/**",
    "trigger": "manual",
    "enabled": "true",
    "override": "true",
}


@pytest.fixture
async def far(site: Site):
    api = PlatformClient(site).signed_in("admin", PASSWORD)
    async with far_harbor(site, api) as made:
        yield made


@pytest.fixture
async def target(admin, far, site):
    """The id of one that was added by its page."""
    await admin.get("/sync/far/-/target")
    fields = {"name": "hub", "type": "docker-registry", "url": "https://hub.test", "access_key": "ann"}
    made = await admin.post("/sync/far/targets", **fields, access_secret="s3cret-of-ann")
    assert made.location == "/sync/far/targets"
    found = await site.services.sync.targets.page(await site.admin(), InstanceName("far"), Window(1, 0))
    return str(found.items[0].id)


async def test_who_may_not_sees_nothing_of_it(signed_in, far):
    eve = await signed_in("eve")
    for path in ("", "/far", "/far/-/policy", "/far/targets", "/far/-/target", "/far/runs", "/far/runs/1"):
        assert (await eve.visit(f"/sync{path}")).status == 403, path
    for path in (
        "policies",
        "policies/1/run",
        "policies/1/delete",
        "targets",
        "targets/1/delete",
        "runs/1/stop",
    ):
        assert (await eve.post(f"/sync/far/{path}", **POLICY, confirm="x")).status == 403, path
    assert not [link for link in (await eve.get("/")).links if link.startswith("/sync")]


async def test_only_harbors_have_it(admin, far):
    assert "/sync/far" in (await admin.get("/sync")).links
    assert "/sync/kangaroo" not in (await admin.get("/sync")).links
    page = await admin.get("/sync/kangaroo")
    assert page.all("div", class_="alert-danger")
    assert (await admin.visit("/sync/nowhere")).status == 404
    assert (await admin.visit("/sync/far/policies/x")).status == 404


async def test_without_a_harbor_it_says_what_to_do(admin):
    page = await admin.get("/sync")
    assert "No Harbor is integrated yet" in page.text
    assert "/registries" in page.links


class TestTargets:
    async def test_added_changed_and_removed(self, admin, far, target):
        listed = await admin.get("/sync/far/targets?q=hub")
        assert "https://hub.test" in listed.text
        edit = await admin.get(f"/sync/far/targets/{target}")
        assert edit.one("input", id="access_key")["value"] == "ann"
        assert edit.one("input", id="access_secret")["value"] == ""
        same = {"name": "hub", "url": "https://hub.test", "access_key": "ann", "description": "ours"}
        assert (await admin.post(f"/sync/far/targets/{target}", **same)).location == "/sync/far/targets"
        elsewhere = same | {"url": "https://other.test"}
        moved = await admin.post(f"/sync/far/targets/{target}", **elsewhere)
        assert moved.status == 422, "a kept secret goes nowhere else"
        assert moved.one("div", id="access_secret-error").text
        assert (await admin.post(f"/sync/far/targets/{target}/delete", confirm="x")).status == 303
        assert "hub" in (await admin.get("/sync/far/targets")).text
        await admin.post(f"/sync/far/targets/{target}/delete", confirm="hub")
        assert "No target registry yet" in (await admin.get("/sync/far/targets")).text

    @pytest.mark.parametrize(("change", "field"), [({"name": ""}, "name"), ({"url": "hub.test"}, "url")])
    async def test_what_is_wrong_stands_at_its_field(self, admin, far, change, field):
        await admin.get("/sync/far/-/target")
        fields = {
            "name": "hub",
            "type": "docker-registry",
            "url": "https://hub.test",
            "access_secret": "Hush1",
        }
        page = await admin.post("/sync/far/targets", **(fields | change))
        assert page.status == 422
        assert page.one("div", id=f"{field}-error").text
        assert "Hush1" not in page.html

    async def test_integrated_registries_are_offered(self, admin, far, site):
        api = PlatformClient(site).signed_in("admin", PASSWORD)
        hub = {"name": "hub", "type": "DOCKER_REGISTRY", "url": "https://hub.test:1"}
        answer = await api("POST", "registries", hub)
        page = await admin.get("/sync/far/-/target")
        offered = {one["value"] for one in page.all("input", name="selected")}
        assert offered == ({"hub"} if answer.status == 200 else set())
        refused = await admin.post("/sync/far/-/adopt", selected=[])
        assert refused.location == "/sync/far/-/target"


class TestPolicies:
    async def test_made_changed_switched_and_deleted(self, admin, far, target):
        form = await admin.get("/sync/far/-/policy")
        assert target in {one["value"] for one in form.all("option")}
        made = await admin.post("/sync/far/policies", **POLICY, target=target)
        assert made.location == "/sync/far"
        listed = await admin.get("/sync/far")
        [one] = [link for link in listed.links if link.startswith("/sync/far/policies/")]
        assert "library/**" in listed.text
        shown = await admin.get(one)
        assert shown.one("input", id="names")["value"] == "library/**"
        changed = POLICY | {"trigger": "scheduled", "cron": "0 0 2 * * *", "direction": "pull"}
        assert (await admin.post(one, **changed, target=target)).location == "/sync/far"
        assert "0 0 2 * * *" in (await admin.get("/sync/far")).text
        await admin.post(f"{one}/state", enabled="false")
        assert "disabled" in (await admin.get("/sync/far")).text
        refused = await admin.post(f"{one}/run")
        assert refused.location == "/sync/far"
        assert (await admin.get("/sync/far")).all("div", class_="alert-danger")
        await admin.post(f"{one}/delete", confirm="other")
        assert "mirror" in (await admin.get("/sync/far")).text
        await admin.post(f"{one}/delete", confirm="mirror")
        assert "No policy yet" in (await admin.get("/sync/far")).text

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"name": ""}, "name"),
            ({"target": ""}, "target"),
            ({"trigger": "scheduled", "cron": ""}, "cron"),
            ({"speed": "fast"}, "speed"),
        ],
    )
    async def test_what_is_wrong_stands_at_its_field(self, admin, far, target, change, field):
        await admin.get("/sync/far/-/policy")
        page = await admin.post("/sync/far/policies", **(POLICY | {"target": target} | change))
        assert page.status == 422
        assert page.one("div", id=f"{field}-error").text
        assert "No policy yet" in (await admin.get("/sync/far")).text

    async def test_without_a_target_one_is_added_first(self, admin, far):
        assert "/sync/far/-/target" in (await admin.get("/sync/far/-/policy")).links


async def test_a_run_with_its_tasks_and_what_they_said(admin, far, target):
    await admin.get("/sync/far/-/policy")
    await admin.post("/sync/far/policies", **POLICY, target=target)
    [one] = [link for link in (await admin.get("/sync/far")).links if link.startswith("/sync/far/policies/")]
    policy = one.rpartition("/")[2]
    started = await admin.post(f"/sync/far/policies/{policy}/run")
    page = await admin.get(started.location)
    assert "mirror" in page.text
    tasks = [link for link in page.links if "/tasks/" in link]
    for link in tasks:
        assert (await admin.get(link)).one("h1").text.startswith("Task")
    listed = await admin.get(f"/sync/far/runs?policy={policy}")
    assert started.location in listed.links
    assert "Nothing fits" in (await admin.get("/sync/far/runs?policy=77")).text
    stopped = await admin.post(f"{started.location}/stop")
    assert stopped.location == started.location


async def test_a_harbor_that_does_not_answer_is_told_with_what_to_do(site, admin):
    api = PlatformClient(site).signed_in("admin", PASSWORD)
    async with far_harbor(site, api):
        pass
    for path in ("/sync/far", "/sync/far/targets", "/sync/far/runs"):
        page = await admin.get(path)
        assert page.all("div", class_="alert-danger"), path
        assert "/doctor?instance=far" in page.links

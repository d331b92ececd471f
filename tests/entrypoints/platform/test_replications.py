"""Sync: what a registered Harbor copies from and to others by its own engine, through the platform's API."""

import pytest

from tests.entrypoints.platform.client import PlatformClient
from tests.entrypoints.platform.conftest import PASSWORD
from tests.entrypoints.platform.harbors import far_harbor, notices
from tests.remote import serving
from tests.remote.harbor_stand_in import ADMIN, ADMIN_PASSWORD, HarborStandIn
from tests.remote.serving import docker_registry, served

TARGETS, POLICIES, RUNS = (f"registries/far/{one}" for one in ("native/registries", "policies", "executions"))
HUB = {"type": "NATIVE_REGISTRY_DOCKER_REGISTRY", "name": "hub", "url": "https://hub.test"}
KEY = {"accessKey": "ann", "accessSecret": "s3cret-of-ann", "type": "BASIC"}


@pytest.fixture
async def far(site, admin):
    async with far_harbor(site, admin) as made:
        yield made


def native(**more: object) -> dict:
    return {"createType": "NATIVE", "nativeRegistry": HUB | more}


async def target(admin: PlatformClient, **more: object) -> str:
    [identity] = (await admin.ok("POST", TARGETS, native(**more)))["ids"]
    return identity


async def push_policy(admin: PlatformClient, name: str = "mirror", **more: object) -> str:
    body = {"name": name, "destRegistryId": await target(admin, name=f"for-{name}")} | more
    return (await admin.ok("POST", POLICIES, body))["id"]


class TestTargets:
    async def test_made_listed_changed_and_removed(self, far, admin):
        identity = await target(admin, nativeRegistryCredential=KEY, description="ours", insecure=True)
        [shown] = (await admin.get(f"{TARGETS}?fuzzyName=hub"))["items"]
        assert shown["id"] == identity
        assert (shown["type"], shown["url"], shown["insecure"]) == (HUB["type"], HUB["url"], True)
        assert shown["nativeRegistryCredential"] == KEY | {"accessSecret": ""}
        changed = await admin.ok("PUT", f"{TARGETS}/{identity}", {"nativeRegistry": {"description": "new"}})
        assert (changed["description"], changed["name"], changed["insecure"]) == ("new", "hub", True)
        moved = {"url": "https://other.test/", "nativeRegistryCredential": KEY | {"accessSecret": "again"}}
        changed = await admin.ok("PUT", f"{TARGETS}/{identity}", {"nativeRegistry": moved})
        assert changed["url"] == "https://other.test"
        assert await admin.ok("DELETE", f"{TARGETS}/{identity}") == {}
        assert await admin.refused("DELETE", f"{TARGETS}/{identity}") == (404, "NOT_FOUND")

    async def test_a_kept_secret_goes_nowhere_else(self, far, admin):
        identity = await target(admin, nativeRegistryCredential=KEY)
        for change in (
            {"url": "https://evil.test"},
            {"url": "https://evil.test", "nativeRegistryCredential": {"accessKey": "ann"}},
            {"nativeRegistryCredential": {"accessKey": "bob"}},
        ):
            answer = await admin("PUT", f"{TARGETS}/{identity}", {"nativeRegistry": change})
            assert answer.status == 400
            assert answer.json()["details"][0]["metadata"]["field"] == "accessSecret"
        [kept] = far.tables["registries"].values()
        assert (kept["url"], kept["credential"]["access_key"]) == (HUB["url"], "ann")

    @pytest.mark.parametrize(
        "wrong",
        [
            {"createType": "UNSPECIFIED", "nativeRegistry": HUB},
            native(type="NATIVE_REGISTRY_UNSPECIFIED"),
            native(url="hub.test"),
            native(url="https://a:b@hub.test"),
            native(name=""),
            native(name="a\nb"),
            native(description="a" * 2000),
            native(nativeRegistryCredential={"accessKey": "ann"}),
            native(nativeRegistryCredential={"accessKey": "a\0n", "accessSecret": "x"}),
            {"createType": "INTEGRATION", "integrationRegistry": []},
            {"createType": "INTEGRATION", "integrationRegistry": ["far"]},
            {"createType": "INTEGRATION", "integrationRegistry": ["kangaroo"]},
            {"createType": "INTEGRATION", "integrationRegistry": ["Not A Name"]},
        ],
    )
    async def test_wrong_ones(self, far, admin, wrong):
        assert (await admin("POST", TARGETS, wrong)).status == 400
        assert far.tables["registries"] == {}

    async def test_another_type_is_another_target(self, far, admin):
        identity = await target(admin)
        change = {"nativeRegistry": {"type": "NATIVE_REGISTRY_HARBOR"}}
        assert await admin.refused("PUT", f"{TARGETS}/{identity}", change) == (400, "INVALID_FIELD")
        await admin.ok("PUT", f"{TARGETS}/{identity}", {"nativeRegistry": {"type": HUB["type"]}})

    async def test_registered_ones_with_the_credentials_we_have(self, far, admin, tmp_path):
        body = {"name": "near", "type": "HARBOR"}
        credential = {"username": ADMIN, "password": ADMIN_PASSWORD}
        async with served(HarborStandIn().app()) as url:
            await admin.ok("POST", "registries", body | {"url": url, "credential": credential})
        with docker_registry(tmp_path, users=True) as url:
            credential = {"username": serving.USER, "password": serving.PASSWORD}
            hub = {"name": "hub", "type": "DOCKER_REGISTRY", "url": url, "credential": credential}
            await admin.ok("POST", "registries", hub)
        picker = "filter_registries/far/registries"
        assert {one["name"] for one in (await admin.get(picker))["items"] if one["isExist"]} == set()
        wanted = {"createType": "INTEGRATION", "integrationRegistry": ["near", "hub", "near"]}
        made = await admin.ok("POST", TARGETS, wanted)
        assert len(made["ids"]) == 2
        kept = {one["name"]: one for one in far.tables["registries"].values()}
        assert {name: one["type"] for name, one in kept.items()} == {
            "near": "harbor",
            "hub": "docker-registry",
        }
        assert kept["near"]["credential"]["access_key"] == ADMIN
        assert {one["name"] for one in (await admin.get(picker))["items"] if one["isExist"]} == {
            "near",
            "hub",
        }
        assert serving.PASSWORD not in str(await admin.get(TARGETS))

    async def test_all_of_them_or_none(self, far, admin, tmp_path):
        with docker_registry(tmp_path) as url:
            for name, place in (("one", url), ("two", url.replace("127.0.0.1", "localhost"))):
                body = {"name": name, "type": "DOCKER_REGISTRY", "url": place}
                await admin.ok("POST", "registries", body)
        await target(admin, name="two")
        wanted = {"createType": "INTEGRATION", "integrationRegistry": ["one", "two"]}
        assert await admin.refused("POST", TARGETS, wanted) == (409, "CONFLICT")
        assert [one["name"] for one in far.tables["registries"].values()] == ["two"]
        wanted["integrationRegistry"] = ["one", "nothing"]
        assert await admin.refused("POST", TARGETS, wanted) == (404, "NOT_FOUND")
        assert len(far.tables["registries"]) == 1

    async def test_not_removed_while_a_policy_uses_it(self, far, admin):
        await push_policy(admin)
        [identity] = far.tables["registries"]
        assert await admin.refused("DELETE", f"{TARGETS}/{identity}") == (400, "PRECONDITION")

    async def test_others_have_none(self, admin, far):
        for one in (await admin.get("filter_registries/kangaroo/registries"))["items"]:
            assert one["isExist"] is False


class TestPolicies:
    async def test_made_read_changed_and_removed(self, far, admin):
        filters = [
            {"type": "NAME", "value": "library/**", "decoration": "DECORATION_MATCHES"},
            {"type": "TAG", "value": "dev-*", "decoration": "DECORATION_EXCLUDES"},
        ]
        timed = {"type": "TRIGGER_MODEL_SCHEDULE", "cron": "0 0 2 * * *"}
        identity = await push_policy(
            admin, filters=filters, trigger=timed, speed=512, destNamespace="mirror", description="nightly"
        )
        [shown] = (await admin.get(f"{POLICIES}?fuzzyName=mirr"))["items"]
        assert await admin.get(f"{POLICIES}/{identity}") == shown
        assert (shown["filters"], shown["trigger"], shown["speed"]) == (filters, timed, "512")
        assert (shown["enabled"], shown["override"], shown["srcRegistry"]) == (True, True, None)
        assert shown["destRegistry"]["id"] in map(str, far.tables["registries"])
        await admin.ok("PUT", f"{POLICIES}/{identity}", {"enabled": False})
        after = await admin.get(f"{POLICIES}/{identity}")
        assert after | {"enabled": True, "updateTime": ""} == shown | {"updateTime": ""}
        # what was read can be sent back, changed
        body = {
            name: shown[name]
            for name in ("name", "description", "trigger", "filters", "enabled", "override", "destNamespace")
        } | {"destRegistry": {"id": shown["destRegistry"]["id"]}, "speed": -1, "name": "renamed"}
        await admin.ok("PUT", f"{POLICIES}/{identity}", body)
        after = await admin.get(f"{POLICIES}/{identity}")
        assert (after["name"], after["speed"], after["enabled"]) == ("renamed", "-1", True)
        await admin.ok("DELETE", f"{POLICIES}/{identity}")
        assert await admin.refused("GET", f"{POLICIES}/{identity}") == (404, "NOT_FOUND")

    async def test_pulling(self, far, admin):
        source = await target(admin)
        made = await admin.ok("POST", POLICIES, {"name": "pull", "srcRegistryId": source})
        shown = await admin.get(f"{POLICIES}/{made['id']}")
        assert (shown["srcRegistry"]["id"], shown["destRegistry"]) == (source, None)
        await admin.ok("PUT", f"{POLICIES}/{made['id']}", {"destRegistry": {"id": source}})
        shown = await admin.get(f"{POLICIES}/{made['id']}")
        assert (shown["srcRegistry"], shown["destRegistry"]["id"]) == (None, source)

    async def test_filters_made_over_there_stay(self, far, admin):
        identity = await push_policy(admin)
        others = [{"type": "label", "value": ["a", "b"], "decoration": "excludes"}]
        others += [{"type": "resource", "value": "image"}]
        far.tables["replication/policies"][int(identity)]["filters"] = others
        assert (await admin.get(f"{POLICIES}/{identity}"))["otherFilters"] == ["label!=a,b", "resource=image"]
        named = [{"type": "NAME", "value": "app/**"}, {"type": "TAG", "value": ""}]
        await admin.ok("PUT", f"{POLICIES}/{identity}", {"filters": named})
        kept = far.tables["replication/policies"][int(identity)]["filters"]
        assert [one["type"] for one in kept] == ["name", "label", "resource"]

    @pytest.mark.parametrize(
        "wrong",
        [
            {"name": ""},
            {"name": None},
            {"name": "a" * 300},
            {"destRegistryId": "0"},
            {"srcRegistryId": "1"},
            {"description": "a" * 2000},
            {"trigger": {"type": "TRIGGER_MODEL_SCHEDULE"}},
            {"trigger": {"type": "TRIGGER_MODEL_SCHEDULE", "cron": "* * * * *"}},
            {"trigger": {"type": "TRIGGER_MODEL_SCHEDULE", "cron": "60 0 0 * * *"}},
            {"filters": [{"type": "UNSPECIFIED", "value": "x"}]},
            {"filters": [{"type": "NAME", "value": "{a"}]},
            {"filters": [{"type": "NAME", "value": "a"}, {"type": "NAME", "value": "b"}]},
        ],
    )
    async def test_wrong_ones(self, far, admin, wrong):
        body = {"name": "mirror", "destRegistryId": await target(admin)} | wrong
        status, reason = await admin.unjudged().refused("POST", POLICIES, body)
        assert (status, reason) in ((400, "INVALID_FIELD"), (400, "BAD_REQUEST"))
        assert far.tables["replication/policies"] == {}

    async def test_an_unknown_end(self, far, admin):
        body = {"name": "mirror", "destRegistryId": "77"}
        assert await admin.refused("POST", POLICIES, body) == (404, "NOT_FOUND")

    async def test_a_name_is_there_once(self, far, admin):
        identity = await push_policy(admin)
        body = {"name": "mirror", "destRegistryId": (await admin.get(TARGETS))["items"][0]["id"]}
        assert await admin.refused("POST", POLICIES, body) == (409, "CONFLICT")
        assert identity


class TestRuns:
    async def test_started_and_looked_into(self, far, admin):
        policy = await push_policy(admin)
        run = (await admin.ok("POST", RUNS, {"policyId": policy}))["id"]
        shown = await admin.get(f"{RUNS}/{run}")
        assert (shown["policyId"], shown["status"], shown["succeed"]) == (policy, "STATUS_SUCCEED", "1")
        assert shown["trigger"] == "TRIGGER_MODEL_MANUAL"
        assert (await admin.get(RUNS))["items"] == [shown]
        [task] = (await admin.get(f"{RUNS}/{run}/tasks"))["items"]
        assert (task["operation"], task["status"]) == ("OPERATION_COPY", "STATUS_SUCCEED")
        assert (await admin.get(f"{RUNS}/{run}/tasks/{task['id']}/log"))["log"].startswith("log of")
        assert await admin.refused("PUT", f"{RUNS}/{run}") == (400, "PRECONDITION")
        far.tables["replication-executions"][int(run)]["status"] = "InProgress"
        await admin.ok("PUT", f"{RUNS}/{run}")
        assert (await admin.get(f"{RUNS}/{run}"))["status"] == "STATUS_STOPPED"

    async def test_filters(self, far, admin):
        policy = await push_policy(admin)
        run = (await admin.ok("POST", RUNS, {"policyId": policy}))["id"]
        for query, count in (
            (f"policyId={policy}", 1),
            ("policyId=77", 0),
            ("status=STATUS_SUCCEED", 1),
            ("status=succeed", 1),
            ("status=Failed", 0),
            ("status=STATUS_UNSPECIFIED", 1),
            ("trigger=TRIGGER_MODEL_MANUAL", 1),
            ("trigger=schedule", 0),
        ):
            assert (await admin.get(f"{RUNS}?{query}"))["pagination"]["total"] == count, query
        tasks = f"{RUNS}/{run}/tasks"
        for query, count in (
            ("resourceType=image", 1),
            ("resourceType=chart", 0),
            ("status=STATUS_FAILED", 0),
        ):
            assert (await admin.get(f"{tasks}?{query}"))["pagination"]["total"] == count, query
        for wrong in (
            f"{RUNS}?status=done",
            f"{RUNS}?trigger=never",
            f"{tasks}?status=x",
            f"{RUNS}?policyId=-1",
        ):
            assert (await admin("GET", wrong)).status == 400

    async def test_a_disabled_policy_is_not_started(self, far, admin):
        policy = await push_policy(admin, enabled=False)
        assert await admin.refused("POST", RUNS, {"policyId": policy}) == (400, "PRECONDITION")
        assert await admin.refused("POST", RUNS, {"policyId": "77"}) == (404, "NOT_FOUND")

    @pytest.mark.parametrize("identity", ["0", "-1", "x", "99", "9" * 30])
    async def test_unknown_ids(self, far, admin, identity):
        for method, path, body in (
            ("GET", f"{POLICIES}/{identity}", None),
            ("PUT", f"{POLICIES}/{identity}", {"enabled": False}),
            ("DELETE", f"{POLICIES}/{identity}", None),
            ("PUT", f"{TARGETS}/{identity}", {"nativeRegistry": {}}),
            ("DELETE", f"{TARGETS}/{identity}", None),
            ("GET", f"{RUNS}/{identity}", None),
            ("PUT", f"{RUNS}/{identity}", None),
        ):
            assert await admin.refused(method, path, body) == (404, "NOT_FOUND"), path


async def test_who_may(site, far, admin):
    """Whoever may see an instance looks, whoever may change it changes; members of workspaces neither."""
    policy = await push_policy(admin)
    await site.user("reader")
    role = {"name": "Reader", "permissions": ["GetRegistryIntegration"]}
    await admin.ok("POST", "roles/platform", role)
    await admin.ok("POST", "platform-members", {"memberName": "reader", "roleName": "Reader"})
    reader = PlatformClient(site).signed_in("reader", PASSWORD)
    looking = (TARGETS, POLICIES, f"{POLICIES}/{policy}", RUNS, "filter_registries/far/registries")
    for path in looking:
        assert (await reader("GET", path)).status == (await admin("GET", path)).status == 200
    changing: tuple[tuple[str, str, object], ...] = (
        ("POST", TARGETS, native()),
        ("PUT", f"{TARGETS}/1", {"nativeRegistry": {}}),
        ("DELETE", f"{TARGETS}/1", None),
        ("POST", POLICIES, {"name": "x", "destRegistryId": "1"}),
        ("PUT", f"{POLICIES}/{policy}", {"enabled": False}),
        ("DELETE", f"{POLICIES}/{policy}", None),
        ("POST", RUNS, {"policyId": policy}),
        ("PUT", f"{RUNS}/1", None),
    )
    for method, path, body in changing:
        assert await reader.refused(method, path, body) == (403, "FORBIDDEN")
    for method, path, body in (*(("GET", path, None) for path in looking), *changing):
        for who in ("boss", "editor", "viewer", "stranger"):
            assert await far.people[who].refused(method, path, body) == (403, "FORBIDDEN"), (who, path)
        assert await far.people["nobody"].refused(method, path, body) == (401, "UNAUTHORIZED")


async def test_what_was_done_is_written_down(site, far, admin):
    policy = await push_policy(admin)
    run = (await admin.ok("POST", RUNS, {"policyId": policy}))["id"]
    await admin.ok("DELETE", f"{POLICIES}/{policy}")
    assert await notices(site, "replication") == [
        ("admin", "create_replication-target", "far/for-mirror"),
        ("admin", "create_replication-policy", "far/mirror"),
        ("admin", "create_replication-execution", f"far/mirror/{run}"),
        ("admin", "delete_replication-policy", "far/mirror"),
    ]


async def test_the_built_in_registry_has_none_yet(admin):
    for method, path, body in (
        ("GET", "native/registries", None),
        ("POST", "native/registries", native()),
        ("GET", "policies", None),
        ("POST", "policies", {"name": "x", "destRegistryId": "1"}),
        ("GET", "executions", None),
        ("POST", "executions", {"policyId": "1"}),
        ("GET", "executions/1/tasks/1/log", None),
    ):
        answer = await admin(method, f"registries/kangaroo/{path}", body)
        assert (answer.status, answer.json()["code"]) == (400, 9)
        assert answer.json()["details"][0]["reason"] == "UNSUPPORTED"


async def test_an_instance_that_is_away_says_why(admin, site):
    async with far_harbor(site, admin):
        pass
    answer = await admin("GET", POLICIES)
    assert (answer.status, answer.json()["details"][0]["reason"]) == (503, "CONNECTION_REFUSED")

"""Retention in the spaces of a workspace, by the engine of the Harbor they are at."""

from typing import Any

import pytest

from tests.core.workspaces.kit import harbor
from tests.entrypoints.platform.harbors import Far, far_harbor, notices

EVERYONE = ("admin", "boss", "editor", "viewer", "stranger", "nobody")
LATEST = {"template": "LATEST_PUSHED_K", "params": {"latestPushedK": "3"}, "action": "retain"}
ALL_IMAGES = {"decoration": "REPO_MATCHES", "extras": "", "kind": "doublestar", "pattern": "**"}
ALL_TAGS = {"decoration": "TAG_MATCHES", "kind": "doublestar", "pattern": "**", "untagged": True}


@pytest.fixture
async def far(site, admin):
    async with far_harbor(site, admin) as made:
        yield made


def at(far: Far, rest: str = "") -> str:
    return f"workspaces/{far.place}/registries/far/retention{rest}"


def policy(ref: int, *rules: dict, **more: object) -> dict:
    scope = {"level": "project", "ref": str(ref)}
    return {"retention": {"algorithm": "or", "rules": list(rules), "scope": scope} | more}


async def made(far: Far, *rules: dict, **more: object) -> int:
    body = policy(far.space("secret"), *(rules or (LATEST,)), **more)
    return int((await far.people["boss"].ok("POST", at(far), body))["id"])


class TestPolicies:
    async def test_made_read_changed_and_removed(self, far):
        boss = far.people["boss"]
        identity = await made(far, trigger={"kind": "SCHEDULED", "settings": {"cron": "0 0 3 * * *"}})
        [space] = [
            one
            for one in (await boss.get(f"workspaces/{far.place}/registries/far/projects"))["items"]
            if one["name"] == "secret"
        ]
        assert space["retentionId"] == str(identity)
        shown = await boss.get(at(far, f"/{identity}"))
        assert shown["rules"] == [
            LATEST | {"disabled": False, "scopeSelectors": [ALL_IMAGES], "tagSelectors": [ALL_TAGS]}
        ]
        assert shown["trigger"] == {"kind": "SCHEDULED", "settings": {"cron": "0 0 3 * * *"}}
        assert shown["scope"] == {"level": "project", "ref": space["projectId"]}
        body = {"retention": shown | {"rules": [LATEST, {"template": "TYPE_ALWAYS", "disabled": True}]}}
        changed = await boss.unjudged().ok("PUT", at(far, f"/{identity}"), body)
        assert [one["template"] for one in changed["rules"]] == ["LATEST_PUSHED_K", "TYPE_ALWAYS"]
        assert changed["rules"][1]["disabled"] is True
        await boss.ok("DELETE", at(far, f"/{identity}"))
        assert await boss.refused("GET", at(far, f"/{identity}")) == (404, "NOT_FOUND")

    async def test_every_template(self, far):
        rules: list[dict[str, Any]] = [
            {"template": "N_DAYS_SINCE_LAST_PULL", "params": {"nDaysSinceLastPull": "1"}},
            {"template": "N_DAYS_SINCE_LAST_PUSH", "params": {"nDaysSinceLastPush": "2"}},
            {"template": "TYPE_ALWAYS"},
            {"template": "LATEST_PULLED_N", "params": {"latestPulledN": "4"}},
            {"template": "LATEST_PUSHED_K", "params": {"latestPushedK": "5"}},
            {"params": {"latestActiveK": "6"}},
        ]
        identity = await made(far, *rules)
        shown = await far.people["viewer"].get(at(far, f"/{identity}"))
        assert [one["params"] for one in shown["rules"]] == [one.get("params", {}) for one in rules]
        assert [one["template"] for one in shown["rules"][:5]] == [one["template"] for one in rules[:5]]
        [kept] = far.tables["retentions"].values()
        assert [one["template"] for one in kept["rules"]] == [
            "nDaysSinceLastPull",
            "nDaysSinceLastPush",
            "always",
            "latestPulledN",
            "latestPushedK",
            "latestActiveK",
        ]

    async def test_clients_that_know_no_tags_do_not_lose_them(self, far):
        boss = far.people["boss"].unjudged()
        tags = [{"decoration": "TAG_EXCLUDES", "pattern": "dev-*", "untagged": False}]
        images = [{"decoration": "REPO_EXCLUDES", "pattern": "base/**"}]
        body = policy(far.space("secret"), LATEST | {"tagSelectors": tags, "scopeSelectors": images})
        identity = (await boss.ok("POST", at(far), body))["id"]
        more = LATEST | {"scopeSelectors": images, "params": {"latestPushedK": "9"}}
        changed = await boss.ok("PUT", at(far, f"/{identity}"), policy(0, more))
        [rule] = changed["rules"]
        assert rule["params"] == {"latestPushedK": "9"}
        assert rule["tagSelectors"] == [tags[0] | {"kind": "doublestar"}]
        assert rule["scopeSelectors"][0]["decoration"] == "REPO_EXCLUDES"

    async def test_a_space_has_one(self, far):
        identity = await made(far)
        answer = await far.people["boss"]("POST", at(far), policy(far.space("secret"), LATEST))
        assert answer.status == 409
        assert f"policy {identity}" in answer.json()["message"]

    @pytest.mark.parametrize(
        "wrong",
        [
            {"rules": [LATEST | {"params": {"latestPushedK": str(n)}} for n in range(1, 17)]},
            {"rules": [LATEST, LATEST]},
            {"rules": [LATEST | {"params": {"latestPushedK": "0"}}]},
            {"rules": [LATEST | {"params": {"latestPushedK": "-1"}}]},
            {"rules": [LATEST | {"params": {"latestPulledN": "3"}}]},
            {"rules": [LATEST | {"params": {}}]},
            {"rules": [LATEST | {"params": {"latestPushedK": "3", "latestPulledN": "3"}}]},
            {"rules": [{"template": "TYPE_ALWAYS", "params": {"latestPushedK": "3"}}]},
            {"rules": [{}]},
            {"rules": [LATEST | {"action": "delete"}]},
            {"rules": [LATEST | {"scopeSelectors": [{"pattern": "[a"}]}]},
            {"rules": [LATEST | {"scopeSelectors": [{"pattern": ""}]}]},
            {"algorithm": "and"},
            {"scope": {"level": "system", "ref": "1"}},
            {"trigger": {"kind": "SCHEDULED"}},
            {"trigger": {"kind": "SCHEDULED", "settings": {"cron": "every day"}}},
            {"trigger": {"settings": {"cron": "0 0 30 2 * *"}}},
        ],
    )
    async def test_wrong_ones(self, far, wrong):
        boss = far.people["boss"]
        body = policy(far.space("secret"), **wrong)
        status, reason = await boss.refused("POST", at(far), body)
        assert (status, reason) in ((400, "INVALID_FIELD"), (400, "BAD_REQUEST"))
        assert far.tables["retentions"] == {}

    async def test_fifteen_rules_are_not_too_many(self, far):
        await made(far, *(LATEST | {"params": {"latestPushedK": str(n)}} for n in range(1, 16)))

    @pytest.mark.parametrize("identity", ["0", "-1", "x", "99", "9" * 30, "1.5"])
    async def test_unknown_ids(self, far, identity):
        boss = far.people["boss"]
        for method, rest, body in (
            ("GET", "", None),
            ("PUT", "", policy(1, LATEST)),
            ("DELETE", "", None),
            ("GET", "/executions", None),
            ("POST", "/executions", {"dryRun": True}),
            ("PUT", "/executions/1", None),
            ("GET", "/executions/1/tasks", None),
        ):
            assert await boss.refused(method, at(far, f"/{identity}{rest}"), body) == (404, "NOT_FOUND")


class TestRuns:
    async def test_a_dry_run_tells_what_would_go(self, far):
        boss, identity = far.people["boss"], await made(far)
        runs = at(far, f"/{identity}/executions")
        await boss.ok("POST", runs, {"dryRun": True})
        [run] = (await boss.get(runs))["items"]
        assert (run["dryRun"], run["status"]) == (True, "RETENTION_EXECUTION_STATUS_SUCCEED")
        assert run["policyId"] == str(identity)
        [task] = (await boss.get(f"{runs}/{run['id']}/tasks"))["items"]
        assert (task["total"], task["retained"], task["deleted"]) == ("5", "2", "3")
        assert (await boss.get(f"{runs}/{run['id']}/tasks/{task['id']}/log"))["log"].startswith("log of")
        assert await boss.refused("GET", f"{runs}/{run['id']}/tasks/77/log") == (404, "NOT_FOUND")
        assert await boss.refused("PUT", f"{runs}/{run['id']}") == (400, "PRECONDITION")

    async def test_stopping_one_and_not_starting_a_second(self, far):
        boss, identity = far.people["boss"], await made(far)
        runs = at(far, f"/{identity}/executions")
        await boss.ok("POST", runs, {"dryRun": False})
        [row] = far.tables["retention-executions"].values()
        row["status"] = "Running"
        assert await boss.refused("POST", runs, {"dryRun": True}) == (400, "PRECONDITION")
        await boss.ok("PUT", f"{runs}/{row['id']}")
        assert (await boss.get(runs))["items"][0]["status"] == "RETENTION_EXECUTION_STATUS_STOPPED"
        await boss.ok("POST", runs, {"dryRun": True})

    async def test_runs_of_others_are_not_reached_through_ones_own_policy(self, far):
        boss, mine = far.people["boss"], await made(far)
        await boss.ok("POST", at(far, f"/{mine}/executions"), {"dryRun": True})
        foreign = far.stand_in.engines.tables["retention-executions"]
        [mine_run] = list(foreign)
        foreign[999] = {**foreign[mine_run], "id": 999, "policy_id": 998, "status": "Running"}
        path = at(far, f"/{mine}/executions/999")
        for method, rest in (("PUT", ""), ("GET", "/tasks"), ("GET", "/tasks/1/log")):
            assert await boss.refused(method, path + rest) == (404, "NOT_FOUND")
        assert foreign[999]["status"] == "Running"

    async def test_far_back_in_a_long_history(self, far):
        boss, identity = far.people["boss"], await made(far)
        runs = at(far, f"/{identity}/executions")
        await boss.ok("POST", runs, {})
        table = far.tables["retention-executions"]
        [first] = list(table.values())
        table.clear()
        for number in range(1000, 1250):
            table[number] = {**first, "id": number}
        assert (await boss.get(f"{runs}/1249/tasks"))["pagination"]["total"] == 1
        assert await boss.refused("GET", f"{runs}/1250/tasks") == (404, "NOT_FOUND")


class TestWhoMay:
    async def test_looking(self, far):
        identity = await made(far)
        paths = (at(far, f"/{identity}"), at(far, f"/{identity}/executions"))
        expected = {"boss": 200, "editor": 200, "viewer": 200, "stranger": 403, "admin": 403, "nobody": 401}
        for path in paths:
            assert {who: (await far.people[who]("GET", path)).status for who in EVERYONE} == expected

    async def test_changing_is_the_administrators_of_the_workspace(self, far):
        identity = await made(far)
        table = far.tables["retention-executions"]
        for method, rest, body in (
            ("POST", "", policy(far.space("other"), LATEST)),
            ("PUT", f"/{identity}", policy(0, LATEST)),
            ("POST", f"/{identity}/executions", {"dryRun": True}),
            ("PUT", f"/{identity}/executions/1", None),
            ("DELETE", f"/{identity}", None),
        ):
            for who in ("editor", "viewer", "stranger", "admin"):
                assert await far.people[who].refused(method, at(far, rest), body) == (403, "FORBIDDEN"), who
            assert (await far.people["nobody"](method, at(far, rest), body)).status == 401
        assert table == {}

    async def test_not_in_spaces_that_are_not_the_workspaces_own(self, far):
        boss = far.people["boss"]
        shared = policy(far.space("library"), LATEST)
        assert await boss.refused("POST", at(far), shared) == (403, "DENIED")
        hidden = policy(far.space("other"), LATEST)
        assert await boss.refused("POST", at(far), hidden) == (404, "NOT_FOUND")
        assert await boss.refused("POST", at(far), policy(0, LATEST)) == (404, "NOT_FOUND")
        for name, where in (("library", 403), ("other", 404)):
            far.tables["retentions"][50] = {
                "id": 50,
                "algorithm": "or",
                "scope": {"level": "project", "ref": far.space(name)},
                "rules": [],
                "trigger": {"kind": "Schedule", "settings": {"cron": ""}},
            }
            for method, rest, body in (("DELETE", "", None), ("POST", "/executions", {})):
                assert (await boss(method, at(far, f"/50{rest}"), body)).status == where
            assert (await boss("GET", at(far, "/50"))).status == (200 if where == 403 else 404)

    async def test_everywhere_in_a_harbor_of_ones_own(self, far):
        boss = far.people["boss"]
        stranger = far.people["stranger"]
        await harbor(boss, far.url, far.place, "own")
        path = f"workspaces/{far.place}/registries/own/retention"
        identity = (await boss.ok("POST", path, policy(far.space("library"), LATEST)))["id"]
        assert (await boss.get(f"{path}/{identity}"))["id"] == identity
        assert (await stranger("GET", f"{path}/{identity}")).status == 403


async def test_what_was_done_is_written_down(site, far):
    boss, identity = far.people["boss"], await made(far)
    await boss.ok("PUT", at(far, f"/{identity}"), policy(0, LATEST))
    await boss.ok("POST", at(far, f"/{identity}/executions"), {"dryRun": True})
    await boss.ok("DELETE", at(far, f"/{identity}"))
    noted = await notices(site, "retention")
    assert noted == [
        ("boss", "create_retention-policy", "far/secret"),
        ("boss", "update_retention-policy", "far/secret"),
        ("boss", "create_retention-execution", "far/secret: dry run"),
        ("boss", "delete_retention-policy", "far/secret"),
    ]


async def test_the_built_in_registry_has_none_yet(site, admin, far):
    path = f"workspaces/{far.place}/registries/kangaroo/retention"
    for method, rest, body in (
        ("GET", "/1", None),
        ("POST", "", policy(1, LATEST)),
        ("POST", "/1/executions", {}),
    ):
        answer = await far.people["boss"](method, path + rest, body)
        assert (answer.status, answer.json()["code"]) == (400, 9)
        assert answer.json()["details"][0]["reason"] == "UNSUPPORTED"

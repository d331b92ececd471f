"""Tag immutable: rules of a project."""

import pytest

from tests.entrypoints.harbor.client import HarborClient
from tests.entrypoints.harbor.lines.projects import rule
from tests.entrypoints.harbor.test_projects import error

BASE = "projects/library/immutabletagrules"


async def test_a_rule_from_making_to_deleting(admin: HarborClient) -> None:
    made = await admin("POST", BASE, rule("v*"))
    assert (made.status, made.body) == (201, b"")
    place = made.headers["location"]
    identity = int(place.rsplit("/", 1)[1])
    assert place == f"/api/v2.0/{BASE}/{identity}"
    assert await admin.get(BASE) == [rule("v*") | {"id": identity}]
    changed = rule("{v,w}*") | {"id": identity, "disabled": True}
    assert (await admin("PUT", place, changed)).status == 200
    assert await admin.get(BASE) == [changed]
    assert await admin.get(f"{BASE}?q=disabled=false") == []
    assert (await admin("DELETE", place)).status == 200
    assert error(await admin("DELETE", place)) == (
        404,
        "NOT_FOUND",
        f"immutable rule {identity} not found",
    )


async def test_lists_come_in_pages(admin: HarborClient) -> None:
    for number in range(3):
        await admin("POST", BASE, rule(f"v{number}"))
    page = await admin("GET", f"{BASE}?page_size=2&sort=-id")
    assert page.headers["x-total-count"] == "3"
    assert [one["tag_selectors"][0]["pattern"] for one in page.json()] == ["v2", "v1"]


async def test_the_same_rule_twice(admin: HarborClient) -> None:
    await admin("POST", BASE, rule("v*"))
    assert error(await admin("POST", BASE, rule("v*"))) == (
        409,
        "CONFLICT",
        "immutable rule already exists",
    )


async def test_the_id_of_path_and_body(admin: HarborClient) -> None:
    place = (await admin("POST", BASE, rule("v*"))).headers["location"]
    assert error(await admin("PUT", place, rule("w*") | {"id": 999})) == (
        400,
        "BAD_REQUEST",
        "bad request: the immutable_rule_id doesn't match the id in the payload body of ImmutableRule",
    )
    assert (await admin("PUT", place, rule("w*"))).status == 200
    assert (await admin("PUT", f"{BASE}/999", rule("w*"))).status == 404
    assert (await admin("PUT", f"{BASE}/x", rule("w*"))).status == 422


@pytest.mark.parametrize(
    "change",
    [
        {"tag_selectors": []},
        {"scope_selectors": {}},
        {"tag_selectors": [{"kind": "doublestar", "decoration": "matches", "pattern": "["}]},
        {"tag_selectors": [{"kind": "doublestar", "decoration": "matches"}]},
        {"tag_selectors": [{"kind": "label", "decoration": "with", "pattern": "1"}]},
        {
            "scope_selectors": {
                "repository": [{"kind": "doublestar", "decoration": "matches", "pattern": "a"}]
            }
        },
    ],
)
async def test_rules_that_are_none(admin: HarborClient, change) -> None:
    assert (await admin("POST", BASE, rule("v*") | change)).status == 400

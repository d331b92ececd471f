"""Tag label: global labels and those of a project."""

import pytest

from tests.entrypoints.harbor.client import HarborClient
from tests.entrypoints.harbor.test_projects import error


async def test_a_label_from_making_to_deleting(admin: HarborClient) -> None:
    project = (await admin.get("projects/library"))["project_id"]
    body = {"name": "stable", "color": "#fff", "scope": "p", "project_id": project}
    made = await admin("POST", "labels", body)
    assert (made.status, made.body) == (201, b"")
    place = made.headers["location"]
    label = await admin.get(place)
    assert label["creation_time"] == label["update_time"]
    assert {**body, "id": int(place.rsplit("/", 1)[1])} == {
        key: value for key, value in label.items() if not key.endswith("_time")
    }
    changed = await admin("PUT", place, {"name": "testing", "description": "d"})
    assert (changed.status, changed.body) == (200, b"")
    label = await admin.get(place)
    assert (label["name"], label["description"], "color" in label) == ("testing", "d", False)
    assert (await admin("DELETE", place)).status == 200
    assert error(await admin("GET", place)) == (404, "NOT_FOUND", f"label {label['id']} not found")


async def test_lists_need_a_scope(admin: HarborClient, anonymous: HarborClient) -> None:
    project = (await admin.get("projects/library"))["project_id"]
    for name in ("a", "b", "ab"):
        await admin("POST", "labels", {"name": name, "scope": "g", "project_id": 5})
        await admin("POST", "labels", {"name": f"{name}-p", "scope": "p", "project_id": project})

    async def names(client: HarborClient, query: str) -> list[str]:
        return [label["name"] for label in await client.get(f"labels?{query}")]

    assert await names(admin, "scope=g") == ["a", "ab", "b"]
    assert await names(admin, f"scope=p&project_id={project}") == ["a-p", "ab-p", "b-p"]
    assert await names(admin, "scope=g&name=B&sort=-name") == ["b", "ab"]
    assert await names(anonymous, f"scope=p&project_id={project}") == ["a-p", "ab-p", "b-p"]
    page = await admin("GET", "labels?scope=g&page_size=2")
    assert page.headers["x-total-count"] == "3"
    assert 'rel="next"' in page.headers["link"]
    assert all("project_id" not in label for label in page.json())
    for query, message in (
        ("", "invalid scope: "),
        ("scope=x", "invalid scope: x"),
        ("scope=p", "must with project ID when to query project labels"),
    ):
        assert error(await admin("GET", f"labels?{query}")) == (400, "BAD_REQUEST", message)
    assert (await admin("GET", "labels?scope=p&project_id=999")).status == 404
    assert (await anonymous("GET", "labels?scope=p&project_id=999")).status == 401
    assert (await anonymous("GET", "labels?scope=g")).status == 401
    assert (await admin("GET", "labels?scope=p&project_id=x")).status == 422


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "a", "scope": "x"}, 400),
        ({"name": "a"}, 400),
        ({"scope": "g"}, 400),
        ({"name": "x" * 129, "scope": "g"}, 400),
        ({"name": "x", "description": "x" * 5000, "scope": "g"}, 400),
        ({"name": "a", "scope": "p", "project_id": 999}, 404),
        ({"name": "a", "scope": "p"}, 404),
        ({"name": "taken", "scope": "g"}, 409),
    ],
)
async def test_labels_that_are_refused(admin: HarborClient, body, status: int) -> None:
    await admin("POST", "labels", {"name": "taken", "scope": "g"})
    answer = await admin("POST", "labels", body)
    assert answer.status == status, answer.body


async def test_names_are_taken_in_one_place_only(admin: HarborClient) -> None:
    project = (await admin.get("projects/library"))["project_id"]
    for body in ({"scope": "g"}, {"scope": "p", "project_id": project}):
        assert (await admin("POST", "labels", {"name": "same", **body})).status == 201
    other = (await admin("POST", "labels", {"name": "other", "scope": "g"})).headers["location"]
    assert error(await admin("PUT", other, {"name": "same"})) == (
        409,
        "CONFLICT",
        "label same already exists",
    )
    assert (await admin("PUT", other, {"name": ""})).status == 400

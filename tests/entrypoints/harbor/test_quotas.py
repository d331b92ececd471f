"""Tag quota: one per project, under the project's id."""

import pytest

from tests.entrypoints.harbor.client import HarborClient
from tests.entrypoints.harbor.test_projects import error


async def test_quotas_are_listed_sorted_and_set(admin: HarborClient) -> None:
    for name, limit in (("small", 100), ("large", 1000)):
        await admin("POST", "projects", {"project_name": name, "storage_limit": limit})

    async def names(query: str) -> list[str]:
        return [quota["ref"]["name"] for quota in await admin.get(f"quotas?{query}")]

    assert await names("") == ["large", "small", "library"]  # the newest first
    assert await names("sort=hard.storage") == ["small", "large", "library"]  # unlimited is the most
    assert await names("sort=-hard.storage") == ["library", "large", "small"]
    assert set(await names("sort=-used.storage")) == {"small", "large", "library"}
    page = await admin("GET", "quotas?page_size=1&page=2")
    assert (page.headers["x-total-count"], page.json()[0]["ref"]["name"]) == ("3", "small")
    project = (await admin.get("projects/small"))["project_id"]
    assert await names(f"reference=project&reference_id={project}") == ["small"]
    assert await names("reference=user") == []
    quota = await admin.get(f"quotas/{project}")
    assert quota.pop("creation_time") <= quota.pop("update_time")
    assert quota == {
        "id": project,
        "ref": {"id": project, "name": "small", "owner_name": "admin"},
        "hard": {"storage": 100},
        "used": {"storage": 0},
    }
    answer = await admin("PUT", f"quotas/{project}", {"hard": {"storage": -1}})
    assert (answer.status, answer.body) == (200, b"")
    assert (await admin.get(f"quotas/{project}"))["hard"] == {"storage": -1}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "bad request: hard required in body"),
        ({"hard": {}}, "bad request: hard required in body"),
        ({"hard": {"storage": 0}}, "bad request: invalid value for resource storage"),
        ({"hard": {"count": 5}}, "bad request: resource count not support"),
    ],
)
async def test_limits_that_are_none(admin: HarborClient, body, message: str) -> None:
    project = (await admin.get("projects/library"))["project_id"]
    assert error(await admin("PUT", f"quotas/{project}", body)) == (400, "BAD_REQUEST", message)


async def test_quotas_that_are_not_there(admin: HarborClient) -> None:
    assert error(await admin("GET", "quotas/999")) == (404, "NOT_FOUND", "quota 999 not found")
    assert (await admin("PUT", "quotas/999", {"hard": {"storage": 5}})).status == 404
    assert (await admin("GET", "quotas/library")).status == 422
    assert (await admin("GET", "quotas?reference_id=x")).status == 400

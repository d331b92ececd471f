"""Tag auditlog and the logs of projects: one log in two forms."""

import re

import pytest

from tests.entrypoints.harbor.client import HarborClient
from tests.entrypoints.harbor.conftest import Installation
from tests.entrypoints.harbor.test_projects import error

TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z")


async def test_both_forms(admin: HarborClient) -> None:
    await admin("POST", "projects", {"project_name": "logged"})
    await admin("PUT", "projects/logged", {"metadata": {"public": "true"}})
    [row] = await admin.get("audit-logs?q=resource=logged")
    assert TIME.fullmatch(row.pop("op_time"))
    assert row == {
        "id": row["id"],
        "username": "admin",
        "operation": "create",
        "resource_type": "project",
        "resource": "logged",
    }
    full = await admin.get("auditlog-exts?q=resource=logged&sort=op_time")
    assert [(one["operation"], one["operation_result"]) for one in full] == [
        ("create", True),
        ("update", True),
    ]
    assert full[0]["operation_description"] == "create project with name: logged"
    assert full[0]["id"] == row["id"]
    assert await admin.get("projects/logged/logs") == [full_to_old(full[0])]
    assert await admin.get("projects/logged/auditlog-exts") == full[::-1]


def full_to_old(row: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in row.items() if not name.startswith("operation_")}


async def test_pages_filters_and_order(admin: HarborClient) -> None:
    for number in range(5):
        await admin("POST", "labels", {"name": f"label-{number}", "scope": "g"})
    page = await admin("GET", "auditlog-exts?q=resource_type=label&page=2&page_size=2")
    assert [row["resource"] for row in page.json()] == ["label-2", "label-1"], "the newest first"
    assert page.headers["x-total-count"] == "5"
    assert 'rel="prev"' in page.headers["link"]
    assert 'rel="next"' in page.headers["link"]
    oldest = await admin.get("auditlog-exts?q=resource_type=label,resource=~LABEL&sort=op_time&page_size=1")
    assert [row["resource"] for row in oldest] == ["label-0"]
    assert await admin.get("auditlog-exts?q=op_time=[2200-01-01T00:00:00~]") == []
    assert len(await admin.get("auditlog-exts?q=operation={create delete},resource_type=label")) == 5
    assert await admin.get("audit-logs?q=resource_type=label") == [], "the older log had no labels"
    assert await admin.get("auditlog-exts?q=operation_result=false") == []
    assert len(await admin.get("auditlog-exts?q=nonsense=1,resource_type=label")) == 5
    assert error(await admin("GET", "audit-logs?q=op_time=yesterday"))[:2] == (400, "BAD_REQUEST")
    assert (await admin("GET", "audit-logs?page_size=101")).status == 422


async def test_signing_in(installation: Installation, admin: HarborClient, anonymous: HarborClient) -> None:
    form = {"content_type": "application/x-www-form-urlencoded"}
    login = HarborClient(installation, judged=False)
    good = b"principal=admin&password=Harbor12345"
    assert (await login("POST", "/c/login", body=b"principal=admin&password=wrong", **form)).status == 401
    signed_in = await login("POST", "/c/login", body=good, **form)
    cookie = signed_in.headers["set-cookie"].partition(";")[0]
    assert (await login("GET", "/c/log_out", cookie=cookie)).status == 200
    found = await admin.get("auditlog-exts?q=resource_type=user")
    assert [(row["operation"], row["operation_result"]) for row in found] == [
        ("logout", True),
        ("login", True),
        ("login", False),
    ]
    assert {row["username"] for row in found} == {"admin"}


async def test_events_that_can_be_switched_off(admin: HarborClient) -> None:
    known = [one["event_type"] for one in await admin.get("auditlog-exts/events")]
    assert {"create_artifact", "pull_artifact", "login_user", "update_configuration"} <= set(known)
    change = {"disabled_audit_log_event_types": "create_label,delete_label"}
    assert (await admin("PUT", "configurations", change)).status == 200
    await admin("POST", "labels", {"name": "quiet", "scope": "g"})
    assert "label" not in {row["resource_type"] for row in await admin.get("auditlog-exts")}


@pytest.mark.parametrize(
    "path", ["audit-logs", "auditlog-exts", "auditlog-exts/events", "projects/library/logs"]
)
async def test_strangers(anonymous: HarborClient, path: str) -> None:
    assert error(await anonymous("GET", path))[:2] == (401, "UNAUTHORIZED")

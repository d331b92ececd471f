"""Tag SystemCVEAllowlist."""

import pytest

from tests.entrypoints.harbor.client import HarborClient


async def test_the_list_is_kept_whole(admin: HarborClient) -> None:
    assert (await admin.get("system/CVEAllowlist"))["items"] == []
    body = {"items": [{"cve_id": "CVE-2"}, {"cve_id": "CVE-1"}], "expires_at": 1_900_000_000}
    answer = await admin("PUT", "system/CVEAllowlist", body)
    assert (answer.status, answer.body) == (200, b"")
    found = await admin.get("system/CVEAllowlist")
    assert {key: found[key] for key in body} == body
    assert "project_id" not in found
    await admin("PUT", "system/CVEAllowlist", {})
    found = await admin.get("system/CVEAllowlist")
    assert (found["items"], "expires_at" in found) == ([], False)


@pytest.mark.parametrize("items", [["CVE-1", "CVE-1"], [""], [" "]])
async def test_lists_that_are_none(admin: HarborClient, items: list[str]) -> None:
    body = {"items": [{"cve_id": item} for item in items]}
    assert (await admin("PUT", "system/CVEAllowlist", body)).status == 400

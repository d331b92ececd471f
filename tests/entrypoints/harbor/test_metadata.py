"""Tag projectMetadata: one key per call."""

import pytest

from tests.entrypoints.harbor.client import HarborClient
from tests.entrypoints.harbor.test_projects import error

BASE = "projects/library/metadatas/"


async def test_a_key_from_setting_to_removing(admin: HarborClient) -> None:
    assert await admin.get(BASE) == {"public": "true"}
    added = await admin("POST", BASE, {"severity": "HIGH"})
    assert (added.status, added.body) == (200, b"")
    assert await admin.get(f"{BASE}severity") == {"severity": "high"}
    assert (await admin("PUT", f"{BASE}severity", {"severity": "low"})).status == 200
    assert await admin.get(BASE) == {"public": "true", "severity": "low"}
    assert (await admin("DELETE", f"{BASE}severity")).status == 200
    assert await admin.get(f"{BASE}severity") == {}
    assert (await admin("PUT", f"{BASE}auto_scan", {"auto_scan": "t"})).status == 200
    assert await admin.get(f"{BASE}auto_scan") == {"auto_scan": "true"}


async def test_public_is_what_permissions_go_by(admin: HarborClient, anonymous: HarborClient) -> None:
    assert (await anonymous("GET", "projects/library")).status == 200
    assert (await admin("PUT", f"{BASE}public", {"public": "false"})).status == 200
    assert (await anonymous("GET", "projects/library")).status == 401
    assert await admin.get(f"{BASE}public") == {"public": "false"}
    assert (await admin("PUT", f"{BASE}public", {"public": "1"})).status == 200
    assert (await admin("DELETE", f"{BASE}public")).status == 200
    assert (await anonymous("GET", "projects/library")).status == 401


async def test_a_key_is_added_once(admin: HarborClient) -> None:
    await admin("POST", BASE, {"auto_scan": "true"})
    for body in ({"auto_scan": "false"}, {"public": "false"}):
        assert error(await admin("POST", BASE, body))[:2] == (409, "CONFLICT")
    assert await admin.get(BASE) == {"public": "true", "auto_scan": "true"}


@pytest.mark.parametrize(
    ("method", "key", "body", "message"),
    [
        ("POST", "", {"auto_scan": "true", "severity": "low"}, "only allow one key/value pair"),
        ("POST", "", {}, "only allow one key/value pair"),
        ("POST", "", {"colour": "red"}, "invalid key: colour"),
        ("POST", "", {"retention_id": "1"}, "invalid key: retention_id"),
        ("POST", "", {"auto_scan": "perhaps"}, "invalid value: perhaps"),
        ("PUT", "severity", {"severity": "awful"}, "invalid value: awful"),
        ("PUT", "severity", {"auto_scan": "true"}, "invalid value: "),
        ("PUT", "colour", {"colour": "red"}, "invalid key: colour"),
        (
            "PUT",
            "proxy_cache_filter_pattern",
            {"proxy_cache_filter_pattern": "**"},
            "can not update the normal project with proxy cache filter metadata",
        ),
        ("DELETE", "retention_id", None, "invalid key: retention_id"),
    ],
)
async def test_what_is_refused(admin: HarborClient, method: str, key: str, body, message: str) -> None:
    assert error(await admin(method, BASE + key, body)) == (400, "BAD_REQUEST", message)


async def test_values_are_text(admin: HarborClient) -> None:
    assert (
        await admin("PUT", f"{BASE}public", body=b'{"public":true}', content_type="application/json")
    ).status == 422
    assert (await admin("POST", BASE, body=b"[]", content_type="application/json")).status == 422
    assert (await admin("GET", "projects/nowhere/metadatas/")).status == 404

"""API tokens: made, used, listed and revoked."""

import pytest

from tests.entrypoints.platform.conftest import PASSWORD

ALL = "current-user/tokens"


async def test_a_token_from_beginning_to_end(site, nobody):
    await site.user("jane")
    jane = nobody.signed_in("jane", PASSWORD)
    made = await jane.ok("POST", ALL, {"name": "ci", "days": 30})
    assert made["token"].startswith("kgr_")
    assert int(made["expireTime"]) - int(made["createTime"]) == 30 * 86_400
    bearer = nobody.with_headers(authorization=f"Bearer {made['token']}")
    assert (await bearer.get("workspace"))["items"] == []
    [one] = (await bearer.get(ALL))["items"]
    assert "token" not in one
    assert int(one["lastUsedTime"]) >= int(one["createTime"])
    assert await jane.refused("POST", ALL, {"name": "ci"}) == (409, "CONFLICT")
    await jane.ok("DELETE", f"{ALL}/{one['id']}")
    assert await bearer.refused("GET", "workspace") == (401, "UNAUTHORIZED")
    assert await jane.refused("DELETE", f"{ALL}/{one['id']}") == (404, "NOT_FOUND")


async def test_tokens_are_ones_own(site, admin, nobody):
    await site.user("jane")
    made = await nobody.signed_in("jane", PASSWORD).ok("POST", ALL, {"name": "ci"})
    assert (await admin.get(ALL))["items"] == []
    assert await admin.refused("DELETE", f"{ALL}/{made['id']}") == (404, "NOT_FOUND")


async def test_an_expired_one(site, nobody, monkeypatch):
    await site.user("jane")
    made = await nobody.signed_in("jane", PASSWORD).ok("POST", ALL, {"name": "ci", "days": 1})
    later = (int(made["expireTime"]) + 1) * 1_000_000
    monkeypatch.setattr(site.services.access.api_tokens, "_clock", lambda: later)
    bearer = nobody.with_headers(authorization=f"Bearer {made['token']}")
    assert await bearer.refused("GET", "workspace") == (401, "UNAUTHORIZED")


async def test_the_token_of_a_user_who_is_gone(site, admin, nobody):
    jane = await site.user("jane")
    made = await nobody.signed_in("jane", PASSWORD).ok("POST", ALL, {"name": "ci"})
    await site.services.access.users.delete(await site.admin(), jane.id)
    bearer = nobody.with_headers(authorization=f"Bearer {made['token']}")
    assert await bearer.refused("GET", "workspace") == (401, "UNAUTHORIZED")


@pytest.mark.parametrize("body", [{}, {"name": "x", "days": -1}, {"name": "x", "days": 3651}, {"name": " x"}])
async def test_what_no_token_can_be(admin, body):
    assert await admin.refused("POST", ALL, body) == (400, "INVALID_FIELD")


async def test_only_so_many(admin, monkeypatch):
    monkeypatch.setattr("kangaroo.core.access.api_tokens.MOST", 1)
    await admin.ok("POST", ALL, {"name": "a"})
    assert await admin.refused("POST", ALL, {"name": "b"}) == (400, "PRECONDITION")

"""One's own account: profile, password, API tokens."""

import pytest

from tests.entrypoints.platform.conftest import PASSWORD


async def test_a_profile_is_changed_by_its_owner(signed_in):
    bob = await signed_in("bob")
    await bob.get("/account")
    await bob.post("/account", email="bob@example.org", realname="Bob")
    assert (await bob.get("/account")).one("input", id="email")["value"] == "bob@example.org"


async def test_a_new_password_takes_the_old_one_and_ends_the_session(signed_in):
    bob = await signed_in("bob")
    await bob.get("/account")
    new = {"password": "Changed12345", "again": "Changed12345"}
    assert (await bob.post("/account/password", old="Wrong12345", **new)).status == 422
    assert (await bob.post("/account/password", old=PASSWORD, **new)).location == "/signin"
    await bob.sign_in("bob", "Changed12345")


class TestTokens:
    async def test_the_secret_is_shown_once_and_good_until_it_is_revoked(self, site, signed_in):
        bob = await signed_in("bob")
        await bob.get("/account/tokens/new")
        made = await bob.post("/account/tokens", name="pipeline", days="30")
        secret = made.all("pre")[0].text
        actor = await site.services.access.api_tokens.authenticate(secret)
        assert actor.name == "bob"
        listed = await bob.get("/account/tokens")
        assert "pipeline" in listed.text
        assert secret not in listed.html
        await bob.post("/account/tokens/1/revoke", confirm="pipeline")
        assert "No token yet" in (await bob.get("/account/tokens")).text

    async def test_a_name_is_taken_once(self, signed_in):
        bob = await signed_in("bob")
        await bob.get("/account/tokens/new")
        await bob.post("/account/tokens", name="pipeline", days="30")
        again = await bob.post("/account/tokens", name="pipeline", days="30")
        assert again.status == 422
        assert again.all("div", id="name-error")

    @pytest.mark.parametrize("token", ["1", "99", "x"])
    async def test_nobody_revokes_anothers(self, admin, signed_in, token):
        await admin.get("/account/tokens/new")
        await admin.post("/account/tokens", name="mine", days="0")
        bob = await signed_in("bob")
        assert (await bob.post(f"/account/tokens/{token}/revoke")).status == 404
        assert "mine" in (await admin.get("/account/tokens")).text

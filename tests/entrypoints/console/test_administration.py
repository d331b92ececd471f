"""Users, groups, robots and settings, as administrators meet them; others meet a refusal."""

import base64

import pytest

from kangaroo.entrypoints import oci
from tests.entrypoints.oci.registry import Registry
from tests.entrypoints.platform.conftest import PASSWORD

USER = {"name": "ada", "email": "ada@example.com", "password": PASSWORD, "again": PASSWORD}
PLACES = ("users", "users/new", "groups", "groups/new", "robots", "robots/new", "settings", "signin")


@pytest.mark.parametrize("place", PLACES)
async def test_who_administers_nothing_sees_nothing_of_it(signed_in, place):
    bob = await signed_in("bob")
    assert (await bob.visit(f"/administration/{place}")).status == 403
    assert not [link for link in (await bob.get("/")).links if link.startswith("/administration")]


class TestUsers:
    async def test_from_the_first_to_the_last_page_of_a_user(self, admin, nobody):
        await admin.get("/administration/users/new")
        assert (await admin.post("/administration/users", **USER)).location == "/administration/users"
        listed = await admin.get("/administration/users?q=AD")
        assert [row.text for row in listed.all("td", class_="name")] == ["ada", "admin"]
        link = next(one for one in listed.links if one.endswith("/2"))
        shown = await admin.get(link)
        assert shown.one("input", id="email")["value"] == "ada@example.com"

        await admin.post(link, email="ada@example.org", realname="Ada L")
        assert "Ada L" in (await admin.get("/administration/users")).text
        await admin.post(f"{link}/sysadmin", sysadmin="true")
        ada = await nobody.sign_in("ada", PASSWORD)
        assert (await ada.get("/administration/users")).status == 200

        wrong = await admin.post(f"{link}/delete", confirm="eve")
        assert wrong.location == link
        assert (await admin.post(f"{link}/delete", confirm="ada")).location == "/administration/users"
        assert (await admin.visit(link)).status == 404
        assert (await ada.visit("/")).location.startswith("/signin")

    @pytest.mark.parametrize(
        ("change", "told"),
        [
            ({"again": "Other12345"}, "The two are not the same."),
            ({"password": "weak#one", "again": "weak#one"}, "8 to 128 characters long"),
            ({"name": ""}, "This is needed."),
            ({"name": "admin"}, "already exists"),
            ({"email": "nothing"}, "e-mail address"),
        ],
    )
    async def test_what_is_wrong_stands_beside_what_was_typed(self, admin, change, told):
        await admin.get("/administration/users/new")
        page = await admin.post("/administration/users", **(USER | change))
        assert page.status == 422
        assert told in page.text
        assert page.one("input", id="email")["value"] == change.get("email", "ada@example.com")
        assert (USER | change)["password"] not in page.html

    async def test_several_are_deleted_at_once_and_those_that_cannot_be_are_told(self, admin, signed_in):
        await signed_in("bob")
        await admin.get("/administration/users")
        page = await admin.post("/administration/users/delete", selected=["1", "2"])
        assert page.location == "/administration/users"
        told = (await admin.get("/administration/users")).text
        assert "1 users were deleted." in told
        assert "bob" not in told

    async def test_a_new_password_ends_the_sessions(self, admin, signed_in):
        bob = await signed_in("bob")
        await admin.get("/administration/users/2")
        await admin.post("/administration/users/2/password", password="Changed12345", again="Changed12345")
        assert (await bob.visit("/")).location.startswith("/signin")
        await bob.sign_in("bob", "Changed12345")


class TestGroups:
    async def test_added_renamed_and_deleted(self, admin):
        await admin.get("/administration/groups/new")
        assert (
            await admin.post("/administration/groups", name="builders")
        ).location == "/administration/groups"
        listed = await admin.get("/administration/groups")
        assert "builders" in listed.text
        again = await admin.post("/administration/groups", name="builders")
        assert again.status == 422
        await admin.post("/administration/groups/1/rename", name="makers")
        assert (await admin.post("/administration/groups/1/delete", confirm="builders")).status == 303
        assert "makers" in (await admin.get("/administration/groups")).text
        await admin.post("/administration/groups/1/delete", confirm="makers")
        assert "No group yet" in (await admin.get("/administration/groups")).text


class TestRobots:
    async def test_its_secret_is_shown_once_and_lets_it_pull_and_nothing_else(self, site, admin):
        await admin.get("/administration/robots/new")
        made = await admin.post("/administration/robots", name="ci", may="pull", spaces="library", days="7")
        assert made.status == 200
        secret = made.all("pre")[0].text
        name = made.one("h1").text
        assert secret not in (await admin.get("/administration/robots")).html

        registry = Registry(oci.application(site.services, ""), site.services, site.wired.database)
        credentials = base64.b64encode(f"{name}:{secret}".encode()).decode()
        registry.headers = {**registry.headers, "authorization": f"Basic {credentials}"}
        assert (await registry("GET", "/v2/library/a/tags/list")).status == 404
        assert (await registry("POST", "/v2/library/a/blobs/uploads/")).status in (401, 403)

        await admin.post("/administration/robots/1/state", disabled="true")
        assert "disabled" in (await admin.get("/administration/robots")).text
        assert (await registry("GET", "/v2/library/a/tags/list")).status == 401
        renewed = await admin.post("/administration/robots/1/secret")
        assert renewed.all("pre")[0].text != secret
        await admin.post("/administration/robots/1/delete", confirm=name)
        assert "No robot yet" in (await admin.get("/administration/robots")).text

    @pytest.mark.parametrize(
        "change", [{"name": "UPPER"}, {"may": "all"}, {"spaces": "nowhere"}, {"days": "0"}, {"days": "x"}]
    )
    async def test_wrong_inputs_make_nothing(self, admin, change):
        await admin.get("/administration/robots/new")
        given = {"name": "ci", "may": "pull", "spaces": "", "days": "7"}
        assert (await admin.post("/administration/robots", **(given | change))).status == 422
        assert "No robot yet" in (await admin.get("/administration/robots")).text


class TestSettings:
    async def test_a_section_is_changed_alone(self, site, admin):
        await admin.get("/administration/settings")
        fields = {"section": "sessions", "session_timeout": "5", "token_expiration": "7"}
        saved = await admin.post(
            "/administration/settings", robot_name_prefix="bot$", robot_token_duration="9", **fields
        )
        assert saved.location == "/administration/settings"
        values = await site.services.access.configuration.values()
        assert (values.session_timeout, values.token_expiration, values.robot_name_prefix) == (5, 7, "bot$")
        assert values.project_creation_restriction == "everyone"

    async def test_what_cannot_be_is_said_and_not_kept(self, site, admin):
        await admin.get("/administration/settings")
        page = await admin.post("/administration/settings", section="sessions", session_timeout="-1")
        assert page.status == 422
        assert (await site.services.access.configuration.values()).session_timeout == 60

    async def test_a_secret_is_written_and_never_shown(self, site, admin):
        await admin.get("/administration/signin")
        fields = {
            "section": "oidc",
            "oidc_endpoint": "https://id.example.com",
            "oidc_client_secret": "Hush12345",
        }
        await admin.post("/administration/signin", **fields)
        assert await site.services.access.configuration.secret("oidc_client_secret") == "Hush12345"
        page = await admin.get("/administration/signin")
        assert "Hush12345" not in page.html
        await admin.post("/administration/signin", section="oidc", oidc_endpoint="https://other.example.com")
        assert await site.services.access.configuration.secret("oidc_client_secret") == "Hush12345"

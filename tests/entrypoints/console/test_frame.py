"""What holds for all pages: who is let in, in which language, what browsers may do, how failures are told."""

import pytest

from tests.entrypoints.console.client import ConsoleClient, Page
from tests.entrypoints.platform.conftest import PASSWORD


class TestSigningIn:
    async def test_strangers_are_sent_to_the_page_for_it_and_back(self, nobody):
        page = await nobody.visit("/?a=1")
        assert page.location == "/signin?next=%2F%3Fa%3D1"
        entered = await nobody.post("/signin", name="admin", password=PASSWORD, next="/?a=1")
        assert entered.location == "/?a=1"
        assert (await nobody.get("/?a=1")).title == "Overview · Kangaroo"

    async def test_the_cookie_is_for_no_script_and_no_other_site(self, nobody):
        entered = await nobody.post("/signin", name="admin", password=PASSWORD)
        line = entered.headers["set-cookie"]
        assert "HttpOnly" in line
        assert "SameSite=Lax" in line

    @pytest.mark.parametrize("away", ["//evil.test", "/\\evil.test", "https://evil.test", "javascript:1"])
    async def test_it_leads_to_pages_of_ours_only(self, nobody, away):
        entered = await nobody.post("/signin", name="admin", password=PASSWORD, next=away)
        assert entered.location == "/"

    async def test_a_wrong_password_keeps_the_name_and_says_so(self, nobody):
        page = await nobody.post("/signin", name="admin", password="no", next="/images")
        assert page.status == 401
        assert "The name or the password is wrong." in page.text
        assert page.one("input", id="name")["value"] == "admin"
        assert page.all("input", name="next")[0]["value"] == "/images"
        assert "no" not in {one.attributes.get("value") for one in page.all("input", type="password")}

    async def test_not_from_a_form_of_another_site(self, nobody):
        body = f"name=admin&password={PASSWORD}".encode()
        form = "application/x-www-form-urlencoded"
        answer = await nobody("POST", "/signin", body, content_type=form, sec_fetch_site="cross-site")
        assert answer.status == 403
        assert "sid" not in nobody.cookies

    async def test_signing_out_ends_the_session(self, admin):
        cookie = dict(admin.cookies)
        assert (await admin.post("/signout")).location == "/signin"
        admin.cookies = cookie
        assert (await admin.visit("/")).location == "/signin"


class TestForgery:
    async def test_a_form_without_the_token_is_refused(self, admin):
        for token in ("", "0" * 64):
            page = await admin.post("/choices/workspace", csrf=token, workspace="")
            assert page.status == 403
            assert "You may not do this" in page.text

    async def test_scripts_send_it_as_a_header(self, admin):
        body, form = b"workspace=", "application/x-www-form-urlencoded"
        answer = await admin(
            "POST", "/choices/workspace", body, content_type=form, x_harbor_csrf_token=admin.token
        )
        assert answer.status == 303

    async def test_another_session_has_another_token(self, admin, signed_in):
        ann = await signed_in("ann")
        assert admin.token != ann.token
        assert (await ann.post("/choices/workspace", csrf=admin.token, workspace="")).status == 403


class TestBrowsers:
    async def test_nothing_inline_and_nothing_from_elsewhere(self, admin, nobody):
        for page in (await admin.get("/"), await nobody.get("/signin"), await nobody.visit("/none")):
            policy = page.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
            assert page.headers["x-content-type-options"] == "nosniff"
            assert page.headers["cache-control"] == "no-store"
            assert not [one for one in page.elements if "style" in one.attributes]
            assert not [one for one in page.all("script") if "src" not in one.attributes]
            assert not [n for one in page.elements for n in one.attributes if n.startswith("on")]

    async def test_pages_are_small_and_compressed(self, admin):
        page = await admin.get("/")
        assert page.headers["content-encoding"] == "gzip"
        urls = {one["src"] for one in page.all("script")} | {
            one["href"] for one in page.all("link") if one["href"].startswith("/static/")
        }
        urls |= {one["href"].partition("#")[0] for one in page.all("use")}
        total = len(page.answer.body)
        for url in urls:
            answer = await admin("GET", url, accept_encoding="gzip, deflate, br")
            assert answer.status == 200, url
            assert "immutable" in answer.headers["cache-control"]
            total += len(answer.body)
        assert total < 100_000

    async def test_files_nobody_built(self, nobody):
        assert (await nobody("GET", "/static/../app.py")).status == 404
        assert (await nobody("GET", "/static/manifest.json")).status == 404

    async def test_head_asks_for_no_body(self, admin):
        assert (await admin("HEAD", "/")).status == 200


class TestChoices:
    async def test_the_browsers_language_until_another_is_chosen(self, nobody):
        chinese = ConsoleClient(nobody.application, language="zh-CN,zh;q=0.9,en;q=0.8")
        page = await chinese.get("/signin")
        assert page.one("h1").text == "登录"
        assert page.one("html")["lang"] == "zh-CN"
        assert (await chinese.post("/choices", language="en", next="/signin")).location == "/signin"
        assert (await chinese.get("/signin")).one("h1").text == "Sign in"

    async def test_the_theme_is_the_systems_until_one_is_chosen(self, admin):
        assert "data-bs-theme" not in (await admin.get("/")).one("html").attributes
        await admin.post("/choices", theme="dark", next="/")
        assert (await admin.get("/")).one("html")["data-bs-theme"] == "dark"
        await admin.post("/choices", theme="system", next="/")
        assert "data-bs-theme" not in (await admin.get("/")).one("html").attributes

    @pytest.mark.parametrize("fields", [{"language": "xx"}, {"theme": "<b>"}, {"next": "//evil.test"}])
    async def test_what_there_is_not_to_choose_changes_nothing(self, admin, fields):
        assert (await admin.post("/choices", **fields)).location == "/"
        assert not {"language", "theme"} & admin.cookies.keys()

    async def test_a_workspace_one_is_no_member_of(self, signed_in):
        ann = await signed_in("ann")
        assert (await ann.post("/choices/workspace", workspace="1")).status == 403
        assert (await ann.post("/choices/workspace", workspace="x")).status == 404


class TestFailures:
    async def test_what_happened_what_to_do_and_the_request(self, admin):
        page = await admin.visit("/nothing/here")
        assert page.status == 404
        assert page.one("h1").text == "There is nothing here"
        assert "Check the address" in page.text
        assert page.headers["x-request-id"] in page.text

    async def test_programs_get_a_line(self, nobody):
        answer = await nobody("GET", "/nothing", accept="*/*")
        assert (answer.status, answer.body) == (404, b"404 page not found\n")

    async def test_in_the_language_of_the_reader(self, admin):
        assert (await admin.speaking("zh").visit("/none")).one("h1").text == "这里什么也没有"

    async def test_what_nobody_foresaw_is_not_told(self, site, admin, monkeypatch):
        async def broken(*_: object, **__: object) -> None:
            raise RuntimeError("secret")

        monkeypatch.setattr(type(site.services.workspaces.directory), "page", broken)
        page = await admin.visit("/")
        assert page.status == 500
        assert "secret" not in page.html
        assert page.headers["x-request-id"] in page.text

    async def test_scripts_get_it_in_the_place_kept_for_it(self, admin):
        answer = await admin("POST", "/choices/workspace", b"", hx_request="true")
        assert answer.status == 403
        assert answer.headers["hx-retarget"] == "#problem"
        page = Page(answer)
        assert page.all("div", role="alert")
        assert not page.all("html")

    async def test_a_session_that_ended_sends_scripts_to_sign_in(self, nobody):
        answer = await nobody("GET", "/", hx_request="true", hx_target="list")
        assert (answer.status, answer.headers["hx-redirect"]) == (401, "/signin")

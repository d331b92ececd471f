"""A person looks for images, at them, and brings one in: in Chromium, with a real server behind it."""

import re

import pytest
from playwright.sync_api import Page, expect

from kangaroo.app.wiring import Wired
from kangaroo.base.actors import SYSTEM
from kangaroo.base.names import ProjectName, RepositoryName
from kangaroo.core.instances import BUILT_IN, SpaceName
from kangaroo.entrypoints import oci
from tests.e2e.browser import Browsers, Person, browser, browsers, chromium
from tests.e2e.server import PASSWORD, Server
from tests.entrypoints.oci.registry import Registry, basic

__all__ = ["browser", "browsers", "chromium"]
pytestmark = pytest.mark.clients

DESCRIPTION = "# Shown\n\nAll about it.\n\n| a | b |\n|---|---|\n| c | d |\n\n```\nrun it\n```"


@pytest.fixture(scope="module")
def shelf(plain_server: Server) -> Server:
    """Images in a space of their own, and a workspace it is bound to."""

    async def fill(parts: Wired) -> None:
        services = parts.services
        await services.projects.create(SYSTEM, ProjectName("shelf"))
        registry = Registry(oci.application(services, ""), services, parts.database)
        registry.headers = {**registry.headers, "authorization": basic("admin", PASSWORD)}
        for name in ("shown", "web/front", *(f"other-{number:02}" for number in range(16))):
            await registry.push_image(f"shelf/{name}", "v1")
        await services.registry.catalogue.describe(SYSTEM, RepositoryName("shelf/shown"), DESCRIPTION)
        admin = await services.access.authenticate_basic("admin", PASSWORD, "test")
        made = await services.workspaces.directory.create(admin, "Shelf keepers")
        await services.workspaces.members.add(admin, made.id, "user", "admin", "Workspace Admin")
        await services.workspaces.bindings.change(admin, BUILT_IN, SpaceName("shelf"), "add", [made.id])

    plain_server.with_parts(fill)
    return plain_server


def test_searching_keeps_the_url_and_the_focus(shelf: Server, browser: Person) -> None:
    page = browser.go("/images/kangaroo/shelf")
    browser.accessible()
    page.keyboard.press("/")
    page.keyboard.type("front")
    expect(page.get_by_role("link", name="web/front")).to_be_visible()
    expect(page.get_by_role("link", name="other-01")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"\?q=front$"))
    expect(page.get_by_role("searchbox", name="Search images")).to_be_focused()
    page.reload()
    expect(page.get_by_role("link", name="other-01")).to_have_count(0)


def test_sorting_and_paging_can_be_undone(shelf: Server, browser: Person) -> None:
    page = browser.go("/images/kangaroo/shelf")
    page.get_by_role("link", name="Image", exact=True).click()
    expect(page.locator("th[aria-sort=ascending]")).to_have_text("Image")
    page.get_by_role("link", name="Next page").click()
    expect(page.get_by_role("link", name="shown")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("link", name="other-00")).to_be_visible()


def test_an_image_and_its_artifact(shelf: Server, browser: Person) -> None:
    page = browser.go("/images/kangaroo/shelf/shown")
    browser.accessible()
    page.get_by_role("link", name="Description").click()
    expect(page.get_by_role("cell", name="c", exact=True)).to_be_visible()
    browser.accessible()
    page.go_back()
    page.locator("a.tags").click()
    expect(page.get_by_role("heading", name="shown:v1")).to_be_visible()
    browser.accessible()
    _copied(page, f"docker pull {shelf.host}/shelf/shown:v1")
    page.get_by_role("link", name="Manifest").click()
    expect(page.get_by_text('"schemaVersion": 2')).to_be_visible()
    browser.accessible()


def test_deleting_asks_for_the_name(shelf: Server, browser: Person) -> None:
    page = browser.go("/images/kangaroo/shelf/other-15")
    page.get_by_role("button", name="Actions of other-15").click()
    page.get_by_role("button", name="Delete image").click()
    dialog = page.get_by_role("dialog", name="Delete this image?")
    browser.accessible()
    button = dialog.get_by_role("button", name="Delete image")
    expect(button).to_be_disabled()
    dialog.get_by_role("textbox").fill("other-15")
    button.click()
    expect(page.get_by_text("Image shelf/other-15 was deleted.")).to_be_visible()


def test_selecting_shows_what_can_be_done(shelf: Server, browser: Person) -> None:
    page = browser.go("/images/kangaroo/shelf/other-14")
    expect(page.locator("[data-bulk-bar]")).to_be_hidden()
    page.get_by_role("checkbox", name="Select all on this page").check()
    expect(page.get_by_text("1 selected")).to_be_visible()
    browser.accessible()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Delete artifacts").click()
    expect(page.get_by_text("1 artifact was deleted.")).to_be_visible()


def test_the_palette_finds_without_a_mouse(shelf: Server, browser: Person) -> None:
    page = browser.go("/")
    page.keyboard.press("Control+k")
    page.keyboard.type("shelf/shown")
    expect(page.get_by_role("option", name="shelf/shown")).to_have_attribute("aria-selected", "true")
    browser.accessible()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/images/kangaroo/shelf/shown$"))


@pytest.mark.parametrize(("language", "theme"), [("en-GB", "light"), ("zh-CN", "dark")])
def test_on_a_phone(shelf: Server, browsers: Browsers, language: str, theme: str) -> None:
    person = browsers.open(narrow=True, language=language, theme=theme).sign_in()
    for path in (
        "/",
        "/images",
        "/images/kangaroo",
        "/images/kangaroo/shelf",
        "/images/kangaroo/shelf/shown",
        "/images/kangaroo/shelf/shown?tab=description",
        "/images/kangaroo/shelf/shown/v1",
        "/images/kangaroo/shelf/shown/v1?tab=manifest",
    ):
        person.go(path)
        person.accessible()


def test_a_push_command_of_a_workspace(shelf: Server, browser: Person) -> None:
    page = browser.go("/images")
    page.get_by_role("button", name="No workspace").click()
    page.get_by_role("button", name="Shelf keepers").click()
    expect(page.get_by_role("button", name="Shelf keepers")).to_be_visible()
    browser.accessible()
    page.get_by_role("link", name="Push command").click()
    browser.accessible()
    page.get_by_role("button", name="Make the command").click()
    expect(page.get_by_text("docker login").first).to_be_visible()
    browser.accessible()


def _copied(page: Page, text: str) -> None:
    page.locator(".command").filter(has_text=text).first.get_by_role("button", name="Copy").click()
    assert page.evaluate("navigator.clipboard.readText()") == text

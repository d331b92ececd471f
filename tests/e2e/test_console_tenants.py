"""A person in front of the console who connects a registry and shares a space with a team."""

import asyncio
import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import Browsers, Person, browser, browsers, chromium
from tests.e2e.server import PASSWORD
from tests.remote.harbor_stand_in import ADMIN, ADMIN_PASSWORD, HarborStandIn
from tests.remote.serving import free_port, served

__all__ = ["browser", "browsers", "chromium"]
pytestmark = pytest.mark.clients


@pytest.fixture
def harbor() -> Iterator[str]:
    """The URL of a Harbor, in a thread: Playwright keeps this one."""
    loop, ready, over, urls = asyncio.new_event_loop(), threading.Event(), asyncio.Event(), list[str]()

    async def serve() -> None:
        async with served(HarborStandIn().app()) as url:
            urls.append(url)
            ready.set()
            await over.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    with ExitStack() as stack:
        stack.callback(loop.close)
        stack.callback(thread.join)
        stack.callback(loop.call_soon_threadsafe, over.set)
        assert ready.wait(20)
        yield urls[0]


def confirm(page: Page, dialog: str, name: str) -> None:
    """The dialog asks for the name, and does nothing before it was typed."""
    box = page.get_by_role("dialog", name=dialog)
    expect(box.locator("[type=submit]")).to_be_disabled()
    box.get_by_role("textbox").fill(name)
    box.locator("[type=submit]").click()


def test_a_registry_that_first_fails_and_then_works(browser: Person, harbor: str) -> None:
    page = browser.go("/registries")
    browser.accessible()
    page.get_by_role("link", name="Register a registry").first.click()
    browser.accessible()
    checks = page.locator("#checks")
    page.get_by_label("Name", exact=True).fill("hub")
    page.get_by_label("Address").fill(f"http://127.0.0.1:{free_port()}")
    page.get_by_label("Address").blur()
    expect(checks.locator(".step-broken")).to_contain_text("nothing listens at 127.0.0.1")
    expect(checks.locator(".step-broken")).to_contain_text("Check the port")
    browser.accessible()

    page.get_by_label("Address").fill(harbor)
    page.get_by_label("User name").fill(ADMIN)
    page.get_by_label("Password").fill("Wrong12345")
    page.get_by_role("button", name="Register").click()
    expect(page.locator("#username-error")).to_contain_text("does not accept the credential of admin")
    expect(page.get_by_label("Password")).to_have_value("Wrong12345")
    expect(page.get_by_label("Address")).to_have_value(harbor)
    browser.accessible()

    page.get_by_label("Password").fill(ADMIN_PASSWORD)
    page.get_by_label("Password").blur()
    expect(checks.locator(".step-ok, .step-skipped")).to_have_count(8)
    page.get_by_role("button", name="Register").click()
    expect(page).to_have_url(re.compile("/registries/hub$"))
    expect(page.get_by_text("Registry hub was registered.")).to_be_visible()
    browser.accessible()
    page.get_by_role("link", name="Health").click()
    page.get_by_role("button", name="Check now").click()
    expect(page.locator("svg.probes")).to_be_visible()
    browser.accessible()
    page.get_by_role("button", name="Remove").first.click()
    confirm(page, "Remove registry", "hub")
    expect(page).to_have_url(re.compile("/registries$"))


def test_a_space_is_created_and_bound(browsers: Browsers, browser: Person) -> None:
    page = browser.go("/workspaces/new")
    page.get_by_label("Name").fill("Payments")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_text("Workspace Payments was created.")).to_be_visible()
    browser.accessible()

    page = browser.go("/spaces")
    browser.accessible()
    page.get_by_role("link", name="New image space").first.click()
    page.get_by_label("Name").fill("payments")
    page.get_by_role("button", name="Create").click()
    expect(page).to_have_url(re.compile("/spaces/kangaroo/payments$"))
    browser.accessible()
    page.get_by_role("navigation", name="Parts of this page").get_by_role("link", name="Workspaces").click()
    page.get_by_label("Payments").check()
    page.get_by_role("button", name="Bind", exact=True).click()
    expect(page.locator("#standings")).to_contain_text("No namespace belongs to this workspace yet.")
    expect(page.locator("#standings:not([hx-get])")).to_be_visible(timeout=20_000)
    browser.accessible()

    page.get_by_role("button", name="Unbind").click()
    confirm(page, "Unbind workspace", "Payments")
    expect(page.locator("#standings")).to_contain_text("Bound to no workspace")
    for part in ("members", "robots", "labels", "immutability", "activity"):
        browser.go(f"/spaces/kangaroo/payments/-/{part}")
        browser.accessible()
    browser.go("/spaces/kangaroo/payments/-/robots")
    page.get_by_label("Name", exact=True).fill("ci")
    page.get_by_role("button", name="Create robot").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("payments+ci")
    browser.accessible()

    narrow = browsers.open(language="zh-CN", theme="dark", narrow=True).sign_in(password=PASSWORD)
    for path in ("/spaces", "/spaces/kangaroo/payments", "/registries/-/new", "/administration/roles/new"):
        narrow.go(path)
        narrow.accessible()

    page = browser.go("/spaces/kangaroo/payments")
    page.get_by_role("button", name="Delete").click()
    confirm(page, "Delete image space", "payments")
    expect(page).to_have_url(re.compile("/spaces$"))
    page = browser.go("/workspaces")
    page.get_by_role("link", name="Payments").click()
    browser.accessible()
    page.get_by_role("button", name="Delete").click()
    confirm(page, "Delete workspace", "Payments")
    expect(page).to_have_url(re.compile("/workspaces$"))

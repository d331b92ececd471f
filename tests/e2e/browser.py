"""A person's browser: Debian's Chromium, driven by Playwright. What the Content-Security-Policy refuses, and errors of
scripts, fail the test."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.e2e.server import PASSWORD, Server
from tests.house.sources import ROOT
from tests.tools import missing, require

_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
_RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
    "resultTypes": ["violations"],
}
WIDE, NARROW = {"width": 1366, "height": 850}, {"width": 390, "height": 844}
_EXPECTED = "Failed to load resource"  # a page that answers 4xx or 5xx on purpose


@dataclass
class Person:
    """Somebody in front of a browser of his own. `page` is Playwright's."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._logged)
        self.page.on("pageerror", lambda error: self.complaints.append(f"{self.page.url}: {error}"))

    def go(self, path: str) -> Page:
        self.page.goto(self.url + path)
        return self.page

    def sign_in(self, name: str = "admin", password: str = PASSWORD) -> "Person":
        self.go("/signin")
        self.page.fill("#name", name)
        self.page.fill("#password", password)
        self.page.click("form[action='/signin'] [type=submit]")
        self.page.wait_for_url(lambda url: "/signin" not in url)
        return self

    def accessible(self) -> None:
        """No serious violation that axe finds on the page as it is now, and nothing wider than the window."""
        if not _AXE.exists():
            missing("axe-core is not installed", optional=False, why="`make setup` installs it")
        self.page.wait_for_load_state()
        self.page.evaluate(_AXE.read_text())
        found: list[dict[str, Any]] = self.page.evaluate("rules => axe.run(rules)", _RULES)["violations"]
        told = [
            f"{one['impact']}: {one['id']}, {one['help']}: {[node['target'] for node in one['nodes']]}"
            for one in found
            if one["impact"] in ("serious", "critical")
        ]
        assert not told, f"{self.page.url}\n" + "\n".join(told)
        wide = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{self.page.url} is {wide} px wider than the window"

    def _logged(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and _EXPECTED not in message.text:
            self.complaints.append(f"{self.page.url}: {message.text}")


@dataclass
class Browsers:
    """Opens browsers at a server; each has cookies of its own."""

    browser: Browser
    server: Server
    people: list[Person] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)

    def open(self, *, language: str = "en-GB", theme: str = "light", narrow: bool = False) -> Person:
        context = self.browser.new_context(
            viewport=NARROW if narrow else WIDE,  # type: ignore[arg-type]
            color_scheme="dark" if theme == "dark" else "light",
            locale=language,
            ignore_https_errors=True,
            permissions=["clipboard-read", "clipboard-write"],
        )
        context.set_default_timeout(20_000)
        self._contexts.append(context)
        person = Person(context.new_page(), self.server.url)
        self.people.append(person)
        return person

    def close(self) -> None:
        for context in self._contexts:
            context.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Not for longer than a module: while Playwright runs, asynchronous tests could not."""
    program = require("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def browsers(chromium: Browser, server: Server) -> Iterator[Browsers]:
    opened = Browsers(chromium, server)
    yield opened
    complaints = [line for person in opened.people for line in person.complaints]
    opened.close()
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def browser(browsers: Browsers) -> Person:
    """The administrator's, signed in."""
    return browsers.open().sign_in()

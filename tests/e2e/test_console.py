"""A person in front of the console: signs in, looks around, chooses language and theme."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import Browsers, Person, browser, browsers, chromium

__all__ = ["browser", "browsers", "chromium"]
pytestmark = pytest.mark.clients


def test_signing_in_and_out(browsers: Browsers) -> None:
    person = browsers.open()
    page = person.go("/images")
    expect(page).to_have_url(re.compile(r"/signin\?next=%2Fimages"))
    person.accessible()
    page.fill("#name", "admin")
    page.fill("#password", "wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("The name or the password is wrong.")
    person.sign_in()
    person.accessible()
    page.get_by_role("button", name="admin").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/signin$"))


def test_language_and_theme(browsers: Browsers) -> None:
    person = browsers.open(theme="dark", language="zh-CN").sign_in()
    page = person.page
    root = page.locator("html")
    expect(root).to_have_attribute("data-bs-theme", "dark")
    expect(page.locator("h1")).to_have_text("概览")
    person.accessible()
    page.get_by_role("button", name="语言与主题").click()
    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("Overview")
    page.get_by_role("button", name="Language and theme").click()
    page.get_by_role("button", name="Light", exact=True).click()
    expect(root).to_have_attribute("data-bs-theme", "light")
    page.reload()
    expect(root).to_have_attribute("data-bs-theme", "light")


def test_the_navigation_is_a_drawer_on_a_phone(browsers: Browsers) -> None:
    person = browsers.open(narrow=True).sign_in()
    page = person.page
    person.accessible()
    place = page.locator("#side").get_by_role("link", name="Overview")
    expect(place).to_be_hidden()
    opener = page.get_by_role("button", name="Main navigation")
    opener.click()
    expect(place).to_be_visible()
    expect(opener).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(place).to_be_hidden()


def test_nothing_is_there(browser: Person) -> None:
    page = browser.go("/nothing/here")
    expect(page.locator("h1")).to_have_text("There is nothing here")
    browser.accessible()

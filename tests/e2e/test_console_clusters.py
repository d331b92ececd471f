"""A person looks after clusters and asks the doctor: a cluster is registered, a namespace given to a workspace and its
pull secret watched until it is in place; findings appear one after the other."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import Browsers, Person, browser, browsers, chromium
from tests.kube.cluster import Cluster
from tests.kube.conftest import shared_cluster

__all__ = ["browser", "browsers", "chromium", "shared_cluster"]
pytestmark = pytest.mark.clients

NAME = "seen-in-the-console"
CONVERGED = 20_000  # ms; the worker of a server that has much else to do


@pytest.fixture
def cluster(browser: Person, shared_cluster: Cluster) -> Iterator[Cluster]:
    """Registered by its page, and forgotten afterwards."""
    page = browser.go("/clusters/-/new")
    browser.accessible()
    page.fill("#name", NAME)
    page.fill("#kubeconfig", "kind: Pod")
    page.get_by_role("button", name="Register cluster").click()
    expect(page.locator("#kubeconfig-error")).to_be_visible()
    expect(page.locator("#name")).to_have_value(NAME)
    browser.accessible()
    page.fill("#kubeconfig", shared_cluster.kubeconfig())
    page.get_by_role("button", name="Register cluster").click()
    expect(page.locator("h1")).to_have_text(NAME)
    yield shared_cluster
    page = browser.go(f"/clusters/{NAME}")
    page.get_by_role("button", name=f"Actions of {NAME}").click()
    page.get_by_role("button", name="Delete", exact=True).first.click()
    dialog = page.locator("#delete")
    forget = dialog.get_by_role("button", name="Delete")
    expect(forget).to_be_disabled()
    dialog.get_by_role("checkbox").check()
    dialog.get_by_role("textbox").fill(NAME)
    forget.click()
    expect(page).to_have_url(re.compile("/clusters$"))


def made_workspace(person: Person, name: str) -> None:
    """Over the API, with the session of the page."""
    token = person.page.locator("input[name=csrf]").first.input_value()
    answer = person.page.request.post(
        f"{person.url}/apis/kangaroo.io/v1alpha1/workspaces",
        data={"alias": name},
        headers={"X-Harbor-Csrf-Token": token},
    )
    assert answer.ok, answer.text()


def found(page: Page, namespace: str) -> None:
    page.get_by_role("searchbox", name="Search namespaces").fill(namespace)
    expect(page.locator("#list tbody tr")).to_have_count(1)


def test_a_namespace_is_bound_and_its_secret_watched(browser: Person, cluster: Cluster) -> None:
    made_workspace(browser, f"Workspace of {NAME}")
    namespace = cluster.namespace()
    page = browser.go(f"/clusters/{NAME}")
    found(page, namespace)
    page.get_by_role("checkbox", name=namespace).check()
    page.get_by_role("combobox", name="Workspace").select_option(f"Workspace of {NAME}")
    page.get_by_role("button", name="Bind", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("1 namespace was bound")
    found(page, namespace)
    state = page.locator(f"#secret-{namespace}")
    expect(state).to_have_text(re.compile("In place"), timeout=CONVERGED)  # without loading the page again
    browser.accessible()
    assert cluster.call("GET", f"/api/v1/namespaces/{namespace}/secrets/registry-secret")

    page.get_by_role("link", name=namespace).click()
    expect(page.get_by_role("heading", name="Service accounts")).to_be_visible()
    browser.accessible()

    page = browser.go(f"/clusters/{NAME}?q={namespace}")
    page.get_by_role("checkbox", name=namespace).check()
    page.get_by_role("button", name="Unbind").first.click()
    page.locator("#unbind-selected").get_by_role("button", name="Unbind").click()
    expect(page.get_by_role("status").first).to_contain_text("belongs to no workspace")


def test_the_doctor_tells_row_by_row(browser: Person, cluster: Cluster) -> None:
    page = browser.go(f"/clusters/{NAME}")
    page.get_by_role("link", name="Examine").click()
    expect(page.locator("#cluster")).to_have_value(NAME)
    expect(page.locator(".finding")).to_have_count(9)
    expect(page.locator(".verdict")).to_be_visible()
    browser.accessible()

    page.get_by_role("link", name="This installation").click()
    expect(page.locator(".finding")).to_have_count(0)
    page.get_by_role("button", name="Examine").click()
    expect(page.locator(".verdict")).to_be_visible()
    browser.accessible()

    page.get_by_role("link", name="Dependencies").click()
    page.fill("#targets", "ftp://nothing")
    page.get_by_role("button", name="Examine").click()
    expect(page.get_by_role("alert")).to_contain_text("postgres://")


def test_on_a_phone_in_the_dark_in_chinese(browsers: Browsers, cluster: Cluster) -> None:
    person = browsers.open(narrow=True, theme="dark", language="zh-CN").sign_in()
    for path in ("/clusters", f"/clusters/{NAME}", "/managed", "/managed/-/new", "/sync"):
        person.go(path)
        person.accessible()
    page = person.go(f"/doctor?cluster={NAME}")
    expect(page.locator(".verdict")).to_be_visible()
    person.accessible()


def test_the_steps_of_a_new_harbor(browser: Person, cluster: Cluster) -> None:
    page = browser.go("/managed/-/new")
    page.get_by_role("button", name="Next").first.click()
    expect(page.locator("#name")).to_be_focused()  # it is asked for first
    page.fill("#name", "team")
    page.fill("#namespace", "nowhere")
    page.fill("#admin_password", "Harbor12345")
    page.fill("#external_url", "http://harbor.example")
    page.get_by_role("button", name="Next").first.click()
    expect(page.locator("#database_address")).to_be_hidden()
    page.locator("[name=database][value=EXTERNAL_MODE]").check()
    expect(page.locator("#database_address")).to_be_visible()
    expect(page.locator("#checks")).to_contain_text("Not everything can be looked at yet")
    browser.accessible()
    page.locator("[name=database][value=BUILT_IN_MODE]").check()
    page.fill("#storage_class", "none")
    page.get_by_role("button", name="Next").first.click()
    expect(page.locator("#summary")).to_contain_text("HarborCluster team")
    expect(page.locator("#checks")).to_contain_text("The namespace is there")
    browser.accessible()
    page.get_by_role("button", name="Back").first.click()
    page.get_by_role("button", name="Back").first.click()
    expect(page.locator("#admin_password")).to_have_value("Harbor12345")  # nothing is lost

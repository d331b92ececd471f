"""What is photographed: each page the guide shows, as whom, and what is done on it first."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.guide.surroundings import HARBORS

Act = Callable[[Page], None]
_CHOSEN = "registry=kangaroo&space=payments&image=gateway&tag=2.4.1"
PAYMENTS = "/w/{payments}/images/kangaroo"


def _nothing(_: Page) -> None:
    """The page as it comes."""


@dataclass(frozen=True)
class Picture:
    """`path` may name workspaces by {payments} and {search}, and URLs by {docker}. Empty `user`: nobody signed in.
    `tall`: as high as the page is, up to two windows. `clusters`: needs them."""

    name: str
    path: str
    user: str = "ann"
    act: Act = _nothing
    narrow: bool = False
    tall: bool = False
    clusters: bool = False


def _make_command(page: Page) -> None:
    page.locator("form[action$='/-/push'] [type=submit]").click()
    page.locator(".command").first.wait_for()
    page.evaluate("document.querySelector('details[open]').open = false")  # a certificate is long


def _search(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type("java")
    page.get_by_role("option", name="base/java").wait_for()


def _check_registry(page: Page) -> None:
    page.locator("[name=url]").fill("https://harbor.berlin.invalid")
    page.locator("[name=url]").press("Tab")
    page.wait_for_timeout(2500)


def _collected(page: Page) -> None:
    """A dry run, and a run that ended."""
    for number in (0, 1):
        if page.locator("#list tbody tr").count() <= number:
            page.locator("form[action='/operations/garbage'] button").nth(number).click()
            page.wait_for_timeout(2500)
            page.goto(page.url.partition("/operations")[0] + "/operations/garbage")
    page.wait_for_load_state("networkidle")


def _examined(page: Page) -> None:
    page.locator("[data-streams-busy]").wait_for(state="hidden", timeout=60_000)


PICTURES = (
    # for developers
    Picture("sign-in", "/signin", ""),
    Picture("overview", "/", "admin", tall=True),
    Picture("images", "/w/{payments}/images"),
    Picture("image", f"{PAYMENTS}/payments/gateway"),
    Picture("description", f"{PAYMENTS}/payments/gateway?tab=description"),
    Picture("platforms", "/images/kangaroo/base/java/21"),
    Picture("artifact", f"{PAYMENTS}/payments/invoices/1.8.0", tall=True),
    Picture("push-command", f"{PAYMENTS}/-/push", act=_make_command),
    Picture("upload", f"{PAYMENTS}/payments/-/upload"),
    Picture("search", "/", act=_search),
    Picture("phone", f"{PAYMENTS}/payments/gateway", narrow=True),
    # for administrators of workspaces
    Picture("workspaces", "/workspaces", "admin"),
    Picture("members", "/workspaces/{payments}/members"),
    Picture("namespaces", "/workspaces/{payments}/namespaces", clusters=True),
    Picture("selector", f"/clusters/production/payments-prod?{_CHOSEN}", clusters=True, tall=True),
    Picture("own-registries", "/w/{payments}/registries"),
    # for administrators of the platform
    Picture("registries", "/registries", "admin"),
    Picture("register", "/registries/-/new", "admin", act=_check_registry),
    Picture("registry", "/registries/harbor-shanghai", "admin"),
    Picture("health", "/registries/old-harbor?tab=health", "admin"),
    Picture("spaces", "/spaces", "admin"),
    Picture("space", "/spaces/kangaroo/payments", "admin"),
    Picture("binding", "/spaces/kangaroo/payments/-/bindings", "admin"),
    Picture("clusters", "/clusters", "admin", clusters=True),
    Picture("cluster", "/clusters/production", "admin", clusters=True),
    Picture("managed", "/managed", "admin", clusters=True),
    Picture("managed-new", "/managed/-/new", "admin", clusters=True),
    Picture("managed-harbor", f"/managed/production/{HARBORS}/team-harbor", "admin", clusters=True),
    Picture("sync", "/sync/harbor-shanghai", "admin"),
    Picture("users", "/administration/users", "admin"),
    Picture("settings-sign-in", "/administration/signin", "admin"),
    Picture("garbage", "/operations/garbage", "admin", act=_collected),
    Picture("audit", "/operations/audit", "admin"),
    Picture("doctor", "/doctor?examine=instance&instance=old-harbor", "admin", act=_examined, tall=True),
    Picture(
        "doctor-pull",
        "/doctor?examine=pull&image=registry.corp.example/payments/gateway:2.4.2&cluster=production"
        "&namespace=payments-prod",
        "admin",
        act=_examined,
        tall=True,
        clusters=True,
    ),
    Picture(
        "doctor-phone",
        "/doctor?examine=instance&instance=old-harbor",
        "admin",
        act=_examined,
        narrow=True,
        tall=True,
    ),
)

"""What is photographed: each page the guide shows, as whom, and what is done on it first."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.guide.surroundings import HARBORS

Act = Callable[[Page], None]
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


def _examined(page: Page) -> None:
    page.locator("[data-streams-busy]").wait_for(state="hidden", timeout=60_000)


PICTURES = (
    # for developers
    Picture("sign-in", "/signin", ""),
    Picture("overview", "/", "admin", tall=True),
    Picture("images", "/w/{payments}/images"),
    Picture("image", f"{PAYMENTS}/payments/gateway"),
    Picture("description", f"{PAYMENTS}/payments/gateway?tab=description"),
    Picture("platforms", f"{PAYMENTS}/payments/gateway/2.4.1"),
    Picture("artifact", f"{PAYMENTS}/payments/invoices/1.8.0", tall=True),
    Picture("push-command", f"{PAYMENTS}/-/push", act=_make_command),
    Picture("upload", f"{PAYMENTS}/payments/-/upload"),
    Picture("search", "/", act=_search),
    Picture("phone", f"{PAYMENTS}/payments/gateway", narrow=True),
    # for administrators of workspaces
    Picture("workspaces", "/workspaces", "admin"),
    Picture("members", "/workspaces/{payments}"),
    Picture("namespaces", "/workspaces/{payments}?tab=namespaces", clusters=True),
    Picture("own-registries", "/workspaces/{payments}?tab=registries"),
    # for administrators of the platform
    Picture("registries", "/registries", "admin"),
    Picture("register", "/registries/-/new", "admin", act=_check_registry),
    Picture("registry", "/registries/harbor-shanghai", "admin"),
    Picture("health", "/registries/old-harbor?tab=health", "admin"),
    Picture("spaces", "/spaces", "admin"),
    Picture("space", "/spaces/kangaroo/payments", "admin"),
    Picture("binding", "/spaces/kangaroo/payments?tab=bindings", "admin"),
    Picture("clusters", "/clusters", "admin", clusters=True),
    Picture("cluster", "/clusters/production", "admin", clusters=True),
    Picture("managed", "/managed", "admin", clusters=True),
    Picture("managed-new", "/managed/-/new", "admin", clusters=True),
    Picture("managed-harbor", f"/managed/production/{HARBORS}/team-harbor", "admin", clusters=True),
    Picture("sync", "/sync", "admin"),
    Picture("users", "/administration/users", "admin"),
    Picture("settings-sign-in", "/administration/signin", "admin"),
    Picture("garbage", "/operations/garbage", "admin"),
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
        "doctor-phone", "/doctor?examine=instance&instance=old-harbor", "admin", act=_examined, narrow=True
    ),
)

"""What holds for each page, for each kind of person, in both languages: it renders, or refuses as told; it is well
formed, has one heading and no sentence that was left in English."""

import pytest

from kangaroo.entrypoints.console.navigation import ACCOUNT, NAVIGATION
from tests.core.workspaces.kit import private, pushed, workspace
from tests.entrypoints.platform.client import PlatformClient
from tests.entrypoints.platform.conftest import PASSWORD, Site

# Pages by path, and who may see them. Those of the navigation come by themselves.
PAGES = [
    ("/", "anybody"),
    ("/images", "anybody"),
    ("/images?q=nothing-is-called-this", "anybody"),
    ("/images/kangaroo", "anybody"),
    ("/images/kangaroo/library", "anybody"),
    ("/images/kangaroo/library/app", "anybody"),
    ("/images/kangaroo/library/app?tab=description", "anybody"),
    ("/images/kangaroo/library/app/v1", "anybody"),
    ("/images/kangaroo/library/app/v1?tab=manifest", "anybody"),
    ("/w/1/images/kangaroo", "members"),
    ("/w/1/images/kangaroo/team", "members"),
    ("/w/1/images/kangaroo/team/app", "members"),
    ("/w/1/images/kangaroo/team/-/upload", "members"),
    ("/w/1/images/kangaroo/-/push", "members"),
    ("/spaces?q=nothing-is-called-this", "anybody"),
    ("/spaces/-/new", "anybody"),
    ("/spaces/kangaroo/library", "anybody"),
    ("/workspaces/1", "members"),
    ("/workspaces/1/members", "members"),
    ("/workspaces/1/namespaces", "members"),
    ("/w/1/registries", "members"),
    ("/registries?state=unhealthy", "administrators"),
    ("/registries/-/new", "administrators"),
    ("/registries/kangaroo", "administrators"),
    ("/registries/kangaroo?tab=spaces", "administrators"),
    ("/registries/kangaroo?tab=health", "administrators"),
    ("/spaces/kangaroo/team", "administrators"),
    ("/spaces/kangaroo/team/-/members", "administrators"),
    ("/spaces/kangaroo/team/-/bindings", "administrators"),
    ("/spaces/kangaroo/team/-/robots", "administrators"),
    ("/spaces/kangaroo/team/-/labels", "administrators"),
    ("/spaces/kangaroo/team/-/immutability", "administrators"),
    ("/spaces/kangaroo/team/-/activity", "administrators"),
    ("/workspaces/new", "administrators"),
    ("/administration/roles/new", "administrators"),
    ("/administration/roles/holders", "administrators"),
]
_PLACES = [entry.path for group in NAVIGATION for entry in group.entries] + [entry.path for entry in ACCOUNT]


@pytest.fixture
async def furnished(site: Site) -> Site:
    """With an image, and a workspace that a space is bound to; ann is a member of it."""
    admin = PlatformClient(site).signed_in("admin", PASSWORD)
    await pushed(site, "library/app", "v1")
    place = await workspace(admin, "Team")
    await private(admin, "team", place)
    await pushed(site, "team/app", "v1")
    await site.user("ann")
    body = {"memberName": "ann", "roleName": "Workspace Editor"}
    await admin.ok("POST", f"workspaces/{place}/members", body)
    return site


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("path", "who"), PAGES, ids=[path for path, _ in PAGES])
async def test_pages(path, who, language, furnished, admin, signed_in):
    ann = await type(admin)(admin.application).sign_in("ann", PASSWORD)
    for name, client in (("administrator", admin), ("member", ann), ("stranger", await signed_in("ben"))):
        page = await client.speaking(language).visit(path)
        if who == "anybody" or name == ("administrator" if who == "administrators" else "member"):
            assert page.status == 200, (name, page.text[:400])
        if page.status == 200:
            check(page, language)
        else:
            assert page.status in (403, 404), (name, page.status)
            assert page.one("h1").text


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("path", sorted(set(_PLACES)))
async def test_places_of_the_navigation(path, language, furnished, admin, signed_in):
    links = (await admin.get("/")).links | {one.path for one in ACCOUNT}
    if path not in links:
        pytest.skip("no page has this place yet")
    page = await admin.speaking(language).visit(path)
    assert page.status == 200, page.text[:400]
    check(page, language)
    ben = await signed_in("ben")
    shown = (await ben.get("/")).links
    page = await ben.visit(path)
    assert page.status in ((200,) if path in shown else (200, 403, 404)), page.text[:200]


def check(page, language):
    assert not page.unclosed, page.unclosed
    assert len(page.all("h1")) == 1
    assert page.title.endswith(" · Kangaroo")
    ids = [one["id"] for one in page.elements if "id" in one.attributes]
    assert len(ids) == len(set(ids)), "an id stands twice"
    for form in page.all("form", method="post"):
        assert form.attributes.get("action", "/").startswith("/"), form.attributes
    for one in page.elements:
        assert "style" not in one.attributes
        assert not [name for name in one.attributes if name.startswith("on")]
    for one in page.all("input"):
        if one.attributes.get("type") not in ("hidden", "submit"):
            named = (
                one.attributes.get("aria-label")
                or one.attributes.get("id")
                or one.attributes.get("type")
                in (
                    "checkbox",
                    "radio",
                )
            )
            assert named, one.attributes
    assert page.one("html")["lang"] == ("zh-CN" if language == "zh" else "en")

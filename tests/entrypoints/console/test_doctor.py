"""The doctor's page: who is offered which examination, and its rows as they come."""

import httpx
import pytest

from kangaroo.entrypoints.cli.inprocess import InProcess
from tests import asgi
from tests.core.workspaces.kit import private, pushed, workspace
from tests.entrypoints.console.client import ConsoleClient, Page
from tests.entrypoints.platform.client import PlatformClient
from tests.entrypoints.platform.conftest import PASSWORD, Site
from tests.remote.serving import docker_registry

ALL = {"ourselves", "pull", "instance", "cluster", "managed", "dependencies"}


@pytest.fixture
def api(site: Site) -> PlatformClient:
    return PlatformClient(site).signed_in("admin", PASSWORD)


def offered(page: Page) -> set[str]:
    return {link.partition("examine=")[2] for link in page.links if "examine=" in link}


def marks(page: Page) -> list[str]:
    """How each row was found to be."""
    return [one["title"] for one in page.all("span", class_="finding-mark")]


async def streamed(client: ConsoleClient, **fields: str) -> Page:
    """As a script of the page gets it: by a client that stays until the last row."""
    url, cookie = "http://registry.test", "; ".join(f"{k}={v}" for k, v in client.cookies.items())
    headers = {"cookie": cookie, "accept-language": client.language, "accept-encoding": ""}
    async with httpx.AsyncClient(transport=InProcess(client.application), base_url=url) as http:
        answer = await http.post("/doctor/rows", data={"csrf": client.token} | fields, headers=headers)
    return Page(asgi.Response(answer.status_code, dict(answer.headers), answer.content))


async def test_administrators_are_offered_everything_and_strangers_nothing(admin, signed_in):
    assert offered(await admin.get("/doctor")) == ALL
    stranger = await signed_in("eve")
    assert (await stranger.visit("/doctor")).status == 403
    assert (await stranger.post("/doctor", examine="ourselves")).status == 403
    assert (await stranger.post("/doctor/rows", examine="cluster", cluster="home")).status == 403


async def test_members_examine_pulls_of_their_workspace_and_nothing_else(site, api, signed_in):
    place = await workspace(api, "Team")
    await private(api, "team", place)
    await pushed(site, "team/app", "v1")
    ann = await signed_in("ann")
    await api.ok("POST", f"workspaces/{place}/members", {"memberName": "ann", "roleName": "Workspace Viewer"})
    page = await ann.get("/doctor")
    assert offered(page) == {"pull"}
    found = await streamed(ann, examine="pull", image="test.example/team/app:v1", workspace=str(place))
    assert found.status == 200
    assert "In order" in marks(found)
    assert (await ann.post("/doctor/rows", examine="ourselves")).status == 403
    elsewhere = await workspace(api, "Other")
    refused = await ann.post("/doctor", examine="pull", image="test.example/a/b", workspace=str(elsewhere))
    assert refused.status == 403
    assert not marks(refused)


async def test_this_installation(admin):
    """The same with scripts and without."""
    await admin.get("/doctor")
    for page in (
        await admin.post("/doctor", examine="ourselves"),
        await streamed(admin, examine="ourselves"),
    ):
        assert page.status == 200
        assert not page.unclosed
        assert set(marks(page)) == {"In order", "Broken", "Does not apply"}
        assert page.all("li", class_="verdict")


async def test_a_link_fills_the_form_in_and_begins_at_once(admin):
    page = await admin.get("/doctor?instance=kangaroo")
    form = page.one("form", id="examination")
    assert "data-streams-now" in form.attributes
    assert page.one("input", id="instance")["value"] == "kangaroo"
    assert not marks(page), "looking is no matter of a GET"
    page = await admin.get("/doctor?examine=instance")
    assert "data-streams-now" not in page.one("form", id="examination").attributes


async def test_what_is_broken_stops_the_chain_and_says_what_to_do(api, admin, tmp_path):
    with docker_registry(tmp_path) as url:
        await api.ok("POST", "registries", {"name": "hub", "type": "DOCKER_REGISTRY", "url": url})
    await admin.get("/doctor")
    page = await streamed(admin, examine="instance", instance="hub")
    found = marks(page)
    assert found.count("Broken") == 1
    assert set(found[found.index("Broken") + 1 :]) == {"Not reached"}
    assert "Something is broken" in page.html
    chinese = await streamed(admin.speaking("zh"), examine="instance", instance="hub")
    assert "异常" in marks(chinese)


async def test_what_can_be_repaired_is_at_the_press_of_a_button(admin):
    """Nobody has looked at the built-in registry yet."""
    await admin.get("/doctor")
    page = await streamed(admin, examine="instance", instance="kangaroo")
    assert "Broken" in marks(page)
    assert page.one("button", name="fix")["form"] == "examination"
    page = await streamed(admin, examine="instance", instance="kangaroo", fix="true")
    assert "Repaired" in marks(page)
    assert not page.all("button", name="fix")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"examine": "cluster", "cluster": "nowhere"}, "nowhere"),
        ({"examine": "managed", "managed": "a.b.c"}, "c"),
        ({"examine": "dependencies", "targets": "ftp://x"}, "postgres:"),
        ({"examine": "pull", "image": "a.example/b/c", "cluster": "home"}, "a cluster and a namespace"),
    ],
)
async def test_what_cannot_be_examined_is_said_where_it_was_asked(admin, fields, told):
    await admin.get("/doctor")
    for path in ("/doctor", "/doctor/rows"):
        page = await admin.post(path, **fields)
        assert page.status == 422
        assert told in page.html

"""What people do with images in the console, from end to end: in Chromium, with real clients at the other side."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from kangaroo.app.wiring import Wired
from kangaroo.base.actors import SYSTEM
from kangaroo.base.digests import Digest
from kangaroo.base.names import ProjectName
from kangaroo.core.access import Profile
from kangaroo.core.instances import BUILT_IN, SpaceName
from tests.e2e.browser import Browsers, Person, browser, browsers, chromium
from tests.e2e.clients import Client, image
from tests.e2e.server import PASSWORD, Server

__all__ = ["browser", "browsers", "chromium"]
pytestmark = pytest.mark.clients
SPACE = "console-story"
EDITOR, VIEWER = "story-editor", "story-viewer"


@dataclass(frozen=True)
class Story:
    """A workspace with an editor and a viewer, and a private space that is bound to it."""

    server: Server
    workspace: int

    @property
    def place(self) -> str:
        return f"/w/{self.workspace}/images/kangaroo"

    @property
    def space(self) -> str:
        return f"{self.place}/{SPACE}"


@pytest.fixture(scope="module")
def story(plain_server: Server) -> Story:
    made: list[int] = []

    async def furnish(parts: Wired) -> None:
        services = parts.services
        await services.projects.create(SYSTEM, ProjectName(SPACE))
        admin = await services.access.authenticate_basic("admin", PASSWORD, "test")
        workspace = await services.workspaces.directory.create(admin, "Storytellers")
        for name, role in ((EDITOR, "Workspace Editor"), (VIEWER, "Workspace Viewer")):
            profile = Profile(email=f"{name}@example.test", realname=name)
            await services.access.users.create(SYSTEM, name, PASSWORD, profile)
            await services.workspaces.members.add(admin, workspace.id, "user", name, role)
        await services.workspaces.bindings.change(admin, BUILT_IN, SpaceName(SPACE), "add", [workspace.id])
        made.append(workspace.id)

    plain_server.with_parts(furnish)
    return Story(plain_server, made[0])


@pytest.fixture
def skopeo(tmp_path: Path) -> Client:
    return Client("skopeo", tmp_path)


@pytest.fixture
def archive(skopeo: Client) -> Path:
    """Of an image for two platforms, as skopeo writes it."""
    path = skopeo.home / "multi.tar"
    skopeo("copy", "--all", image("multi").oci, f"oci-archive:{path}:multi:1")
    return path


def test_an_archive_goes_in_is_looked_at_and_comes_out(
    story: Story, browsers: Browsers, skopeo: Client, archive: Path
) -> None:
    person = browsers.open().sign_in(EDITOR)
    _uploaded(person, story, archive, "whole")
    page = person.page
    page.get_by_role("status").get_by_role("link", name="Show").click()
    _looked_at(person)
    page.get_by_role("button", name="Download", exact=True).click()
    dialog = page.get_by_role("dialog", name="Download as archive")
    person.accessible()
    path = skopeo.home / "downloaded.tar"
    with page.expect_download() as download:
        dialog.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename.endswith(".tar")
    download.value.save_as(path)
    assert _digest(skopeo, f"oci-archive:{path}") == image("multi").digest


def test_one_platform_alone_in_the_older_form(
    story: Story, browsers: Browsers, skopeo: Client, archive: Path
) -> None:
    person = browsers.open().sign_in(EDITOR)
    _uploaded(person, story, archive, "one")
    page = person.go(f"{story.space}/one/1")
    page.get_by_role("button", name="Download", exact=True).click()
    page.get_by_label("Format").select_option("docker")
    page.get_by_label("Platform").select_option("linux/arm64")
    path = skopeo.home / "downloaded.tar"
    with page.expect_download() as download:
        page.get_by_role("dialog").get_by_role("button", name="Download").click()
    download.value.save_as(path)
    assert json.loads(skopeo("inspect", "--config", f"docker-archive:{path}"))["architecture"] == "arm64"


def test_what_is_no_archive_is_said_and_can_be_mended(
    story: Story, browsers: Browsers, archive: Path, tmp_path: Path
) -> None:
    person = browsers.open().sign_in(EDITOR)
    page = person.go(f"{story.space}/-/upload")
    nonsense = tmp_path / "nonsense.tar"
    nonsense.write_bytes(b"nonsense" * 1000)
    page.get_by_label("Archive").set_input_files(nonsense)
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    person.accessible()
    page.get_by_label("Archive").set_input_files(archive)
    page.get_by_label("Image name").fill("mended")
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text(f"{SPACE}/mended:1 was uploaded.")
    expect(page.get_by_role("alert")).to_be_hidden()


def test_a_push_command_is_run_as_it_stands(story: Story, browsers: Browsers, skopeo: Client) -> None:
    person = browsers.open().sign_in(EDITOR)
    page = person.go(story.space)
    page.get_by_role("link", name="Push command").click()
    page.get_by_role("button", name="Make the command").click()
    expect(page.get_by_text("Here it is.")).to_be_visible()
    person.accessible()
    [login] = _commands(page, "skopeo login")
    [copy] = _commands(page, "skopeo copy")
    shell = Client("sh", skopeo.home, {"XDG_RUNTIME_DIR": str(skopeo.home)})
    assert "Login Succeeded!" in shell("-c", login)
    source = image("multi")
    shell("-c", copy.replace("SOURCE", source.oci).replace("IMAGE:TAG", "pushed:1"))
    pulled = f"oci-archive:{skopeo.home / 'pulled.tar'}"
    where = f"docker://{story.server.host}/{SPACE}/pushed:1"
    shell("-c", f"skopeo copy --all --src-tls-verify=false {where} {pulled}")
    assert _digest(skopeo, pulled) == source.digest
    elsewhere = copy.replace("SOURCE", source.oci).replace(f"{SPACE}/IMAGE:TAG", "library/pushed:1")
    assert "denied" in shell.refused("-c", elsewhere)
    expect(person.go(f"{story.space}/pushed").get_by_text("linux/arm64")).to_be_visible()


def test_a_viewer_sees_no_button_he_may_not_press_and_forging_it_is_refused(
    story: Story, browsers: Browsers, archive: Path
) -> None:
    editor = browsers.open().sign_in(EDITOR)
    _uploaded(editor, story, archive, "seen")
    person = browsers.open().sign_in(VIEWER)
    shown = f"{story.space}/seen"
    digest = image("multi").digest
    for path in (story.space, shown, f"{shown}/1"):
        page = person.go(path)
        person.accessible()
        for word in ("Upload", "Push command", "Delete", "Add tag", "Edit description"):
            expect(page.get_by_text(word)).to_have_count(0)
        expect(page.get_by_role("checkbox")).to_have_count(0)
    page = person.page
    token = page.locator("input[name=csrf]").first.get_attribute("value") or ""
    url = f"{person.url}{shown}"
    for action, fields in (
        (f"{url}/-/delete", {"confirm": "seen"}),
        (f"{url}/-/delete-artifacts", {"selected": digest}),
        (f"{url}/{digest}/-/delete", {"confirm": "seen"}),
        (f"{url}/-/describe", {"description": "mine"}),
        (f"{person.url}{story.place}/-/push", {"hours": "1"}),
    ):
        assert page.request.post(action, form={"csrf": token, **fields}).status == 403, action
    sent = page.request.post(
        f"{person.url}{story.space}/-/upload",
        headers={"X-Harbor-Csrf-Token": token, "Content-Type": "application/octet-stream"},
        data=archive.read_bytes(),
    )
    assert sent.status == 403
    expect(person.go(shown).locator("a.tags")).to_have_count(1)


def test_language_and_theme_stay(story: Story, browsers: Browsers) -> None:
    person = browsers.open(language="en-GB", theme="light").sign_in(VIEWER)
    page = person.go(story.space)
    page.get_by_role("button", name="Language and theme").click()
    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    page.get_by_role("button", name="语言与主题").click()
    page.get_by_role("button", name="深色").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    expect(page.get_by_role("searchbox", name="搜索镜像")).to_be_visible()
    person.accessible()


def _uploaded(person: Person, story: Story, archive: Path, name: str) -> None:
    page = person.go(story.space)
    page.get_by_role("link", name="Upload image").click()
    person.accessible()
    page.get_by_label("Archive").set_input_files(archive)
    page.get_by_label("Image name").fill(name)
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text(f"{SPACE}/{name}:1 was uploaded.")
    person.accessible()


def _looked_at(person: Person) -> None:
    """The index, one of its platforms, that one's layers and how they were built; and back."""
    page = person.page
    expect(page.get_by_role("heading", name="whole:1")).to_be_visible()
    index = page.url
    person.accessible()
    row = page.get_by_role("row").filter(has_text="linux/arm64")
    row.get_by_role("link").click()
    expect(page.get_by_role("img", name="Size of the")).to_be_visible()
    person.accessible()
    page.get_by_role("link", name="Build history").click()
    expect(page.get_by_role("columnheader", name="Command")).to_be_visible()
    person.accessible()
    page.goto(index)


def _commands(page: Page, beginning: str) -> list[str]:
    return [text for text in page.locator(".command pre").all_text_contents() if beginning in text]


def _digest(skopeo: Client, where: str) -> str:
    """Of what it has, as skopeo reads it."""
    return str(Digest.of(skopeo("inspect", "--raw", where).encode()))

"""Archives: uploaded with what becomes of them told line by line, downloaded in both forms; and who may not."""

import io
import json
import tarfile

import pytest

from kangaroo.core.access import Role
from tests import asgi
from tests.core.archives.made import REF_NAME, Layout, layer, saved, tar
from tests.core.workspaces.kit import private, pushed, workspace
from tests.entrypoints.console.client import ConsoleClient
from tests.entrypoints.console.test_images import join
from tests.entrypoints.platform.client import PlatformClient
from tests.entrypoints.platform.conftest import PASSWORD
from tests.entrypoints.platform.test_archives import Patient

TEAM = "/w/1/images/kangaroo/team"
OWN = "/images/kangaroo/team"


@pytest.fixture
async def people(site, signed_in) -> dict[str, ConsoleClient]:
    """An editor and a viewer of workspace 1, to which the space team is bound, and a stranger."""
    api = PlatformClient(site).signed_in("admin", PASSWORD)
    place = await workspace(api, "Team")
    await private(api, "team", place)
    found = {}
    for name in ("editor", "viewer", "stranger"):
        found[name] = await signed_in(name)
        if name != "stranger":
            role = f"Workspace {name.capitalize()}"
            await api.ok("POST", f"workspaces/{place}/members", {"memberName": name, "roleName": role})
        await found[name].get("/")
        found[name].application = Patient(found[name].application)
    return found


async def upload(client: ConsoleClient, space: str, body: bytes, query: str = "") -> asgi.Response:
    return await client(
        "POST",
        f"{space}/-/upload{query}",
        body,
        content_type="application/octet-stream",
        x_harbor_csrf_token=client.token,
    )


def lines(answer: asgi.Response) -> list[str]:
    assert answer.status == 200, answer.body
    return answer.body.decode().splitlines()


def files(answer: asgi.Response) -> dict[str, bytes]:
    assert answer.status == 200, answer.body
    with tarfile.open(fileobj=io.BytesIO(answer.body)) as opened:
        return {one.name: opened.extractfile(one).read() for one in opened}


def image(name: str) -> bytes:
    return tar(saved(([name], [layer("one")])))


class TestUploads:
    async def test_each_step_is_told_and_what_came_of_it(self, people):
        editor = people["editor"]
        told = lines(await upload(editor, TEAM, image("app:1"), "?tag=2"))
        assert any("Compressing layer 1" in line for line in told)
        assert any("Sending sha256:" in line for line in told)
        assert all("team/app:2" in line for line in told)
        assert [line for line in told if "data-upload-ended" in line] == told[-1:]
        assert "team/app:2 was uploaded." in told[-1]
        page = await editor.get(f"{TEAM}/app/2")
        [digest] = {one["data-copy"] for one in page.all("button", aria_label="Copy digest")} & set(
            told[-1].split('"')
        )
        assert f"{TEAM}/app/{digest}" in told[-1]

    async def test_in_chinese(self, people):
        told = lines(await upload(people["editor"].speaking("zh"), TEAM, image("app:1")))
        assert "team/app:1 已上传。" in told[-1]

    async def test_one_image_fails_and_the_others_are_pushed(self, people):
        layout = Layout()
        layout.named(layout.image("one"), **{REF_NAME: "good:1"})
        bad = layout.image("two")
        layout.named(bad, **{REF_NAME: "bad:1"})
        broken = json.loads(layout.blobs[bad["digest"]])["layers"][0]["digest"]
        layout.blobs[broken] = bytes(len(layout.blobs[broken]))
        told = lines(await upload(people["editor"], TEAM, layout.tar()))
        assert "team/good:1 was uploaded." in told[-1]
        assert "team/bad:1" in told[-1]
        assert "alert-danger" in told[-1]

    async def test_what_is_wrong_at_once_is_told_at_once(self, people):
        editor = people["editor"]
        for body, query in ((b"nonsense", ""), (image("app:1"), "?tag=no+good")):
            answer = await upload(editor, TEAM, body, query)
            assert answer.status in (400, 422), answer.body
            assert answer.json()["message"]

    async def test_who_may_not(self, people):
        for name in ("viewer", "stranger"):
            client = people[name]
            assert (await upload(client, TEAM, image("app:1"))).status == 403
            assert (await client.visit(f"{TEAM}/-/upload")).status == 403
            assert "Upload" not in (await client.visit(TEAM)).text
        people["editor"].token = "forged"
        assert (await upload(people["editor"], TEAM, image("app:1"))).status == 403

    async def test_by_roles_without_a_workspace(self, site, people):
        stranger = people["stranger"]
        assert (await upload(stranger, OWN, image("app:1"))).status == 403
        await join(site, "team", "stranger", Role.DEVELOPER)
        assert f"{OWN}/-/upload" in (await stranger.get(OWN)).links
        assert (await stranger.get(f"{OWN}/-/upload")).all("form", data_upload=f"{OWN}/-/upload")
        told = lines(await upload(stranger, OWN, image("app:1")))
        assert "team/app:1 was uploaded." in told[-1]


class TestDownloads:
    async def test_both_forms(self, site, people):
        digest = await pushed(site, "team/app", "v1")
        await join(site, "team", "stranger", Role.LIMITED_GUEST)
        for client, base in ((people["viewer"], TEAM), (people["stranger"], OWN)):
            found = await client("GET", f"{base}/app/v1/-/archive")
            assert found.headers["content-type"] == "application/x-tar"
            assert found.headers["content-disposition"] == 'attachment; filename="app-v1.tar"'
            assert found.headers["cache-control"] == "no-store"
            assert f"blobs/{digest.replace(':', '/')}" in files(found)
            older = files(await client("GET", f"{base}/app/{digest}/-/archive?format=docker"))
            assert "manifest.json" in older
            assert "oci-layout" not in older
            page = await client.get(f"{base}/app")
            assert f"{base}/app/{digest}/-/archive?format=docker" in page.links
            assert (await client.get(f"{base}/app/v1")).all("form", action=f"{base}/app/{digest}/-/archive")

    async def test_a_platform_of_an_index(self, people):
        layout = Layout()
        amd = layout.image("one") | {"platform": {"os": "linux", "architecture": "amd64"}}
        arm = layout.image("two") | {"platform": {"os": "linux", "architecture": "arm64"}}
        layout.named(layout.index(amd, arm), **{REF_NAME: "multi:1"})
        lines(await upload(people["editor"], TEAM, layout.tar()))
        page = await people["viewer"].get(f"{TEAM}/multi/1")
        assert {"linux/amd64", "linux/arm64"} <= {one.text for one in page.all("option")}
        path = f"{TEAM}/multi/1/-/archive"
        whole = files(await people["viewer"]("GET", path))
        assert {f"blobs/{one.replace(':', '/')}" for one in layout.blobs} <= set(whole)
        one = files(await people["viewer"]("GET", f"{path}?platform=linux%2Farm64"))
        assert f"blobs/{arm['digest'].replace(':', '/')}" in one
        assert f"blobs/{amd['digest'].replace(':', '/')}" not in one

    async def test_what_is_not_there(self, site, people):
        await pushed(site, "team/app", "v1")
        for query, status in (("?platform=linux/s390x", 404), ("?platform=x", 422), ("?format=zip", 422)):
            assert (await people["viewer"].visit(f"{TEAM}/app/v1/-/archive{query}")).status == status, query
        assert (await people["viewer"].visit(f"{TEAM}/app/v2/-/archive")).status == 404
        assert (await people["stranger"].visit(f"{TEAM}/app/v1/-/archive")).status == 403
        assert (await people["stranger"].visit(f"{OWN}/app/v1/-/archive")).status == 403

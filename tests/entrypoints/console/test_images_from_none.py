"""Archives at a registry of the platform, from no workspace: whoever governs its spaces uploads, and everybody who has
signed in downloads what is public."""

from collections.abc import AsyncIterator

import pytest

from tests.core.workspaces.kit import harbor, workspace
from tests.entrypoints.console.test_images_archives import files, image, lines, upload
from tests.entrypoints.platform.client import PlatformClient
from tests.entrypoints.platform.conftest import PASSWORD, Site
from tests.entrypoints.platform.test_archives import Patient
from tests.remote.harbor_stand_in import HarborStandIn
from tests.remote.serving import served

SPACE = "/images/far/library"
GIVEN = "/images/far/given"


@pytest.fixture(autouse=True)
async def far(site: Site) -> AsyncIterator[None]:
    """A Harbor with a public space, and a private one that is bound to a workspace."""
    stand_in = HarborStandIn()
    stand_in.add_project("given", public=False)
    api = PlatformClient(site).signed_in("admin", PASSWORD)
    async with served(stand_in.app()) as url:
        await harbor(api, url)
        place = await workspace(api, "One")
        await api.ok("POST", f"registries/far/projects/given/binding/{place}")
        yield


async def test_up_and_down(admin, signed_in):
    ann = await signed_in("ann")
    assert f"{SPACE}/-/upload" in (await admin.get(SPACE)).links
    assert (await admin.get(f"{SPACE}/-/upload")).all("form", data_upload=f"{SPACE}/-/upload")
    for client in (admin, ann):
        client.application = Patient(client.application)
    assert "library/app:1 was uploaded." in lines(await upload(admin, SPACE, image("app:1")))[-1]
    found = files(await ann("GET", f"{SPACE}/app/1/-/archive?format=docker"))
    assert "manifest.json" in found


async def test_who_may_not(admin, signed_in):
    ann = await signed_in("ann")
    assert f"{SPACE}/-/upload" not in (await ann.get(SPACE)).links
    assert (await ann.visit(f"{SPACE}/-/upload")).status == 403
    assert (await upload(ann, SPACE, image("app:1"))).status == 403
    answer = await upload(admin, GIVEN, image("app:1"))
    assert (answer.status, "bound to One" in answer.json()["message"]) == (403, True)
    assert (await admin.visit(f"{GIVEN}/app/1/-/archive")).status == 403
    assert (await ann.visit(f"{GIVEN}/app/1/-/archive")).status == 404

"""Scans of what shows in a workspace, at a Harbor with a scanner."""

import pytest

from kangaroo.remote.names import ImageName
from kangaroo.remote.opening import open_remote
from kangaroo.remote.values import Credential, Kind
from tests.contract.remotes import push
from tests.entrypoints.platform.harbors import Far, far_harbor
from tests.remote.harbor_stand_in import ADMIN, ADMIN_PASSWORD

SCANNER = "registries/far/project/secret/scanner"


@pytest.fixture
async def far(site, admin):
    async with far_harbor(site, admin) as made:
        yield made


@pytest.fixture
async def artifact(far: Far) -> str:
    """The path of one that shows in the workspace."""
    client = open_remote(Kind.HARBOR, far.url, Credential(ADMIN, ADMIN_PASSWORD))
    pushed = await push(client.content, ImageName.parse("secret", "web/app"), "v1")
    await client.close()
    images = f"workspaces/{far.place}/registries/far/projects/secret/repositories"
    return f"{images}/web%2Fapp/artifacts/{pushed.digest}"


async def test_started_looked_into_and_stopped(far, artifact):
    editor = far.people["editor"]
    assert (await editor.get(artifact))["scanOverview"] is None
    assert await editor.ok("POST", f"{artifact}/scan") == {}
    overview = (await editor.get(artifact))["scanOverview"]
    assert (overview["scanStatus"], overview["summary"]["total"]) == ("success", 3)
    log = await editor.get(f"{artifact}/scan/{overview['reportId']}")
    assert log["report"].startswith("log of")
    [found] = (await editor.get(f"{artifact}/vulnerabilities"))["reports"].values()
    assert found == {"vulnerabilities": [{"id": "CVE-2024-1"}]}
    assert await editor.ok("PUT", f"{artifact}/scan") == {}
    assert (await editor.get(artifact))["scanOverview"]["scanStatus"] == "stopped"


async def test_the_scanner_of_a_space(admin, far):
    found = (await admin.get(SCANNER))["scanner"]
    assert (found["name"], found["health"], found["accessCredential"]) == ("Trivy", "healthy", "")
    assert await admin.refused("GET", SCANNER.replace("secret", "none")) == (404, "NOT_FOUND")


async def test_who_may(far, artifact):
    looking = (("GET", f"{artifact}/scan/report-1"), ("GET", f"{artifact}/vulnerabilities"))
    changing = (("POST", f"{artifact}/scan"), ("PUT", f"{artifact}/scan"))
    expected = {
        "boss": (200, 200),
        "editor": (200, 200),
        "viewer": (200, 403),
        "stranger": (403, 403),
        "admin": (403, 403),
        "nobody": (401, 401),
    }
    for who, (look, change) in expected.items():
        client = far.people[who]
        assert {(await client(*one)).status for one in looking} == {look}, who
        assert {(await client(*one)).status for one in changing} == {change}, who
        assert (await client("GET", SCANNER)).status == {"admin": 200, "nobody": 401}.get(who, 403)


async def test_not_what_does_not_show(far, artifact):
    hidden = artifact.replace("/secret/", "/other/")
    for method, path in (("POST", "/scan"), ("PUT", "/scan"), ("GET", "/vulnerabilities")):
        assert await far.people["boss"].refused(method, hidden + path) == (404, "PROJECT_UNKNOWN")


async def test_the_built_in_registry_has_no_scanner_yet(admin):
    answer = await admin("GET", "registries/kangaroo/project/library/scanner")
    assert (answer.status, answer.json()["details"][0]["reason"]) == (400, "UNSUPPORTED")
    assert "KANGAROO" in answer.json()["message"]

"""regctl: copies, lists, deletes tags and manifests, stores artifacts with a subject."""

import json
from pathlib import Path

import pytest

from tests.e2e.clients import Client, Layout, image
from tests.e2e.conftest import Account
from tests.e2e.server import Server

pytestmark = pytest.mark.clients


@pytest.fixture
def stranger(tmp_path: Path, server: Server) -> Client:
    client = Client("regctl", tmp_path, {"REGCTL_CONFIG": str(tmp_path / "config.json")})
    client("registry", "set", "--skip-check", "--tls", "disabled", server.host)
    return client


@pytest.fixture
def regctl(stranger: Client, server: Server, account: Account) -> Client:
    stranger("registry", "login", "-u", account.name, "--pass-stdin", server.host, stdin=account.password)
    return stranger


def local(layout: Layout) -> str:
    return f"ocidir://{layout.path}:{layout.tag}"


def test_login(stranger: Client, server: Server, account: Account) -> None:
    login = ("registry", "login", "-u", account.name, "--pass-stdin", server.host)
    assert "unauthorized" in stranger.refused(*login, stdin="wrong")
    stranger(*login, stdin=account.password)
    assert (
        json.loads(stranger("registry", "config", server.host, "--format", "{{json .}}"))["user"]
        == account.name
    )


@pytest.mark.parametrize("source", ["small", "multi"])
def test_what_is_pulled_is_what_was_pushed(
    regctl: Client, server: Server, name: str, tmp_path: Path, source: str
) -> None:
    where, pulled = f"{server.host}/private/{name}:1", Layout(tmp_path / "pulled")
    regctl("image", "copy", local(image(source)), where)
    assert regctl("image", "digest", where).strip() == image(source).digest
    regctl("image", "copy", where, local(pulled))
    assert pulled.contents() == image(source).contents()


def test_anybody_pulls_what_is_public_and_only_that(
    regctl: Client, server: Server, account: Account, name: str
) -> None:
    public, private = (f"{server.host}/{project}/{name}:1" for project in ("library", "private"))
    for where in (public, private):
        regctl("image", "copy", local(image("small")), where)
    regctl("registry", "logout", server.host)
    assert regctl("image", "digest", public).strip() == image("small").digest
    assert "unauthorized" in regctl.refused("image", "digest", private)
    assert "unauthorized" in regctl.refused(
        "image", "copy", local(image("small")), public.replace(":1", ":2")
    )


def test_a_deleted_tag_leaves_the_others(regctl: Client, server: Server, name: str) -> None:
    where = f"{server.host}/library/{name}"
    for tag in ("1", "2", "3"):
        regctl("image", "copy", local(image("small")), f"{where}:{tag}")
    assert regctl("tag", "ls", where).split() == ["1", "2", "3"]
    regctl("tag", "delete", f"{where}:2")
    assert regctl("tag", "ls", where).split() == ["1", "3"]
    assert regctl("image", "digest", f"{where}:1").strip() == image("small").digest
    regctl("manifest", "delete", f"{where}@{image('small').digest}")
    assert regctl("tag", "ls", where).split() == []


def test_blobs_are_fetched_headed_and_copied(
    regctl: Client, server: Server, name: str, tmp_path: Path
) -> None:
    where, layer = f"{server.host}/private/{name}", image("small").layers[0]
    digest = regctl("blob", "put", where, stdin="some content").split()[0]
    assert regctl("blob", "get", where, digest) == "some content"
    regctl("image", "copy", local(image("small")), f"{where}:1")
    regctl("blob", "copy", where, f"{server.host}/library/{name}", layer)
    assert "Content-Length" in regctl("blob", "head", f"{server.host}/library/{name}", layer)


def test_artifacts_are_listed_by_their_subject(
    regctl: Client, server: Server, name: str, tmp_path: Path
) -> None:
    where = f"{server.host}/library/{name}:1"
    regctl("image", "copy", local(image("multi")), where)
    (tmp_path / "sbom.json").write_text('{"packages": []}')
    put = ("artifact", "put", "--subject", where, "-f", tmp_path / "sbom.json")
    regctl(*put, "--artifact-type", "application/vnd.example.sbom")
    regctl(*put, "--artifact-type", "application/vnd.example.notes", "--annotation", "by=test")
    found = json.loads(regctl("artifact", "list", where, "--format", "{{json .}}"))["descriptors"]
    assert {one["artifactType"] for one in found} == {
        "application/vnd.example.sbom",
        "application/vnd.example.notes",
    }
    only = ("--filter-artifact-type", "application/vnd.example.sbom")
    [sbom] = json.loads(regctl("artifact", "list", where, *only, "--format", "{{json .}}"))["descriptors"]
    got = regctl("artifact", "get", f"{server.host}/library/{name}@{sbom['digest']}")
    assert json.loads(got) == {"packages": []}

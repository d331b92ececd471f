"""oras: pushes artifacts of any type, attaches to images, discovers what is attached, copies."""

import json
from pathlib import Path

import pytest

from tests.e2e.clients import Client, Layout, image
from tests.e2e.conftest import Account
from tests.e2e.server import Server

pytestmark = pytest.mark.clients
CONFIG = ("--registry-config", "config.json")
PLAIN = ("--plain-http", *CONFIG)


@pytest.fixture
def stranger(tmp_path: Path) -> Client:
    return Client("oras", tmp_path)


@pytest.fixture
def oras(stranger: Client, server: Server, account: Account) -> Client:
    login = ("login", *PLAIN, "-u", account.name, "--password-stdin", server.host)
    assert "Login Succeeded" in stranger(*login, stdin=account.password)
    return stranger


def push_image(oras: Client, source: Layout, where: str) -> None:
    target = ("--to-plain-http", "--to-registry-config", "config.json")
    oras("cp", "-r", "--from-oci-layout", f"{source.path}:{source.tag}", *target, where)


def test_login(stranger: Client, server: Server, account: Account) -> None:
    login = ("login", *PLAIN, "-u", account.name, "--password-stdin", server.host)
    assert "401: Unauthorized" in stranger.refused(*login, stdin="wrong")
    assert "Login Succeeded" in stranger(*login, stdin=account.password)
    stranger("logout", *CONFIG, server.host)


def test_an_artifact_comes_back_file_by_file(oras: Client, server: Server, name: str, tmp_path: Path) -> None:
    where = f"{server.host}/private/{name}:1"
    (tmp_path / "notes.txt").write_text("some notes")
    (tmp_path / "table.csv").write_bytes(b"a,b\n" * 100_000)
    files = ("notes.txt:text/plain", "table.csv:text/csv")
    oras("push", *PLAIN, "--artifact-type", "application/vnd.example.data", where, *files)
    manifest = json.loads(oras("manifest", "fetch", *PLAIN, where))
    assert manifest["artifactType"] == "application/vnd.example.data"
    oras("pull", *PLAIN, "-o", tmp_path / "pulled", where)
    for file in ("notes.txt", "table.csv"):
        assert (tmp_path / "pulled" / file).read_bytes() == (tmp_path / file).read_bytes()


def test_what_is_attached_to_an_image_is_discovered(
    oras: Client, server: Server, name: str, tmp_path: Path
) -> None:
    where = f"{server.host}/library/{name}:1"
    push_image(oras, image("multi"), where)
    (tmp_path / "sbom.json").write_text("{}")
    for kind in ("sbom", "report"):
        oras("attach", *PLAIN, "--artifact-type", f"application/vnd.example.{kind}", where, "sbom.json")
    found = json.loads(oras("discover", *PLAIN, "--format", "json", where))["referrers"]
    assert {one["artifactType"] for one in found} == {
        "application/vnd.example.sbom",
        "application/vnd.example.report",
    }
    only = ("--artifact-type", "application/vnd.example.sbom")
    [sbom] = json.loads(oras("discover", *PLAIN, *only, "--format", "json", where))["referrers"]
    oras("pull", *PLAIN, "-o", tmp_path / "pulled", f"{server.host}/library/{name}@{sbom['digest']}")
    assert (tmp_path / "pulled" / "sbom.json").read_text() == "{}"


@pytest.mark.parametrize("source", ["small", "multi"])
def test_images_are_copied_with_all_they_hold(
    oras: Client, server: Server, name: str, tmp_path: Path, source: str
) -> None:
    where, pulled = f"{server.host}/private/{name}:1", Layout(tmp_path / "pulled", "1")
    push_image(oras, image(source), where)
    origin = ("--from-plain-http", "--from-registry-config", "config.json")
    oras("cp", *origin, "--to-oci-layout", where, f"{pulled.path}:1")
    assert pulled.digest == image(source).digest
    assert pulled.contents() == image(source).contents()


def test_anybody_pulls_what_is_public_and_only_that(oras: Client, server: Server, name: str) -> None:
    public, private = (f"{server.host}/{project}/{name}:1" for project in ("library", "private"))
    for where in (public, private):
        push_image(oras, image("small"), where)
    nobody = ("--plain-http", "--registry-config", "nobody.json")
    assert oras("resolve", *nobody, public).strip() == image("small").digest
    for refused in (("resolve", *nobody, private), ("tag", *nobody, public, "2")):
        assert "unauthorized" in oras.refused(*refused).lower()


def test_tags_are_listed_and_manifests_deleted(oras: Client, server: Server, name: str) -> None:
    where = f"{server.host}/library/{name}"
    push_image(oras, image("small"), f"{where}:1")
    oras("tag", *PLAIN, f"{where}:1", "2", "3")
    assert oras("repo", "tags", *PLAIN, where).split() == ["1", "2", "3"]
    oras("manifest", "delete", *PLAIN, "--force", f"{where}@{image('small').digest}")
    assert oras("repo", "tags", *PLAIN, where).split() == []

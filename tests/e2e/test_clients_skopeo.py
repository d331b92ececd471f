"""skopeo: logs in, copies both ways, compares digests, lists and deletes."""

import json
from pathlib import Path

import pytest

from tests.e2e.clients import Client, Layout, image
from tests.e2e.conftest import Account
from tests.e2e.server import Server

pytestmark = pytest.mark.clients
AUTH = ("--authfile", "auth.json")
PLAIN = ("--tls-verify=false", *AUTH)
# Without the first, skopeo sends another compression of a layer when this machine has seen the registry have one.
PUSH = ("copy", "--preserve-digests", "--dest-tls-verify=false", *AUTH)
PULL = ("copy", "--src-tls-verify=false", *AUTH)


@pytest.fixture
def stranger(tmp_path: Path) -> Client:
    (tmp_path / "auth.json").write_text("{}")
    return Client("skopeo", tmp_path)


@pytest.fixture
def skopeo(stranger: Client, server: Server, account: Account) -> Client:
    """Logged in."""
    login = ("login", *PLAIN, "-u", account.name, "--password-stdin", server.host)
    assert stranger(*login, stdin=account.password) == "Login Succeeded!\n"
    return stranger


def test_login(stranger: Client, server: Server, account: Account) -> None:
    login = ("login", *PLAIN, "-u", account.name)
    assert "invalid username/password" in stranger.refused(*login, "-p", "wrong", server.host)
    assert stranger(*login, "-p", account.password, server.host) == "Login Succeeded!\n"
    assert stranger("login", *AUTH, "--get-login", server.host).strip() == account.name
    stranger("logout", *AUTH, server.host)


@pytest.mark.parametrize("source", ["small", "multi", "debian"])
@pytest.mark.parametrize("project", ["library", "private"])
def test_what_is_pulled_is_what_was_pushed(
    skopeo: Client, server: Server, name: str, source: str, project: str
) -> None:
    pushed, pulled = image(source), Layout(skopeo.home / "pulled")
    where = f"docker://{server.host}/{project}/{name}:1"
    skopeo(*PUSH, "--all", pushed.oci, where)
    assert skopeo("inspect", *PLAIN, "--format", "{{.Digest}}", where).strip() == pushed.digest
    skopeo(*PULL, "--all", where, pulled.oci)
    assert pulled.digest == pushed.digest
    assert pulled.contents() == pushed.contents()


def test_anybody_pulls_what_is_public_and_only_that(
    skopeo: Client, server: Server, name: str, tmp_path: Path
) -> None:
    public, private = (f"docker://{server.host}/{project}/{name}:1" for project in ("library", "private"))
    for where in (public, private):
        skopeo(*PUSH, image("small").oci, where)
    pulled = Layout(tmp_path / "pulled")
    skopeo("copy", "--src-tls-verify=false", "--src-no-creds", public, pulled.oci)
    assert pulled.digest == image("small").digest
    assert "unauthorized" in skopeo.refused("inspect", "--tls-verify=false", "--no-creds", private)
    anonymous_push = ("copy", "--dest-tls-verify=false", "--dest-no-creds")
    assert "unauthorized" in skopeo.refused(*anonymous_push, image("small").oci, public)


def test_tags_are_listed_and_deleted(skopeo: Client, server: Server, name: str) -> None:
    where = f"docker://{server.host}/library/{name}"
    for tag in ("1", "2", "latest"):
        skopeo(*PUSH, image("small").oci, f"{where}:{tag}")
    assert json.loads(skopeo("list-tags", *PLAIN, where))["Tags"] == ["1", "2", "latest"]
    skopeo("delete", *PLAIN, f"{where}:1")  # by its digest, with all its tags
    assert json.loads(skopeo("list-tags", *PLAIN, where))["Tags"] == []
    assert "manifest unknown" in skopeo.refused("inspect", *PLAIN, f"{where}:latest")


def test_copies_between_projects_and_formats(
    skopeo: Client, server: Server, name: str, tmp_path: Path
) -> None:
    """The manifest becomes Docker's."""
    first, second = f"docker://{server.host}/private/{name}:1", f"docker://{server.host}/library/{name}:1"
    skopeo(*PUSH, image("small").oci, first)
    both = ("--src-tls-verify=false", "--dest-tls-verify=false", *AUTH)
    skopeo("copy", *both, "--format", "v2s2", first, second)
    manifest = json.loads(skopeo("inspect", *PLAIN, "--raw", second))
    assert manifest["mediaType"] == "application/vnd.docker.distribution.manifest.v2+json"
    assert manifest["config"]["digest"] == image("small").manifest["config"]["digest"]
    skopeo(*PULL, second, f"dir:{tmp_path / 'pulled'}")
    assert json.loads((tmp_path / "pulled" / "manifest.json").read_text()) == manifest


def test_sync_mirrors_a_whole_repository(skopeo: Client, server: Server, name: str, tmp_path: Path) -> None:
    where = f"{server.host}/private/{name}"
    for tag in ("1", "2"):
        skopeo(*PUSH, image("small").oci, f"docker://{where}:{tag}")
    skopeo(
        "sync",
        "--src-tls-verify=false",
        *AUTH,
        "--src",
        "docker",
        "--dest",
        "dir",
        where,
        tmp_path / "mirror",
    )
    assert {folder.name for folder in (tmp_path / "mirror").iterdir()} == {f"{name}:1", f"{name}:2"}

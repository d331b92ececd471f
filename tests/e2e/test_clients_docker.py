"""docker and its daemon: logs in, pushes, pulls, reads manifests."""

import json
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kangaroo.core.access import Role
from tests.e2e.clients import Client, Layout, image
from tests.e2e.conftest import Account
from tests.e2e.daemons import dockerd
from tests.e2e.server import PASSWORD, Server

pytestmark = pytest.mark.clients


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory, plain_server: Server) -> Iterator[Client]:
    with dockerd(tmp_path_factory.mktemp("dockerd"), plain_server.host) as client:
        yield client


@pytest.fixture
def stranger(daemon: Client, tmp_path: Path) -> Client:
    """docker with no credentials."""
    return Client("docker", tmp_path, {**daemon.environment, "DOCKER_CONFIG": str(tmp_path / "config")})


@pytest.fixture
def docker(stranger: Client, server: Server, account: Account) -> Client:
    login = ("login", "-u", account.name, "--password-stdin", server.host)
    assert "Login Succeeded" in stranger(*login, stdin=account.password)
    return stranger


def load(docker: Client, layout: Layout, name: str) -> str:
    """Make a local image of it; returns its id."""
    archive = docker.home / "image.tar"
    archive.unlink(missing_ok=True)
    Client("skopeo", docker.home)("copy", layout.oci, f"docker-archive:{archive}:{name}")
    docker("load", "-q", "-i", archive)
    return identity(docker, name)


def identity(docker: Client, name: str) -> str:
    """The digest of its config."""
    return docker("image", "inspect", "--format", "{{.Id}}", name).strip()


def test_login(stranger: Client, server: Server, account: Account) -> None:
    login = ("login", "-u", account.name, "--password-stdin", server.host)
    refusal = stranger.refused(*login, stdin="wrong")
    assert f'Get "{server.url}/v2/": unauthorized: authentication required' in refusal
    assert "Login Succeeded" in stranger(*login, stdin=account.password)
    assert server.host in (stranger.home / "config" / "config.json").read_text()
    assert "Removing login credentials" in stranger("logout", server.host)


def test_docker_pulls_what_it_pushed(docker: Client, server: Server, name: str) -> None:
    where = f"{server.host}/private/{name}"
    pushed = load(docker, image("small"), f"{where}:1")
    assert pushed == image("small").manifest["config"]["digest"]
    said = docker("push", f"{where}:1")
    digest = said.rpartition("digest: ")[2].split()[0]
    docker("image", "rm", f"{where}:1")
    assert f"Digest: {digest}" in docker("pull", f"{where}:1")
    assert identity(docker, f"{where}:1") == pushed
    docker("image", "rm", f"{where}:1")
    docker("pull", f"{where}@{digest}")
    docker("tag", f"{where}@{digest}", f"{where}:again")
    docker("image", "save", "-o", docker.home / "saved.tar", f"{where}:again")
    with tarfile.open(docker.home / "saved.tar") as saved:
        assert "manifest.json" in saved.getnames()


def test_a_second_push_sends_nothing_and_another_repository_mounts(
    docker: Client, server: Server, name: str
) -> None:
    first, second = f"{server.host}/private/{name}:1", f"{server.host}/library/{name}:1"
    (docker.home / "new").write_bytes(os.urandom(1000))
    with tarfile.open(docker.home / "new.tar", "w") as tar:
        tar.add(docker.home / "new", "new")
    docker("import", docker.home / "new.tar", first)
    assert "Pushed" in docker("push", first)
    assert "Layer already exists" in docker("push", first)
    docker("tag", first, second)
    assert f"Mounted from private/{name}" in docker("push", second)


def test_manifests_are_inspected_and_joined_to_an_index(docker: Client, server: Server, name: str) -> None:
    where = f"{server.host}/library/{name}"
    load(docker, image("small"), f"{where}:amd64")
    docker("push", f"{where}:amd64")
    manifest = json.loads(docker("manifest", "inspect", "--insecure", f"{where}:amd64"))
    assert manifest["mediaType"] == "application/vnd.docker.distribution.manifest.v2+json"
    docker("manifest", "create", "--insecure", f"{where}:all", f"{where}:amd64")
    assert docker("manifest", "push", "--insecure", f"{where}:all").startswith("sha256:")
    index = json.loads(docker("manifest", "inspect", "--insecure", f"{where}:all"))
    assert [one["platform"]["architecture"] for one in index["manifests"]] == ["amd64"]
    docker("pull", f"{where}:all")


def test_anybody_pulls_what_is_public_and_only_that(
    docker: Client, server: Server, account: Account, name: str
) -> None:
    public, private = (f"{server.host}/{project}/{name}:1" for project in ("library", "private"))
    for where in (public, private):
        load(docker, image("small"), where)
        docker("push", where)
    docker("logout", server.host)
    docker("image", "rm", public, private)
    docker("pull", public)
    assert "pull access denied" in docker.refused("pull", private)
    assert "unauthorized: authentication required" in docker.refused("push", public)
    assert "not found" in docker.refused("pull", public.replace(":1", ":2"))


def test_who_may_only_pull_is_told_so(docker: Client, server: Server, account: Account, name: str) -> None:
    """In the words of Harbor, which scripts look for."""
    where = f"{server.host}/library/{name}"
    load(docker, image("small"), f"{where}:1")
    docker("push", f"{where}:1")
    docker("tag", f"{where}:1", f"{where}:2")
    server.create_user("looker", Role.GUEST, "library")
    docker("login", "-u", "looker", "--password-stdin", server.host, stdin=PASSWORD)
    wanted = f"unauthorized to access repository: library/{name}, action: push"
    assert wanted in docker.refused("push", f"{where}:2")

"""crane: logs in, pushes, pulls, copies, lists, deletes, validates."""

import json
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.e2e.clients import Client, Layout, image
from tests.e2e.conftest import Account
from tests.e2e.server import Server

pytestmark = pytest.mark.clients


def at(home: Path, extra: Mapping[str, str] | None = None) -> Client:
    return Client("crane", home, {"DOCKER_CONFIG": str(home / "docker"), **(extra or {})})


@pytest.fixture
def stranger(tmp_path: Path) -> Client:
    return at(tmp_path)


@pytest.fixture
def crane(stranger: Client, server: Server, account: Account) -> Client:
    stranger("auth", "login", server.host, "-u", account.name, "-p", account.password)
    return stranger


def test_credentials_are_used_and_must_be_right(
    stranger: Client, server: Server, account: Account, name: str
) -> None:
    """crane only notes them; it is the first request that shows."""
    where = f"{server.host}/private/{name}:1"
    assert "401 Unauthorized" in stranger.refused("push", image("small").path, where)
    stranger("auth", "login", server.host, "-u", account.name, "-p", "wrong")
    assert "401 Unauthorized" in stranger.refused("push", image("small").path, where)
    stranger("auth", "login", server.host, "-u", account.name, "-p", account.password)
    assert stranger("push", image("small").path, where).strip().endswith(f"@{image('small').digest}")
    assert json.loads(stranger("auth", "get", server.host))["Username"] == account.name
    stranger("auth", "logout", server.host)
    assert "UNAUTHORIZED" in stranger.refused("manifest", where)


@pytest.mark.parametrize("source", ["small", "multi"])
def test_what_is_pulled_is_what_was_pushed(
    crane: Client, server: Server, name: str, tmp_path: Path, source: str
) -> None:
    where = f"{server.host}/private/{name}:1"
    crane("push", "--index", image(source).path, where)
    manifest = json.loads(crane("manifest", where))["manifests"][0]
    assert manifest["digest"] == image(source).digest
    pinned = f"{server.host}/private/{name}@{image(source).digest}"
    assert crane("digest", pinned).strip() == image(source).digest
    crane("pull", "--format", "oci", pinned, tmp_path / "pulled")
    index = json.loads((tmp_path / "pulled" / "index.json").read_text())
    assert [entry["digest"] for entry in index["manifests"]] == [image(source).digest]
    pulled = Layout(tmp_path / "pulled")
    assert all(pulled.blob(digest) == content for digest, content in image(source).contents().items())
    assert "FAIL" not in crane("validate", "--remote", where)


def test_anybody_pulls_what_is_public_and_only_that(
    crane: Client, server: Server, name: str, tmp_path: Path
) -> None:
    public, private = (f"{server.host}/{project}/{name}:1" for project in ("library", "private"))
    for where in (public, private):
        crane("push", image("small").path, where)
    nobody = at(tmp_path / "nobody")
    nobody.home.mkdir()
    nobody("pull", public, tmp_path / "image.tar")
    assert (tmp_path / "image.tar").stat().st_size > 1 << 20
    assert "UNAUTHORIZED" in nobody.refused("manifest", private)
    assert "UNAUTHORIZED" in nobody.refused("push", image("small").path, public.replace(":1", ":2"))
    assert "UNAUTHORIZED" in nobody.refused("delete", public.replace(":1", f"@{image('small').digest}"))


def test_tags_and_repositories_are_listed(crane: Client, server: Server, name: str, tmp_path: Path) -> None:
    where = f"{server.host}/library/{name}"
    crane("push", image("small").path, f"{where}:1")
    for tag in ("2", "latest"):
        crane("tag", f"{where}:1", tag)
    assert crane("ls", where).split() == ["1", "2", "latest"]
    administrator = at(tmp_path / "administrator")
    administrator.home.mkdir()
    administrator("auth", "login", server.host, "-u", "admin", "-p", server.settings.admin_password)
    assert f"library/{name}" in administrator("catalog", server.host).split()
    assert "UNAUTHORIZED" in crane.refused("catalog", server.host)


def test_copies_are_deleted_by_digest(crane: Client, server: Server, name: str) -> None:
    first, second = f"{server.host}/private/{name}", f"{server.host}/library/{name}"
    crane("push", image("small").path, f"{first}:1")
    crane("copy", f"{first}:1", f"{second}:1")
    assert crane("digest", f"{second}:1") == crane("digest", f"{first}:1")
    crane("delete", f"{second}@{image('small').digest}")
    assert "MANIFEST_UNKNOWN" in crane.refused("manifest", f"{second}:1")
    assert crane("digest", f"{first}:1").strip() == image("small").digest


def test_a_changed_image_shares_the_layers_of_its_base(
    crane: Client, server: Server, name: str, tmp_path: Path
) -> None:
    where = f"{server.host}/library/{name}"
    crane("push", image("small").path, f"{where}:1")
    crane("mutate", f"{where}:1", "--label", "by=test", "-t", f"{where}:2")
    assert json.loads(crane("config", f"{where}:2"))["config"]["Labels"] == {"by": "test"}
    with tarfile.open(tmp_path / "layer.tar", "w") as layer:
        layer.add(__file__, "test.py")
    crane("append", "-b", f"{where}:2", "-f", tmp_path / "layer.tar", "-t", f"{where}:3")
    layers = [layer["digest"] for layer in json.loads(crane("manifest", f"{where}:3"))["layers"]]
    assert layers[:-1] == image("small").layers
    crane("export", f"{where}:3", tmp_path / "all.tar")
    with tarfile.open(tmp_path / "all.tar") as tar:
        assert {"test.py", "bin/busybox"} <= set(tar.getnames())

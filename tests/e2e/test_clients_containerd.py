"""containerd, by its ctr: pushes, pulls and unpacks."""

import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kangaroo.core.access import Role
from tests.e2e.clients import Client, Layout, image
from tests.e2e.conftest import Account
from tests.e2e.daemons import containerd
from tests.e2e.server import Server

pytestmark = pytest.mark.clients
NATIVE = ("--snapshotter", "native")
ALL = "--all-platforms"


@pytest.fixture(scope="module")
def ctr(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with containerd(tmp_path_factory.mktemp("containerd")) as client:
        yield client


def plain(account: Account, password: str = "") -> tuple[str, ...]:
    return ("--plain-http", "-u", f"{account.name}:{password or account.password}")


def load(ctr: Client, layout: Layout, name: str, folder: Path) -> None:
    """Make a local image `name:test` of it."""
    with tarfile.open(folder / "image.tar", "w") as tar:
        tar.add(layout.path, ".")
    ctr("image", "import", "--no-unpack", ALL, "--base-name", name, folder / "image.tar")


def export(ctr: Client, name: str, folder: Path) -> Layout:
    ctr("image", "export", ALL, folder / "exported.tar", name)
    with tarfile.open(folder / "exported.tar") as tar:
        tar.extractall(folder / "exported", filter="data")
    return Layout(folder / "exported", name.rpartition(":")[2])


@pytest.mark.parametrize("source", ["small", "multi"])
def test_what_is_pulled_is_what_was_pushed(
    ctr: Client, server: Server, account: Account, name: str, tmp_path: Path, source: str
) -> None:
    where = f"{server.host}/private/{name}"
    load(ctr, image(source), where, tmp_path)
    ctr("image", "push", *plain(account), f"{where}:test")
    ctr("image", "rm", "--sync", f"{where}:test")
    ctr("image", "pull", *plain(account), *NATIVE, ALL, f"{where}:test")
    pulled = export(ctr, f"{where}:test", tmp_path)
    assert pulled.digest == image(source).digest
    assert pulled.contents() == image(source).contents()
    ctr("image", "rm", "--sync", f"{where}:test")
    ctr("image", "pull", *plain(account), *NATIVE, f"{where}@{pulled.digest}")


def test_a_whole_system_is_pushed_and_fetched(
    ctr: Client, server: Server, account: Account, name: str, tmp_path: Path
) -> None:
    """Not unpacked: the snapshotter that works everywhere copies all below for each layer."""
    where = f"{server.host}/private/{name}"
    load(ctr, image("debian"), where, tmp_path)
    ctr("image", "push", *plain(account), f"{where}:test")
    ctr("image", "rm", "--sync", f"{where}:test")
    ctr("content", "fetch", *plain(account), ALL, f"{where}:test")
    assert export(ctr, f"{where}:test", tmp_path).contents() == image("debian").contents()


def test_the_password_must_be_right(
    ctr: Client, server: Server, account: Account, name: str, tmp_path: Path
) -> None:
    """It tries it several times, and so the owner is made to wait: here somebody else."""
    where = f"{server.host}/library/{name}"
    load(ctr, image("small"), where, tmp_path)
    server.create_user("forgetful", Role.MAINTAINER, "library")
    wrong = plain(Account("forgetful"), "wrong")
    assert "401 Unauthorized" in ctr.refused("image", "push", *wrong, f"{where}:test")
    ctr("image", "push", *plain(account), f"{where}:test")
    assert "failed to authorize" in ctr.refused("image", "pull", *wrong, *NATIVE, f"{where}:test")
    ctr("image", "pull", *plain(account), *NATIVE, f"{where}:test")


def test_anybody_pulls_what_is_public_and_only_that(
    ctr: Client, server: Server, account: Account, name: str, tmp_path: Path
) -> None:
    public, private = (f"{server.host}/{project}/{name}" for project in ("library", "private"))
    for where in (public, private):
        load(ctr, image("small"), where, tmp_path)
        ctr("image", "push", *plain(account), f"{where}:test")
        ctr("image", "rm", "--sync", f"{where}:test")
    pull = ("image", "pull", "--plain-http", *NATIVE)
    ctr(*pull, f"{public}:test")
    assert "pull access denied" in ctr.refused(*pull, f"{private}:test")
    assert "not found" in ctr.refused(*pull, f"{public}:other")
    ctr("image", "tag", f"{public}:test", f"{public}:new")
    # Without the word in the challenge, this containerd would wait for ever; which of the two it says is a race in it.
    told = ctr.refused("image", "push", "--plain-http", f"{public}:new")
    assert "insufficient_scope" in told or "closed pipe" in told

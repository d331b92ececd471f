"""podman and buildah: log in, push, pull, run and build, each with a storage of its own."""

import json
from pathlib import Path

import pytest

from tests.e2e.clients import Engine, image
from tests.e2e.conftest import Account
from tests.e2e.server import Server

pytestmark = pytest.mark.clients
PLAIN = ("--tls-verify=false", "--authfile", "auth.json")
NOBODY = ("--tls-verify=false", "--authfile", "nobody.json")
# A container that needs neither a network nor limits this machine may not grant.
RUN = ("run", "--rm", "--runtime", "runc", "--network", "none")
LIMITS = ("--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024")


@pytest.fixture
def strangers(tmp_path: Path, short: Path) -> dict[str, Engine]:
    (tmp_path / "nobody.json").write_text("{}")
    return {tool: Engine(tool, tmp_path, run=short) for tool in ("podman", "buildah")}


def logged_in(engine: Engine, server: Server, account: Account) -> Engine:
    login = ("login", *PLAIN, "-u", account.name, "--password-stdin", server.host)
    assert engine(*login, stdin=account.password) == "Login Succeeded!"
    return engine


@pytest.fixture
def podman(strangers: dict[str, Engine], server: Server, account: Account) -> Engine:
    return logged_in(strangers["podman"], server, account)


@pytest.fixture
def buildah(strangers: dict[str, Engine], server: Server, account: Account) -> Engine:
    return logged_in(strangers["buildah"], server, account)


@pytest.mark.parametrize("tool", ["podman", "buildah"])
def test_login(strangers: dict[str, Engine], server: Server, account: Account, tool: str) -> None:
    client = strangers[tool]
    login = ("login", *PLAIN, "-u", account.name)
    assert "invalid username/password" in client.refused(*login, "-p", "wrong", server.host)
    assert client(*login, "-p", account.password, server.host) == "Login Succeeded!"
    assert client("login", *PLAIN, "--get-login", server.host) == account.name
    client("logout", *PLAIN[1:], server.host)


def test_podman_pulls_what_it_pushed(podman: Engine, server: Server, name: str) -> None:
    where = f"{server.host}/private/{name}:1"
    podman.load(image("small"), where)
    podman("push", "-q", *PLAIN, "--digestfile", podman.home / "digest", where)
    podman("rmi", "-a", "-f")
    podman("pull", "-q", *PLAIN, f"{server.host}/private/{name}@{(podman.home / 'digest').read_text()}")
    podman("pull", "-q", *PLAIN, where)
    assert f"sha256:{podman.ids()[where]}" == image("small").manifest["config"]["digest"]


def test_podman_runs_a_program_of_a_pulled_image(podman: Engine, server: Server, name: str) -> None:
    where = f"{server.host}/library/{name}:1"
    podman.load(image("small"), where)
    podman("push", "-q", *PLAIN, where)
    podman("rmi", "-a", "-f")
    assert podman(*RUN, *LIMITS, *NOBODY, where, "echo", "hello").endswith("hello")


def test_anybody_pulls_what_is_public_and_only_that(podman: Engine, server: Server, name: str) -> None:
    public, private = (f"{server.host}/{project}/{name}:1" for project in ("library", "private"))
    for where in (public, private):
        podman.load(image("small"), where)
        podman("push", "-q", *PLAIN, where)
    podman("rmi", "-a", "-f")
    podman("pull", "-q", *NOBODY, public)
    assert public in podman.ids()
    assert "unauthorized" in podman.refused("pull", "-q", *NOBODY, private)
    assert "unauthorized" in podman.refused("push", "-q", *NOBODY, public)


def test_podman_lists_tags_and_pushes_an_index(podman: Engine, server: Server, name: str) -> None:
    where = f"{server.host}/library/{name}"
    podman.load(image("small"), f"{where}:1")
    podman("push", "-q", *PLAIN, f"{where}:1")
    podman("manifest", "create", "both")
    podman("manifest", "add", *PLAIN, "both", f"docker://{where}:1")
    podman("manifest", "push", "--all", *PLAIN, "both", f"docker://{where}:2")
    listed = json.loads(podman("search", "--list-tags", *PLAIN, "--format", "json", where))
    assert listed == [{"Name": where, "Tags": ["1", "2"]}]
    podman("rmi", "-a", "-f")
    podman("pull", "-q", *PLAIN, f"{where}:2")
    assert f"sha256:{podman.ids()[f'{where}:2']}" == image("small").manifest["config"]["digest"]


def test_buildah_builds_on_a_pulled_image_and_pushes_the_result(
    buildah: Engine, server: Server, name: str, tmp_path: Path
) -> None:
    base, built = f"{server.host}/private/{name}:base", f"{server.host}/private/{name}:built"
    buildah.load(image("small"), base)
    buildah("push", "-q", *PLAIN, base)
    buildah("rmi", "-a", "-f")
    (tmp_path / "Containerfile").write_text(f'FROM {base}\nRUN echo built >/made\nCMD ["cat", "/made"]\n')
    buildah("build", "-q", *PLAIN, "--isolation", "chroot", "-t", built, tmp_path)
    buildah("push", "-q", *PLAIN, built)
    pushed = buildah.ids()[built]
    buildah("rmi", "-a", "-f")
    container = buildah("from", "-q", *PLAIN, built)
    assert buildah.ids()[built] == pushed
    buildah("run", "--isolation", "chroot", container, "sh", "-c", '[ "$(cat /made)" = built ]')

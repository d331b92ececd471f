"""The command line against a real server in processes of its own, and against that server's data folder beside it."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tests.e2e.server import PASSWORD, Server
from tests.entrypoints.cli.archives import layout_archive
from tests.entrypoints.cli.driver import Driver, Said


@dataclass(frozen=True)
class Kangaroo:
    """The program, as somebody runs it; `environment` is his."""

    driver: Driver
    environment: dict[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: str | Path, stdin: str = "") -> Said:
        return self.driver(*map(str, arguments), environment=self.environment, stdin=stdin)

    def on(self, **environment: str) -> "Kangaroo":
        return replace(self, environment={**self.environment, **environment})

    def login(self, server: Server, user: str = "admin") -> "Kangaroo":
        """Signed in; the context is called by the user's name."""
        said = self(
            "login", server.url, "-u", user, "--name", user, "--password-stdin", stdin=f"{PASSWORD}\n"
        )
        assert said.code == 0, said.err
        return self


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("server"), workers=1) as running:
        yield running


@pytest.fixture(scope="module")
def driver() -> Iterator[Driver]:
    with Driver() as running:
        yield running


@pytest.fixture
def nobody(driver: Driver, tmp_path: Path) -> Kangaroo:
    """Who has signed in nowhere."""
    return Kangaroo(driver, {"XDG_CONFIG_HOME": str(tmp_path / "config"), "LANG": "C.UTF-8", "LC_ALL": ""})


@pytest.fixture
def admin(nobody: Kangaroo, server: Server) -> Kangaroo:
    return nobody.login(server)


@pytest.fixture(params=["server", "folder"])
def kangaroo(request: pytest.FixtureRequest, nobody: Kangaroo, server: Server) -> Kangaroo:
    """The first administrator, over HTTP and in the data folder."""
    if request.param == "server":
        return nobody.login(server)
    return nobody.on(KANGAROO_DATA=str(server.settings.data))


@pytest.fixture
def unique(request: pytest.FixtureRequest) -> str:
    """A name that no other test uses, and everything may have."""
    return f"t-{hashlib.sha256(request.node.name.encode()).hexdigest()[:10]}"


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of two platforms."""
    return layout_archive(tmp_path_factory.mktemp("archive") / "image.tar", ["amd64", "arm64"])


@pytest.fixture
def member(nobody: Kangaroo, server: Server, unique: str) -> Kangaroo:
    """Who may push to the space `unique`, as the editor of a workspace of that name it is bound to."""
    admin = nobody.login(server)
    user = unique
    password = f"{PASSWORD}\n"
    steps = (
        ("space", "create", unique),
        ("workspace", "create", unique),
        ("bind", unique, unique),
        ("user", "create", user, "--email", f"{user}@example.test", "--password-stdin"),
        ("workspace", "member", "add", unique, user, "--role", "editor"),
    )
    for step in steps:
        said = admin(*step, stdin=password)
        assert said.code == 0, (step, said)
    return admin.login(server, user)

"""Two servers for all tests of real clients, one over http and one over TLS with an authority of its own.

Each test works in repositories named after it, and as a user of its own kind, so that none disturbs another.
"""

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from kangaroo.core.access import Role
from tests.e2e.server import PASSWORD, Server

PRIVATE = "private"


@dataclass(frozen=True)
class Account:
    """Somebody who may push to and delete from the projects library (public) and private."""

    name: str
    password: str = PASSWORD


def prepared(server: Server) -> Server:
    server.create_projects(PRIVATE)
    return server


@pytest.fixture(scope="session")
def plain_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("plain")) as running:
        yield prepared(running)


@pytest.fixture(scope="session")
def secure_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("secure"), tls="auto") as running:
        yield prepared(running)


def watched(running: Server) -> Iterator[Server]:
    """What the server logged meanwhile is shown if the test fails; an error in it fails the test."""
    start = running.log.stat().st_size
    yield running
    for line in running.lines(start):
        print(line)
    assert running.complaints(start) == []


@pytest.fixture
def server(plain_server: Server) -> Iterator[Server]:
    yield from watched(plain_server)


@pytest.fixture
def secure(secure_server: Server) -> Iterator[Server]:
    yield from watched(secure_server)


@pytest.fixture(scope="session")
def accounts() -> dict[tuple[str, str], Account]:
    """By server and client."""
    return {}


@pytest.fixture
def account(
    request: pytest.FixtureRequest, server: Server, accounts: dict[tuple[str, str], Account]
) -> Account:
    """One for the clients of a test module: its failed logins slow down nobody else."""
    name = request.node.path.stem.removeprefix("test_clients_")
    if (server.url, name) not in accounts:
        server.create_user(name, Role.MAINTAINER, "library", PRIVATE)
        accounts[server.url, name] = Account(name)
    return accounts[server.url, name]


@pytest.fixture
def short(tmp_path: Path) -> Iterator[Path]:
    """A folder with a path as short as podman wants that of its run root."""
    with tempfile.TemporaryDirectory(prefix="run") as folder:
        yield Path(folder)


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """Of a repository nobody else uses."""
    return re.sub(r"[^a-z0-9]+", "-", request.node.name.lower()).strip("-")

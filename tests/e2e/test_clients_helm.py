"""helm: logs in, pushes and pulls charts, reads them where they are."""

from pathlib import Path

import pytest

from tests.e2e.clients import Client
from tests.e2e.conftest import Account
from tests.e2e.server import Server

pytestmark = pytest.mark.clients
PLAIN = ("--plain-http",)


def at(home: Path) -> Client:
    places = {f"HELM_{kind}_HOME": str(home / kind.lower()) for kind in ("CACHE", "CONFIG", "DATA")}
    return Client("helm", home, places)


@pytest.fixture
def stranger(tmp_path: Path) -> Client:
    return at(tmp_path)


@pytest.fixture
def helm(stranger: Client, server: Server, account: Account) -> Client:
    login = ("registry", "login", *PLAIN, "-u", account.name, "--password-stdin", server.host)
    stranger(*login, stdin=account.password)
    return stranger


@pytest.fixture
def chart(helm: Client, name: str) -> Path:
    """The packed chart, version 1.2.3, of the test's name."""
    helm("create", name)
    helm("package", name, "--version", "1.2.3", "--app-version", "4.5")
    return helm.home / f"{name}-1.2.3.tgz"


def test_login(stranger: Client, server: Server, account: Account) -> None:
    login = ("registry", "login", *PLAIN, "-u", account.name, "--password-stdin", server.host)
    assert "401: Unauthorized" in stranger.refused(*login, stdin="wrong")
    stranger(*login, stdin=account.password)
    stranger("registry", "logout", server.host)


def test_a_pulled_chart_is_the_pushed_one(helm: Client, server: Server, name: str, chart: Path) -> None:
    helm("push", chart, f"oci://{server.host}/private", *PLAIN)
    where = f"oci://{server.host}/private/{name}"
    (helm.home / "pulled").mkdir()
    helm("pull", where, "--version", "1.2.3", *PLAIN, "-d", "pulled")
    assert (helm.home / "pulled" / chart.name).read_bytes() == chart.read_bytes()
    helm("pull", where, "--version", "^1.0.0", *PLAIN, "--untar", "-d", "pulled")
    assert (helm.home / "pulled" / name / "values.yaml").exists()
    assert 'appVersion: "4.5"' in helm("show", "chart", where, "--version", "1.2.3", *PLAIN)
    assert "kind: Deployment" in helm("template", "release", where, *PLAIN)


def test_the_newest_version_is_found_among_the_tags(
    helm: Client, server: Server, name: str, chart: Path
) -> None:
    """A plus, which no tag can hold, is an underscore there."""
    for version in ("1.3.0", "2.0.0-rc.1+build.7"):
        helm("package", name, "--version", version)
        helm("push", f"{name}-{version}.tgz", f"oci://{server.host}/library", *PLAIN)
    where = f"oci://{server.host}/library/{name}"
    assert "version: 1.3.0" in helm("show", "chart", where, *PLAIN)
    assert "version: 2.0.0-rc.1+build.7" in helm(
        "show", "chart", where, "--version", "2.0.0-rc.1+build.7", *PLAIN
    )


def test_anybody_pulls_what_is_public_and_only_that(
    helm: Client, server: Server, name: str, chart: Path
) -> None:
    for project in ("library", "private"):
        helm("push", chart, f"oci://{server.host}/{project}", *PLAIN)
    nobody = at(helm.home / "nobody")
    nobody.home.mkdir()
    nobody("pull", f"oci://{server.host}/library/{name}", *PLAIN)
    assert (nobody.home / chart.name).read_bytes() == chart.read_bytes()
    refusal = nobody.refused("pull", f"oci://{server.host}/private/{name}", "--version", "1.2.3", *PLAIN)
    assert "unauthorized" in refusal.lower()
    assert "401" in nobody.refused("push", chart, f"oci://{server.host}/library/new", *PLAIN)

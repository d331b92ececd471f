"""The conformance program of the OCI distribution-spec against the real server: all four workflows, whole."""

import os
import subprocess
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.server import PASSWORD, Server
from tests.tools import require

pytestmark = pytest.mark.clients

# Off by default in the version it tests, on in the one under development; we do all of it.
EVERYTHING = {
    "OCI_VERSION": "dev",
    "OCI_API_BLOBS_ATOMIC": "true",
    "OCI_API_BLOBS_DELETE": "true",
    "OCI_API_BLOBS_DIGEST_HEADER": "true",
    "OCI_API_BLOBS_MOUNT_ANONYMOUS": "true",
    "OCI_API_BLOBS_UPLOAD_CANCEL": "true",
    "OCI_API_MANIFESTS_ATOMIC": "true",
    "OCI_API_MANIFESTS_DIGEST_HEADER": "true",
    "OCI_API_MANIFESTS_TAG_PARAM": "true",
    "OCI_DATA_SPARSE": "true",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("server")) as running:
        running.create_projects("conformance", "crossmount")
        yield running


@pytest.mark.parametrize("cached", ["true", "false"], ids=["one token", "a token per request"])
@pytest.mark.parametrize("switches", [{"OCI_VERSION": "1.1"}, EVERYTHING], ids=["1.1", "everything"])
def test_conformance(server: Server, tmp_path: Path, switches: dict[str, str], cached: str) -> None:
    wanted = {
        "OCI_REGISTRY": server.host,
        "OCI_TLS": "disabled",
        "OCI_REPO1": "conformance/testrepo",
        "OCI_REPO2": "crossmount/testrepo",
        "OCI_USERNAME": "admin",
        "OCI_PASSWORD": PASSWORD,
        "OCI_CACHE_AUTH": cached,
        "OCI_LOG": "error",
        "OCI_RESULTS_DIR": str(tmp_path),
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("OCI_")}
    done = subprocess.run(
        [require("oci-conformance")], env=inherited | wanted | switches, capture_output=True, text=True, timeout=240
    )
    print(done.stdout[-20_000:], done.stderr[-4000:])
    cases = list(ElementTree.parse(tmp_path / "junit.xml").iter("testcase"))
    statuses = Counter(case.get("status") for case in cases)
    print(statuses, [case.get("name") for case in cases if case.get("status") != "passed"])
    assert statuses["passed"] == len(cases)
    assert done.returncode == 0

"""Managed Harbors and pull secrets by the command line, against a real API server that has harbor-operator's kinds."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
import yaml

from tests.core.pull_secrets.kit import until
from tests.e2e.server import Server
from tests.entrypoints.cli.conftest import Kangaroo
from tests.entrypoints.platform.managed import spec
from tests.kube.cluster import Cluster, started
from tests.kube.harbor_definitions import CERT_MANAGER, HARBOR_OPERATOR, install
from tests.kube.harbor_operator import install_operator

HOME = "managed-home"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One that knows how clusters reach it."""
    folder = tmp_path_factory.mktemp("server")
    with Server(folder, workers=1, external_url="https://registry.test:8443") as running:
        yield running


@pytest.fixture(scope="module")
def equipped() -> Iterator[Cluster]:
    with started() as cluster:
        install(cluster, HARBOR_OPERATOR)
        install(cluster, CERT_MANAGER)
        install_operator(cluster)
        yield cluster


@pytest.fixture
def namespace(admin: Kangaroo, equipped: Cluster) -> str:
    """Of a cluster that is registered as HOME."""
    if HOME not in admin("cluster", "list", "-q").lines:
        said = admin("cluster", "register", HOME, "--kubeconfig", "-", stdin=equipped.kubeconfig())
        assert said.code == 0, said.err
    return equipped.namespace()


def test_managed_harbors(
    admin: Kangaroo, equipped: Cluster, namespace: str, unique: str, tmp_path: Path
) -> None:
    wanted = {"metadata": {"cluster": HOME, "namespace": namespace, "name": unique}, "spec": spec()}
    file = tmp_path / "harbor.yaml"
    file.write_text(yaml.safe_dump(wanted))
    rows = admin("managed", "preflight", file, "-o", "json")
    assert rows.json
    assert (rows.code == 1) == any(row["verdict"] == "failed" for row in rows.json)
    made = admin("managed", "create", "-", "-o", "json", stdin=json.dumps(wanted))
    assert made.code == 0, made.err
    assert made.json["status"]["details"]["state"] == "CREATING"
    there = ("-n", namespace, "get", "harborclusters", "-o", "name")
    assert equipped.kubectl(*there) == f"harborcluster.goharbor.io/{unique}\n"
    assert admin("managed", "list", "--name", unique, "-q").lines == [unique]
    assert admin("managed", "show", unique, "-o", "json").json["metadata"]["namespace"] == namespace
    early = admin("managed", "password", unique, "--password-stdin", stdin="Another-pass1\n")
    assert (early.code, "Traceback" in early.err) == (5, False)  # it is no registry yet
    assert admin("managed", "delete", unique).code == 2  # nobody was asked
    assert admin("managed", "delete", unique, "--keep-data", "--yes").code == 0
    assert equipped.kubectl(*there) == ""


@pytest.mark.parametrize("text", ["metadata: {cluster: home}", "[]", "{", "metadata: []"])
def test_a_file_that_says_too_little(admin: Kangaroo, text: str) -> None:
    wrong = admin("managed", "create", "-", stdin=text)
    assert (wrong.code, "Traceback" in wrong.err) == (2, False)
    assert admin("managed", "show", "nowhere").code == 3


def test_pull_secrets(admin: Kangaroo, namespace: str, unique: str) -> None:
    assert admin("workspace", "create", unique).code == 0
    assert admin("space", "create", unique).code == 0
    assert admin("bind", unique, unique).code == 0
    assert admin("cluster", "namespace", "bind", HOME, namespace, "-w", unique).code == 0
    listing = ("pull-secret", "list", "-w", unique, "--cluster", HOME, "--name", namespace, "-o", "json")

    def applied() -> bool:
        found = admin(*listing).json
        return bool(found) and found[0]["state"] == "applied"

    asyncio.run(until(in_a_thread(applied), "the secret is there"))
    assert namespace in admin("pull-secret", "list", "-q").lines
    assert admin("pull-secret", "reconcile", unique).code == 0
    assert "1" in admin("pull-secret", "rotate", unique).out
    asyncio.run(until(in_a_thread(applied), "with the new credential"))
    assert admin("pull-secret", "rotate", unique, "--registry", "nowhere").code == 3
    assert admin("pull-secret", "reconcile", "no-such-workspace").code == 3
    assert admin("cluster", "namespace", "unbind", HOME, namespace).code == 0


def in_a_thread(question: Callable[[], bool]) -> Callable[[], Awaitable[bool]]:
    async def asked() -> bool:
        return await asyncio.to_thread(question)

    return asked

"""Clusters by the command line, against a real API server: registered, looked at, their namespaces given away."""

from pathlib import Path

from tests.entrypoints.cli.conftest import Kangaroo
from tests.kube.conftest import shared_cluster

__all__ = ["shared_cluster"]


def test_clusters(admin: Kangaroo, unique: str, shared_cluster, tmp_path: Path) -> None:
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(shared_cluster.kubeconfig())
    made = admin(
        "cluster", "register", unique, "--kubeconfig", kubeconfig, "--description", "d", "-o", "json"
    ).json
    assert (made["server"], made["health"]["state"]) == (shared_cluster.url, "healthy")
    assert admin("cluster", "register", unique, "--kubeconfig", kubeconfig).code == 5
    assert admin("cluster", "list", "--name", unique, "-q").lines == [unique]
    assert admin("cluster", "check", unique, "-o", "json").json["health"]["state"] == "healthy"
    assert admin("cluster", "update", unique).code == 2
    stdin = shared_cluster.kubeconfig()
    assert (
        admin("cluster", "update", unique, "--kubeconfig", "-", "--description", "e", stdin=stdin).code == 0
    )
    assert admin("cluster", "show", unique, "-o", "json").json["description"] == "e"

    namespace = shared_cluster.namespace()
    assert admin("workspace", "create", unique).code == 0
    spaces = ("cluster", "namespace")
    assert admin(*spaces, "bind", unique, namespace, "-w", unique).code == 0
    (one,) = admin(*spaces, "list", unique, "--name", namespace, "-o", "json").json
    assert one["workspace"]["alias"] == unique
    assert namespace in admin(*spaces, "list", unique, "-q").lines
    assert admin("cluster", "delete", unique, "--yes").code == 5  # a namespace belongs to a workspace
    assert admin(*spaces, "unbind", unique, namespace).code == 0
    assert admin("cluster", "delete", unique, "--yes").code == 0
    assert admin("cluster", "show", unique).code == 3


def test_what_is_no_kubeconfig(admin: Kangaroo, unique: str, tmp_path: Path) -> None:
    assert admin("cluster", "register", unique, "--kubeconfig", tmp_path / "none").code == 2
    wrong = admin("cluster", "register", unique, "--kubeconfig", "-", stdin="nothing of the kind")
    assert (wrong.code, "Traceback" in wrong.err) == (2, False)

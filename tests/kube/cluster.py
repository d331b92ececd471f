"""Real Kubernetes API servers for tests: etcd, kube-apiserver and kube-controller-manager, no containers, no kubelet.

    with started() as cluster:                      # 4 to 6 s
    with started_together(2) as (one, other):       # hardly longer
        cluster.kubeconfig()                         # of an administrator: inline authority and token, as YAML
        cluster.kubeconfig_of("reader", rules)       # of a ServiceAccount-like user who may only that
        cluster.kill(); cluster.restart()            # kill -9, and back at the same address with the same data

Pods stay Pending, as there is no kubelet: a test that needs one running writes its status. Deployments make
ReplicaSets and Pods, namespaces end, owned objects are collected, quotas are counted.
"""

import base64
import contextlib
import http.client
import json
import os
import secrets
import signal
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from tests.remote.authority import Authority
from tests.tools import missing

SCRIPT = Path(__file__).parents[2] / ".ci" / "kubernetes"
ADMIN = "admin"
_PATIENCE = 60.0
_TAKEN = "address already in use"
_CONTROLLERS = (
    "namespace-controller,serviceaccount-controller,garbage-collector-controller,resourcequota-controller,"
    "deployment-controller,replicaset-controller,clusterrole-aggregation-controller"
)
Rules = Sequence[Mapping[str, Any]]
"""As in a ClusterRole: [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}]."""


def programs() -> Path:
    """The folder of the programs, or no test."""
    folder = Path(
        subprocess.run([SCRIPT, "--path"], capture_output=True, text=True, check=True).stdout.strip()
    )
    if not (folder / "kube-apiserver").exists():
        missing("kube-apiserver is not built", optional=False, why="`make clients` builds it")
    return folder


def kubectl() -> Path:
    return programs() / "kubectl"


class Cluster:
    """One API server with its store. `folder` holds its data, keys and logs."""

    def __init__(self, folder: Path, folder_of_programs: Path) -> None:
        self.folder = folder
        self._programs = folder_of_programs
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._tokens: dict[str, str] = {}
        self.port = 0

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def begin(self) -> None:
        """Start everything; `wait` says when it answers."""
        self.authority = Authority(self.folder, "Test cluster")
        self._pair = self.authority.issue("127.0.0.1", "localhost")
        (self.folder / "authority.pem").write_text(self.authority.pem)
        self._tokens = {ADMIN: secrets.token_hex(16)}
        self._write_tokens({f"nobody-{number}": secrets.token_hex(16) for number in range(8)})
        self._boot()

    def _boot(self) -> None:
        self.port, self._store_port, self._peer_port = _free_ports(3)
        self._start_etcd()
        self._start_apiserver()

    def wait(self) -> None:
        """Until it serves, and its default objects are there."""
        try:
            self._await_ready()
        except AssertionError:
            if _TAKEN not in self._said("etcd") + self._said("apiserver"):
                raise
            self.stop()  # somebody was quicker to one of the ports
            self._boot()
            self._await_ready()
        self._start_controllers()

    def kill(self) -> None:
        """The API server is gone without a word, as when its machine is."""
        self._end("apiserver", signal.SIGKILL)

    def restart(self) -> None:
        """The API server again, at the same address; returns when it answers."""
        self._start_apiserver()
        self._await_ready()

    def stop(self) -> None:
        for name in list(self._running):
            self._end(name, signal.SIGKILL)  # nothing of theirs is kept

    def kubeconfig(self, token: str = "") -> str:
        """Of the administrator (group system:masters), or of whoever has the token."""
        return self._kubeconfig({"token": token or self._tokens[ADMIN]})

    def kubeconfig_by_certificate(self, name: str = "certified", group: str = "system:masters") -> str:
        """The same by a client certificate."""
        issued = self.authority.issue_client(name, group)
        return self._kubeconfig(
            {
                "client-certificate-data": _base64(issued.certificate.read_bytes()),
                "client-key-data": _base64(issued.key.read_bytes()),
            }
        )

    def kubeconfig_of(self, name: str, rules: Rules) -> str:
        """Of somebody new who may do this and nothing else, in all namespaces; [] is nothing at all."""
        free = next(user for user in self._tokens if user.startswith("nobody-"))
        token = self._tokens.pop(free)
        rbac = "rbac.authorization.k8s.io"
        role = {"apiVersion": f"{rbac}/v1", "kind": "ClusterRole", "metadata": {"name": name}, "rules": rules}
        binding = {
            "apiVersion": f"{rbac}/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": name},
            "roleRef": {"apiGroup": rbac, "kind": "ClusterRole", "name": name},
            "subjects": [{"apiGroup": rbac, "kind": "User", "name": free}],
        }
        self.call("POST", f"/apis/{rbac}/v1/clusterroles", role)
        self.call("POST", f"/apis/{rbac}/v1/clusterrolebindings", binding)
        return self.kubeconfig(token)

    def call(self, method: str, path: str, body: object = None, *, form: str = "application/json") -> Any:
        """The JSON of an answer, as the administrator; fails the test for a refusal."""
        status, answer = self.ask(method, path, body, form=form)
        assert status < 300, (method, path, status, answer)
        return answer

    def ask(
        self, method: str, path: str, body: object = None, *, form: str = "application/json"
    ) -> tuple[int, Any]:
        """Status and JSON. Raises OSError when nobody answers."""
        trust = ssl.create_default_context(cadata=self.authority.pem)
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=trust, timeout=10)
        try:
            headers = {"Authorization": f"Bearer {self._tokens[ADMIN]}", "Content-Type": form}
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        is_json = answer.headers.get("Content-Type", "").startswith("application/json")
        return answer.status, json.loads(content) if is_json else content.decode()

    def namespace(self, name: str = "", labels: Mapping[str, str] | None = None) -> str:
        """A new one; of a name nobody else has, unless one is given."""
        name = name or f"test-{secrets.token_hex(5)}"
        self.call("POST", "/api/v1/namespaces", {"metadata": {"name": name, "labels": dict(labels or {})}})
        return name

    def kubectl(self, *arguments: str, stdin: str = "") -> str:
        """What it prints. Raises CalledProcessError."""
        path = self.folder / "kubeconfig"
        path.write_text(self.kubeconfig())
        command = [str(self._programs / "kubectl"), "--kubeconfig", str(path), *arguments]
        environment = {**os.environ, "HOME": str(self.folder)}
        done = subprocess.run(
            command, input=stdin, capture_output=True, text=True, check=True, env=environment
        )
        return done.stdout

    def _start_etcd(self) -> None:
        peer = f"http://127.0.0.1:{self._peer_port}"
        self._start(
            "etcd",
            f"--data-dir={self.folder}/etcd",
            f"--listen-client-urls={self._store}",
            f"--advertise-client-urls={self._store}",
            f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}",
            f"--initial-cluster=default={peer}",
            "--unsafe-no-fsync",
            "--log-level=error",
        )

    @property
    def _store(self) -> str:
        return f"http://127.0.0.1:{self._store_port}"

    def _start_apiserver(self) -> None:
        self._start(
            "apiserver",
            f"--etcd-servers={self._store}",
            "--bind-address=127.0.0.1",
            "--advertise-address=127.0.0.1",
            f"--secure-port={self.port}",
            f"--tls-cert-file={self._pair.certificate}",
            f"--tls-private-key-file={self._pair.key}",
            f"--client-ca-file={self.folder}/authority.pem",
            f"--token-auth-file={self.folder}/tokens.csv",
            "--authorization-mode=RBAC",
            "--service-account-issuer=https://kubernetes.test",
            f"--service-account-key-file={self._pair.certificate}",
            f"--service-account-signing-key-file={self._pair.key}",
            "--service-cluster-ip-range=10.0.0.0/20",
            "--disable-admission-plugins=ServiceAccount",
            "--endpoint-reconciler-type=none",
            "--profiling=false",
            "--v=0",
            program="kube-apiserver",
        )

    def _start_controllers(self) -> None:
        path = self.folder / "controllers.kubeconfig"
        path.write_text(self.kubeconfig())
        self._start(
            "controllers",
            f"--kubeconfig={path}",
            f"--controllers={_CONTROLLERS}",
            "--leader-elect=false",
            "--secure-port=0",
            "--profiling=false",
            program="kube-controller-manager",
        )

    def _start(self, name: str, *arguments: str, program: str = "") -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            command = [str(self._programs / (program or name)), *arguments]
            self._running[name] = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def _end(self, name: str, how: signal.Signals) -> None:
        process = self._running.pop(name, None)
        if process is not None:
            process.send_signal(how)
            process.wait()

    def _await_ready(self) -> None:
        end = time.monotonic() + _PATIENCE
        while True:
            for name in ("etcd", "apiserver"):
                assert self._running[name].poll() is None, f"{name} ended: {self._said(name)}"
            with contextlib.suppress(OSError, http.client.HTTPException):
                if (
                    self.ask("GET", "/readyz")[0] == 200
                    and self.ask("GET", "/api/v1/namespaces/default")[0] == 200
                ):
                    return
            assert time.monotonic() < end, f"the API server is not ready: {self._said('apiserver')}"
            time.sleep(0.05)  # it tells nobody when it is

    def _said(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")[-2000:]

    def _kubeconfig(self, user: Mapping[str, str]) -> str:
        cluster = {"server": self.url, "certificate-authority-data": _base64(self.authority.pem.encode())}
        document = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "test", "cluster": cluster}],
            "users": [{"name": "tester", "user": dict(user)}],
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": "tester"}}],
            "current-context": "test",
        }
        return yaml.safe_dump(document)

    def _write_tokens(self, others: Mapping[str, str]) -> None:
        """Who is known: read once, so those who are given rights later are there from the beginning."""
        self._tokens |= others
        lines = [
            f"{token},{name},{name}" + (',"system:masters"' if name == ADMIN else "")
            for name, token in self._tokens.items()
        ]
        (self.folder / "tokens.csv").write_text("\n".join(lines) + "\n")


@contextlib.contextmanager
def started() -> Iterator[Cluster]:
    """One cluster, gone with the block."""
    with started_together(1) as (cluster,):
        yield cluster


@contextlib.contextmanager
def started_together(count: int) -> Iterator[Sequence[Cluster]]:
    """Several, that boot at the same time."""
    with contextlib.ExitStack() as ends:
        folders = [
            Path(ends.enter_context(tempfile.TemporaryDirectory(prefix="kube-"))) for _ in range(count)
        ]
        clusters = [Cluster(folder, programs()) for folder in folders]
        for cluster in clusters:
            ends.callback(cluster.stop)
            cluster.begin()
        for cluster in clusters:
            cluster.wait()
        yield clusters


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _free_ports(count: int) -> list[int]:
    """Different ones: each is held until all are found."""
    with contextlib.ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]

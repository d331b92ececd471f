"""The main job, end to end, step by step: `make demo` shows it, and test_pull_secrets.py holds it.

A real server with its job worker, a real API server, a real image, and a credential that really pulls it.
"""

import base64
import json
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from tests.e2e.clients import Layout
from tests.e2e.forwarder import Forwarder
from tests.e2e.server import PASSWORD, Server, until
from tests.kube.cluster import Cluster, started
from tests.tools import installed, require

T = TypeVar("T")
BASE = "/apis/kangaroo.io/v1alpha1"
SECRET = "/api/v1/namespaces/{}/secrets/registry-secret"


class Site:
    """The server behind its forwarder, spoken to as its administrator, and a cluster it knows as `home`."""

    def __init__(self, server: Server, forwarder: Forwarder, cluster: Cluster, folder: Path) -> None:
        self.server = server
        self.host = forwarder.host
        self.cluster = cluster
        self._folder = folder
        self._basic = base64.b64encode(f"admin:{PASSWORD}".encode()).decode()

    def api(self, method: str, path: str, body: object = None) -> Any:
        request = urllib.request.Request(
            f"{self.server.url}{BASE}/{path}",
            None if body is None else json.dumps(body).encode(),
            {"Authorization": f"Basic {self._basic}", "Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def auths(self, namespace: str) -> dict[str, dict[str, str]] | None:
        status, found = self.cluster.ask("GET", SECRET.format(namespace))
        if status != 200:
            return None
        text = base64.b64decode(found["data"].get(".dockerconfigjson", ""))
        table: dict[str, dict[str, str]] | None = json.loads(text or "{}").get("auths")
        return table

    def push(self, repository: str, image: Layout) -> str:
        """As the administrator; its digest."""
        digest = self._folder / "digest"
        command = [str(require("skopeo")), "copy", "--dest-tls-verify=false", f"--digestfile={digest}"]
        command += [f"--dest-creds=admin:{PASSWORD}", image.oci, f"docker://{self.host}/{repository}:v1"]
        subprocess.run(command, check=True, capture_output=True)
        return digest.read_text().strip()

    def pulls(self, auths: dict[str, dict[str, str]], image: str) -> bool:
        """As the kubelet would with this content of a secret."""
        config = self._folder / "config.json"
        config.write_text(json.dumps({"auths": auths}))
        to = self._folder / f"pulled-{time.monotonic_ns()}"
        command = [str(require("skopeo")), "copy", "--src-tls-verify=false", f"--authfile={config}"]
        command += [f"docker://{self.host}/{image}", f"dir:{to}"]
        done = subprocess.run(command, check=False, capture_output=True)
        return done.returncode == 0

    def manifest(self, auth: dict[str, str], image: str) -> int:
        """Status of asking for it with this credential."""
        repository, _, digest = image.partition("@")
        url = f"{self.server.url}/v2/{repository}/manifests/{digest}"
        request = urllib.request.Request(
            url, headers={"Authorization": f"Basic {auth['auth']}", "Accept": "*/*"}
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                status: int = answer.status
                return status
        except urllib.error.HTTPError as error:
            return error.code


@contextmanager
def site_in(folder: Path) -> Iterator[Site]:
    with started() as cluster, Forwarder() as forwarder, Server(folder, external_url=forwarder.url) as server:
        forwarder.target = ("127.0.0.1", server.port)
        yield Site(server, forwarder, cluster, folder)
        assert server.complaints() == []


@dataclass(frozen=True)
class Step:
    """What was done, how many seconds it took, and what came of it."""

    told: str
    seconds: float
    result: str


def _timed(told: str, action: Callable[[], T], result: Callable[[T], str] = str) -> tuple[Step, T]:
    began = time.monotonic()
    value = action()
    return Step(told, time.monotonic() - began, result(value)), value


class MainJob:
    """A team gets an image into its namespaces. `converged` is the step from a binding to its secrets."""

    def __init__(self, site: Site, image: Layout) -> None:
        self._site = site
        self._image = image
        self._team = 0
        self._namespaces: list[str] = []
        self.converged: Step | None = None

    def steps(self) -> Iterator[Step]:
        """Raises AssertionError at the first that fails."""
        mine, others = yield from self._content()
        yield from self._bind()
        auths = self._auths(0)
        yield self._do("The credential pulls the image by its digest", lambda: self._pulls(auths, mine))
        yield self._do("and no other private image", lambda: self._refused(auths, others))
        yield from self._broken_by_hand(auths)
        renewed = yield from self._rotated(auths, mine)
        yield from self._outage(renewed)
        yield from self._unbound(renewed, mine)

    def _content(self) -> Generator[Step, None, tuple[str, str]]:
        site, digests = self._site, []
        for space in ("team-a", "other"):
            site.api("POST", "registries/kangaroo/projects", {"project": space})
            push = partial(site.push, f"{space}/app", self._image)
            step, digest = _timed(f"Push a Debian image to the private space {space}", push)
            digests.append(f"{space}/app@{digest}")
            yield step
        body = {"name": "home", "kubeconfig": site.cluster.kubeconfig()}
        yield _timed(
            "Register a Kubernetes cluster",
            lambda: site.api("POST", "clusters", body),
            lambda one: one["version"],
        )[0]
        return digests[0], digests[1]

    def _bind(self) -> Iterator[Step]:
        site = self._site
        step, made = _timed(
            "Create a workspace",
            lambda: site.api("POST", "workspaces", {"alias": "team"}),
            lambda one: one["alias"],
        )
        self._team = made["workspaceId"]
        yield step
        bound = {"bindingWorkspace": [str(self._team)]}
        binding = partial(site.api, "PUT", "registries/kangaroo/projects/team-a/binding", bound)
        yield _timed("Bind the space team-a to it", binding, lambda _: "bound")[0]
        self._namespaces = [site.cluster.namespace(), site.cluster.namespace()]
        body = {"namespaces": self._namespaces, "workspace": self._team}

        def bind() -> str:
            site.api("POST", "clusters/home/namespaces/bind", body)
            until(lambda: all(site.auths(one) for one in self._namespaces), "both have their secret")
            return "both have registry-secret"

        self.converged = self._do("Bind two namespaces", bind)
        yield self.converged

    def _broken_by_hand(self, auths: dict[str, dict[str, str]]) -> Iterator[Step]:
        first, cluster = self._namespaces[0], self._site.cluster

        def right() -> str:
            until(lambda: self._site.auths(first) == auths, "the secret is right again")
            return "right again"

        def deleted() -> str:
            cluster.call("DELETE", SECRET.format(first))
            return right()

        def edited() -> str:
            edit = {"data": {".dockerconfigjson": "e30="}}
            cluster.call("PATCH", SECRET.format(first), edit, form="application/merge-patch+json")
            return right()

        yield self._do("Delete the secret by hand", deleted)
        yield self._do("Edit the secret by hand", edited)

    def _rotated(
        self, auths: dict[str, dict[str, str]], image: str
    ) -> Generator[Step, None, dict[str, dict[str, str]]]:
        site = self._site

        def rotate() -> str:
            site.api("POST", f"workspaces/{self._team}/pull-secrets/rotate", {})
            changed = lambda: all(site.auths(one) not in (None, auths) for one in self._namespaces)  # noqa: E731
            until(changed, "both have a new credential")
            until(lambda: site.manifest(auths[site.host], image) == 401, "the old one is refused")
            return "both have a new one; the old one is refused"

        yield self._do("Rotate the credential", rotate)
        renewed = self._auths(0)
        yield self._do("The new one pulls", lambda: self._pulls(renewed, image))
        return renewed

    def _outage(self, auths: dict[str, dict[str, str]]) -> Iterator[Step]:
        site, second = self._site, self._namespaces[1]

        def kill() -> str:
            site.cluster.kill()
            site.cluster.restart()
            site.cluster.call("DELETE", SECRET.format(second))
            until(lambda: site.auths(second) == auths, "it is looked after again")
            return "right again"

        yield self._do("Kill the API server, start it again, delete a secret", kill)

    def _unbound(self, auths: dict[str, dict[str, str]], image: str) -> Iterator[Step]:
        site = self._site

        def unbind() -> str:
            site.api("POST", "clusters/home/namespaces/unbind", {"namespaces": self._namespaces})
            until(lambda: all(site.auths(one) is None for one in self._namespaces), "both are gone")
            until(lambda: site.manifest(auths[site.host], image) == 401, "the credential is refused")
            return "both secrets are gone; the credential is refused"

        yield self._do("Unbind the namespaces", unbind)

    def _auths(self, number: int) -> dict[str, dict[str, str]]:
        found = self._site.auths(self._namespaces[number])
        assert found is not None
        assert list(found) == [self._site.host]
        return found

    def _pulls(self, auths: dict[str, dict[str, str]], image: str) -> str:
        assert self._site.pulls(auths, image), f"{image} is not pulled"
        return "pulled"

    def _refused(self, auths: dict[str, dict[str, str]], image: str) -> str:
        assert not self._site.pulls(auths, image), f"{image} is pulled"
        return "refused"

    @staticmethod
    def _do(told: str, action: Callable[[], str]) -> Step:
        return _timed(told, action)[0]


def debian() -> Layout:
    """The image of debootstrap that `make clients` makes."""
    return Layout(installed() / "images" / "debian")


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="kangaroo-demo-") as folder:
        began = time.monotonic()
        with site_in(Path(folder)) as site:
            print(
                f"{time.monotonic() - began:7.2f} s  Kangaroo and a Kubernetes API server are up: {site.host}"
            )
            for step in MainJob(site, debian()).steps():
                print(f"{step.seconds:7.2f} s  {step.told}: {step.result}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Real clients as their users run them: a program with a home of its own, and the images it pushes."""

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.tools import installed, missing, require

SECONDS = 120.0
ADMIN_PATHS = "/usr/local/sbin:/usr/sbin:/sbin"


@dataclass(frozen=True)
class Client:
    """`options` stand between the command and its arguments, as what says where its credentials are."""

    tool: str
    home: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: str | Path, stdin: str = "", cwd: Path | None = None) -> str:
        """Its standard output."""
        done = self._run(arguments, stdin, cwd)
        if done.returncode:
            raise AssertionError(f"{self._said(arguments, done)}\nexit code {done.returncode}")
        return done.stdout

    def refused(self, *arguments: str | Path, stdin: str = "", cwd: Path | None = None) -> str:
        """What it says, on both outputs, when it fails; and it must."""
        done = self._run(arguments, stdin, cwd)
        assert done.returncode, f"this should have failed: {self._said(arguments, done)}"
        return done.stdout + done.stderr

    def _run(
        self, arguments: tuple[str | Path, ...], stdin: str, cwd: Path | None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [require(self.tool), *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
            cwd=cwd or self.home,
            env=self._surroundings(),
        )

    def _surroundings(self) -> dict[str, str]:
        """Nothing of the machine's own settings, no proxy, no credentials."""
        path = f"{os.environ['PATH']}:{ADMIN_PATHS}"
        return {"PATH": path, "HOME": str(self.home), "LC_ALL": "C.UTF-8", **self.environment}

    def _said(self, arguments: tuple[str | Path, ...], done: subprocess.CompletedProcess[str]) -> str:
        words = " ".join([self.tool, *map(str, arguments)])
        return f"{words}\n{done.stdout[-4000:]}{done.stderr[-4000:]}"


@dataclass(frozen=True)
class Layout:
    """An image in an OCI layout, under one tag."""

    path: Path
    tag: str = "test"

    @property
    def oci(self) -> str:
        return f"oci:{self.path}:{self.tag}"

    @property
    def digest(self) -> str:
        entries = json.loads((self.path / "index.json").read_text())["manifests"]
        named = "org.opencontainers.image.ref.name"
        found = [entry["digest"] for entry in entries if entry.get("annotations", {}).get(named) == self.tag]
        assert len(found) == 1, entries
        return str(found[0])

    @property
    def manifest(self) -> dict[str, Any]:
        return self.json(self.digest)

    @property
    def layers(self) -> list[str]:
        return [layer["digest"] for layer in self.manifest["layers"]]

    def blob(self, digest: str) -> bytes:
        return (self.path / "blobs" / digest.replace(":", "/")).read_bytes()

    def json(self, digest: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.blob(digest))
        return found

    def contents(self) -> dict[str, bytes]:
        """Everything the image consists of, by digest, through all indexes."""
        found: dict[str, bytes] = {}
        waiting = [self.digest]
        while waiting:
            digest = waiting.pop()
            found[digest] = self.blob(digest)
            read = json.loads(found[digest]) if found[digest].startswith(b"{") else {}
            parts = [*read.get("manifests", []), *read.get("layers", []), read.get("config") or {}]
            waiting += [part["digest"] for part in parts if "digest" in part]
        return found


@dataclass(frozen=True)
class Engine(Client):
    """podman or buildah, with a storage of its own; the path of `run` must be short."""

    run: Path = Path()

    def __call__(self, *arguments: str | Path, stdin: str = "", cwd: Path | None = None) -> str:
        return super().__call__(*self._places(), *arguments, stdin=stdin, cwd=cwd).strip()

    def refused(self, *arguments: str | Path, stdin: str = "", cwd: Path | None = None) -> str:
        return super().refused(*self._places(), *arguments, stdin=stdin, cwd=cwd)

    def load(self, layout: Layout, name: str) -> None:
        """Make a local image of it."""
        self("pull", "-q", f"oci:{layout.path.name}:{layout.tag}", cwd=layout.path.parent)
        self("tag", f"localhost/{layout.path.name}", name)

    def ids(self) -> dict[str, str]:
        """Image ids, which are the digests of their configs, by name."""
        if self.tool == "buildah":
            images = [(one["names"], one["id"]) for one in json.loads(self("images", "--json"))]
        else:
            images = [(one["Names"], one["Id"]) for one in json.loads(self("images", "--format=json"))]
        return {name: identity for names, identity in images for name in names or ()}

    def _places(self) -> tuple[str | Path, ...]:
        places = ("--root", self.home / "root", "--runroot", self.run, "--storage-driver", "vfs")
        return (*places, "--tmpdir", self.run) if self.tool == "podman" else places


def image(name: str) -> Layout:
    """One of those `make clients` has made: debian (over 100 MB), small, multi (two platforms)."""
    path = installed() / "images" / name
    if not (path / "index.json").exists():
        missing(f"the image {name} is not there", optional=False, why="`make clients` makes it")
    return Layout(path)

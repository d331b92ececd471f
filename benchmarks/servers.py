"""The servers under test: how each is started with its own defaults of durability, and how its version is asked."""

import base64
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import processes
from benchmarks.content import REPOSITORY, Seeder

PASSWORD = "Bench-12345"
BASIC = "Basic " + base64.b64encode(f"admin:{PASSWORD}".encode()).decode()
TOKEN_PATH = f"/service/token?service=harbor-registry&scope=repository:{REPOSITORY}:pull,push"
DISTRIBUTION_CONFIG = """\
version: 0.1
log:
  level: error
  accesslog:
    disabled: true
storage:
  cache:
    blobdescriptor: inmemory
  filesystem:
    rootdirectory: {folder}/registry
    maxthreads: 100
  delete:
    enabled: true
http:
  addr: 127.0.0.1:{port}
"""


class NotStarted(Exception):
    """A server ended, or did not answer in time; the message ends with the last lines of its log."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One program. `command` takes port and data folder and may write a configuration there."""

    name: str
    program: str
    version: tuple[str, ...]
    command: Callable[[str, int, Path], list[str]]
    ready: str = "/v2/"
    environment: dict[str, str] = field(default_factory=dict)
    authorized: bool = False


def _distribution(program: str, port: int, folder: Path) -> list[str]:
    config = folder / "config.yml"
    config.write_text(DISTRIBUTION_CONFIG.format(folder=folder, port=port))
    return [program, "serve", str(config)]


def _zot(program: str, port: int, folder: Path) -> list[str]:
    config = folder / "config.json"
    settings = {
        "distSpecVersion": "1.1.1",
        "storage": {"rootDirectory": str(folder / "registry")},
        "http": {"address": "127.0.0.1", "port": str(port)},
        "log": {"level": "error"},
    }
    config.write_text(json.dumps(settings))
    return [program, "serve", str(config)]


def _kangaroo(program: str, port: int, folder: Path) -> list[str]:
    data = str(folder / "data")
    return [program, "serve", "--host", "127.0.0.1", "--port", str(port), "--data", data, "--workers", "2"]


def kinds() -> tuple[list[Kind], list[str]]:
    """The servers found on this machine, and a sentence for each that was not."""
    clients = Path(os.environ.get("KANGAROO_CLIENTS", Path.home() / ".cache/kangaroo/clients")) / "bin"
    beside = Path(sys.executable).parent

    def find(name: str) -> str:
        return shutil.which(name, path=f"{clients}:{beside}:{os.environ.get('PATH', '')}") or ""

    known = [
        Kind("docker-registry", find("docker-registry"), ("--version",), _distribution),
        # Version 3 sends traces to a collector unless told otherwise; nobody listens for them here.
        Kind(
            "distribution",
            find("distribution"),
            ("--version",),
            _distribution,
            environment={"OTEL_TRACES_EXPORTER": "none"},
        ),
        Kind("zot", find("zot"), ("--version",), _zot),
        Kind(
            "kangaroo",
            find("kangaroo"),
            ("version",),
            _kangaroo,
            ready="/healthz",
            environment={"KANGAROO_ADMIN_PASSWORD": PASSWORD},
            authorized=True,
        ),
    ]
    missing = [f"{kind.name} is not installed here and was left out." for kind in known if not kind.program]
    return [kind for kind in known if kind.program], missing


def version_of(kind: Kind) -> str:
    done = subprocess.run([kind.program, *kind.version], capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    found = re.search(r'"commit":"v?([^"]+)"', said) or re.search(r"(?:\s|^)v?(\d+\.\d+\S*)", said)
    return found[1] if found else "unknown"


class Server:
    """One running server in a folder of its own, which is removed when it stops."""

    def __init__(self, kind: Kind, folder: Path, environment: dict[str, str] | None = None) -> None:
        self.kind = kind
        self.ready_seconds = 0.0
        self.idle_rss = 0
        self.idle_pss = 0
        self.uploaded = False
        self.paths: dict[str, list[str]] = {"token": [TOKEN_PATH]}
        self._folder = folder
        self._environment = environment or {}
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def start(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._folder.mkdir(parents=True)
        command = self.kind.command(self.kind.program, self.port, self._folder)
        began = time.monotonic()
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                cwd=self._folder,
                env={**os.environ, **self.kind.environment, **self._environment},
                start_new_session=True,
            )
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() - began > 60:
                last = (self._folder / "log").read_text(errors="replace")[-1500:]
                self.stop()
                raise NotStarted(f"{self.kind.name}: {last}")
            time.sleep(0.01)
        self.ready_seconds = time.monotonic() - began

    def settle(self) -> None:
        """Wait until the start is over and take the memory of rest."""
        time.sleep(1)
        self.idle_rss = processes.resident_bytes(self.pid)
        self.idle_pss = processes.proportional_bytes(self.pid)

    def stop(self) -> None:
        if self._process:
            everyone = processes.family(self._process.pid)
            self._process.terminate()
            try:
                self._process.wait(40)
            except subprocess.TimeoutExpired:
                for pid in everyone:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)
        self._process = None

    def renew(self) -> None:
        """Start again with nothing stored."""
        self.stop()
        self.paths = {"token": [TOKEN_PATH]}
        self.uploaded = False
        self.start()

    def seed(self, target: str) -> list[str]:
        if target and target not in self.paths:
            self.paths[target] = Seeder(self.port, dict(h.split(": ", 1) for h in self.headers())).seed(
                target
            )
        return self.paths.get(target, [])

    def headers(self) -> list[str]:
        """What a client of this server sends to be let in: a token of its own for ours, nothing for the open ones."""
        if not self.kind.authorized:
            return []
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{TOKEN_PATH}", headers={"Authorization": BASIC}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return [f"Authorization: Bearer {json.load(answer)['token']}"]

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{self.port}{self.kind.ready}", timeout=5
            ) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

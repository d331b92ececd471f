"""Daemons that clients need: containerd and dockerd, each with all its state in one folder, ended with the test."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.clients import ADMIN_PATHS, Client
from tests.e2e.server import until
from tests.tools import require

# What needs more than a folder.
DISABLED = (
    "io.containerd.grpc.v1.cri",
    "io.containerd.internal.v1.opt",
    "io.containerd.snapshotter.v1.aufs",
    "io.containerd.snapshotter.v1.btrfs",
    "io.containerd.snapshotter.v1.devmapper",
    "io.containerd.snapshotter.v1.zfs",
)


@contextmanager
def containerd(home: Path) -> Iterator[Client]:
    """ctr, speaking to a containerd of its own."""
    socket = home / "containerd.sock"
    config = f"""\
version = 2
root = "{home}/root"
state = "{home}/state"
disabled_plugins = {list(DISABLED)}
[grpc]
  address = "{socket}"
[ttrpc]
  address = "{home}/ttrpc.sock"
"""
    (home / "config.toml").write_text(config.replace("'", '"'))
    ctr = Client("ctr", home, {"CONTAINERD_ADDRESS": str(socket), "CONTAINERD_NAMESPACE": "test"})
    with _running([require("containerd"), "-c", home / "config.toml"], home, lambda: ctr("version")):
        yield ctr


@contextmanager
def dockerd(home: Path, *insecure: str) -> Iterator[Client]:
    """docker, speaking to a daemon of its own that makes no networks and speaks http to some registries."""
    (home / "empty.json").write_text("{}")
    socket = f"unix://{home}/docker.sock"
    command: list[str | Path] = [
        require("dockerd"),
        *("--config-file", home / "empty.json", "--data-root", home / "data", "--exec-root", home / "exec"),
        *("-H", socket, "-p", home / "pid", "--storage-driver", "vfs"),
        *("--iptables=false", "--ip-masq=false", "--bridge=none"),
        *(f"--insecure-registry={registry}" for registry in insecure),
    ]
    docker = Client("docker", home, {"DOCKER_HOST": socket, "DOCKER_CONFIG": str(home / "config")})
    try:
        with _running(command, home, lambda: docker("version")):
            yield docker
    finally:
        subprocess.run(
            ["umount", home / "exec" / "netns" / "default"], stderr=subprocess.DEVNULL, check=False
        )


@contextmanager
def _running(command: list[str | Path], home: Path, ask: Callable[[], str]) -> Iterator[None]:
    environment: Mapping[str, str] = {"PATH": f"{os.environ['PATH']}:{ADMIN_PATHS}", "HOME": str(home)}
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment, start_new_session=True)
    try:
        until(lambda: _answers(process, ask), f"{command[0]} answers: see {home}/log")
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(process: subprocess.Popen[bytes], ask: Callable[[], str]) -> bool:
    assert process.poll() is None, f"it ended with exit code {process.returncode}"
    try:
        ask()
    except AssertionError:
        time.sleep(0.1)
        return False
    return True

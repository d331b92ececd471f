"""Servers of tests, on free ports of the loopback address: stand-ins in this process, docker-registry beside it."""

import contextlib
import socket
import ssl
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from aiohttp import web

from tests.remote.authority import Issued
from tests.tools import require

USER, PASSWORD = "tester", "Passw0rd-of-remote"


@asynccontextmanager
async def served(
    app: web.Application, tls: ssl.SSLContext | None = None, port: int = 0
) -> AsyncIterator[str]:
    """The URL, by address. With `port` it comes back to where it was."""
    runner = web.AppRunner(app, shutdown_timeout=0, handler_cancellation=True)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", port, ssl_context=tls)
        await site.start()
        yield f"{'https' if tls else 'http'}://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def docker_registry(
    folder: Path, *, users: bool = False, tls: Issued | None = None, delete: bool = True
) -> Iterator[str]:
    """Debian's, in a process of its own; `users`: with htpasswd, for USER and PASSWORD."""
    program = require("docker-registry")
    port = free_port()
    config = _config(folder, port, delete, tls)
    if users:
        secrets = folder / "htpasswd"
        lines = subprocess.run(
            [require("htpasswd"), "-Bbn", USER, PASSWORD], capture_output=True, check=True, text=True
        )
        secrets.write_text(lines.stdout)
        config += f"auth:\n  htpasswd: {{realm: test, path: {secrets}}}\n"
    (folder / "config.yml").write_text(config)
    process = subprocess.Popen(
        [program, "serve", folder / "config.yml"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _until_open(port, process)
        yield f"{'https' if tls else 'http'}://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def _config(folder: Path, port: int, delete: bool, tls: Issued | None) -> str:
    secured = f"  tls: {{certificate: {tls.certificate}, key: {tls.key}}}\n" if tls else ""
    return (
        "version: 0.1\nlog: {level: error}\n"
        f"storage:\n  filesystem: {{rootdirectory: {folder / 'storage'}}}\n"
        f"  delete: {{enabled: {str(delete).lower()}}}\n"
        f"http:\n  addr: 127.0.0.1:{port}\n{secured}"
    )


def _until_open(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        assert process.poll() is None, "docker-registry ended"
        assert time.monotonic() < deadline, "docker-registry does not listen"
        time.sleep(0.02)

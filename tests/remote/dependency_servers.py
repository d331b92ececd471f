"""Real PostgreSQL, Redis and S3 servers that a Harbor could use, on free ports of the loopback address.

Import the fixtures `a_postgres`, `a_redis` and `an_s3` where you use them.
"""

import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from tests.conftest import apart
from tests.contract.content_stores import a_server
from tests.remote.authority import Authority
from tests.remote.serving import free_port
from tests.tools import require

__all__ = ["a_postgres", "a_redis", "a_server"]

USER, PASSWORD = "harbor", "Passw0rd-of-harbor"
_HBA = """
local all postgres trust
host all postgres 127.0.0.1/32 trust
hostssl all onlytls 127.0.0.1/32 scram-sha-256
host all harbor,reader,odd 127.0.0.1/32 scram-sha-256
"""
_SETUP = f"""
CREATE ROLE harbor LOGIN PASSWORD '{PASSWORD}';
CREATE ROLE onlytls LOGIN PASSWORD '{PASSWORD}';
CREATE ROLE reader LOGIN PASSWORD '{PASSWORD}';
CREATE DATABASE core OWNER harbor;
CREATE DATABASE "hb-core" OWNER harbor;
"""


@dataclass(frozen=True)
class Postgres:
    """Users `harbor` (owns the databases `core` and `hb-core`), `reader` (may make no table), `onlytls`."""

    port: int
    authority: Authority | None

    @property
    def url(self) -> str:
        return f"postgres://{USER}:{PASSWORD}@127.0.0.1:{self.port}"

    def run(self, *statements: str, database: str = "postgres") -> str:
        """What the last one answers."""
        said: list[object] = []

        async def work() -> None:
            connection = await asyncpg.connect(
                host="127.0.0.1", port=self.port, user="postgres", database=database, ssl=False
            )
            try:
                said.extend([await connection.fetchval(statement) for statement in statements])
            finally:
                await connection.close()

        apart(lambda: asyncio.run(work()))
        return str(said[-1])

    def offer_tls(self, wanted: str) -> None:
        """`on` or `off`."""
        self.run(f"ALTER SYSTEM SET ssl = {wanted}", "SELECT pg_reload_conf()")
        deadline = time.monotonic() + 10
        while self.run("SHOW ssl") != wanted:
            assert time.monotonic() < deadline


@pytest.fixture(name="postgres", scope="session")
def a_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """Debian's: the one of the other tests speaks no TLS. It refuses to run as root, so root lends it a folder."""
    programs = require("postgres").resolve().parent
    user = "postgres" if os.geteuid() == 0 else None
    authority = Authority(tmp_path_factory.mktemp("authority"))
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="kangaroo-postgres-") as name:
        folder = Path(name)
        data = folder / "data"
        if user:
            shutil.chown(folder, user, user)
        initdb: list[str | Path] = [
            programs / "initdb",
            "-D",
            data,
            "-U",
            "postgres",
            "-A",
            "trust",
            "--no-sync",
            "-E",
            "UTF8",
        ]
        subprocess.run(initdb, check=True, user=user, capture_output=True)
        issued = authority.issue("127.0.0.1")
        for kept, path in (("server.crt", issued.certificate), ("server.key", issued.key)):
            shutil.copyfile(path, data / kept)
            (data / kept).chmod(0o600)
            if user:
                shutil.chown(data / kept, user, user)
        (data / "pg_hba.conf").write_text(_HBA)
        with (data / "postgresql.conf").open("a") as configuration:
            configuration.write("ssl = on\n")
        start: list[str | Path] = [programs / "postgres", "-D", data, "-p", str(port), "-k", folder, "-F"]
        with subprocess.Popen(
            [*start, "-h", "127.0.0.1"], user=user, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as server:
            try:
                _until_open(server, port)
                found = Postgres(port, authority)
                found.run(*filter(str.strip, _SETUP.split(";")))
                yield found
            finally:
                server.send_signal(signal.SIGQUIT)


def _until_open(server: "subprocess.Popen[bytes]", port: int) -> None:
    found = Postgres(port, None)
    deadline = time.monotonic() + 30
    while True:
        assert server.poll() is None, "postgres has ended"
        try:
            found.run("SELECT 1")
        except (OSError, asyncpg.PostgresError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


@pytest.fixture(name="redis_server", scope="session")
def a_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of one that wants PASSWORD."""
    with redis_running(tmp_path_factory.mktemp("redis"), "--requirepass", PASSWORD) as port:
        yield f"redis://:{PASSWORD}@127.0.0.1:{port}"


@contextmanager
def redis_running(folder: Path, *options: str, sentinel: str = "", port: int = 0) -> Iterator[int]:
    """Its port. `sentinel` is the configuration of one that watches."""
    port = port or free_port()
    program = require("redis-server")
    arguments: list[str | Path] = [program]
    if sentinel:
        (folder / "sentinel.conf").write_text(sentinel)
        arguments += [folder / "sentinel.conf", "--sentinel"]
    arguments += ["--port", str(port), "--bind", "127.0.0.1", "--dir", folder, *options]
    if "--cluster-enabled" in options:  # usually ten thousand above the other, where there may be no port
        arguments += ["--cluster-port", str(free_port())]
    if not sentinel:
        arguments += ["--save", "", "--appendonly", "no"]
    log = folder / "log"
    with log.open("wb") as out, subprocess.Popen(arguments, stdout=out, stderr=out) as process:
        try:
            _until_ready(process, log)
            yield port
        finally:
            process.kill()


def _until_ready(process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        said = log.read_text()
        assert process.poll() is None, said
        if "eady to accept connections" in said or "Sentinel ID is" in said:
            return
        time.sleep(0.02)
    raise AssertionError(f"redis-server does not answer: {log.read_text()}")

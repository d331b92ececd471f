"""The real server in processes of its own, started and ended as an operator does it."""

import asyncio
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any, Self, TypeVar

from kangaroo.app.wiring import Wired, build
from kangaroo.base.actors import SYSTEM
from kangaroo.base.names import ProjectName
from kangaroo.base.settings import Settings
from kangaroo.core.access import Profile, Role
from tests.conftest import apart

T = TypeVar("T")
PASSWORD = "Passw0rd-of-e2e"
DEADLINE = 120.0  # seconds; for what takes two when nothing else runs
KANGAROO = Path(sys.executable).with_name("kangaroo")


def until(question: Callable[[], T], what: str, seconds: float = DEADLINE) -> T:
    """The first true answer."""
    end = time.monotonic() + seconds
    while not (answer := question()):
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds:g} s: {what}")
        time.sleep(0.005)
    return answer


class Server:
    """`settings` are those of `kangaroo serve`; the port is a free one, another one at each start."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        values: dict[str, Any] = {
            "data": folder / "data",
            "admin_password": PASSWORD,
            "workers": 2,
            "port": 0,
        }
        self.settings = Settings(**(values | settings))
        self.log = folder / "log"
        self.url = ""
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def host(self) -> str:
        """With the port, as it stands in the name of an image."""
        return self.url.partition("://")[2]

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    @property
    def authority(self) -> Path:
        """What clients must trust with `tls="auto"`."""
        return self.settings.data / "tls" / "ca.crt"

    @property
    def pid(self) -> int:
        """Of the supervisor."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> Self:
        """Returns when it says that it is ready; raises with its log when it does not."""
        command = [str(KANGAROO), "serve", "--host", self.settings.host, "--port", "0"]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=log, env=self._environment(), start_new_session=True
            )
        try:
            self.url = self._said(self._process, " ready at ").rpartition(" ready at ")[2].strip()
        except AssertionError as error:
            self.kill()
            raise AssertionError(f"{error}\n{self.log.read_text()}") from None
        return self

    def stop(self) -> None:
        """As an operator does: everything under way may end."""
        process = self._running()
        process.terminate()
        assert process.wait(DEADLINE) == 0
        self._forget(process)

    def kill(self) -> None:
        """All processes at once, as a power cut does; nothing if it does not run. They are gone on return."""
        if self._process is None:
            return
        process = self._process
        group = [pid for pid in (process.pid, *self.workers()) if process.poll() is None]
        if group:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        until(lambda: not any(map(alive, group)), "the killed processes are gone")
        self._forget(process)

    def workers(self) -> list[int]:
        """The processes the supervisor started."""
        return children(self.pid)

    def lines(self, start: int = 0) -> list[dict[str, Any]]:
        """The log from this byte on."""
        text = self.log.read_bytes()[start:].decode()
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")]

    def complaints(self, start: int = 0) -> list[dict[str, Any]]:
        """What the log says of failures nobody expected."""
        return [line for line in self.lines(start) if line.get("level") in ("error", "critical")]

    @asynccontextmanager
    async def parts(self) -> AsyncIterator[Wired]:
        """Its database and blobs, opened beside it."""
        async with build(self.settings) as parts:
            yield parts

    def with_parts(self, action: Callable[[Wired], Coroutine[Any, Any, None]]) -> None:
        """For who has no event loop, or a busy one."""

        async def run() -> None:
            async with self.parts() as parts:
                await action(parts)

        apart(lambda: asyncio.run(run()))

    def create_projects(self, *names: str) -> None:
        async def create(parts: Wired) -> None:
            for name in names:
                await parts.services.projects.create(SYSTEM, ProjectName(name))

        self.with_parts(create)

    def create_user(self, name: str, role: Role, *projects: str) -> None:
        """With PASSWORD, and this role in the projects."""

        async def create(parts: Wired) -> None:
            access = parts.services.access
            profile = Profile(email=f"{name}@example.test", realname=name)
            await access.users.create(SYSTEM, name, PASSWORD, profile)
            for project in projects:
                await access.members.add(SYSTEM, ProjectName(project), name, role)

        self.with_parts(create)

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("KANGAROO_")}
        ours = {
            f"KANGAROO_{row.name.upper()}": str(getattr(self.settings, row.name)) for row in fields(Settings)
        }
        return kept | ours | {"KANGAROO_LOG_FORMAT": "json"}

    def _running(self) -> subprocess.Popen[bytes]:
        assert self._process is not None, "the server is not running"
        return self._process

    def _forget(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        process.stdout.close()
        self._process = None

    @staticmethod
    def _said(process: subprocess.Popen[bytes], wanted: str) -> str:
        """The first line on its standard output that holds this."""
        assert process.stdout is not None
        end, said = time.monotonic() + DEADLINE, b""
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while True:
                for line in said.decode().splitlines(keepends=True):
                    if wanted in line and line.endswith("\n"):
                        return line
                if not selector.select(max(0.0, end - time.monotonic())):
                    raise AssertionError(f"the server did not say {wanted!r} within {DEADLINE:g} s")
                piece = os.read(process.stdout.fileno(), 4096)
                if not piece:
                    raise AssertionError(f"the server ended with exit code {process.wait()}")
                said += piece


def children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def listens(pid: int, port: int) -> bool:
    """Is it a process that answers on this port, and not the job worker?"""
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    sockets = {f"socket:[{row[9]}]" for row in rows if row[3] == "0A" and row[1].endswith(f":{port:04X}")}
    try:
        return any(str(fd.readlink()) in sockets for fd in Path(f"/proc/{pid}/fd").iterdir())
    except (FileNotFoundError, ProcessLookupError):
        return False


def resident(pids: list[int]) -> int:
    """Bytes of memory that are theirs: pages they share count for each in part (PSS)."""
    total = 0
    for pid in pids:
        try:
            rows = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += sum(int(row.split()[1]) << 10 for row in rows if row.startswith("Pss:"))
    return total

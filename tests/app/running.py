"""A stand-in server in its own processes, and what tests ask of it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Self, TypeVar

T = TypeVar("T")
DEADLINE = 20.0


def until(question: Callable[[], T], what: str = "") -> T:
    """The first true answer."""
    end = time.monotonic() + DEADLINE
    while not (answer := question()):
        if time.monotonic() > end:
            raise AssertionError(f"not within {DEADLINE:g} s: {what or question}")
        time.sleep(0.005)
    return answer


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


class Running:
    def __init__(self, folder: Path, **settings: Any) -> None:
        self.control = folder / "control"
        self.control.mkdir(exist_ok=True)
        self.data = Path(settings.setdefault("data", str(folder / "data")))
        settings.setdefault("port", 0)
        settings.setdefault("workers", 2)
        settings.setdefault("log_format", "json")
        self.log = folder / f"log-{time.monotonic_ns()}"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.app.standin", str(self.control), json.dumps(settings)],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        self.said = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def ready(self) -> "Running":
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if " ready at " in line:
                return self
        raise AssertionError(f"not ready, exit code {self.process.wait()}: {self.errors}")

    @property
    def url(self) -> str:
        return self.said.rpartition(" ready at ")[2].strip()

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    @property
    def errors(self) -> str:
        return self.log.read_text()

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.errors.splitlines()]

    def connect(self) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE)

    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, **headers: str
    ) -> tuple[int, str]:
        connection = self.connect()
        connection.request(method, path, body=body, headers={**headers, "connection": "close"})
        response = connection.getresponse()
        answer = response.read().decode()
        connection.close()
        return response.status, answer

    def reached(self) -> int | None:
        """The pid of a worker that answers, if one does."""
        try:
            return int(self.ask("/pid")[1])
        except OSError:
            return None

    def workers(self) -> set[int]:
        """All children of the supervisor."""
        return {
            int(pid)
            for pid in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        }

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.process.pid, number)

    def wait(self) -> int:
        return self.process.wait(DEADLINE)

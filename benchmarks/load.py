"""The load client load.c: compiled at first use, run once per measurement, its JSON as a typed result."""

import hashlib
import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).with_name("load.c")


class LoadError(Exception):
    """The client could not be built, or could not do its work."""


@dataclass(frozen=True, slots=True)
class Load:
    """What one run of the client did."""

    requests: int
    bytes: int
    seconds: float
    errors: int
    p50_us: int
    p99_us: int
    max_us: int
    cpu_seconds: float
    first_error: str


@dataclass(frozen=True, slots=True)
class Order:
    """What to ask of whom. `body` and `uploads` are for put and patch: the file, and its lines of tail and digest."""

    mode: str
    port: int
    paths: Sequence[str]
    connections: int = 1
    seconds: float = 1.0
    least: int = 1
    most: int = 1 << 40
    headers: Sequence[str] = ()
    body: Path | None = None
    uploads: Path | None = None


def build(folder: Path) -> Path:
    """The compiled client; its name holds the digest of the source, so a change compiles anew."""
    program = folder / f"load-{hashlib.sha256(SOURCE.read_bytes()).hexdigest()[:12]}"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        fresh = program.with_suffix(f".{os.getpid()}")
        command = [
            os.environ.get("CC", "cc"),
            "-O2",
            "-Wall",
            "-Wextra",
            "-pthread",
            "-o",
            str(fresh),
            str(SOURCE),
        ]
        try:
            subprocess.run(command, check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise LoadError("the load client needs a C compiler: install gcc, or set CC") from error
        fresh.rename(program)
    return program


def run(program: Path, order: Order) -> Load:
    command = [str(program), "-m", order.mode, "-p", str(order.port), "-c", str(order.connections)]
    command += ["-d", f"{order.seconds:g}", "-n", str(order.least), "-x", str(order.most)]
    if order.headers:
        command += ["-e", "".join(f"{header}\r\n" for header in order.headers)]
    if order.body and order.uploads:
        command += ["-f", str(order.body), "-l", str(order.uploads)]
    done = subprocess.run([*command, *order.paths], capture_output=True, text=True, check=False)
    if done.returncode:
        raise LoadError(f"{order.mode} {order.paths[0]}: {done.stderr.strip() or f'exit {done.returncode}'}")
    return Load(**json.loads(done.stdout))

"""The content stores under test, two replicas over the same storage; S3 is a moto server, over real sockets.

Import the fixtures `a_server` and `every_store` where you use them.
"""

import hashlib
import random
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from kangaroo.base.digests import Digest
from kangaroo.store.content.contract import ContentStore
from kangaroo.store.content.filesystem import FilesystemStore
from kangaroo.store.content.memory import MemoryStore
from kangaroo.store.content.s3 import S3Store
from kangaroo.store.content.s3_settings import S3Settings

BUCKET = "kangaroo"


@dataclass
class Replicas:
    """`one` and `two` share their storage and nothing else; `where` lets another process join, see `join`."""

    kind: str
    one: ContentStore
    two: ContentStore
    where: list[str] | None


def join(kind: str, *where: str) -> ContentStore:
    if kind == "filesystem":
        return FilesystemStore(Path(where[0]))
    endpoint, prefix = where
    return S3Store(
        S3Settings(bucket=BUCKET, prefix=prefix, endpoint=endpoint, access_key="key", secret_key="secret")
    )


@pytest.fixture(name="s3_endpoint", scope="session")
def a_server() -> Iterator[str]:
    """A process of its own, so that its memory is not measured as ours."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    start = f"from moto.server import main; main(['-H', '127.0.0.1', '-p', '{port}'])"
    server = subprocess.Popen(
        [sys.executable, "-c", start], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        endpoint = f"http://127.0.0.1:{port}"
        _until_answered(urllib.request.Request(f"{endpoint}/{BUCKET}", method="PUT"))
        yield endpoint
    finally:
        server.kill()
        server.wait()


def _until_answered(request: urllib.request.Request) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(request, timeout=10).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


@pytest.fixture(name="replicas", params=["memory", "filesystem", "s3"])
async def every_store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Replicas]:
    kind: str = request.param
    where = None
    if kind == "memory":
        one: ContentStore = MemoryStore()
        two = one
    else:
        place = (
            [request.getfixturevalue("s3_endpoint"), uuid.uuid4().hex] if kind == "s3" else [str(tmp_path)]
        )
        where = [kind, *place]
        one, two = join(*where), join(*where)
    yield Replicas(kind, one, two, where)
    await one.close()
    await two.close()


def random_bytes(size: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)


def digest(content: bytes, algorithm: str = "sha256") -> Digest:
    return Digest(f"{algorithm}:{hashlib.new(algorithm, content).hexdigest()}")


async def pieces(content: bytes, size: int = 64 << 10) -> AsyncIterator[bytes]:
    """As a network delivers it."""
    for at in range(0, len(content), size):
        yield content[at : at + size]


async def interrupted(content: bytes, size: int = 64 << 10) -> AsyncIterator[bytes]:
    """A client that goes away behind these bytes."""
    async for piece in pieces(content, size):
        yield piece
    raise ConnectionResetError


async def read(store: ContentStore, location: str, start: int = 0, length: int | None = None) -> bytes:
    reader = await store.open(location)
    try:
        return b"".join([piece async for piece in reader.chunks(start, length)])
    finally:
        await reader.close()

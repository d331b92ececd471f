"""What is pushed and pulled: random bodies, unique uploads with their digests, images with manifests."""

import hashlib
import json
import os
from dataclasses import dataclass, field
from functools import cache
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.rows import BIG, LITTLE, MIDDLE

REPOSITORY = "library/bench"
MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
CONFIG_TYPE = "application/vnd.oci.image.config.v1+json"
LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar+gzip"
ACCEPT = f"Accept: {MANIFEST_TYPE}, application/vnd.docker.distribution.manifest.v2+json"
VARIANTS = 16  # of tags and of 1 MiB blobs: no server may answer everything from one cache line
LAYERS = 6
TAIL = 32
CHUNK = 32 << 10  # what Go's io.Copy, and with it docker and containerd, sends


class WrongAnswer(Exception):
    """A server did not do what the preparation needs."""


@dataclass(slots=True)
class Bodies:
    """The files uploads are made of, in a folder: plain, and framed as a chunked transfer. Made once, by size."""

    folder: Path
    _hashes: dict[int, "hashlib._Hash"] = field(default_factory=dict)

    def plain(self, size: int) -> Path:
        path = self.folder / f"body-{size}"
        if not path.exists():
            with path.open("wb") as file:
                for start in range(0, size - TAIL, 1 << 20):
                    file.write(os.urandom(min(1 << 20, size - TAIL - start)))
        return path

    def framed(self, size: int) -> Path:
        path = self.folder / f"body-{size}-chunked"
        if not path.exists():
            with self.plain(size).open("rb") as source, path.open("wb") as file:
                while piece := source.read(CHUNK):
                    file.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        return path

    def uploads(self, size: int, count: int) -> Path:
        """A list of `count` tails never used before, each with the digest of body and tail."""
        if size not in self._hashes:
            with self.plain(size).open("rb") as file:
                self._hashes[size] = hashlib.file_digest(file, "sha256")
        lines = []
        for _ in range(count):
            tail, whole = os.urandom(TAIL // 2).hex(), self._hashes[size].copy()
            whole.update(tail.encode())
            lines.append(f"{tail} sha256:{whole.hexdigest()}\n")
        path = self.folder / "uploads"
        path.write_text("".join(lines))
        return path


@cache
def random_blob(size: int, number: int) -> bytes:
    """The same for every server of a run."""
    del number
    return os.urandom(size)


def digest_of(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


class Seeder:
    """Pushes what the reading rows need, reads it back and compares: that also warms the page cache."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=120)
        self._headers = headers

    def seed(self, target: str) -> list[str]:
        """The paths to read; `target` is that of a row."""
        if target == "tags":
            return [self._image(number) for number in range(VARIANTS)]
        size, count = {"middle": (MIDDLE, VARIANTS), "big": (BIG, 1)}[target]
        return [f"/v2/{REPOSITORY}/blobs/{self._blob(random_blob(size, number))}" for number in range(count)]

    def _image(self, number: int) -> str:
        config = json.dumps({"architecture": "amd64", "os": "linux", "number": number}).encode()
        layers = [random_blob(LITTLE, VARIANTS * number + layer) for layer in range(LAYERS)]
        manifest = {
            "schemaVersion": 2,
            "mediaType": MANIFEST_TYPE,
            "config": self._descriptor(CONFIG_TYPE, config),
            "layers": [self._descriptor(LAYER_TYPE, layer) for layer in layers],
        }
        path, body = f"/v2/{REPOSITORY}/manifests/v{number}", json.dumps(manifest).encode()
        self._ask("PUT", path, 201, body, {"Content-Type": MANIFEST_TYPE})
        if self._ask("GET", path, 200, None, dict([ACCEPT.split(": ", 1)]))[1] != body:
            raise WrongAnswer(f"GET {path}: not what was pushed")
        return path

    def _descriptor(self, media_type: str, data: bytes) -> dict[str, object]:
        return {"mediaType": media_type, "digest": self._blob(data), "size": len(data)}

    def _blob(self, data: bytes) -> str:
        digest = digest_of(data)
        location, _ = self._ask("POST", f"/v2/{REPOSITORY}/blobs/uploads/", 202, b"")
        where = urlsplit(location)
        query = f"{where.query}&" if where.query else ""
        self._ask("PUT", f"{where.path}?{query}digest={digest}", 201, data)
        path = f"/v2/{REPOSITORY}/blobs/{digest}"
        if digest_of(self._ask("GET", path, 200)[1]) != digest:
            raise WrongAnswer(f"GET {path}: not what was pushed")
        return digest

    def _ask(
        self,
        method: str,
        path: str,
        expected: int,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[str, bytes]:
        self._connection.request(method, path, body, {**self._headers, **(headers or {})})
        answer = self._connection.getresponse()
        data = answer.read()
        if answer.status != expected:
            raise WrongAnswer(f"{method} {path}: {answer.status} {data[:300]!r}, expected {expected}")
        return answer.headers.get("Location", ""), data

"""Hashes of uploads under way, kept in this process between the requests of a push.

A push nearly always stays with one process, and so its content is hashed while it is received. If another
process received a part, nothing fits here, and the store reads the content when the upload is finished.
"""

import threading
from collections import OrderedDict

from kangaroo.base.digests import Digest, hasher

USUAL = "sha256"  # the algorithm is told only at the end, and it is nearly always this one


class Running:
    """The hash of the first `size` bytes of an upload."""

    __slots__ = ("_hash", "algorithm", "size")

    def __init__(self, algorithm: str = USUAL) -> None:
        self.algorithm = algorithm
        self._hash = hasher(algorithm)
        self.size = 0

    def update(self, data: bytes | bytearray | memoryview) -> None:
        self._hash.update(data)
        self.size += len(data)

    def digest(self) -> Digest:
        return Digest(f"{self.algorithm}:{self._hash.hexdigest()}")


class Hashes:
    """The most recent ones by key. Whoever takes one owns it until keeping it again."""

    def __init__(self, limit: int = 1024) -> None:
        self._limit = limit
        self._kept: OrderedDict[str, Running] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: str) -> Running | None:
        with self._lock:
            return self._kept.pop(key, None)

    def keep(self, key: str, running: Running) -> None:
        with self._lock:
            self._kept[key] = running
            if len(self._kept) > self._limit:
                self._kept.popitem(last=False)

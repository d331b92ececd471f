"""Content digests (OCI image-spec, descriptor.md#digests): parsed at the door, compared as text everywhere else."""

import hashlib
import re
from typing import Protocol

from kangaroo.base.errors import Code, Failure

_HEX_LENGTH = {"sha256": 64, "sha512": 128}
_GRAMMAR = re.compile(r"[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]+")
_HEX = re.compile(r"[0-9a-f]+")


class Hasher(Protocol):
    def update(self, data: bytes | bytearray | memoryview, /) -> None: ...
    def hexdigest(self) -> str: ...


class Digest(str):
    """`algorithm:hex`, known to be well formed, of an algorithm we can verify (sha256, sha512)."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> "Digest":
        """Raises DIGEST_INVALID, saying what is wrong with it."""
        algorithm, _, encoded = text.partition(":")
        length = _HEX_LENGTH.get(algorithm)
        if length is None:
            reason = (
                "unknown algorithm, use sha256 or sha512" if _GRAMMAR.fullmatch(text) else "not algorithm:hex"
            )
            raise Failure(Code.DIGEST_INVALID, digest=text[:160], reason=reason)
        if len(encoded) != length or not _HEX.fullmatch(encoded):
            reason = f"{algorithm} takes {length} lower-case hex characters"
            raise Failure(Code.DIGEST_INVALID, digest=text[:160], reason=reason)
        return cls(text)

    @classmethod
    def of(cls, content: bytes, algorithm: str = "sha256") -> "Digest":
        return cls(f"{algorithm}:{hashlib.new(algorithm, content).hexdigest()}")

    @property
    def algorithm(self) -> str:
        return self.partition(":")[0]

    @property
    def hex(self) -> str:
        return self.partition(":")[2]


def hasher(algorithm: str) -> Hasher:
    """A running hash of a supported algorithm; `Digest(f"{algorithm}:{h.hexdigest()}")` ends it."""
    return hashlib.new(algorithm, usedforsecurity=True)

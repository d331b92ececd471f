"""What every blob store promises; tests/contract/test_content.py holds all of them to it.

An *upload* is a session named by its caller; it grows by appends, from any process or replica, until `finish`
verifies it and turns it into a *blob* at a new, unique *location*. Two uploads of the same content get two
locations: which one counts is decided by the metadata, and so a blob can be removed while the same content is
being pushed again.

Durability: when `finish` or `put` has returned, the bytes survive `kill -9` and power loss. Bytes of an
unfinished upload survive `kill -9`.

Errors are `Failure`s: UPLOAD_UNKNOWN, UPLOAD_INVALID (another request is writing to it, or its name was used
before), RANGE_INVALID (append not at the end), DIGEST_MISMATCH, STORAGE_FULL, UNAVAILABLE (will heal),
NOT_FOUND (no such location), TOO_LARGE (S3: over 148 GiB). An error raised by the iterator of an append
passes through; what had arrived before stays in the upload.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from kangaroo.base.clock import Micros
from kangaroo.base.digests import Digest


@dataclass(frozen=True, slots=True)
class Stored:
    """`location` is opaque to callers and safe to keep; `size` is in bytes."""

    location: str
    size: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A blob (`name` is its location) or an upload (`name` is the caller's) as found in the store.

    `modified` is the time of the last append to an upload, and of the finish of a blob; but S3 dates a large
    blob back to its first part, so what nothing refers to is garbage only when older than uploads may become.
    """

    name: str
    size: int
    modified: Micros


class Reader(Protocol):
    """One open blob. Stays readable to the end even when the blob is removed meanwhile."""

    size: int

    def chunks(self, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """The bytes `[start, start + length)`, to the end when None, in pieces of up to 1 MiB."""
        ...

    async def close(self) -> None: ...


class ContentStore(Protocol):
    async def start(self, upload: str) -> None:
        """Begin an empty upload. The name is URL-safe text without `/`, unique for ever."""
        ...

    async def append(self, upload: str, offset: int, data: AsyncIterator[bytes]) -> int:
        """Add bytes at `offset`, which must be the present size; returns the new size."""
        ...

    async def size(self, upload: str) -> int: ...

    async def finish(self, upload: str, digest: Digest) -> Stored:
        """Verify and make durable. On DIGEST_MISMATCH the upload stays as it was."""
        ...

    async def abort(self, upload: str) -> None:
        """Forget an upload; no error if there is none."""
        ...

    async def put(self, digest: Digest, content: bytes) -> Stored:
        """`start`, `append` and `finish` in one step, for what is already in memory."""
        ...

    async def open(self, location: str) -> Reader: ...

    async def redirect(self, location: str, media_type: str) -> str | None:
        """A URL, valid for minutes, where the client may download by itself; None: stream it."""
        ...

    async def remove(self, location: str) -> int:
        """Delete a blob, now; returns the bytes freed, 0 if it was gone."""
        ...

    def blobs(self) -> AsyncIterator[Listed]: ...

    def uploads(self) -> AsyncIterator[Listed]:
        """Also what a killed `put` left behind; `abort` removes it like any other."""
        ...

    async def check(self) -> None:
        """Raises UNAVAILABLE or STORAGE_FULL if a blob could not be stored now."""
        ...

    async def close(self) -> None: ...

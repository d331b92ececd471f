"""Bytes that wait on disk: files without a name in the data folder, gone when they are closed and after any crash."""

import asyncio
import errno
import hashlib
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Self, TypeVar

from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure
from kangaroo.core.archives.tar import Held
from kangaroo.remote.contract import Source

PIECE = 1 << 20
RESERVE = 256 << 20  # bytes left free: the database may stand on the same disk
_LOOK_EVERY = 64 << 20
_WHAT = "the disk of the data folder"
T = TypeVar("T")
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Spool:
    """Blocking, for threads; closing it frees the disk."""

    def __init__(self, folder: Path) -> None:
        with _border():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115
        self._looked_at = 0
        self.size = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self, data: bytes | memoryview) -> int:
        """At the end. Raises STORAGE_FULL before the disk is."""
        with _border():
            if self.size >= self._looked_at:
                self._leave_room()
            left = memoryview(data)
            while left:
                left = left[self._file.write(left) :]
        self.size += len(data)
        return len(data)

    def read(self, at: int, size: int) -> bytes:
        """Fewer bytes at the end."""
        with _border():
            return os.pread(self._file.fileno(), size, at)

    def pieces(self, held: Held) -> Iterator[bytes]:
        for at in range(held.offset, held.offset + held.size, PIECE):
            yield self.read(at, min(PIECE, held.offset + held.size - at))

    def digest(self, held: Held) -> Digest:
        running = hashlib.sha256()
        for piece in self.pieces(held):
            running.update(piece)
        return Digest(f"sha256:{running.hexdigest()}")

    def source(self, held: Held) -> Source:
        """The same for those who push it."""

        async def pieces(start: int) -> AsyncIterator[bytes]:
            end = held.offset + held.size
            for at in range(held.offset + start, end, PIECE):
                yield await in_thread(partial(self.read, at, min(PIECE, end - at)))

        return pieces

    def close(self) -> None:
        self._file.close()

    def _leave_room(self) -> None:
        disk = os.fstatvfs(self._file.fileno())
        if disk.f_bavail * disk.f_frsize < RESERVE + _LOOK_EVERY:
            raise Failure(Code.STORAGE_FULL, what=_WHAT)
        self._looked_at = self.size + _LOOK_EVERY


async def in_thread(call: Callable[[], T]) -> T:
    """Ends, however often it is cancelled, after the call has: nobody may close a file another thread is at."""
    running = asyncio.ensure_future(asyncio.to_thread(call))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        while not running.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait([running])
        if not running.cancelled():
            running.exception()  # looked at, so that nobody reports it as forgotten
        raise


@contextmanager
def _border() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise Failure(Code.STORAGE_FULL, what=_WHAT) from error
        raise Failure(Code.UNAVAILABLE, what=_WHAT, reason=error.strerror or str(error)) from error

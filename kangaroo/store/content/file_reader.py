"""One blob file being read: from the page cache in the event loop, from the disk in a thread."""

import errno
import os
from collections.abc import AsyncIterator, Awaitable, Callable

from kangaroo.base.errors import Code, Failure
from kangaroo.store.content import disk

CHUNK = 512 << 10  # larger ones leave the processor's cache between our read and the write to the socket

InThread = Callable[[Callable[[int, int, int], bytes], int, int, int], Awaitable[bytes]]


class FileReader:
    """`in_thread` runs a function of descriptor, length and position. An open file outlives its name."""

    __slots__ = ("_fd", "_in_thread", "size")

    def __init__(self, fd: int, in_thread: InThread) -> None:
        self._fd = fd
        self._in_thread = in_thread
        self.size = os.fstat(fd).st_size

    async def chunks(self, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        end = self.size if length is None else min(start + length, self.size)
        buffer = memoryview(bytearray(max(0, min(CHUNK, end - start))))
        while start < end:
            window = buffer[: end - start]
            piece = self._cached(window, start) or await self._in_thread(_read, self._fd, len(window), start)
            yield piece
            start += len(piece)

    async def close(self) -> None:
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)

    def _cached(self, window: memoryview, start: int) -> bytes | None:
        """What can be had without waiting for the disk."""
        try:
            count = os.preadv(self._fd, [window], start, os.RWF_NOWAIT)
        except BlockingIOError:
            return None
        except OSError as error:
            if error.errno == errno.EOPNOTSUPP:  # a file system that cannot say
                return None
            raise disk.failure(error) from error
        return bytes(window[:count])


def _read(fd: int, length: int, start: int) -> bytes:
    with disk.border():
        piece = os.pread(fd, length, start)
    if not piece:
        raise Failure(Code.UNAVAILABLE, what=disk.WHAT, reason="a blob is shorter than it was")
    return piece

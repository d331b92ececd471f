"""One blob file being read: from the page cache in the event loop, from the disk in a thread."""

import errno
import os
from collections.abc import AsyncIterator, Awaitable, Callable

from kangaroo.base.errors import Code, Failure
from kangaroo.store.content import disk

CHUNK = 256 << 10  # larger ones leave the processor's cache between our read and the write to the socket

InThread = Callable[[Callable[[int, int, int], bytes], int, int, int], Awaitable[bytes]]


class FileReader:
    """`in_thread` runs a function of descriptor, length and position. An open file outlives its name."""

    __slots__ = ("_fd", "_in_thread", "_probe", "size")

    def __init__(self, fd: int, in_thread: InThread) -> None:
        self._fd = fd
        self._in_thread = in_thread
        self._probe = bytearray(1)
        self.size = os.fstat(fd).st_size

    async def chunks(self, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        end = self.size if length is None else min(start + length, self.size)
        while start < end:
            wanted = min(CHUNK, end - start)
            if self._is_cached(start + wanted - 1):
                piece = _read(self._fd, wanted, start)
            else:
                piece = await self._in_thread(_read, self._fd, wanted, start)
            yield piece
            start += len(piece)

    async def close(self) -> None:
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)

    def _is_cached(self, position: int) -> bool:
        """Whether the last byte of a piece can be had without waiting for the disk: then the kernel, which reads
        ahead in order, has the others too, and `pread` makes the piece with one copy.
        """
        try:
            return os.preadv(self._fd, [self._probe], position, os.RWF_NOWAIT) == 1
        except BlockingIOError:
            return False
        except OSError as error:
            if error.errno == errno.EOPNOTSUPP:  # a file system that cannot say
                return False
            raise disk.failure(error) from error


def _read(fd: int, length: int, start: int) -> bytes:
    with disk.border():
        piece = os.pread(fd, length, start)
    if not piece:
        raise Failure(Code.UNAVAILABLE, what=disk.WHAT, reason="a blob is shorter than it was")
    return piece

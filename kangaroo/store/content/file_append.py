"""One append to an upload on disk: its batches, in order, each in a thread."""

import os
from collections.abc import Sequence
from concurrent.futures import Future

from kangaroo.base.errors import Code, Failure
from kangaroo.store.content import disk
from kangaroo.store.content.files import Files
from kangaroo.store.content.hashing import Running

_WRITEBACK = 8 << 20


class Append:
    """The file is opened and locked with the first batch; a small append is `end` alone."""

    def __init__(self, files: Files, upload: str, offset: int) -> None:
        self._files = files
        self._upload = upload
        self._path = files.upload(upload)
        self._size = offset
        self._flushed = offset
        self._fd: int | None = None
        self._running: Running | None = None

    def write(self, batch: Sequence[bytes]) -> None:
        with disk.border(Code.UPLOAD_UNKNOWN, upload=self._upload):
            fd = self._open()
            data = b"".join(batch)
            disk.write_all(fd, data)
        self._size += len(data)
        if self._running is not None:
            self._running.update(data)
        self._write_back(fd)

    def end(self, behind: "Future[None] | None", batch: Sequence[bytes]) -> int:
        """Writes the last batch after the one under way, unless that failed; returns the new size."""
        try:
            if behind is not None:
                behind.result()
            self.write(batch)
            return self._size
        finally:
            self._close()

    def _open(self) -> int:
        if self._fd is None:
            self._fd = disk.open_alone(self._path)
            actual = os.fstat(self._fd).st_size
            if actual != self._size:
                reason = f"the upload has {actual} bytes, continue there"
                raise Failure(Code.RANGE_INVALID, range=str(self._size), reason=reason)
            self._running = self._files.hashes.take(self._upload) if self._size else Running()
            if self._running is not None and self._running.size != self._size:
                self._running = None  # another process received a part
        return self._fd

    def _write_back(self, fd: int) -> None:
        """Starts the writeback early, so that the fsync at the end finds little to do: a fifth faster.

        DONTNEED begins the writeback of dirty pages and drops only clean ones: what was just written stays.
        """
        if self._size - self._flushed >= _WRITEBACK:
            os.posix_fadvise(fd, self._flushed, self._size - self._flushed, os.POSIX_FADV_DONTNEED)
            self._flushed = self._size

    def _close(self) -> None:
        if self._running is not None:
            self._files.hashes.keep(self._upload, self._running)
        if self._fd is not None:
            os.close(self._fd)

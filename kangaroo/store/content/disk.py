"""The border to the local disk: its errors become Failures here; what makes a change durable stands here."""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kangaroo.base.errors import Code, Failure
from kangaroo.store.content.layout import BUSY

WHAT = "blob storage"
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def border(missing: Code = Code.UNAVAILABLE, **facts: Any) -> Iterator[None]:
    """What goes wrong inside leaves as a Failure; a file that is not there as `missing` with these facts."""
    try:
        yield
    except FileNotFoundError as error:
        if missing is Code.UNAVAILABLE:
            raise failure(error) from error
        raise Failure(missing, **facts) from error
    except OSError as error:
        raise failure(error) from error


def failure(error: OSError) -> Failure:
    if error.errno in _FULL:
        return Failure(Code.STORAGE_FULL, what=WHAT)
    reason = error.strerror or str(error)
    if error.filename is not None:
        reason = f"{reason}: {error.filename}"
    return Failure(Code.UNAVAILABLE, what=WHAT, reason=reason)


def open_alone(path: Path) -> int:
    """The file of an upload, for one request at a time over all processes; closing it lets in the next."""
    fd = os.open(path, os.O_RDWR | os.O_APPEND)
    try:
        _lock(fd, path)
    except BaseException:
        os.close(fd)
        raise
    return fd


def _lock(fd: int, path: Path) -> None:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Failure(Code.UPLOAD_INVALID, reason=BUSY) from error
    # Finished between open and lock, the file is a blob now, and writing to it would spoil that.
    if not os.path.samestat(path.stat(), os.fstat(fd)):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))


def write_all(fd: int, data: bytes) -> None:
    written = os.write(fd, data)
    while written < len(data):  # a disk that is nearly full takes a part first
        written += os.write(fd, memoryview(data)[written:])


def sync_file(fd: int, path: Path) -> None:
    """After an error the kernel forgets which pages it lost, a second fsync succeeds: nobody may retry."""
    try:
        os.fsync(fd)
    except OSError:
        path.unlink(missing_ok=True)
        raise


def sync_folder(folder: Path) -> None:
    """Makes the names in it durable, as fsync of a file does for its bytes."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    except OSError as error:
        if error.errno != errno.EINVAL:  # network shares that keep names durable by themselves
            raise
    finally:
        os.close(fd)

"""The data folder: made for us alone, and locked while a server uses it.

With SQLite a folder takes one server. With PostgreSQL several may share it, but none of them beside SQLite.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kangaroo.app.private_files import private_folder
from kangaroo.base.errors import Code, Failure

LOCK = "lock"


@contextmanager
def locked(data: Path, *, shared: bool) -> Iterator[None]:
    """Raises INVALID_FIELD that names the process in the way, or what forbids the folder.

    Processes forked inside keep the lock while they live: what they still write is nobody else's folder.
    """
    try:
        private_folder(data)
        fd = os.open(data / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise _failure(f"cannot use {data}: {error.strerror}") from error
    with os.fdopen(fd, "r+") as file:
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError as error:
            pid = file.read(20).strip() or "unknown"
            raise _failure(f"{data.resolve()} is in use by another server, process {pid}") from error
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def _failure(reason: str) -> Failure:
    return Failure(Code.INVALID_FIELD, field="--data", reason=reason)

"""Small files only we may read, such as keys: whole or not there at all, whenever the power fails."""

import os
from pathlib import Path


def private_folder(path: Path) -> None:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)


def replace(path: Path, content: bytes) -> None:
    """The file has the new content, durably."""
    temporary = _written(path, content)
    temporary.replace(path)
    _sync_folder(path.parent)


def create(path: Path, content: bytes) -> bytes:
    """What is in the file: this content, or what somebody wrote there first."""
    if not path.exists():
        temporary = _written(path, content)
        try:
            os.link(temporary, path)
            _sync_folder(path.parent)
        except FileExistsError:
            pass
        finally:
            temporary.unlink()
    return path.read_bytes()


def _written(path: Path, content: bytes) -> Path:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(fd)
    return temporary


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)

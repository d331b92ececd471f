"""What the filesystem store does on disk, in its threads: plain blocking calls, every error a Failure."""

import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure
from kangaroo.store.content import disk
from kangaroo.store.content.contract import Listed, Stored
from kangaroo.store.content.hashing import Hashes, Running
from kangaroo.store.content.layout import TAKEN, blob_location, is_location, nonce, upload_name

_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL
_MODE = 0o640
_READ = 1 << 20


class Files:
    """`<root>/blobs/<algorithm>/<2 hex>/<hex>.<nonce>` and `<root>/uploads/<upload>`."""

    def __init__(self, root: Path, reserve: int) -> None:
        self._root = root
        self._blobs = root / "blobs"
        self._uploads = root / "uploads"
        self._reserve = reserve
        self._durable: set[Path] = set()
        self.hashes = Hashes()
        with disk.border():
            self._prepare(self._blobs)
            self._prepare(self._uploads)

    def upload(self, name: str) -> Path:
        return self._uploads / upload_name(name)

    def blob(self, location: str) -> Path:
        return self._blobs / blob_location(location)

    def start(self, upload: str) -> None:
        path = self.upload(upload)
        with disk.border():
            try:
                os.close(os.open(path, _CREATE, _MODE))
            except FileExistsError as error:
                raise Failure(Code.UPLOAD_INVALID, reason=TAKEN) from error

    def finish(self, upload: str, digest: Digest) -> Stored:
        path = self.upload(upload)
        with disk.border(Code.UPLOAD_UNKNOWN, upload=upload):
            fd = disk.open_alone(path)
            try:
                self._verify(fd, upload, digest)
                os.utime(fd)  # a blob is as old as its finish, however long ago the last byte came
                return self._place(fd, path, digest)
            finally:
                os.close(fd)

    def put(self, digest: Digest, content: bytes) -> Stored:
        actual = Digest.of(content, digest.algorithm)
        if actual != digest:
            raise Failure(Code.DIGEST_MISMATCH, digest=digest, actual=actual)
        path = self.upload(f"put-{nonce()}")  # listed as an upload if we die here, and removed as one
        with disk.border():
            fd = os.open(path, _CREATE, _MODE)
            try:
                disk.write_all(fd, content)
                return self._place(fd, path, digest)
            except BaseException:
                path.unlink(missing_ok=True)
                raise
            finally:
                os.close(fd)

    def remove(self, path: Path) -> int:
        """The bytes freed; 0 if it was gone."""
        with disk.border():
            try:
                size = path.stat().st_size
                path.unlink()
            except FileNotFoundError:
                return 0
            return size

    def folders(self) -> list[Path]:
        """Where blobs are, one folder per first byte of the digest."""
        with disk.border():
            return sorted(self._blobs.glob("*/??"))

    def blobs(self, folder: Path) -> list[Listed]:
        below = folder.relative_to(self._blobs)
        found = [replace(file, name=f"{below}/{file.name}") for file in _listed(folder)]
        return [blob for blob in found if is_location(blob.name)]

    def uploads(self) -> list[Listed]:
        return _listed(self._uploads)

    def check(self) -> None:
        """A file can be made, and what it leaves free is more than the reserve."""
        probe = self._root / f"check-{nonce()}"
        with disk.border():
            space = os.statvfs(self._root)
            if space.f_bavail * space.f_frsize < self._reserve:
                raise Failure(Code.STORAGE_FULL, what=disk.WHAT)
            try:
                probe.write_bytes(b"kangaroo")
            finally:
                probe.unlink(missing_ok=True)

    def _verify(self, fd: int, upload: str, digest: Digest) -> None:
        """Reads what this process has not hashed while receiving: nothing, usually."""
        running = self.hashes.take(upload)
        if running is None or running.algorithm != digest.algorithm:
            running = Running(digest.algorithm)
        if running.size < os.fstat(fd).st_size:
            buffer = memoryview(bytearray(_READ))
            while count := os.preadv(fd, [buffer], running.size):
                running.update(buffer[:count])
        actual = running.digest()
        if actual != digest:
            self.hashes.keep(upload, running)
            raise Failure(Code.DIGEST_MISMATCH, digest=digest, actual=actual)

    def _place(self, fd: int, path: Path, digest: Digest) -> Stored:
        """Durable under its final name, or not there at all."""
        hexadecimal = digest.hex
        location = f"{digest.algorithm}/{hexadecimal[:2]}/{hexadecimal}.{nonce()}"
        target = self._blobs / location
        self._prepare(target.parent)
        disk.sync_file(fd, path)
        path.rename(target)
        disk.sync_folder(target.parent)
        return Stored(location, os.fstat(fd).st_size)

    def _prepare(self, folder: Path) -> None:
        """Makes a folder and, once per process, its name durable: another one may have made it just now."""
        if folder in self._durable and folder.is_dir():
            return
        folder.mkdir(parents=True, exist_ok=True)
        for made in (folder, *folder.parents):
            if made == self._root.parent:
                break
            disk.sync_folder(made.parent)
        self._durable.add(folder)


def _listed(folder: Path) -> list[Listed]:
    """The files of a folder, without those that vanish while we look."""
    found = []
    with disk.border(), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):
                status = entry.stat(follow_symlinks=False)
                found.append(Listed(entry.name, status.st_size, status.st_mtime_ns // 1000))
    return found

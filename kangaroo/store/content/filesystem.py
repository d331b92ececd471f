"""Blobs as files under one folder, which any number of processes may share.

The event loop never waits for the disk, and a request crosses to a thread as rarely as it can: once for a
small append, a finish or a put, once per MiB of a large append; not at all to read what the kernel caches.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import ParamSpec, TypeVar

from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure
from kangaroo.store.content import disk
from kangaroo.store.content.contract import Listed, Stored
from kangaroo.store.content.file_append import Append
from kangaroo.store.content.file_reader import FileReader
from kangaroo.store.content.files import Files

P = ParamSpec("P")
T = TypeVar("T")

_BATCH = 1 << 20  # written and hashed in about a millisecond, while the loop collects the next one


class FilesystemStore:
    """`check` complains when less than `reserve` bytes are free: a full disk stops the database, too."""

    def __init__(self, root: Path, *, reserve: int = 64 << 20, threads: int = 32) -> None:
        self._files = Files(root, reserve)
        self._threads = ThreadPoolExecutor(threads, "content")

    async def start(self, upload: str) -> None:
        await self._in_thread(self._files.start, upload)

    async def append(self, upload: str, offset: int, data: AsyncIterator[bytes]) -> int:
        """Collects a batch while the one before is written; if the iterator fails, both are still written."""
        job = Append(self._files, upload, offset)
        behind: Future[None] | None = None
        batch: list[bytes] = []
        held = 0
        try:
            async for piece in data:
                batch.append(piece)
                held += len(piece)
                if held >= _BATCH:
                    if behind is not None:
                        await _result(behind)
                    behind = self._threads.submit(job.write, batch)
                    batch, held = [], 0
        except BaseException:
            with suppress(Failure):
                await self._in_thread(job.end, behind, batch)
            raise
        return await self._in_thread(job.end, behind, batch)

    async def size(self, upload: str) -> int:
        """Inline, like `open`: the kernel remembers the inode of an upload under way."""
        with disk.border(Code.UPLOAD_UNKNOWN, upload=upload):
            return self._files.upload(upload).stat().st_size

    async def finish(self, upload: str, digest: Digest) -> Stored:
        return await self._in_thread(self._files.finish, upload, digest)

    async def abort(self, upload: str) -> None:
        self._files.hashes.take(upload)
        await self._in_thread(self._files.remove, self._files.upload(upload))

    async def put(self, digest: Digest, content: bytes) -> Stored:
        return await self._in_thread(self._files.put, digest, content)

    async def open(self, location: str) -> FileReader:
        with disk.border(Code.NOT_FOUND, what=f"blob at {location}"):
            return FileReader(os.open(self._files.blob(location), os.O_RDONLY), self._in_thread)

    async def redirect(self, location: str, media_type: str) -> str | None:  # noqa: ARG002  the file is here
        return None

    async def remove(self, location: str) -> int:
        return await self._in_thread(self._files.remove, self._files.blob(location))

    async def blobs(self) -> AsyncIterator[Listed]:
        for folder in await self._in_thread(self._files.folders):
            for blob in await self._in_thread(self._files.blobs, folder):
                yield blob

    async def uploads(self) -> AsyncIterator[Listed]:
        for upload in await self._in_thread(self._files.uploads):
            yield upload

    async def check(self) -> None:
        await self._in_thread(self._files.check)

    async def close(self) -> None:
        await asyncio.to_thread(self._threads.shutdown)

    async def _in_thread(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await _result(self._threads.submit(function, *args, **kwargs))


async def _result(job: "Future[T]") -> T:
    """Shielded: a request that is cancelled must not take its bytes out of the queue of the threads."""
    return await asyncio.shield(asyncio.wrap_future(job))

"""One file out of a Helm chart, read from its archive while that comes in.

The archive is a stranger's: how far it unpacks, how many files it has and how large the wanted one is are bounded.
Unpacking is work for a thread; it asks the event loop for each piece of the archive.
"""

import asyncio
import gzip
import tarfile
import zlib
from collections.abc import AsyncIterator, Callable
from typing import IO, Protocol, cast

from kangaroo.base.errors import Code, Failure
from kangaroo.store.content.contract import Reader

UNPACKED = 32 << 20  # bytes; what we look for stands near the head
FILES = 10_000


class _Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


async def read_file(reader: Reader, wanted: str, limit: int) -> bytes:
    """`wanted` in lower case, directly in the chart's folder; empty when it is not there.

    Raises BAD_REQUEST for what is no chart, TOO_LARGE.
    """
    loop, chunks = asyncio.get_running_loop(), reader.chunks()

    def more() -> bytes:
        return asyncio.run_coroutine_threadsafe(_next(chunks), loop).result()

    return await asyncio.to_thread(_find, _Pieces(more), wanted, limit)


async def _next(chunks: AsyncIterator[bytes]) -> bytes:
    return await anext(chunks, b"")


def _find(archive: _Readable, wanted: str, limit: int) -> bytes:
    try:
        unpacked = _Bounded(gzip.GzipFile(fileobj=cast("IO[bytes]", archive), mode="rb"))
        with tarfile.open(fileobj=cast("IO[bytes]", unpacked), mode="r|") as files:
            for number, member in enumerate(files):
                if number >= FILES:
                    raise Failure(Code.TOO_LARGE, what="chart", limit=UNPACKED)
                if member.isfile() and member.name.partition("/")[2].lower() == wanted:
                    return _content(files, member, limit)
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise Failure(Code.BAD_REQUEST, reason=f"the archive of the chart is broken: {error}") from error
    return b""


def _content(files: tarfile.TarFile, member: tarfile.TarInfo, limit: int) -> bytes:
    if member.size > limit:
        raise Failure(Code.TOO_LARGE, what=member.name[:255], limit=limit)
    file = files.extractfile(member)
    assert file is not None
    return file.read()


class _Pieces:
    """A file made of what `more` returns, until that is empty."""

    def __init__(self, more: Callable[[], bytes]) -> None:
        self._more = more
        self._rest = b""

    def read(self, size: int = -1, /) -> bytes:
        if not self._rest:
            self._rest = self._more()
        taken = self._rest if size < 0 else self._rest[:size]
        self._rest = self._rest[len(taken) :]
        return taken


class _Bounded:
    def __init__(self, file: _Readable) -> None:
        self._file = file
        self._left = UNPACKED

    def read(self, size: int = -1, /) -> bytes:
        data = self._file.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise Failure(Code.TOO_LARGE, what="chart", limit=UNPACKED)
        return data

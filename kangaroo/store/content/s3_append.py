"""One append to an upload in S3: full parts go out while the next one is received; the rest becomes the tail.

Memory is three parts, and what the sockets hold of two. Part numbers are reserved in the session before they
are used: a writer that has lost the upload without knowing it overwrites nothing, and its next save fails.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from kangaroo.base.errors import Code, Failure
from kangaroo.store.content.hashing import Hashes, Running
from kangaroo.store.content.s3_bucket import Bucket, Part
from kangaroo.store.content.s3_session import Session, Sessions, known

T = TypeVar("T")

_AT_ONCE = 2  # parts on their way
RESERVE = 16  # part numbers at a time: what a dead writer wastes of the 10000 there are
LAST = 9_999  # one more for the tail
_unfinished: set["asyncio.Task[Any]"] = set()


def part_size(number: int) -> int:
    """Equal parts suit every server; 16 MiB after the first 8 GB carry a blob to 150 GiB."""
    return 8 << 20 if number <= 1000 else 16 << 20


class Append:
    """Used once; `session` is what `Sessions.load` returned."""

    def __init__(self, bucket: Bucket, sessions: Sessions, hashes: Hashes, session: Session) -> None:
        self._bucket = bucket
        self._sessions = sessions
        self._hashes = hashes
        self._session = session
        self._buffer = bytearray(session.tail)
        self._hashed = len(session.tail)  # of the buffer
        self._running = hashes.take(session.revision) if session.size else Running()
        self._next = session.reserved + 1
        self._going: list[asyncio.Task[Part]] = []

    async def run(self, data: AsyncIterator[bytes]) -> int:
        """What has arrived is kept when the iterator fails or the request is cancelled."""
        try:
            async for piece in data:
                self._buffer += piece
                while len(self._buffer) >= part_size(self._next):
                    await self._send()
        except BaseException:
            with suppress(Failure):
                await _to_the_end(self._end())
            raise
        return await _to_the_end(self._end())

    async def _send(self) -> None:
        session = self._session
        if self._next > LAST:
            raise Failure(Code.TOO_LARGE, what="blob", limit=session.size)
        if len(self._going) == _AT_ONCE:
            self._landed(await asyncio.shield(self._going[0]))
            del self._going[0]
        if self._next > session.reserved:
            await self._reserve()
        # No await from here to the task: a cancelled request must find the bytes either here or there.
        size = part_size(self._next)
        content = self._buffer
        self._buffer = content[size:]
        del content[size:]
        part = self._bucket.part(session.key, session.multipart, self._next, content)
        self._going.append(asyncio.ensure_future(part))
        self._next += 1
        await self._hash(content)

    async def _reserve(self) -> None:
        """Also saves how far the upload has come."""
        session = self._session
        with known(session.upload):
            session.multipart = session.multipart or await self._bucket.begin(session.key)
        session.reserved += RESERVE
        await self._sessions.save(session)

    async def _end(self) -> int:
        """Saves the parts up to the first that failed; if none did, the tail, too."""
        session = self._session
        results = await asyncio.gather(*self._going, return_exceptions=True)
        failed = next((result for result in results if isinstance(result, BaseException)), None)
        for result in results:
            if isinstance(result, BaseException):
                break
            self._landed(result)
        if failed is None:
            session.tail = bytes(self._buffer)
            await self._hash(session.tail)
        session.reserved = self._next - 1
        await self._sessions.save(session)
        if failed is not None:
            raise failed
        if self._running is not None:
            self._hashes.keep(session.revision, self._running)
        return session.size

    def _landed(self, part: Part) -> None:
        self._session.parts.append(part)
        self._session.tail = b""  # the first part begins with it

    async def _hash(self, content: bytes | bytearray) -> None:
        """What is new in it. A request cancelled meanwhile loses the hash: who knows how far it came."""
        running, self._running = self._running, None
        if running is not None:
            await asyncio.to_thread(running.update, memoryview(content)[self._hashed :])
        self._running = running
        self._hashed = 0


async def _to_the_end(work: Coroutine[Any, Any, T]) -> T:
    """Also when the request is cancelled: then it goes on behind its back."""
    task = asyncio.ensure_future(work)
    _unfinished.add(task)  # the event loop alone would let it be collected
    task.add_done_callback(_unfinished.discard)
    return await asyncio.shield(task)

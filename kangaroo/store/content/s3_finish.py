"""The end of an upload to S3: verify, and make it a blob without copying it.

Small content is verified in memory and written under its digest. Large content went to its place in parts:
its hash is known if this process received it, otherwise the blob is read once before anybody learns of it.
"""

import asyncio
from contextlib import suppress
from itertools import pairwise

from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure
from kangaroo.store.content.contract import Stored
from kangaroo.store.content.hashing import Hashes, Running
from kangaroo.store.content.layout import location_without_digest, nonce
from kangaroo.store.content.s3_bucket import BLOBS, Bucket
from kangaroo.store.content.s3_session import Session, Sessions

_READ = 256 << 10  # hashed in the event loop in a fifth of a millisecond, about what a hop to a thread costs
_COPY = 1 << 30


async def store_small(bucket: Bucket, digest: Digest, content: bytes) -> Stored:
    actual = await asyncio.to_thread(Digest.of, content, digest.algorithm)
    if actual != digest:
        raise Failure(Code.DIGEST_MISMATCH, digest=digest, actual=actual)
    location = f"{digest.algorithm}/{digest.hex}.{nonce()}"
    await bucket.put(BLOBS + location, content)
    return Stored(location, len(content))


class Finish:
    """Used once; `session` is what `Sessions.load` returned."""

    def __init__(self, bucket: Bucket, sessions: Sessions, hashes: Hashes, session: Session) -> None:
        self._bucket = bucket
        self._sessions = sessions
        self._hashes = hashes
        self._session = session

    async def run(self, digest: Digest) -> Stored:
        """The save lets only one of two requests that finish an upload return: a location has one owner."""
        session = self._session
        if session.parts:
            stored = Stored(session.location, session.size)
            await self._large(digest)
        else:
            stored = await store_small(self._bucket, digest, session.tail)
        session.finished = True
        session.tail = b""
        await self._sessions.save(session)
        with suppress(Failure):  # listed as an upload, it is removed as one some day
            await self._sessions.remove(session.upload)
        return stored

    async def _large(self, digest: Digest) -> None:
        session = self._session
        running = self._hashes.take(session.revision)
        if running is not None and (running.algorithm, running.size) == (digest.algorithm, session.size):
            if running.digest() != digest:
                self._hashes.keep(session.revision, running)
                raise Failure(Code.DIGEST_MISMATCH, digest=digest, actual=running.digest())
            await self._complete()
            return
        await self._complete()
        running = await self._read_back(digest.algorithm)
        if running.digest() != digest:
            await self._reopen()
            self._hashes.keep(session.revision, running)
            raise Failure(Code.DIGEST_MISMATCH, digest=digest, actual=running.digest())

    async def _complete(self) -> None:
        session = self._session
        key, parts = session.key, list(session.parts)
        try:
            if session.tail:
                number = session.reserved + 1
                parts.append(await self._bucket.part(key, session.multipart, number, session.tail))
            await self._bucket.complete(key, session.multipart, parts)
        except Failure as failure:
            if await self._is_whole():
                return  # completed all the same, now or before: only the answer got lost
            if failure.code is Code.NOT_FOUND:
                raise Failure(Code.UPLOAD_UNKNOWN, upload=session.upload) from failure
            raise

    async def _is_whole(self) -> bool:
        size = None
        with suppress(Failure):
            size = (await self._bucket.head(self._session.key)).size
        return size == self._session.size

    async def _read_back(self, algorithm: str) -> Running:
        running = Running(algorithm)
        body = await self._bucket.get(self._session.key)
        try:
            while piece := await body.read(_READ):
                running.update(piece)
        finally:
            body.close()
        return running

    async def _reopen(self) -> None:
        """The upload as it was, after it was completed only to find that it is not what was promised."""
        session = self._session
        old, size = session.key, session.size
        count = max(1, size // _COPY)
        edges = [size * index // count for index in range(count + 1)]
        session.location = location_without_digest()
        key, session.multipart = session.key, await self._bucket.begin(session.key)
        session.parts = [
            await self._bucket.copy_part(key, session.multipart, number, (old, start, end))
            for number, (start, end) in enumerate(pairwise(edges), 1)
        ]
        session.reserved = count
        session.tail = b""
        await self._sessions.save(session)
        await self._bucket.delete(old)

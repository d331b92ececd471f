"""Blobs in S3 or what speaks like it. Any replica may continue an upload: see `s3_session`.

Locations are `sha256/<hex>.<nonce>` for small content and `data/<unique>` for large, which has its place
before it is known, and is never copied.
"""

from collections.abc import AsyncIterator

from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure
from kangaroo.store.content.contract import Listed, Stored
from kangaroo.store.content.hashing import Hashes
from kangaroo.store.content.layout import blob_location, is_location, upload_name
from kangaroo.store.content.s3_append import Append
from kangaroo.store.content.s3_bucket import BLOBS, Bucket
from kangaroo.store.content.s3_errors import ignoring
from kangaroo.store.content.s3_finish import Finish, store_small
from kangaroo.store.content.s3_reader import S3Reader
from kangaroo.store.content.s3_session import Sessions
from kangaroo.store.content.s3_settings import S3Settings

_PROBE = "check"


class S3Store:
    def __init__(self, settings: S3Settings) -> None:
        self._bucket = Bucket(settings)
        self._sessions = Sessions(self._bucket)
        self._hashes = Hashes()
        self._redirect = settings.redirect

    async def start(self, upload: str) -> None:
        await self._sessions.start(upload)

    async def append(self, upload: str, offset: int, data: AsyncIterator[bytes]) -> int:
        session = await self._sessions.load(upload)
        if session.size != offset:
            reason = f"the upload has {session.size} bytes, continue there"
            raise Failure(Code.RANGE_INVALID, range=str(offset), reason=reason)
        return await Append(self._bucket, self._sessions, self._hashes, session).run(data)

    async def size(self, upload: str) -> int:
        return await self._sessions.size(upload)

    async def finish(self, upload: str, digest: Digest) -> Stored:
        session = await self._sessions.load(upload)
        return await Finish(self._bucket, self._sessions, self._hashes, session).run(digest)

    async def abort(self, upload: str) -> None:
        """Leaves alone what a finish may have made of the upload just now: at worst that is garbage."""
        upload_name(upload)
        with ignoring(Code.UPLOAD_UNKNOWN):
            session = await self._sessions.find(upload)
            if session.multipart:
                with ignoring(Code.NOT_FOUND):
                    await self._bucket.abort(session.key, session.multipart)
            await self._sessions.remove(upload)
            self._hashes.take(session.revision)

    async def put(self, digest: Digest, content: bytes) -> Stored:
        return await store_small(self._bucket, digest, content)

    async def open(self, location: str) -> S3Reader:
        key = BLOBS + blob_location(location)
        return S3Reader(self._bucket, key, await self._bucket.get(key))

    async def redirect(self, location: str, media_type: str) -> str | None:
        if not self._redirect:
            return None
        return await self._bucket.link(BLOBS + blob_location(location), media_type)

    async def remove(self, location: str) -> int:
        key = BLOBS + blob_location(location)
        freed = 0
        with ignoring(Code.NOT_FOUND):
            freed = (await self._bucket.head(key)).size
            await self._bucket.delete(key)
        return freed

    async def blobs(self) -> AsyncIterator[Listed]:
        async for blob in self._bucket.list(BLOBS):
            if is_location(blob.name):
                yield blob

    def uploads(self) -> AsyncIterator[Listed]:
        return self._sessions.all()

    async def check(self) -> None:
        await self._bucket.put(_PROBE, b"kangaroo")
        await self._bucket.delete(_PROBE)

    async def close(self) -> None:
        await self._bucket.close()

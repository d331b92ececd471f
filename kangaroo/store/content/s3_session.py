"""The state of an upload in S3: one object, `uploads/<upload>`, that any replica reads and replaces.

It is replaced only by who has read the version before (`If-Match`): of two writers one loses, and what the
winner wrote stays whole.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace

import msgspec

from kangaroo.base.errors import Code, Failure
from kangaroo.store.content.contract import Listed
from kangaroo.store.content.layout import BUSY, TAKEN, location_without_digest, nonce, upload_name
from kangaroo.store.content.s3_bucket import BLOBS, Bucket, Part
from kangaroo.store.content.s3_errors import ignoring

_FOLDER = "uploads/"
_SIZE = "size"  # metadata, so that a HEAD tells the size of an upload; a finished one has none


class Session(msgspec.Struct, kw_only=True):
    """Its content is the `parts` of the multipart upload, then the `tail`: what does not fill a part yet.

    The blob will be at `location` if it is large enough for parts. Part numbers up to `reserved` may be in
    use, if only by a writer that died. `revision` names this content, in the table of running hashes, too.
    """

    upload: str
    location: str
    multipart: str = ""
    parts: list[Part] = msgspec.field(default_factory=list)
    tail: bytes = b""
    reserved: int = 0
    finished: bool = False
    revision: str = ""
    etag: str = ""  # of the object this was read from

    @property
    def key(self) -> str:
        return BLOBS + self.location

    @property
    def size(self) -> int:
        return sum(part.size for part in self.parts) + len(self.tail)


class Sessions:
    """Loads and saves; here what S3 does not find is an unknown upload."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    async def start(self, upload: str) -> None:
        await self.save(Session(upload=upload_name(upload), location=location_without_digest()))

    async def load(self, upload: str) -> Session:
        session = await self.find(upload)
        if session.finished:
            raise Failure(Code.UPLOAD_UNKNOWN, upload=upload)
        return session

    async def find(self, upload: str) -> Session:
        """Also one that is finished, of which only the removal failed."""
        with known(upload):
            body = await self._bucket.get(_key(upload))
            session = msgspec.msgpack.decode(await body.read(), type=Session)
        session.etag = body.etag
        return session

    async def size(self, upload: str) -> int:
        with known(upload):
            head = await self._bucket.head(_key(upload))
        if _SIZE not in head.metadata:
            raise Failure(Code.UPLOAD_UNKNOWN, upload=upload)
        return int(head.metadata[_SIZE])

    async def save(self, session: Session) -> None:
        """UPLOAD_INVALID if another writer was faster."""
        session.revision = nonce()
        condition = {"IfMatch": session.etag} if session.etag else {"IfNoneMatch": "*"}
        metadata = {} if session.finished else {_SIZE: str(session.size)}
        content = msgspec.msgpack.encode(session)
        try:
            with known(session.upload):
                session.etag = await self._bucket.put(
                    _key(session.upload), content, Metadata=metadata, **condition
                )
        except Failure as failure:
            if failure.code is not Code.PRECONDITION:
                raise
            present = await self.find(session.upload)
            if present.revision != session.revision:
                raise Failure(Code.UPLOAD_INVALID, reason=BUSY if session.etag else TAKEN) from failure
            session.etag = present.etag  # it was us: the answer got lost, and the retry was too late

    async def remove(self, upload: str) -> None:
        await self._bucket.delete(_key(upload))

    async def all(self) -> AsyncIterator[Listed]:
        async for found in self._bucket.list(_FOLDER):
            head = None
            with ignoring(Code.NOT_FOUND):  # finished or aborted meanwhile
                head = await self._bucket.head(_FOLDER + found.name)
            if head is not None:
                yield replace(found, size=int(head.metadata.get(_SIZE, 0)))


def _key(upload: str) -> str:
    return _FOLDER + upload_name(upload)


@contextmanager
def known(upload: str) -> Iterator[None]:
    try:
        yield
    except Failure as failure:
        if failure.code is Code.NOT_FOUND:
            raise Failure(Code.UPLOAD_UNKNOWN, upload=upload) from failure
        raise

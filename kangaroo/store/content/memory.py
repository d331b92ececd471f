"""The contract in its smallest form: for tests, and to read what the other two must do."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from kangaroo.base.clock import Micros, now
from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure
from kangaroo.store.content.contract import Listed, Stored
from kangaroo.store.content.layout import BUSY, TAKEN, nonce, upload_name


@dataclass(slots=True)
class _Upload:
    content: bytearray = field(default_factory=bytearray)
    modified: Micros = field(default_factory=now)
    busy: bool = False


class MemoryReader:
    def __init__(self, content: bytes) -> None:
        self._content = content
        self.size = len(content)

    async def chunks(self, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        end = self.size if length is None else min(start + length, self.size)
        for at in range(start, end, 1 << 20):
            yield self._content[at : min(at + (1 << 20), end)]

    async def close(self) -> None:
        pass


class MemoryStore:
    def __init__(self) -> None:
        self._uploads: dict[str, _Upload] = {}
        self._blobs: dict[str, tuple[bytes, Micros]] = {}

    async def start(self, upload: str) -> None:
        if upload_name(upload) in self._uploads:
            raise Failure(Code.UPLOAD_INVALID, reason=TAKEN)
        self._uploads[upload] = _Upload()

    async def append(self, upload: str, offset: int, data: AsyncIterator[bytes]) -> int:
        found = self._idle(upload)
        if len(found.content) != offset:
            reason = f"the upload has {len(found.content)} bytes, continue there"
            raise Failure(Code.RANGE_INVALID, range=str(offset), reason=reason)
        found.busy = True
        try:
            async for piece in data:
                found.content += piece
        finally:
            found.busy = False
            found.modified = now()
        return len(found.content)

    async def size(self, upload: str) -> int:
        return len(self._upload(upload).content)

    async def finish(self, upload: str, digest: Digest) -> Stored:
        stored = await self.put(digest, bytes(self._idle(upload).content))
        del self._uploads[upload]
        return stored

    async def abort(self, upload: str) -> None:
        self._uploads.pop(upload_name(upload), None)

    async def put(self, digest: Digest, content: bytes) -> Stored:
        actual = Digest.of(content, digest.algorithm)
        if actual != digest:
            raise Failure(Code.DIGEST_MISMATCH, digest=digest, actual=actual)
        location = f"{digest.algorithm}/{digest.hex}.{nonce()}"
        self._blobs[location] = (content, now())
        return Stored(location, len(content))

    async def open(self, location: str) -> MemoryReader:
        if location not in self._blobs:
            raise Failure(Code.NOT_FOUND, what=f"blob at {location}")
        return MemoryReader(self._blobs[location][0])

    async def redirect(self, location: str, media_type: str) -> str | None:  # noqa: ARG002  nowhere to go
        return None

    async def remove(self, location: str) -> int:
        content, _ = self._blobs.pop(location, (b"", 0))
        return len(content)

    async def blobs(self) -> AsyncIterator[Listed]:
        for location, (content, modified) in list(self._blobs.items()):
            yield Listed(location, len(content), modified)

    async def uploads(self) -> AsyncIterator[Listed]:
        for name, upload in list(self._uploads.items()):
            yield Listed(name, len(upload.content), upload.modified)

    async def check(self) -> None:
        pass

    async def close(self) -> None:
        pass

    def _upload(self, upload: str) -> _Upload:
        if upload not in self._uploads:
            raise Failure(Code.UPLOAD_UNKNOWN, upload=upload)
        return self._uploads[upload]

    def _idle(self, upload: str) -> _Upload:
        found = self._upload(upload)
        if found.busy:
            raise Failure(Code.UPLOAD_INVALID, reason=BUSY)
        return found

"""One blob in S3 being read through us: for clients that cannot be redirected, and for our own jobs."""

from collections.abc import AsyncIterator

from kangaroo.base.errors import Code, Failure
from kangaroo.store.content.s3_bucket import Body, Bucket

_CHUNK = 1 << 20


class S3Reader:
    """`whole` is the answer that told the size; S3 sends it all even if the object is deleted meanwhile."""

    def __init__(self, bucket: Bucket, key: str, whole: Body) -> None:
        self._bucket = bucket
        self._key = key
        self._whole: Body | None = whole
        self.size = whole.size

    async def chunks(self, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        end = self.size if length is None else min(start + length, self.size)
        left = end - start
        if left <= 0:
            return
        body = await self._body(start, end)
        try:
            while left and (piece := await body.read(min(left, _CHUNK))):
                left -= len(piece)
                yield piece
        finally:
            body.close()

    async def close(self) -> None:
        if self._whole is not None:
            self._whole.close()
            self._whole = None

    async def _body(self, start: int, end: int) -> Body:
        """An answer whose next byte is the one at `start`."""
        if start or self._whole is None:
            try:
                return await self._bucket.get(self._key, start, end)
            except Failure as failure:
                if failure.code is not Code.NOT_FOUND or self._whole is None:
                    raise
        whole, self._whole = self._whole, None
        while start and (piece := await whole.read(min(start, _CHUNK))):
            start -= len(piece)
        return whole

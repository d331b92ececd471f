"""Reading a blob: in pieces, from any offset, on from where a connection was lost, checked against its digest."""

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing

from kangaroo.base.digests import Digest, hasher
from kangaroo.base.errors import Code, Failure
from kangaroo.base.reasons import InstanceFailure
from kangaroo.remote.answers import Answer, Stream
from kangaroo.remote.names import ImageName
from kangaroo.remote.retries import TRANSFERS, Retries
from kangaroo.remote.v2 import V2, scope

_CONTENT_RANGE = re.compile(r"bytes (\d+)-")


class Download:
    def __init__(self, v2: V2, image: ImageName, digest: Digest) -> None:
        self._v2 = v2
        self._image = image
        self._digest = digest

    async def chunks(self, start: int) -> AsyncGenerator[bytes, None]:
        running = hasher(self._digest.algorithm)
        retries = Retries(self._v2.transport.limits, TRANSFERS)
        offset, ended = start, False
        while not ended:
            try:
                async with aclosing(self._from(offset)) as part:
                    async for chunk in part:
                        offset += len(chunk)
                        running.update(chunk)
                        retries.progressed()
                        yield chunk
                ended = True
            except InstanceFailure as failure:
                pause = retries.pause(failure)
                if pause is None:
                    raise
                await asyncio.sleep(pause)
        actual = f"{self._digest.algorithm}:{running.hexdigest()}"
        if start == 0 and actual != self._digest:
            raise Failure(Code.DIGEST_MISMATCH, digest=self._digest, actual=actual)

    async def _from(self, offset: int) -> AsyncGenerator[bytes, None]:
        target = f"{self._v2.root(self._image)}/blobs/{self._digest}"
        headers = {"Range": f"bytes={offset}-"} if offset else {}
        async with self._v2.open(target, scope(self._image, "pull"), headers) as stream:
            if stream.head.status == 416:  # nothing was missing but the end
                return
            skip = self._skip(stream, offset)
            async for chunk in stream.chunks:
                if skip >= len(chunk):
                    skip -= len(chunk)
                    continue
                yield chunk[skip:] if skip else chunk
                skip = 0

    def _skip(self, stream: Stream, offset: int) -> int:
        """How much of the answer comes before the offset: all of it, where ranges are not known."""
        head: Answer = stream.head
        if head.status == 200:
            return offset
        if head.status == 206:
            begins = _CONTENT_RANGE.match(head.headers.get("Content-Range", ""))
            if begins and int(begins[1]) <= offset:
                return offset - int(begins[1])
        if head.status == 404:
            raise Failure(Code.BLOB_UNKNOWN, digest=self._digest, repository=str(self._image))
        raise self._v2.refusal(head, f"blob {self._digest}")

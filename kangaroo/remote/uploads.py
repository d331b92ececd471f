"""Writing a blob: one session, one stream, on from where a connection was lost if the registry still knows how far it
came, else once more from the start."""

import asyncio
import re
from collections.abc import Mapping
from contextlib import suppress

from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure
from kangaroo.base.reasons import InstanceFailure
from kangaroo.remote.answers import Answer
from kangaroo.remote.contract import Source
from kangaroo.remote.links import location
from kangaroo.remote.names import ImageName
from kangaroo.remote.retries import TRANSFERS, Retries
from kangaroo.remote.v2 import V2, scope

_RANGE = re.compile(r"(?:bytes=)?0-(\d+)")
_BYTES = {"Content-Type": "application/octet-stream"}


class Upload:
    def __init__(self, v2: V2, image: ImageName, digest: Digest, size: int) -> None:
        self._v2 = v2
        self._image = image
        self._digest = digest
        self._size = size
        self._scopes = scope(image, "pull,push")
        self._location = ""
        self._offset = 0

    async def run(self, source: Source) -> None:
        retries = Retries(self._v2.transport.limits, TRANSFERS)
        while True:
            reached = self._offset
            try:
                await self._go_on(source)
            except InstanceFailure as failure:
                pause = retries.pause(failure)
                if pause is None:
                    raise
                await asyncio.sleep(pause)
            else:
                return
            if await self._ended():
                return
            await self._find_place()
            if self._offset > reached:
                retries.progressed()

    async def _go_on(self, source: Source) -> None:
        if not self._location:
            answer = await self._call("POST", f"{self._v2.root(self._image)}/blobs/uploads/")
            self._must(answer, 202)
            self._location, self._offset = location(answer), 0
        if self._offset < self._size:
            await self._patch(source)
        mark = "&" if "?" in self._location else "?"
        answer = await self._call("PUT", f"{self._location}{mark}digest={self._digest}")
        if answer.status == 400:
            raise Failure(Code.DIGEST_MISMATCH, digest=self._digest, actual="another")
        self._must(answer, 201)

    async def _patch(self, source: Source) -> None:
        headers = dict(_BYTES)
        if self._offset:
            headers["Content-Range"] = f"{self._offset}-{self._size - 1}"
        answer = await self._v2.send(
            self._location, self._scopes, headers, source(self._offset), self._size - self._offset
        )
        self._must(answer, 202)
        self._location, self._offset = location(answer), self._size

    async def _ended(self) -> bool:
        """Whether only the answer was lost."""
        answer = await self._call("HEAD", f"{self._v2.root(self._image)}/blobs/{self._digest}")
        return answer.status == 200

    async def _find_place(self) -> None:
        """How far the session came; a registry that lost count starts anew."""
        left, self._location, self._offset = self._location, "", 0
        if not left:
            return
        answer = await self._call("GET", left)
        came = _RANGE.fullmatch(answer.headers.get("Range", ""))
        if answer.status == 204 and came and int(came[1]) > 0:  # 0-0 may mean no byte, or one
            self._location = location(answer) if "Location" in answer.headers else left
            self._offset = int(came[1]) + 1

    async def _call(self, method: str, target: str) -> Answer:
        headers: Mapping[str, str] = {} if method in ("GET", "HEAD") else {"Content-Length": "0"}
        return await self._v2.call(method, target, self._scopes, headers=headers)

    def _must(self, answer: Answer, status: int) -> None:
        if answer.status != status:
            raise self._v2.refusal(answer, f"upload to {self._image}")


async def cancel(v2: V2, image: ImageName, answer: Answer) -> None:
    """Give up a session that a registry began; it would end by itself, later."""
    with suppress(Failure):
        await v2.call("DELETE", location(answer), scope(image, "pull,push"))

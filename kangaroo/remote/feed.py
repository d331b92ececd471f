"""A body on its way to a registry: counted, and watched, so that a peer that stops reading is noticed.

HTTP clients time how long an answer takes, which begins when the body is away; nobody times the body.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Self

from kangaroo.base.errors import Code, Failure

_CLOSING_STEPS = 100


class Feed:
    """`error` is what the source raised: the client would report it as a lost connection."""

    def __init__(self, source: AsyncIterator[bytes], size: int, idle_seconds: float) -> None:
        self._source = source
        self._size = size
        self._idle = idle_seconds
        self._limit = asyncio.timeout(None)
        self._open = False
        self.error: Exception | None = None
        self.chunks = self._watched()

    async def __aenter__(self) -> Self:
        await self._limit.__aenter__()
        self._open = True
        return self

    async def __aexit__(self, *raised: object) -> None:
        self._open = False
        await self._close()
        await self._limit.__aexit__(*raised)  # type: ignore[arg-type]

    async def _watched(self) -> AsyncGenerator[bytes, None]:
        try:
            async with aclosing(_closable(self._source)) as source:
                sent = 0
                async for chunk in source:
                    sent += len(chunk)
                    self._check(sent <= self._size, sent)
                    self._allow(self._idle)
                    yield chunk
                    self._allow(None)
                self._check(sent == self._size, sent)
        except Exception as error:
            self.error = error
            raise

    def _check(self, fits: bool, sent: int) -> None:
        if not fits:
            raise Failure(Code.SIZE_INVALID, expected=self._size, actual=sent)

    def _allow(self, seconds: float | None) -> None:
        """The network has so long for the next chunk; the source takes the time it needs."""
        if self._open:
            self._limit.reschedule(None if seconds is None else asyncio.get_running_loop().time() + seconds)

    async def _close(self) -> None:
        """The client may still be inside the iterator: it was told to leave, and does so in its next steps."""
        for _ in range(_CLOSING_STEPS):
            try:
                await self.chunks.aclose()
            except RuntimeError:
                await asyncio.sleep(0)
            else:
                return


async def _closable(source: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    """Closing this closes the source, if it can be."""
    try:
        async for chunk in source:
            yield chunk
    finally:
        if isinstance(source, AsyncGenerator):
            await source.aclose()

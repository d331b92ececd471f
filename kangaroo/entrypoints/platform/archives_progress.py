"""The progress of an upload as lines of JSON (application/x-ndjson), while it is pushed.

The lines begin when the archive was received whole and found good, for most clients look at no answer before they
have sent their request. An answer that has begun keeps its status: the last line tells the end.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial

import msgspec
import structlog

from kangaroo.base.errors import Code, Failure
from kangaroo.base.texts import Language
from kangaroo.core.archives import BlobSent, LayerPacked, Outcome, Received, Step, Tell
from kangaroo.entrypoints.platform.archives_shapes import (
    FailedLine,
    Line,
    ReceivedLine,
    ResultLine,
    line_of,
    refused,
    uploaded,
)
from kangaroo.entrypoints.platform.shapes import int64

MEDIA_TYPE = "application/x-ndjson"
_SECONDS = 0.2  # between two lines of one blob
_UNDER_WAY: set["asyncio.Task[Line]"] = set()  # the loop itself holds its tasks weakly
log = structlog.get_logger(__name__)

Push = Callable[[Received, Tell], Awaitable[Sequence[Outcome]]]


async def lines(archive: Received, push: Push, host: str, language: Language) -> AsyncIterator[bytes]:
    """Who stops reading ends the push, which then closes the archive in its own time."""
    steps: asyncio.Queue[Step | None] = asyncio.Queue()

    async def pushing() -> Line:
        try:
            outcomes = await push(archive, steps.put_nowait)
            return ResultLine(items=uploaded(outcomes, host, language))
        except Failure as failure:
            return FailedLine(error=refused(failure, language))
        except Exception:
            log.exception("upload failed")
            return FailedLine(error=refused(Failure(Code.INTERNAL), language))
        finally:
            steps.put_nowait(None)

    task = asyncio.create_task(pushing())
    _UNDER_WAY.add(task)
    task.add_done_callback(partial(_ended, archive))
    try:
        yield _encoded(ReceivedLine(bytes=int64(archive.received)))
        async for step in _sparse(steps):
            yield _encoded(line_of(step))
        yield _encoded(await task)
    finally:
        task.cancel()


def _ended(archive: Received, task: "asyncio.Task[Line]") -> None:
    archive.spool.close()
    _UNDER_WAY.discard(task)


async def _sparse(steps: "asyncio.Queue[Step | None]") -> AsyncIterator[Step]:
    """Without most of those that only say how far it came."""
    clock = asyncio.get_running_loop().time
    told = clock()
    while (step := await steps.get()) is not None:
        is_part = isinstance(step, BlobSent | LayerPacked) and step.done < step.total
        if not is_part or clock() - told >= _SECONDS:
            told = clock()
            yield step


def _encoded(line: Line) -> bytes:
    return msgspec.json.encode(line) + b"\n"

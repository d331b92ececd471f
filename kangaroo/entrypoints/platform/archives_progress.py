"""The progress of an upload as lines of JSON (application/x-ndjson), while it is pushed.

The lines begin when the archive was received whole and found good, for most clients look at no answer before they
have sent their request. An answer that has begun keeps its status: the last line tells the end.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing

import msgspec
import structlog

from kangaroo.base.errors import Code, Failure
from kangaroo.base.texts import Language
from kangaroo.core.archives import Outcome, Received, Step, Tell
from kangaroo.entrypoints.http.archives import followed
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
log = structlog.get_logger(__name__)

Push = Callable[[Received, Tell], Awaitable[Sequence[Outcome]]]


async def lines(archive: Received, push: Push, host: str, language: Language) -> AsyncIterator[bytes]:
    """Who stops reading ends the push."""
    try:
        async with aclosing(followed(archive, push)) as told:
            yield _encoded(ReceivedLine(bytes=int64(archive.received)))
            async for one in told:
                yield _encoded(
                    line_of(one) if isinstance(one, Step) else ResultLine(items=uploaded(one, host, language))
                )
    except Failure as failure:
        yield _encoded(FailedLine(error=refused(failure, language)))
    except Exception:
        log.exception("upload failed")
        yield _encoded(FailedLine(error=refused(Failure(Code.INTERNAL), language)))


def _encoded(line: Line) -> bytes:
    return msgspec.json.encode(line) + b"\n"

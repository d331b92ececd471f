"""Archives of images as bodies of requests and answers, for the dialects that take and give them."""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

import structlog
from litestar.exceptions import InternalServerException
from litestar.response import Stream

from kangaroo.base.errors import Code, Failure
from kangaroo.core.archives import BlobSent, Body, Choice, Download, LayerPacked, Received, Step, Tell
from kangaroo.entrypoints.http.framework import AnyRequest

T = TypeVar("T")
TAR = "application/x-tar"
_NOT_IN_FILE_NAMES = re.compile(r"[^A-Za-z0-9._-]+")
_SECONDS = 0.2  # between two steps that only say how far one blob came
_UNDER_WAY: set["asyncio.Task[Any]"] = set()  # the loop itself holds its tasks weakly
log = structlog.get_logger(__name__)


def body_of(request: AnyRequest) -> Body:
    """The archive somebody sends as the body; taking it raises BAD_REQUEST when he goes away before its end."""
    return Body(_chunks(request), request.content_length)


async def _chunks(request: AnyRequest) -> AsyncIterator[bytes]:
    try:
        async for chunk in request.stream():
            yield chunk
    except InternalServerException as error:
        raise Failure(Code.BAD_REQUEST, reason="the request ended early") from error


def file_answer(found: Download, choice: Choice) -> Stream:
    """A tar file to keep, named after the image."""
    name = _NOT_IN_FILE_NAMES.sub("-", f"{choice.image.name}-{str(choice.reference)[:64]}")
    headers = {
        "Content-Length": str(found.size),
        "Content-Disposition": f'attachment; filename="{name}.tar"',
    }
    return _Cut(found.chunks, media_type=TAR, headers=headers)


class _Cut(Stream):
    """Ends early when what it comes from fails: the status was sent, and the length tells the client."""

    def to_asgi_response(self, *args: Any, **kwargs: Any) -> Any:
        whole = super().to_asgi_response(*args, **kwargs)

        async def answer(scope: Any, receive: Any, send: Any) -> None:
            try:
                await whole(scope, receive, send)
            except* Failure as failures:
                for failure in failures.exceptions:
                    log.warning("download cut short", path=scope["path"], reason=str(failure))

        return answer


async def followed(
    archive: Received, push: Callable[[Received, Tell], Awaitable[T]]
) -> AsyncGenerator[Step | T, None]:
    """The steps of a push, at last what came of it; raises what it raises.

    Who stops following ends the push, which then closes the archive in its own time.
    """
    steps: asyncio.Queue[Step | None] = asyncio.Queue()

    async def pushing() -> T:
        try:
            return await push(archive, steps.put_nowait)
        finally:
            steps.put_nowait(None)

    task = asyncio.create_task(pushing())
    _UNDER_WAY.add(task)
    task.add_done_callback(partial(_ended, archive))
    try:
        async for step in _sparse(steps):
            yield step
        yield await task
    finally:
        task.cancel()


def _ended(archive: Received, task: "asyncio.Task[Any]") -> None:
    archive.spool.close()
    _UNDER_WAY.discard(task)
    with suppress(asyncio.CancelledError):
        task.exception()  # seen, also when nobody follows any more


async def _sparse(steps: "asyncio.Queue[Step | None]") -> AsyncIterator[Step]:
    """Without most of those that only say how far it came."""
    clock = asyncio.get_running_loop().time
    told = clock()
    while (step := await steps.get()) is not None:
        is_part = isinstance(step, BlobSent | LayerPacked) and step.done < step.total
        if not is_part or clock() - told >= _SECONDS:
            told = clock()
            yield step

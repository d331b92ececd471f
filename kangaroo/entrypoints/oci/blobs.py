"""/v2/<name>/blobs/<digest>: distribution-spec 1.1, "Pulling blobs", "Deleting Blobs"."""

import asyncio
from contextlib import suppress

from kangaroo.base.errors import Failure
from kangaroo.core.registry import Blob, Reader
from kangaroo.entrypoints.http.asgi import Headers, text_header
from kangaroo.entrypoints.http.ranges import parse_range
from kangaroo.entrypoints.oci.call import VERSION, Call
from kangaroo.entrypoints.oci.errors import body_of

WATCHED_SIZE = 4 << 20  # bytes; a longer download is given up when its client goes away


async def head(call: Call) -> None:
    blob = await call.registry.pull.find_for_push(call.actor, call.repository, call.digest)
    headers = [*_headers(blob), (b"content-length", b"%d" % blob.size)]
    await call.send({"type": "http.response.start", "status": 200, "headers": headers})
    await call.send({"type": "http.response.body"})


async def get(call: Call) -> None:
    repository = call.repository
    blob = await call.registry.pull.blob(call.actor, repository, call.digest)
    url = await call.registry.pull.redirect(blob)
    if url is not None:
        await call.answer(
            307, [text_header(b"location", url), text_header(b"docker-content-digest", blob.digest)]
        )
        return
    try:
        part = parse_range(call.request.header(b"range"), blob.size)
    except Failure as failure:
        headers = [
            text_header(b"content-range", f"bytes */{blob.size}"),
            (b"content-type", b"application/json"),
        ]
        await call.answer(failure.code.status, headers, body_of(failure))
        return
    start, length = part or (0, blob.size)
    headers = [*_headers(blob), (b"content-length", b"%d" % length)]
    if part is not None:
        headers.append(text_header(b"content-range", f"bytes {start}-{start + length - 1}/{blob.size}"))
    reader = await call.registry.pull.open(repository, blob)
    try:
        await call.send({"type": "http.response.start", "status": 206 if part else 200, "headers": headers})
        if length > WATCHED_SIZE:
            await _send_watched(call, reader, start, length)
        else:
            await _send(call, reader, start, length)
    finally:
        await reader.close()


async def delete(call: Call) -> None:
    await call.registry.remove.blob(call.actor, call.repository, call.digest)
    await call.answer(202, [])


def _headers(blob: Blob) -> Headers:
    return [
        VERSION,
        (b"content-type", b"application/octet-stream"),
        (b"docker-content-digest", blob.digest.encode()),
        (b"etag", b'"%s"' % blob.digest.encode()),
        (b"accept-ranges", b"bytes"),
        (b"cache-control", b"max-age=31536000"),
    ]


async def _send(call: Call, reader: Reader, start: int, length: int) -> None:
    send, left = call.send, length
    async for chunk in reader.chunks(start, length):
        left -= len(chunk)
        await send({"type": "http.response.body", "body": chunk, "more_body": left > 0})
    if length == 0:
        await send({"type": "http.response.body"})


async def _send_watched(call: Call, reader: Reader, start: int, length: int) -> None:
    """The server swallows what is sent to a client that left: notice, and stop reading the disk for nobody."""
    sending = asyncio.ensure_future(_send(call, reader, start, length))
    leaving = asyncio.ensure_future(call.request.receive())
    await asyncio.wait((sending, leaving), return_when=asyncio.FIRST_COMPLETED)
    if not sending.done() and leaving.result()["type"] != "http.disconnect":
        leaving = asyncio.ensure_future(call.request.receive())  # the end of an empty request body came first
        await asyncio.wait((sending, leaving), return_when=asyncio.FIRST_COMPLETED)
    leaving.cancel()
    if not sending.done():
        sending.cancel()
    with suppress(asyncio.CancelledError):
        await sending

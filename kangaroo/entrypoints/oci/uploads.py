"""/v2/<name>/blobs/uploads/: distribution-spec 1.1, "Pushing blobs", "Mounting a blob"; in one request, in two, in
chunks, or as a stream."""

import re

from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import RepositoryName
from kangaroo.entrypoints.http.asgi import Headers, text_header
from kangaroo.entrypoints.oci.call import Call

SMALL = 256 << 10  # bytes; a body of known length up to this is stored in one step
_CONTENT_RANGE = re.compile(r"(?:bytes )?(\d{1,18})-(\d{1,18})(?:/(?:\d{1,18}|\*))?")


async def post(call: Call) -> None:
    """Start a session; or, with `mount`, link a known blob; or, with `digest`, take the whole blob at once."""
    repository = call.repository
    query = call.request.query()
    if "mount" in query:
        digest = Digest.parse(query["mount"][0])
        source = query.get("from")
        if source and await call.registry.uploads.mount(
            call.actor, repository, digest, RepositoryName.parse(source[0])
        ):
            await _created(call, repository, digest)
            return
    elif "digest" in query:
        await _post_whole(call, repository, Digest.parse(query["digest"][0]))
        return
    upload = await call.registry.uploads.start(call.actor, repository)
    await call.answer(202, _session(repository, upload, 0))


async def _post_whole(call: Call, repository: RepositoryName, digest: Digest) -> None:
    uploads, length = call.registry.uploads, call.request.content_length
    if length is not None and length <= SMALL:
        await call.registry.push.authorize(call.actor, repository)
        await uploads.put(call.actor, repository, digest, await call.request.body(SMALL, "blob"))
    else:
        upload = await uploads.start(call.actor, repository)
        await uploads.append(call.actor, repository, upload, call.request.stream(), 0)
        await uploads.finish(call.actor, repository, upload, digest)
    await _created(call, repository, digest)


async def get(call: Call) -> None:
    size = await call.registry.uploads.size(call.actor, call.repository, call.target)
    await call.answer(204, _session(call.repository, call.target, size))


async def patch(call: Call) -> None:
    repository = call.repository
    try:
        size = await call.registry.uploads.append(
            call.actor, repository, call.target, call.request.stream(), _offset(call)
        )
    except Failure as failure:
        if failure.code is not Code.RANGE_INVALID:
            raise
        await _out_of_range(call, repository, failure)
        return
    await call.answer(202, _session(repository, call.target, size))


async def put(call: Call) -> None:
    """The end of a session, perhaps with its last chunk."""
    repository = call.repository
    given = call.request.query().get("digest")
    if not given:
        raise Failure(Code.DIGEST_INVALID, digest="", reason="the query parameter digest is missing")
    digest = Digest.parse(given[0])
    uploads = call.registry.uploads
    if call.request.has_body:
        try:
            await uploads.append(call.actor, repository, call.target, call.request.stream(), _offset(call))
        except Failure as failure:
            if failure.code is not Code.RANGE_INVALID:
                raise
            await _out_of_range(call, repository, failure)
            return
    await uploads.finish(call.actor, repository, call.target, digest)
    await _created(call, repository, digest)


async def delete(call: Call) -> None:
    await call.registry.uploads.cancel(call.actor, call.repository, call.target)
    await call.answer(204, [])


def _offset(call: Call) -> int | None:
    """Where the chunk says it starts. Raises RANGE_INVALID, SIZE_INVALID when range and length disagree."""
    header = call.request.header(b"content-range")
    if header is None:
        return None
    match = _CONTENT_RANGE.fullmatch(header.strip())
    if match is None:
        raise Failure(Code.RANGE_INVALID, range=header[:80], reason="use <first byte>-<last byte>")
    start, end = int(match.group(1)), int(match.group(2))
    length = call.request.content_length
    if end < start or (length is not None and length != end - start + 1):
        raise Failure(Code.SIZE_INVALID, expected=end - start + 1, actual=length)
    return start


async def _out_of_range(call: Call, repository: RepositoryName, failure: Failure) -> None:
    """416 that says where to go on."""
    from_here = await call.registry.uploads.size(call.actor, repository, call.target)
    headers = _session(repository, call.target, from_here)
    await call.answer(failure.code.status, headers)


async def _created(call: Call, repository: RepositoryName, digest: Digest) -> None:
    await call.answer(
        201,
        [
            text_header(b"location", f"/v2/{repository}/blobs/{digest}"),
            text_header(b"docker-content-digest", digest),
        ],
    )


def _session(repository: RepositoryName, upload: str, size: int) -> Headers:
    return [
        text_header(b"location", f"/v2/{repository}/blobs/uploads/{upload}"),
        text_header(b"docker-upload-uuid", upload),
        text_header(b"range", f"0-{max(size - 1, 0)}"),
    ]

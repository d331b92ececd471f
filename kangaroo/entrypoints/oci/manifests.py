"""/v2/<name>/manifests/<reference>: distribution-spec 1.1, "Pulling manifests", "Pushing Manifests", "Deleting"."""

from functools import lru_cache

from kangaroo.base.digests import Digest
from kangaroo.base.names import Tag, parse_reference
from kangaroo.entrypoints.http.asgi import Headers, text_header
from kangaroo.entrypoints.oci.call import VERSION, Call

REPLICATION_AGENT = "harbor-registry-client"  # its pulls are not counted, as in Harbor
MAX_TAGS = 100
_reference = lru_cache(4096)(parse_reference)


async def get(call: Call) -> None:
    agent = call.request.header(b"user-agent") or ""
    counted = call.request.method == "GET" and not agent.startswith(REPLICATION_AGENT)
    found = await call.registry.pull.manifest(
        call.actor, call.repository, _reference(call.target), counted=counted
    )
    status, body = 200, found.content
    headers = _headers(found.digest, found.media_type, len(body))
    known = call.request.header(b"if-none-match")
    if known is not None and known.strip('"') == found.digest:
        status, body = 304, b""
        headers = headers[:3]
    await call.send({"type": "http.response.start", "status": status, "headers": headers})
    await call.send({"type": "http.response.body", "body": b"" if call.request.method == "HEAD" else body})


@lru_cache(4096)
def _headers(digest: Digest, media_type: str, size: int) -> Headers:
    return [
        VERSION,
        text_header(b"docker-content-digest", digest),
        text_header(b"etag", f'"{digest}"'),
        text_header(b"content-type", media_type),
        text_header(b"content-length", size),
    ]


async def put(call: Call) -> None:
    repository, reference = call.repository, parse_reference(call.target)
    await call.registry.push.authorize(call.actor, repository)
    tags = [Tag.parse(tag) for tag in call.request.query().get("tag", [])[:MAX_TAGS]]
    content = await call.request.body(call.registry.push.limit, "manifest")
    media_type = call.request.header(b"content-type") or ""
    pushed = await call.registry.push.manifest(call.actor, repository, reference, content, media_type, tags)
    headers = [
        text_header(b"location", f"/v2/{repository}/manifests/{pushed.digest}"),
        text_header(b"docker-content-digest", pushed.digest),
    ]
    if pushed.subject is not None:
        headers.append(text_header(b"oci-subject", pushed.subject))
    headers += [text_header(b"oci-tag", tag) for tag in tags]
    await call.answer(201, headers)


async def delete(call: Call) -> None:
    repository, reference = call.repository, parse_reference(call.target)
    if isinstance(reference, Digest):
        await call.registry.remove.manifest(call.actor, repository, reference)
    else:
        await call.registry.remove.tag(call.actor, repository, reference)
    await call.answer(202, [])

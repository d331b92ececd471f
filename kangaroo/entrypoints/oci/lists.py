"""Tags, catalog and referrers: distribution-spec 1.1, "Content Discovery", "Listing Referrers"; and /v2/ itself."""

from urllib.parse import urlencode

from kangaroo.base.errors import Code, Failure
from kangaroo.base.media_types import OCI_INDEX
from kangaroo.base.paging import After
from kangaroo.base.wire import to_json
from kangaroo.core.registry.browse import MAX_NAMES
from kangaroo.entrypoints.http.asgi import Headers, text_header
from kangaroo.entrypoints.oci.call import Call

JSON = (b"content-type", b"application/json")


async def base(call: Call) -> None:
    if not call.actor.known:
        raise Failure(Code.UNAUTHORIZED)
    await call.answer(200, [JSON], b"{}")


async def tags(call: Call) -> None:
    count, last = _window(call)
    found = await call.registry.browse.tags(call.actor, call.repository, last=last, count=count)
    headers = [JSON, *_next(call, found, count)]
    await call.answer(200, headers, to_json({"name": call.repository, "tags": found.items}))


async def catalog(call: Call) -> None:
    count, last = _window(call)
    found = await call.registry.browse.catalog(call.actor, last=last, count=count)
    await call.answer(200, [JSON, *_next(call, found, count)], to_json({"repositories": found.items}))


async def referrers(call: Call) -> None:
    wanted = call.request.query().get("artifactType")
    found = await call.registry.browse.referrers(
        call.actor, call.repository, call.digest, wanted[0] if wanted else None
    )
    headers: Headers = [text_header(b"content-type", OCI_INDEX)]
    if wanted:
        headers.append((b"oci-filters-applied", b"artifactType"))
    index = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": found}
    await call.answer(200, headers, to_json(index))


def _window(call: Call) -> tuple[int, str]:
    """`n` and `last` of the query. Raises BAD_REQUEST when n is not a number."""
    query = call.request.query()
    text = query.get("n", [str(MAX_NAMES)])[0]
    if not text.isascii() or not text.isdigit():
        raise Failure(Code.BAD_REQUEST, reason=f"n={text[:40]!r} is not a number of entries")
    return min(int(text[:9]), MAX_NAMES), query.get("last", [""])[0]


def _next(call: Call, found: After[str], count: int) -> Headers:
    """The link to the following page (RFC 8288), relative to this host."""
    if not found.more or count == 0:
        return []
    query = urlencode({"n": count, "last": found.items[-1]})
    return [text_header(b"link", f'<{call.request.path}?{query}>; rel="next"')]

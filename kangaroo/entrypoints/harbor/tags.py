"""Tag artifact, the part about tags of one artifact."""

from typing import Any

from litestar import Response, delete, get, post

from kangaroo.base.actors import Actor
from kangaroo.base.names import Reference, RepositoryName, Tag
from kangaroo.base.query import ListQuery
from kangaroo.core.services import Services
from kangaroo.entrypoints.harbor.answers import done, listed
from kangaroo.entrypoints.harbor.artifacts import ONE, flag
from kangaroo.entrypoints.harbor.artifacts_shapes import tag as shown
from kangaroo.entrypoints.harbor.paths import decoded
from kangaroo.entrypoints.harbor.shapes import Body
from kangaroo.entrypoints.http.framework import AnyRequest, Given


class TagBody(Body):
    name: str = ""


@get(ONE + "/tags")
async def list_all(
    actor: Given[Actor],
    services: Given[Services],
    request: AnyRequest,
    repository: Given[RepositoryName],
    artifact: Given[Reference],
    listing: Given[ListQuery],
) -> Response[Any]:
    found, immutable = await services.registry.tags.page(actor, repository, artifact, listing)
    wanted = flag(request, "with_immutable_status")
    tags = [shown(tag, immutable=wanted and tag.name in immutable) for tag in found.items]
    return listed(request, listing.window, tags, found.total)


@post(ONE + "/tags")
async def create(
    actor: Given[Actor],
    services: Given[Services],
    repository: Given[RepositoryName],
    artifact: Given[Reference],
    data: TagBody,
) -> Response[bytes]:
    """There is no address of a single tag: the answer has no Location."""
    await services.registry.tags.create(actor, repository, artifact, Tag.parse(data.name))
    return done(201)


@delete(ONE + "/tags/{tag_name:str}", status_code=200)
async def delete_one(
    actor: Given[Actor],
    services: Given[Services],
    repository: Given[RepositoryName],
    artifact: Given[Reference],
    tag_name: str,
) -> Response[bytes]:
    await services.registry.tags.delete(actor, repository, artifact, Tag(decoded(tag_name)))
    return done()


HANDLERS = (list_all, create, delete_one)

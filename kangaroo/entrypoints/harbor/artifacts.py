"""Tag artifact: lists, single ones, deleting, copying, labels and accessories; and the list of a whole project.

Besides: `tags` and `additions`, of one artifact each.
"""

from typing import Any

from litestar import Response, delete, get, post

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import ProjectName, Reference, RepositoryName, parse_reference
from kangaroo.base.query import ListQuery
from kangaroo.core.registry import Details
from kangaroo.core.services import Services
from kangaroo.entrypoints.harbor import artifacts_shapes as shapes
from kangaroo.entrypoints.harbor.answers import created, done, listed
from kangaroo.entrypoints.harbor.paths import is_true
from kangaroo.entrypoints.harbor.shapes import Body, Int64
from kangaroo.entrypoints.http.framework import AnyRequest, Given

PLACE = "/projects/{project_name:str}/repositories/{repository_name:str}/artifacts"
ONE = PLACE + "/{reference:str}"


class LabelRef(Body):
    """A label by its id; clients send the whole of it."""

    id: Int64 = 0


def flag(request: AnyRequest, name: str, *, default: bool = False) -> bool:
    text = request.query_params.get(name)
    return is_true(text) if text else default


def _details(request: AnyRequest) -> Details:
    return Details(
        tags=flag(request, "with_tag", default=True),
        labels=flag(request, "with_label"),
        accessories=flag(request, "with_accessory", default=True),
        inherited=flag(request, "with_inherited_accessory"),
        immutable=flag(request, "with_immutable_status"),
    )


@get(PLACE)
async def list_all(
    actor: Given[Actor],
    services: Given[Services],
    request: AnyRequest,
    repository: Given[RepositoryName],
    listing: Given[ListQuery],
) -> Response[Any]:
    found = await services.registry.artifacts.page(actor, repository, listing, _details(request))
    return listed(request, listing.window, [shapes.artifact(one) for one in found.items], found.total)


@get("/projects/{project_name_or_id:str}/artifacts")
async def list_of_project(
    actor: Given[Actor],
    services: Given[Services],
    request: AnyRequest,
    project: Given[ProjectName],
    listing: Given[ListQuery],
) -> Response[Any]:
    """`latest_in_repository` with exactly one of media_type and artifact_type in q."""
    latest = flag(request, "latest_in_repository")
    registry = services.registry
    found = await registry.artifacts.page_of_project(
        actor, project, listing, _details(request), latest=latest
    )
    return listed(request, listing.window, [shapes.artifact(one) for one in found.items], found.total)


@post(PLACE)
async def copy(
    actor: Given[Actor], services: Given[Services], request: AnyRequest, repository: Given[RepositoryName]
) -> Response[Any]:
    """`from` is repository:tag or repository@digest."""
    source, reference = _source(request.query_params.get("from", ""))
    return created(request, await services.registry.copies.copy(actor, repository, source, reference))


@get(ONE)
async def get_one(
    actor: Given[Actor],
    services: Given[Services],
    request: AnyRequest,
    repository: Given[RepositoryName],
    artifact: Given[Reference],
) -> shapes.ArtifactShape:
    found = await services.registry.artifacts.get(actor, repository, artifact, _details(request))
    return shapes.artifact(found)


@delete(ONE, status_code=200)
async def delete_one(
    actor: Given[Actor],
    services: Given[Services],
    repository: Given[RepositoryName],
    artifact: Given[Reference],
) -> Response[bytes]:
    await services.registry.artifacts.delete(actor, repository, artifact)
    return done()


@get(ONE + "/accessories")
async def list_accessories(
    actor: Given[Actor],
    services: Given[Services],
    request: AnyRequest,
    repository: Given[RepositoryName],
    artifact: Given[Reference],
    listing: Given[ListQuery],
) -> Response[Any]:
    found = await services.registry.artifacts.accessories(actor, repository, artifact, listing)
    return listed(request, listing.window, [shapes.accessory(one) for one in found.items], found.total)


@post(ONE + "/labels", status_code=200)
async def add_label(
    actor: Given[Actor],
    services: Given[Services],
    repository: Given[RepositoryName],
    artifact: Given[Reference],
    data: LabelRef,
) -> Response[bytes]:
    await services.registry.labels.add(actor, repository, artifact, data.id)
    return done()


@delete(ONE + "/labels/{label_id:str}", status_code=200)
async def remove_label(
    actor: Given[Actor],
    services: Given[Services],
    repository: Given[RepositoryName],
    artifact: Given[Reference],
    label_id: Int64,
) -> Response[bytes]:
    await services.registry.labels.remove(actor, repository, artifact, label_id)
    return done()


def _source(text: str) -> tuple[RepositoryName, Reference]:
    """Raises INVALID_FIELD without it, BAD_REQUEST when it is neither of the two."""
    if not text:
        raise Failure(Code.INVALID_FIELD, "invalid_in_query", field="from", reason="is required")
    name, at, digest = text.partition("@")
    name, _, tag = name.partition(":")
    try:
        return RepositoryName.parse(name), parse_reference(digest if at else tag)
    except Failure as failure:
        raise Failure(Code.BAD_REQUEST, reason=f"invalid input: {text[:400]}") from failure


HANDLERS = (
    list_all,
    list_of_project,
    copy,
    get_one,
    delete_one,
    list_accessories,
    add_label,
    remove_label,
)

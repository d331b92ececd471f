"""Tag repository: repositories of a project, and of all projects one sees."""

from typing import Any

from litestar import Response, delete, get, put

from kangaroo.base.actors import Actor
from kangaroo.base.names import ProjectName, RepositoryName
from kangaroo.base.query import ListQuery
from kangaroo.core.registry import Repository
from kangaroo.core.services import Services
from kangaroo.entrypoints.harbor.answers import done, listed
from kangaroo.entrypoints.harbor.shapes import Body, Shape, time
from kangaroo.entrypoints.http.framework import AnyRequest, Given


class RepositoryBody(Body):
    """Nothing else of a repository can be changed."""

    description: str = ""


class RepositoryShape(Shape):
    artifact_count: int
    pull_count: int
    creation_time: str
    update_time: str
    id: int
    project_id: int
    name: str
    description: str = ""


def shown(found: Repository) -> RepositoryShape:
    return RepositoryShape(
        id=found.id,
        project_id=found.project_id,
        name=str(found.name),
        description=found.description,
        artifact_count=found.artifacts,
        pull_count=found.pull_count,
        creation_time=time(found.created_at),
        update_time=time(found.updated_at),
    )


@get("/repositories")
async def list_all(
    actor: Given[Actor], services: Given[Services], request: AnyRequest, listing: Given[ListQuery]
) -> Response[Any]:
    found = await services.registry.catalogue.page_of_all(actor, listing)
    return listed(request, listing.window, [shown(one) for one in found.items], found.total)


@get("/projects/{project_name:str}/repositories")
async def list_of_project(
    actor: Given[Actor],
    services: Given[Services],
    request: AnyRequest,
    project: Given[ProjectName],
    listing: Given[ListQuery],
) -> Response[Any]:
    found = await services.registry.catalogue.page(actor, project, listing)
    return listed(request, listing.window, [shown(one) for one in found.items], found.total)


@get("/projects/{project_name:str}/repositories/{repository_name:str}")
async def get_one(
    actor: Given[Actor], services: Given[Services], repository: Given[RepositoryName]
) -> RepositoryShape:
    return shown(await services.registry.catalogue.get(actor, repository))


@put("/projects/{project_name:str}/repositories/{repository_name:str}")
async def update(
    actor: Given[Actor], services: Given[Services], repository: Given[RepositoryName], data: RepositoryBody
) -> Response[bytes]:
    await services.registry.catalogue.describe(actor, repository, data.description)
    return done()


@delete("/projects/{project_name:str}/repositories/{repository_name:str}", status_code=200)
async def delete_one(
    actor: Given[Actor], services: Given[Services], repository: Given[RepositoryName]
) -> Response[bytes]:
    await services.registry.catalogue.delete(actor, repository)
    return done()


HANDLERS = (list_all, list_of_project, get_one, update, delete_one)

"""Tag projectMetadata: what is set about a project, one key per call."""

from litestar import Response, delete, get, post, put

from kangaroo.base.actors import Actor
from kangaroo.base.names import ProjectName
from kangaroo.core.services import Services
from kangaroo.entrypoints.harbor.answers import done
from kangaroo.entrypoints.http.framework import Given

_ALL = "/projects/{project_name_or_id:str}/metadatas"
_ONE = "/projects/{project_name_or_id:str}/metadatas/{meta_name:str}"


@get(_ALL)
async def list_all(
    actor: Given[Actor], services: Given[Services], project: Given[ProjectName]
) -> dict[str, str]:
    return await services.projects.metadata.list(actor, project)


@post(_ALL, status_code=200)
async def add(
    actor: Given[Actor], services: Given[Services], project: Given[ProjectName], data: dict[str, str]
) -> Response[bytes]:
    await services.projects.metadata.add(actor, project, data)
    return done()


@get(_ONE)
async def get_one(
    actor: Given[Actor], services: Given[Services], project: Given[ProjectName], meta_name: str
) -> dict[str, str]:
    return await services.projects.metadata.get(actor, project, meta_name)


@put(_ONE)
async def update(
    actor: Given[Actor],
    services: Given[Services],
    project: Given[ProjectName],
    meta_name: str,
    data: dict[str, str],
) -> Response[bytes]:
    """The key of the path counts; others in the body do not."""
    await services.projects.metadata.set(actor, project, meta_name, data.get(meta_name, ""))
    return done()


@delete(_ONE, status_code=200)
async def delete_one(
    actor: Given[Actor], services: Given[Services], project: Given[ProjectName], meta_name: str
) -> Response[bytes]:
    await services.projects.metadata.remove(actor, project, meta_name)
    return done()


HANDLERS = (list_all, add, get_one, update, delete_one)

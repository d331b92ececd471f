"""What a handler is given, by the names of its parameters: `async def list_(actor: Given[Actor], …)`.

    actor: Given[Actor]                  who asks
    services: Given[Services]            the subjects of core
    surroundings: Given[Surroundings]    what wiring says of this installation
    door: Given[Door]                    signing in and out
    checkup: Given[Checkup]              how the server is
    project: Given[ProjectName]          of {project_name} or {project_name_or_id}
    repository: Given[RepositoryName]    of {project_name} and {repository_name}
    artifact: Given[Reference]           of {reference}: a tag or a digest
    listing: Given[ListQuery]            of q, sort, page, page_size

Besides: `request: AnyRequest`, the framework's own; `data`, the body, any `Body`. Other path parameters are
declared as text in the path and with their type in the handler (`/labels/{label_id:str}`, `label_id: Int64`), so
that a wrong one is a 422 as in Harbor; query parameters with their type and default.
"""

from dataclasses import dataclass
from typing import NoReturn

from litestar.di import Provide

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import ProjectName, Reference, RepositoryName
from kangaroo.base.query import ListQuery, parse_list_query
from kangaroo.core.services import Services
from kangaroo.entrypoints.harbor import paths
from kangaroo.entrypoints.harbor.checkup import Checkup
from kangaroo.entrypoints.harbor.door import Door, visitor
from kangaroo.entrypoints.harbor.surroundings import Surroundings
from kangaroo.entrypoints.http.framework import HOUSE, AnyRequest, Given
from kangaroo.entrypoints.http.paging import window_of

_NOWHERE = ProjectName(":")  # no project can have this name


@dataclass(frozen=True, slots=True)
class House:
    """What all handlers of one application work with."""

    services: Services
    surroundings: Surroundings
    door: Door
    checkup: Checkup

    @classmethod
    def of(cls, services: Services, surroundings: Surroundings) -> "House":
        return cls(services, surroundings, Door(services.access, surroundings), Checkup(services.doctor))


def house_of(request: AnyRequest) -> House:
    found: House = request.scope[HOUSE]  # type: ignore[literal-required]
    return found


async def _actor(request: AnyRequest) -> Actor:
    return visitor(request).actor


async def _services(request: AnyRequest) -> Services:
    return house_of(request).services


async def _surroundings(request: AnyRequest) -> Surroundings:
    return house_of(request).surroundings


async def _door(request: AnyRequest) -> Door:
    return house_of(request).door


async def _checkup(request: AnyRequest) -> Checkup:
    return house_of(request).checkup


async def _project(request: AnyRequest) -> ProjectName:
    """Raises as core does for a project that does not exist."""
    values = request.path_params
    by_name = "project_name" in values
    text = values["project_name" if by_name else "project_name_or_id"]
    found = paths.project_ref(text, "true" if by_name else request.headers.get("X-Is-Resource-Name"))
    if isinstance(found, int):
        found = await house_of(request).surroundings.project_named(found)
    return found or await _refuse(house_of(request).services, visitor(request).actor, paths.decoded(text))


async def _repository(request: AnyRequest, project: Given[ProjectName]) -> RepositoryName:
    return paths.repository_name(project, request.path_params["repository_name"])


async def _artifact(request: AnyRequest, repository: Given[RepositoryName]) -> Reference:
    return paths.reference(repository, request.path_params["reference"])


async def _listing(request: AnyRequest) -> ListQuery:
    values = request.query_params
    window = window_of(values.get("page"), values.get("page_size"))
    return parse_list_query(values.get("q", ""), values.get("sort", ""), window)


async def _refuse(services: Services, actor: Actor, text: str) -> NoReturn:
    """Who may see every project learns that this one does not exist; others only that they may not see it."""
    await services.access.require(actor, "project", "read", _NOWHERE)
    raise Failure(Code.PROJECT_UNKNOWN, project=text[:255])


DEPENDENCIES = {
    "actor": Provide(_actor),
    "services": Provide(_services),
    "surroundings": Provide(_surroundings),
    "door": Provide(_door),
    "checkup": Provide(_checkup),
    "project": Provide(_project),
    "repository": Provide(_repository),
    "artifact": Provide(_artifact),
    "listing": Provide(_listing),
}

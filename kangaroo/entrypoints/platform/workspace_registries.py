"""Group Registries: the instances a workspace has connected for itself."""

from litestar import delete, get, post, put

from kangaroo.base.actors import Actor
from kangaroo.base.paging import Window
from kangaroo.core.instances import Point, Which, Wish
from kangaroo.core.services import Services
from kangaroo.entrypoints.http.framework import Given
from kangaroo.entrypoints.platform.registries_shapes import (
    CreateRegistry,
    KnownRegistry,
    Registry,
    RegistryTypeAnswer,
    Removed,
    UpdateRegistry,
    known_registry_of,
    registry_of,
    type_of,
)
from kangaroo.entrypoints.platform.shapes import Fuzzy, Listed, listed
from kangaroo.entrypoints.platform.view import View

_ALL = "/workspaces/{workspace:str}/registries"
_ONE = "/workspaces/{workspace:str}/registries/{registry:str}"


@get(_ALL, operation_id="Registries_ListWorkspaceRegistry")
async def list_(
    actor: Given[Actor],
    services: Given[Services],
    window: Given[Window],
    view: Given[View],
    workspace_id: Given[int],
    fuzzy: Fuzzy = "",
) -> Listed[Registry]:
    page = await services.instances.page(actor, Wish(workspace=workspace_id, fuzzy=fuzzy), window)
    return listed(window, page, lambda one: registry_of(one, view))


@post(_ALL, status_code=200, operation_id="Registries_CreateWorkspaceRegistry")
async def create(
    actor: Given[Actor],
    services: Given[Services],
    view: Given[View],
    workspace_id: Given[int],
    data: CreateRegistry,
) -> KnownRegistry:
    made = await services.instances.register(actor, data.registration(), workspace_id)
    return known_registry_of(made, view)


@get(_ONE, operation_id="Registries_GetWorkspaceRegistry")
async def get_(
    actor: Given[Actor], services: Given[Services], view: Given[View], which: Given[Which]
) -> KnownRegistry:
    return known_registry_of(await services.instances.get(actor, which), view)


@put(_ONE, operation_id="Registries_UpdateWorkspaceRegistry")
async def update(
    actor: Given[Actor],
    services: Given[Services],
    view: Given[View],
    which: Given[Which],
    data: UpdateRegistry,
) -> KnownRegistry:
    return known_registry_of(await services.instances.update(actor, which, data.change()), view)


@delete(_ONE, status_code=200, operation_id="Registries_DeleteWorkspaceRegistry")
async def delete_(actor: Given[Actor], services: Given[Services], which: Given[Which]) -> Removed:
    return Removed(robots_left=list(await services.instances.delete(actor, which)))


@get(f"{_ONE}/type", operation_id="Registries_GetRegistryType")
async def type_(actor: Given[Actor], services: Given[Services], which: Given[Which]) -> RegistryTypeAnswer:
    """Of one it has connected, or of one of the platform's, which every workspace sees."""
    found = await services.instances.seen_from(actor, which, Point.GET_CONNECTED_REGISTRY)
    return RegistryTypeAnswer(registry=found.name, type=type_of(found))


HANDLERS = (list_, create, get_, update, delete_, type_)

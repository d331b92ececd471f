"""Group Registries: the instances a workspace has connected for itself."""

from typing import Annotated

from litestar import delete, get, post, put
from litestar.params import Parameter

from kangaroo.base.actors import Actor
from kangaroo.base.paging import Window
from kangaroo.base.texts import Language
from kangaroo.core.instances import InstanceName, Which, Wish
from kangaroo.core.services import Services
from kangaroo.entrypoints.platform.given import Given, OwnUrl
from kangaroo.entrypoints.platform.health_shapes import health_of
from kangaroo.entrypoints.platform.registries_shapes import (
    CreateRegistry,
    KnownRegistry,
    Registry,
    RegistryTypeAnswer,
    UpdateRegistry,
    known_registry_of,
    registry_of,
    type_of,
)
from kangaroo.entrypoints.platform.shapes import Empty, Listed, listed

_ALL = "/workspaces/{workspace:str}/registries"
_ONE = "/workspaces/{workspace:str}/registries/{registry:str}"


@get(_ALL, operation_id="Registries_ListWorkspaceRegistry")
async def list_(
    actor: Given[Actor],
    services: Given[Services],
    window: Given[Window],
    own_url: Given[OwnUrl],
    tenant: Given[int],
    fuzzy: Annotated[str, Parameter(query="fuzzyName")] = "",
) -> Listed[Registry]:
    page = await services.instances.page(actor, Wish(workspace=tenant, fuzzy=fuzzy), window)
    return listed(window, page, lambda one: registry_of(one, own_url))


@post(_ALL, status_code=200, operation_id="Registries_CreateWorkspaceRegistry")
async def create(
    actor: Given[Actor],
    services: Given[Services],
    own_url: Given[OwnUrl],
    language: Given[Language],
    tenant: Given[int],
    data: CreateRegistry,
) -> KnownRegistry:
    made = await services.instances.register(actor, data.registration(), tenant)
    return known_registry_of(made, own_url, health_of(made, language))


@get(_ONE, operation_id="Registries_GetWorkspaceRegistry")
async def get_(
    actor: Given[Actor],
    services: Given[Services],
    own_url: Given[OwnUrl],
    language: Given[Language],
    tenant: Given[int],
    instance: Given[InstanceName],
) -> KnownRegistry:
    found = await services.instances.get(actor, Which(instance, tenant))
    return known_registry_of(found, own_url, health_of(found, language))


@put(_ONE, operation_id="Registries_UpdateWorkspaceRegistry")
async def update(
    actor: Given[Actor],
    services: Given[Services],
    own_url: Given[OwnUrl],
    language: Given[Language],
    here: Given[Which],
    data: UpdateRegistry,
) -> KnownRegistry:
    changed = await services.instances.update(actor, here, data.change())
    return known_registry_of(changed, own_url, health_of(changed, language))


@delete(_ONE, status_code=200, operation_id="Registries_DeleteWorkspaceRegistry")
async def delete_(
    actor: Given[Actor], services: Given[Services], tenant: Given[int], instance: Given[InstanceName]
) -> Empty:
    await services.instances.delete(actor, Which(instance, tenant))
    return Empty()


HANDLERS = (list_, create, get_, update, delete_)

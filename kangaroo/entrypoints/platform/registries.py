"""Group Registries: the instances of the platform."""

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
    INTEGRATIONS,
    CreateRegistry,
    IntegratedType,
    KnownRegistry,
    Registry,
    UpdateRegistry,
    known_registry_of,
    registry_of,
)
from kangaroo.entrypoints.platform.shapes import Empty, Listed, listed


@get("/registries", operation_id="Registries_ListRegistry")
async def list_(
    actor: Given[Actor],
    services: Given[Services],
    window: Given[Window],
    own_url: Given[OwnUrl],
    fuzzy: Annotated[str, Parameter(query="fuzzyName")] = "",
    integrated: Annotated[IntegratedType, Parameter(query="intergratedType")] = IntegratedType.UNSPECIFIED,
) -> Listed[Registry]:
    wish = Wish(fuzzy=fuzzy, integration=INTEGRATIONS[integrated])
    page = await services.instances.page(actor, wish, window)
    return listed(window, page, lambda one: registry_of(one, own_url))


@get("/filter_registries/{registry:str}/registries", operation_id="Registries_ListFilterRegistry")
async def list_others(
    actor: Given[Actor],
    services: Given[Services],
    window: Given[Window],
    own_url: Given[OwnUrl],
    instance: Given[InstanceName],
    fuzzy: Annotated[str, Parameter(query="fuzzyName")] = "",
) -> Listed[Registry]:
    page = await services.instances.page(actor, Wish(fuzzy=fuzzy, besides=instance), window)
    return listed(window, page, lambda one: registry_of(one, own_url))


@post("/registries", status_code=200, operation_id="Registries_CreateRegistry")
async def create(
    actor: Given[Actor],
    services: Given[Services],
    own_url: Given[OwnUrl],
    language: Given[Language],
    data: CreateRegistry,
) -> KnownRegistry:
    made = await services.instances.register(actor, data.registration())
    return known_registry_of(made, own_url, health_of(made, language))


@get("/registries/{registry:str}", operation_id="Registries_GetRegistry")
async def get_(
    actor: Given[Actor],
    services: Given[Services],
    own_url: Given[OwnUrl],
    language: Given[Language],
    instance: Given[InstanceName],
) -> KnownRegistry:
    found = await services.instances.get(actor, Which(instance))
    return known_registry_of(found, own_url, health_of(found, language))


@put("/registries/{registry:str}", operation_id="Registries_UpdateRegistry")
async def update(
    actor: Given[Actor],
    services: Given[Services],
    own_url: Given[OwnUrl],
    language: Given[Language],
    instance: Given[InstanceName],
    data: UpdateRegistry,
) -> KnownRegistry:
    changed = await services.instances.update(actor, Which(instance), data.change())
    return known_registry_of(changed, own_url, health_of(changed, language))


@delete("/registries/{registry:str}", status_code=200, operation_id="Registries_DeleteRegistry")
async def delete_(actor: Given[Actor], services: Given[Services], instance: Given[InstanceName]) -> Empty:
    await services.instances.delete(actor, Which(instance))
    return Empty()


HANDLERS = (list_, list_others, create, get_, update, delete_)

"""Group Registries: the instances of the platform."""

from typing import Annotated

from litestar import delete, get, post, put
from litestar.params import Parameter

from kangaroo.base.actors import Actor
from kangaroo.base.paging import Window
from kangaroo.core.instances import Which, Wish
from kangaroo.core.services import Services
from kangaroo.entrypoints.http.framework import Given
from kangaroo.entrypoints.platform.registries_shapes import (
    INTEGRATIONS,
    CreateRegistry,
    IntegratedType,
    KnownRegistry,
    Registry,
    Removed,
    UpdateRegistry,
    known_registry_of,
    registry_of,
)
from kangaroo.entrypoints.platform.shapes import Fuzzy, Listed, listed
from kangaroo.entrypoints.platform.view import View


@get("/registries", operation_id="Registries_ListRegistry")
async def list_(
    actor: Given[Actor],
    services: Given[Services],
    window: Given[Window],
    view: Given[View],
    fuzzy: Fuzzy = "",
    integrated: Annotated[IntegratedType, Parameter(query="intergratedType")] = IntegratedType.UNSPECIFIED,
) -> Listed[Registry]:
    wish = Wish(fuzzy=fuzzy, integration=INTEGRATIONS[integrated])
    page = await services.instances.page(actor, wish, window)
    return listed(window, page, lambda one: registry_of(one, view))


@post("/registries", status_code=200, operation_id="Registries_CreateRegistry")
async def create(
    actor: Given[Actor], services: Given[Services], view: Given[View], data: CreateRegistry
) -> KnownRegistry:
    return known_registry_of(await services.instances.register(actor, data.registration()), view)


@get("/registries/{registry:str}", operation_id="Registries_GetRegistry")
async def get_(
    actor: Given[Actor], services: Given[Services], view: Given[View], which: Given[Which]
) -> KnownRegistry:
    return known_registry_of(await services.instances.get(actor, which), view)


@put("/registries/{registry:str}", operation_id="Registries_UpdateRegistry")
async def update(
    actor: Given[Actor],
    services: Given[Services],
    view: Given[View],
    which: Given[Which],
    data: UpdateRegistry,
) -> KnownRegistry:
    return known_registry_of(await services.instances.update(actor, which, data.change()), view)


@delete("/registries/{registry:str}", status_code=200, operation_id="Registries_DeleteRegistry")
async def delete_(actor: Given[Actor], services: Given[Services], which: Given[Which]) -> Removed:
    return Removed(robots_left=list(await services.instances.delete(actor, which)))


HANDLERS = (list_, create, get_, update, delete_)

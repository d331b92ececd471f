"""Group Replications, targets: the registries that a registered Harbor copies from and to."""

from litestar import Router, delete, get, post, put
from litestar.di import Provide

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Window
from kangaroo.core.instances import InstanceName, Which
from kangaroo.core.services import Services
from kangaroo.core.sync import Candidate
from kangaroo.entrypoints.http.framework import AnyRequest, Given
from kangaroo.entrypoints.platform.given import number
from kangaroo.entrypoints.platform.registries_shapes import Registry, registry_of
from kangaroo.entrypoints.platform.replications_shapes import CreateTarget, Target, UpdateTarget, target_of
from kangaroo.entrypoints.platform.replications_words import CreateType
from kangaroo.entrypoints.platform.shapes import Empty, Fuzzy, Listed, Shape, int64, listed
from kangaroo.entrypoints.platform.view import View

_ALL = "/registries/{registry:str}/native/registries"
_ONE = f"{_ALL}/{{nativeRegistryId:str}}"


class Made(Shape):
    """The ids of the targets that were made: ours, the published description has nothing here."""

    ids: list[str]


async def _target_id(request: AnyRequest) -> int:
    return number(request, "nativeRegistryId", "target")


@get("/filter_registries/{registry:str}/registries", operation_id="Registries_ListFilterRegistry")
async def candidates(
    actor: Given[Actor],
    services: Given[Services],
    which: Given[Which],
    view: Given[View],
    window: Given[Window],
    fuzzy: Fuzzy = "",
) -> Listed[Registry]:
    """The platform's other registries; `isExist` says which of them are targets already."""

    def shown(one: Candidate) -> Registry:
        registry = registry_of(one.instance, view)
        registry.is_exist = one.there
        return registry

    return listed(window, await services.sync.targets.candidates(actor, which.name, window, fuzzy), shown)


@get(_ALL, operation_id="Replications_ListNativeRegistry")
async def list_(
    actor: Given[Actor],
    services: Given[Services],
    which: Given[Which],
    window: Given[Window],
    fuzzy: Fuzzy = "",
) -> Listed[Target]:
    return listed(window, await services.sync.targets.page(actor, which.name, window, fuzzy), target_of)


@post(_ALL, status_code=200, operation_id="Replications_CreateNativeRegistry")
async def create(
    actor: Given[Actor], services: Given[Services], which: Given[Which], data: CreateTarget
) -> Made:
    """INTEGRATION makes targets of registered instances, with the credentials they were registered with."""
    match data.create_type:
        case CreateType.INTEGRATION:
            names = [InstanceName.parse(one) for one in data.integration_registry]
            made = await services.sync.targets.adopt(actor, which.name, names)
        case CreateType.NATIVE:
            change = data.native_registry.change()
            made = [await services.sync.targets.create(actor, which.name, change)]
        case _:
            raise Failure(Code.INVALID_FIELD, field="createType", reason="say INTEGRATION or NATIVE")
    return Made(ids=[int64(one) for one in made])


@put(_ONE, operation_id="Replications_UpdateNativeRegistry")
async def update(
    actor: Given[Actor],
    services: Given[Services],
    which: Given[Which],
    target_id: Given[int],
    data: UpdateTarget,
) -> Target:
    change = data.native_registry.change()
    return target_of(await services.sync.targets.update(actor, which.name, target_id, change))


@delete(_ONE, status_code=200, operation_id="Replications_DeleteNativeRegistry")
async def delete_(
    actor: Given[Actor], services: Given[Services], which: Given[Which], target_id: Given[int]
) -> Empty:
    await services.sync.targets.delete(actor, which.name, target_id)
    return Empty()


HANDLERS = (
    candidates,
    Router(
        "", dependencies={"target_id": Provide(_target_id)}, route_handlers=[list_, create, update, delete_]
    ),
)

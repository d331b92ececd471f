"""Workspaces: the published picker (group Core), and ours to make, change and end them."""

from typing import Annotated

from litestar import delete, get, post, put
from litestar.params import Parameter

from kangaroo.base.actors import Actor
from kangaroo.base.paging import Window
from kangaroo.core.services import Services
from kangaroo.core.workspaces import Workspace
from kangaroo.entrypoints.http.framework import Given
from kangaroo.entrypoints.platform.shapes import Body, Empty, Fuzzy, Listed, Shape, listed, seconds

_ALL, _ONE = "/workspaces", "/workspaces/{workspace:str}"


class Visible(Shape):
    workspace_id: int
    alias: str


class Known(Visible):
    description: str
    create_at: str
    update_at: str


class Resources(Shape):
    """What keeps a workspace from being deleted: registries it connected, and what is bound to it: spaces as
    registry/space, namespaces as cluster/namespace."""

    registries: list[str]
    spaces: list[str]
    namespaces: list[str]


class GivenWorkspace(Body):
    alias: str = ""
    description: str = ""


@get("/workspace", operation_id="Core_ListVisibleWorkspaces")
async def list_visible(
    actor: Given[Actor],
    services: Given[Services],
    window: Given[Window],
    name: Annotated[str, Parameter(query="name", max_length=255)] = "",
) -> Listed[Visible]:
    page = await services.workspaces.directory.page(actor, window, name)
    return listed(window, page, lambda one: Visible(workspace_id=one.id, alias=one.name))


@get(_ALL, operation_id="Workspaces_List")
async def list_(
    actor: Given[Actor], services: Given[Services], window: Given[Window], fuzzy: Fuzzy = ""
) -> Listed[Known]:
    return listed(window, await services.workspaces.directory.page(actor, window, fuzzy), _known)


@post(_ALL, status_code=200, operation_id="Workspaces_Create")
async def create(actor: Given[Actor], services: Given[Services], data: GivenWorkspace) -> Known:
    return _known(await services.workspaces.directory.create(actor, data.alias, data.description))


@get(_ONE, operation_id="Workspaces_Get")
async def get_(actor: Given[Actor], services: Given[Services], workspace_id: Given[int]) -> Known:
    return _known(await services.workspaces.directory.get(actor, workspace_id))


@put(_ONE, operation_id="Workspaces_Update")
async def update(
    actor: Given[Actor], services: Given[Services], workspace_id: Given[int], data: GivenWorkspace
) -> Known:
    directory = services.workspaces.directory
    return _known(await directory.update(actor, workspace_id, data.alias, data.description))


@delete(_ONE, status_code=200, operation_id="Workspaces_Delete")
async def delete_(actor: Given[Actor], services: Given[Services], workspace_id: Given[int]) -> Empty:
    await services.workspaces.directory.delete(actor, workspace_id)
    return Empty()


@get(f"{_ONE}/resources", operation_id="Workspaces_Resources")
async def resources(actor: Given[Actor], services: Given[Services], workspace_id: Given[int]) -> Resources:
    found = await services.workspaces.directory.resources(actor, workspace_id)
    return Resources(
        registries=list(found.instances), spaces=list(found.spaces), namespaces=list(found.namespaces)
    )


def _known(one: Workspace) -> Known:
    return Known(
        workspace_id=one.id,
        alias=one.name,
        description=one.description,
        create_at=seconds(one.created_at),
        update_at=seconds(one.updated_at),
    )


HANDLERS = (list_visible, list_, create, get_, update, delete_, resources)

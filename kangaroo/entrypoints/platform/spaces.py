"""Group Image, the administrators' part: spaces of the platform's instances, and their bindings. And `explain`."""

from typing import Annotated

from litestar import delete, get, post, put
from litestar.params import Parameter

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Window
from kangaroo.core.instances import InstanceName, SpaceName, Which
from kangaroo.core.services import Services
from kangaroo.core.workspaces import AdminSpace, Explanation
from kangaroo.entrypoints.http.framework import Given
from kangaroo.entrypoints.platform.shapes import Body, Empty, Fuzzy, Listed, Shape, int64, listed, seconds
from kangaroo.entrypoints.platform.view import View

_ALL, _ONE = "/registries/{registry:str}/projects", "/registries/{registry:str}/projects/{project:str}"


class RegistryProject(Shape):
    """`binding_workspace` are ids."""

    project: str
    public: bool
    binding_workspace: list[str]
    repositories_count: str
    create_time: str


class BoundWorkspace(Shape):
    workspace_id: int
    alias: str


class Bound(Shape):
    items: list[BoundWorkspace]


class Explained(Shape):
    """`reason` is a stable word; `message` is for people; `ask`: whom."""

    visible: bool
    reason: str
    message: str
    workspaces: list[BoundWorkspace]
    ask: list[str]


class GivenSpace(Body):
    project: str = ""
    public: bool = False


class GivenVisibility(Body):
    public: bool = False


class GivenBinding(Body):
    binding_workspace: tuple[str, ...] = ()


@get(_ALL, operation_id="Image_ListRegistryProject")
async def list_(
    actor: Given[Actor],
    services: Given[Services],
    which: Given[Which],
    window: Given[Window],
    fuzzy: Fuzzy = "",
    only_bound: Annotated[bool, Parameter(query="onlyBind")] = False,
) -> Listed[RegistryProject]:
    administration = services.workspaces.administration
    page = await administration.page(actor, which.name, window, fuzzy, only_bound=only_bound)
    return listed(window, page, _project)


@post(_ALL, status_code=200, operation_id="Image_CreateRegistryProject")
async def create(
    actor: Given[Actor], services: Given[Services], which: Given[Which], data: GivenSpace
) -> Empty:
    space = SpaceName.parse(data.project)
    await services.workspaces.administration.create(actor, which.name, space, public=data.public)
    return Empty()


@put(_ONE, operation_id="Image_UpdateProject")
async def update(
    actor: Given[Actor],
    services: Given[Services],
    which: Given[Which],
    space: Given[SpaceName],
    data: GivenVisibility,
) -> Empty:
    await services.workspaces.administration.publish(actor, which.name, space, public=data.public)
    return Empty()


@delete(_ONE, status_code=200, operation_id="Image_DeleteRegistryProject")
async def delete_(
    actor: Given[Actor], services: Given[Services], which: Given[Which], space: Given[SpaceName]
) -> Empty:
    await services.workspaces.administration.delete(actor, which.name, space)
    return Empty()


@get(f"{_ONE}/binding", operation_id="Spaces_GetBinding")
async def binding(
    actor: Given[Actor], services: Given[Services], which: Given[Which], space: Given[SpaceName]
) -> Bound:
    return _bound(await services.workspaces.bindings.of(actor, which.name, space))


@put(f"{_ONE}/binding", operation_id="Image_UpdateRegistryProjectBinding")
async def bind(
    actor: Given[Actor],
    services: Given[Services],
    which: Given[Which],
    space: Given[SpaceName],
    data: GivenBinding,
) -> Empty:
    wanted = {_workspace(text) for text in data.binding_workspace}
    await services.workspaces.bindings.change(actor, which.name, space, "replace", wanted)
    return Empty()


@post(f"{_ONE}/binding/{{workspace:str}}", status_code=200, operation_id="Spaces_AddBinding")
async def add(
    actor: Given[Actor],
    services: Given[Services],
    which: Given[Which],
    space: Given[SpaceName],
    workspace_id: Given[int],
) -> Bound:
    change = services.workspaces.bindings.change
    return _bound(await change(actor, which.name, space, "add", {workspace_id}))


@delete(f"{_ONE}/binding/{{workspace:str}}", status_code=200, operation_id="Spaces_RemoveBinding")
async def remove(
    actor: Given[Actor],
    services: Given[Services],
    which: Given[Which],
    space: Given[SpaceName],
    workspace_id: Given[int],
) -> Bound:
    change = services.workspaces.bindings.change
    return _bound(await change(actor, which.name, space, "remove", {workspace_id}))


@get("/explain", operation_id="Spaces_Explain")
async def explain(
    actor: Given[Actor],
    services: Given[Services],
    view: Given[View],
    registry: str,
    project: str,
    user: Annotated[str, Parameter(max_length=255)] = "",
) -> Explained:
    """Why a user (oneself, unless named) does or does not see a space."""
    asked = (InstanceName.parse(registry), SpaceName.parse(project))
    found: Explanation = await services.workspaces.explaining.space(actor, *asked, user)
    return Explained(
        visible=found.sees,
        reason=found.why.name,
        message=found.told(view.language),
        workspaces=_bound(found.workspaces).items,
        ask=list(found.ask),
    )


def _project(one: AdminSpace) -> RegistryProject:
    return RegistryProject(
        project=one.name,
        public=one.public,
        binding_workspace=[str(workspace) for workspace in one.workspaces],
        repositories_count=int64(one.images or 0),
        create_time=seconds(one.created),
    )


def _bound(workspaces: dict[int, str]) -> Bound:
    return Bound(items=[BoundWorkspace(workspace_id=one, alias=name) for one, name in workspaces.items()])


def _workspace(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 10):
        reason = f"{text[:80]!r} is no id of a workspace"
        raise Failure(Code.INVALID_FIELD, field="bindingWorkspace", reason=reason)
    return int(text)


HANDLERS = (list_, create, update, delete_, binding, bind, add, remove, explain)

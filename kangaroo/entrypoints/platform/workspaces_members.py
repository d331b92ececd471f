"""Members of workspaces, holders of roles of the platform, and the roles: ours, in words of the sibling products."""

from typing import Annotated, Literal

from litestar import delete, get, post, put
from litestar.params import Parameter

from kangaroo.base.actors import Actor
from kangaroo.base.paging import Window
from kangaroo.core.instances import PLATFORM
from kangaroo.core.services import Services
from kangaroo.core.workspaces import Member, Role
from kangaroo.entrypoints.http.framework import AnyRequest, Given
from kangaroo.entrypoints.platform.given import segment
from kangaroo.entrypoints.platform.shapes import Body, Empty, Fuzzy, Listed, Shape, listed, seconds

_OF_WORKSPACE, _OF_PLATFORM = "/workspaces/{workspace:str}/members", "/platform-members"
MemberId = Annotated[int, Parameter(ge=1, le=2**53)]
RoleScope = Literal["platform", "workspace"]


class MemberShape(Shape):
    id: int
    member_name: str
    member_type: Literal["user", "group"]
    role_name: str
    create_at: str


class Made(Shape):
    id: int


class GivenMember(Body):
    member_name: str = ""
    member_type: Literal["user", "group"] = "user"
    role_name: str = ""


class GivenRole(Body):
    role_name: str = ""


class RoleShape(Shape):
    name: str
    scope: str
    built_in: bool
    permissions: list[str]


class Roles(Shape):
    items: list[RoleShape]


class GivenPermissions(Body):
    name: str = ""
    permissions: tuple[str, ...] = ()


@get(_OF_WORKSPACE, operation_id="Workspaces_ListMembers")
async def list_(
    actor: Given[Actor],
    services: Given[Services],
    window: Given[Window],
    workspace_id: Given[int],
    fuzzy: Fuzzy = "",
) -> Listed[MemberShape]:
    return listed(window, await services.workspaces.members.page(actor, workspace_id, window, fuzzy), _member)


@post(_OF_WORKSPACE, status_code=200, operation_id="Workspaces_AddMember")
async def add(
    actor: Given[Actor], services: Given[Services], workspace_id: Given[int], data: GivenMember
) -> Made:
    return await _add(actor, services, workspace_id, data)


@put(f"{_OF_WORKSPACE}/{{member:int}}", operation_id="Workspaces_SetMemberRole")
async def set_role(
    actor: Given[Actor],
    services: Given[Services],
    workspace_id: Given[int],
    member: MemberId,
    data: GivenRole,
) -> Empty:
    await services.workspaces.members.set_role(actor, workspace_id, member, data.role_name)
    return Empty()


@delete(f"{_OF_WORKSPACE}/{{member:int}}", status_code=200, operation_id="Workspaces_RemoveMember")
async def remove(
    actor: Given[Actor], services: Given[Services], workspace_id: Given[int], member: MemberId
) -> Empty:
    await services.workspaces.members.remove(actor, workspace_id, member)
    return Empty()


@get(_OF_PLATFORM, operation_id="Platform_ListMembers")
async def list_of_platform(
    actor: Given[Actor], services: Given[Services], window: Given[Window], fuzzy: Fuzzy = ""
) -> Listed[MemberShape]:
    return listed(window, await services.workspaces.members.page(actor, PLATFORM, window, fuzzy), _member)


@post(_OF_PLATFORM, status_code=200, operation_id="Platform_AddMember")
async def add_to_platform(actor: Given[Actor], services: Given[Services], data: GivenMember) -> Made:
    return await _add(actor, services, PLATFORM, data)


@put(f"{_OF_PLATFORM}/{{member:int}}", operation_id="Platform_SetMemberRole")
async def set_role_of_platform(
    actor: Given[Actor], services: Given[Services], member: MemberId, data: GivenRole
) -> Empty:
    await services.workspaces.members.set_role(actor, PLATFORM, member, data.role_name)
    return Empty()


@delete(f"{_OF_PLATFORM}/{{member:int}}", status_code=200, operation_id="Platform_RemoveMember")
async def remove_from_platform(actor: Given[Actor], services: Given[Services], member: MemberId) -> Empty:
    await services.workspaces.members.remove(actor, PLATFORM, member)
    return Empty()


@get("/roles/{role_scope:str}", operation_id="Roles_List")
async def roles(actor: Given[Actor], services: Given[Services], role_scope: RoleScope) -> Roles:
    return Roles(items=[_role(one) for one in await services.workspaces.roles.all(actor, role_scope)])


@post("/roles/{role_scope:str}", status_code=200, operation_id="Roles_Create")
async def create_role(
    actor: Given[Actor], services: Given[Services], role_scope: RoleScope, data: GivenPermissions
) -> RoleShape:
    return _role(await services.workspaces.roles.create(actor, role_scope, data.name, data.permissions))


@put("/roles/{role_scope:str}/{role:str}", operation_id="Roles_Update")
async def update_role(
    actor: Given[Actor],
    services: Given[Services],
    request: AnyRequest,
    role_scope: RoleScope,
    data: GivenPermissions,
) -> RoleShape:
    name = segment(request, "role")
    return _role(await services.workspaces.roles.update(actor, role_scope, name, data.permissions))


@delete("/roles/{role_scope:str}/{role:str}", status_code=200, operation_id="Roles_Delete")
async def delete_role(
    actor: Given[Actor], services: Given[Services], request: AnyRequest, role_scope: RoleScope
) -> Empty:
    await services.workspaces.roles.delete(actor, role_scope, segment(request, "role"))
    return Empty()


async def _add(actor: Actor, services: Services, workspace: int, data: GivenMember) -> Made:
    members = services.workspaces.members
    return Made(id=await members.add(actor, workspace, data.member_type, data.member_name, data.role_name))


def _member(one: Member) -> MemberShape:
    return MemberShape(
        id=one.id,
        member_name=one.name,
        member_type="user" if one.kind == "u" else "group",
        role_name=one.role,
        create_at=seconds(one.created_at),
    )


def _role(one: Role) -> RoleShape:
    return RoleShape(
        name=one.name,
        scope=one.scope,
        built_in=one.built_in,
        permissions=[str(point) for point in one.points],
    )


HANDLERS = (
    list_,
    add,
    set_role,
    remove,
    list_of_platform,
    add_to_platform,
    set_role_of_platform,
    remove_from_platform,
    roles,
    create_role,
    update_role,
    delete_role,
)

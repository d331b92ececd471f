"""Tag member: who belongs to a project, in which role."""

from typing import Any

from litestar import Response, delete, get, post, put

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import ProjectName
from kangaroo.base.query import ListQuery
from kangaroo.core.access import GroupRef, Member, Role
from kangaroo.core.services import Services
from kangaroo.entrypoints.harbor.answers import created, done, listed
from kangaroo.entrypoints.harbor.groups import GroupBody
from kangaroo.entrypoints.harbor.shapes import Body, Int64, Shape
from kangaroo.entrypoints.http.framework import AnyRequest, Given

ROLE_NAMES = {
    Role.PROJECT_ADMIN: "projectAdmin",
    Role.MAINTAINER: "maintainer",
    Role.DEVELOPER: "developer",
    Role.GUEST: "guest",
    Role.LIMITED_GUEST: "limitedGuest",
}


class UserRef(Body):
    user_id: int = 0
    username: str = ""


class NewMember(Body):
    role_id: int = 0
    member_user: UserRef | None = None
    member_group: GroupBody | None = None


class RoleBody(Body):
    role_id: int = 0


class MemberShape(Shape):
    id: int = 0
    project_id: int = 0
    entity_name: str = ""
    role_name: str = ""
    role_id: int = 0
    entity_id: int = 0
    entity_type: str = ""


def shown(member: Member) -> MemberShape:
    return MemberShape(
        id=member.id,
        project_id=member.project_id,
        entity_name=member.name,
        role_name=ROLE_NAMES[Role(member.role)],
        role_id=member.role,
        entity_id=member.entity_id,
        entity_type=member.entity_type,
    )


@get("/projects/{project_name_or_id:str}/members")
async def list_all(
    actor: Given[Actor],
    services: Given[Services],
    request: AnyRequest,
    project: Given[ProjectName],
    listing: Given[ListQuery],
) -> Response[Any]:
    name = request.query_params.get("entityname", "")
    found = await services.access.members.page(actor, project, listing.window, name=name)
    return listed(request, listing.window, [shown(member) for member in found.items], found.total)


@post("/projects/{project_name_or_id:str}/members")
async def create(
    actor: Given[Actor],
    services: Given[Services],
    request: AnyRequest,
    project: Given[ProjectName],
    data: NewMember,
) -> Response[Any]:
    """A user or a group; whoever has an id counts before whoever only has a name."""
    user, group = data.member_user or UserRef(), data.member_group or GroupBody()
    by_id = user.user_id > 0 or group.id > 0
    try:
        if user.user_id > 0 or (user.username and group.id <= 0):
            who = user.user_id if user.user_id > 0 else user.username
            identity = await services.access.members.add(actor, project, who, data.role_id)
        else:
            identity = await services.access.members.add_group(actor, project, _ref(group), data.role_id)
    except Failure as failure:
        if by_id and failure.code is Code.NOT_FOUND:  # of the body, not of the path
            raise Failure(Code.BAD_REQUEST, reason=failure.message()) from failure
        raise
    return created(request, identity)


def _ref(group: GroupBody) -> GroupRef:
    return GroupRef(
        id=max(group.id, 0), ldap_dn=group.ldap_group_dn, name=group.group_name, kind=group.group_type
    )


@get("/projects/{project_name_or_id:str}/members/{mid:str}")
async def get_one(
    actor: Given[Actor], services: Given[Services], project: Given[ProjectName], mid: Int64
) -> MemberShape:
    return shown(await services.access.members.get(actor, project, mid))


@put("/projects/{project_name_or_id:str}/members/{mid:str}")
async def update(
    actor: Given[Actor], services: Given[Services], project: Given[ProjectName], mid: Int64, data: RoleBody
) -> Response[bytes]:
    await services.access.members.set_role(actor, project, mid, data.role_id)
    return done()


@delete("/projects/{project_name_or_id:str}/members/{mid:str}", status_code=200)
async def delete_one(
    actor: Given[Actor], services: Given[Services], project: Given[ProjectName], mid: Int64
) -> Response[bytes]:
    await services.access.members.remove(actor, project, mid)
    return done()


HANDLERS = (list_all, create, get_one, update, delete_one)

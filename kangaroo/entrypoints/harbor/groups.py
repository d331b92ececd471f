"""Tag usergroup: groups of users, as an identity provider knows them."""

from typing import Annotated, Any

from litestar import Response, delete, get, post, put
from litestar.params import Parameter

from kangaroo.base.actors import Actor
from kangaroo.base.query import ListQuery
from kangaroo.core.access import UserGroup
from kangaroo.core.services import Services
from kangaroo.entrypoints.harbor.answers import created, done, listed
from kangaroo.entrypoints.harbor.shapes import Body, Int64, Shape
from kangaroo.entrypoints.http.framework import AnyRequest, Given


class GroupBody(Body):
    id: int = 0
    group_name: str = ""
    group_type: int = 0
    ldap_group_dn: str = ""


class GroupShape(Shape):
    id: int = 0
    group_name: str = ""
    group_type: int = 0
    ldap_group_dn: str = ""


class FoundGroup(Shape):
    id: int = 0
    group_name: str = ""
    group_type: int = 0


def shown(group: UserGroup) -> GroupShape:
    return GroupShape(id=group.id, group_name=group.name, group_type=group.kind, ldap_group_dn=group.ldap_dn)


@get("/usergroups")
async def list_all(
    actor: Given[Actor],
    services: Given[Services],
    request: AnyRequest,
    listing: Given[ListQuery],
    group_name: str = "",
    ldap_group_dn: str = "",
) -> Response[Any]:
    found = await services.access.groups.page(actor, listing.window, name=group_name, ldap_dn=ldap_group_dn)
    return listed(request, listing.window, [shown(group) for group in found.items], found.total)


@post("/usergroups")
async def create(
    actor: Given[Actor], services: Given[Services], request: AnyRequest, data: GroupBody
) -> Response[Any]:
    identity = await services.access.groups.create(
        actor, data.group_name, data.group_type, data.ldap_group_dn
    )
    return created(request, identity)


@get("/usergroups/search")
async def search(
    actor: Given[Actor],
    services: Given[Services],
    request: AnyRequest,
    listing: Given[ListQuery],
    groupname: Annotated[str, Parameter(query="groupname")],
) -> Response[Any]:
    found = await services.access.groups.search(actor, groupname, listing.window)
    items = [FoundGroup(id=one.id, group_name=one.name, group_type=one.kind) for one in found.items]
    return listed(request, listing.window, items, found.total)


@get("/usergroups/{group_id:str}")
async def get_one(actor: Given[Actor], services: Given[Services], group_id: Int64) -> GroupShape:
    return shown(await services.access.groups.get(actor, group_id))


@put("/usergroups/{group_id:str}")
async def update(
    actor: Given[Actor], services: Given[Services], group_id: Int64, data: GroupBody
) -> Response[bytes]:
    """Its name only."""
    await services.access.groups.rename(actor, group_id, data.group_name)
    return done()


@delete("/usergroups/{group_id:str}", status_code=200)
async def delete_one(actor: Given[Actor], services: Given[Services], group_id: Int64) -> Response[bytes]:
    await services.access.groups.delete(actor, group_id)
    return done()


HANDLERS = (list_all, create, search, get_one, update, delete_one)

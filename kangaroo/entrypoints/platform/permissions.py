"""Group Core: what the caller may do, for screens that grey out the rest."""

from litestar import get

from kangaroo.base.actors import Actor
from kangaroo.core.instances import Point
from kangaroo.core.services import Services
from kangaroo.entrypoints.http.framework import Given
from kangaroo.entrypoints.platform.shapes import Shape


class Permissions(Shape):
    permissions: list[Point]


@get("/current-user/global-permissions", operation_id="Core_GetGlobalPermissions")
async def in_platform(actor: Given[Actor], services: Given[Services]) -> Permissions:
    return Permissions(permissions=await services.instances.held(actor))


@get("/current-user/workspace-permissions/{workspace:str}", operation_id="Core_GetWorkspacePermissions")
async def in_workspace(
    actor: Given[Actor], services: Given[Services], workspace_id: Given[int]
) -> Permissions:
    """None for who is not a member of it."""
    return Permissions(permissions=await services.instances.held(actor, workspace_id))


HANDLERS = (in_platform, in_workspace)

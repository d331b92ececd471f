"""Permission points: what somebody may do in the platform, and in a workspace.

Who holds which is known further up (workspaces and their roles); down here it is asked through `Points`.
"""

from collections.abc import Awaitable, Callable
from enum import StrEnum

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Code, Failure

PLATFORM = 0  # where a workspace's id is asked for: the platform itself


class Point(StrEnum):
    """By the names the API shows them under, in the order it has them."""

    DELETE_IMAGE = "DeleteImage"
    GET_IMAGE = "GetImage"
    CREATE_CONNECTED_REGISTRY = "CreateConnectedRegistry"
    DELETE_CONNECTED_REGISTRY = "DeleteConnectedRegistry"
    UPDATE_CONNECTED_REGISTRY = "UpdateConnectedRegistry"
    GET_CONNECTED_REGISTRY = "GetConnectedRegistry"
    CREATE_REGISTRY_INTEGRATION = "CreateRegistryIntegration"
    DELETE_REGISTRY_INTEGRATION = "DeleteRegistryIntegration"
    UPDATE_REGISTRY_INTEGRATION = "UpdateRegistryIntegration"
    GET_REGISTRY_INTEGRATION = "GetRegistryIntegration"
    CREATE_REGISTRY_SPACE = "CreateRegistrySpace"
    DELETE_REGISTRY_SPACE = "DeleteRegistrySpace"
    UPDATE_REGISTRY_SPACE = "UpdateRegistrySpace"
    GET_REGISTRY_SPACE = "GetRegistrySpace"
    BIND_REGISTRY_SPACE = "BindRegistrySpace"
    CREATE_MANAGED_HARBOR = "CreateManagedHarbor"
    DELETE_MANAGED_HARBOR = "DeleteManagedHarbor"
    UPDATE_MANAGED_HARBOR = "UpdateManagedHarbor"
    GET_MANAGED_HARBOR = "GetManagedHarbor"
    CREATE_IMAGE = "CreateImage"
    UPDATE_IMAGE = "UpdateImage"


EVERY_POINT = frozenset(Point)
WORKSPACE_POINTS = frozenset(point for point in Point if point.endswith(("Image", "ConnectedRegistry")))
PLATFORM_POINTS = EVERY_POINT - WORKSPACE_POINTS

Points = Callable[[Actor, int], Awaitable[frozenset[Point]]]
"""The points somebody holds in a workspace, or in the platform; none for who is not a member of it."""


async def require(points: Points, actor: Actor, point: Point, workspace: int = PLATFORM) -> None:
    """Raises UNAUTHORIZED (to strangers) and FORBIDDEN."""
    if point in await points(actor, workspace):
        return
    if not actor.known:
        raise Failure(Code.UNAUTHORIZED)
    place = "the platform" if workspace == PLATFORM else f"workspace {workspace}"
    raise Failure(Code.FORBIDDEN, action=point, resource=place)

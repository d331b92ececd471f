"""The 21 permission points and the roles that hold them, as one table (kangaroo-domain.md, section 4.2). Pure.

A point is of the platform or of a workspace, never of both: what a platform role could hold inside every workspace
would be sight without membership.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Literal

from kangaroo.base.errors import Code, Failure

Scope = Literal["platform", "workspace"]


class Point(StrEnum):
    """In the order in which the API lists them."""

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

    @property
    def scope(self) -> Scope:
        return "workspace" if self in WORKSPACE_POINTS else "platform"

    @property
    def needs(self) -> "Point":
        """Whoever may change a thing must see it."""
        subject = next(word for word in _SUBJECTS if self.endswith(word))
        return Point(f"Get{subject}")


_SUBJECTS = ("ConnectedRegistry", "RegistryIntegration", "RegistrySpace", "ManagedHarbor", "Image")
WORKSPACE_POINTS = frozenset(point for point in Point if point.endswith(("Image", "ConnectedRegistry")))
PLATFORM_POINTS = frozenset(Point) - WORKSPACE_POINTS

ADMIN = "Admin"  # a system administrator: a mark of the user, not a role somebody is given here
OWNER = "Kangaroo Owner"
WORKSPACE_ADMIN = "Workspace Admin"
WORKSPACE_EDITOR = "Workspace Editor"
WORKSPACE_VIEWER = "Workspace Viewer"

_VIEWER = frozenset({Point.GET_CONNECTED_REGISTRY, Point.GET_IMAGE})
_EDITOR = _VIEWER | {Point.CREATE_IMAGE, Point.UPDATE_IMAGE, Point.DELETE_IMAGE}

BUILT_IN: Mapping[Scope, Mapping[str, frozenset[Point]]] = {
    "platform": {ADMIN: PLATFORM_POINTS, OWNER: PLATFORM_POINTS},
    "workspace": {WORKSPACE_ADMIN: WORKSPACE_POINTS, WORKSPACE_EDITOR: _EDITOR, WORKSPACE_VIEWER: _VIEWER},
}


def in_order(points: Iterable[Point]) -> list[Point]:
    """Each once, in the order of the API."""
    wanted = frozenset(points)
    return [point for point in Point if point in wanted]


def checked(scope: Scope, names: Iterable[str]) -> list[Point]:
    """The points of a custom role, with those they need. Raises INVALID_FIELD with what is wrong."""
    found: set[Point] = set()
    for name in names:
        if name not in Point.__members__.values():
            raise Failure(Code.INVALID_FIELD, field="permissions", reason=f"there is no point {name}")
        point = Point(name)
        if point.scope != scope:
            reason = f"{point} is a point of the {point.scope}, not of the {scope}"
            raise Failure(Code.INVALID_FIELD, field="permissions", reason=reason)
        found |= {point, point.needs}
    if not found:
        raise Failure(Code.INVALID_FIELD, field="permissions", reason="a role needs at least one point")
    return in_order(found)

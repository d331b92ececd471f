"""The roles that hold permission points, as one table (kangaroo-domain.md, section 4.2), and what a custom one may
hold. Pure.

A role is of the platform or of workspaces, and so are its points: what a platform role held inside every workspace
would be sight without membership.
"""

from collections.abc import Iterable, Mapping
from typing import Literal

from kangaroo.base.errors import Code, Failure
from kangaroo.core.instances.points import PLATFORM_POINTS, WORKSPACE_POINTS, Point

Scope = Literal["platform", "workspace"]

ADMIN = "Admin"  # a system administrator: a mark of the user, not a role somebody is given here
OWNER = "Kangaroo Owner"
WORKSPACE_ADMIN = "Workspace Admin"
WORKSPACE_EDITOR = "Workspace Editor"
WORKSPACE_VIEWER = "Workspace Viewer"

_VIEWER = frozenset({Point.GET_CONNECTED_REGISTRY, Point.GET_IMAGE})
_EDITOR = _VIEWER | {Point.CREATE_IMAGE, Point.UPDATE_IMAGE, Point.DELETE_IMAGE}

OF_SCOPE: Mapping[Scope, frozenset[Point]] = {"platform": PLATFORM_POINTS, "workspace": WORKSPACE_POINTS}
BUILT_IN: Mapping[Scope, Mapping[str, frozenset[Point]]] = {
    "platform": {ADMIN: PLATFORM_POINTS, OWNER: PLATFORM_POINTS},
    "workspace": {WORKSPACE_ADMIN: WORKSPACE_POINTS, WORKSPACE_EDITOR: _EDITOR, WORKSPACE_VIEWER: _VIEWER},
}
_SUBJECTS = ("ConnectedRegistry", "RegistryIntegration", "RegistrySpace", "ManagedHarbor", "Image")


def needs(point: Point) -> Point:
    """Whoever may change a thing must see it."""
    subject = next(word for word in _SUBJECTS if point.endswith(word))
    return Point(f"Get{subject}")


def in_order(points: Iterable[Point]) -> list[Point]:
    """Each once, in the order of the API."""
    wanted = frozenset(points)
    return [point for point in Point if point in wanted]


def checked(scope: Scope, names: Iterable[str]) -> list[Point]:
    """The points of a custom role, with those they need. Raises INVALID_FIELD with what is wrong."""
    found: set[Point] = set()
    for name in names:
        if name not in OF_SCOPE[scope]:
            reason = f"there is no point {name[:80]} for roles of scope {scope}"
            raise Failure(Code.INVALID_FIELD, field="permissions", reason=reason)
        found |= {Point(name), needs(Point(name))}
    if not found:
        raise Failure(Code.INVALID_FIELD, field="permissions", reason="a role needs at least one point")
    return in_order(found)


def scope_of(workspace: int) -> Scope:
    return "workspace" if workspace else "platform"

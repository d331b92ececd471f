"""The places there are, in the order people meet them. An entry shows when its page exists and the user may see it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kangaroo.core.instances import Point
from kangaroo.entrypoints.console.texts import N_
from kangaroo.entrypoints.console.visit import Rights


@dataclass(frozen=True, slots=True)
class Entry:
    label: str
    icon: str
    path: str
    shown: Callable[[Rights], bool] = lambda _: True


@dataclass(frozen=True, slots=True)
class Group:
    label: str
    entries: Sequence[Entry]


def _admin(rights: Rights) -> bool:
    return rights.admin


def _holding(*points: Point) -> Callable[[Rights], bool]:
    return lambda rights: rights.may(*points)


NAVIGATION = (
    Group(
        "",
        (
            Entry(N_("Overview"), "dashboard", "/"),
            Entry(N_("Images"), "stack-2", "/images"),
            Entry(N_("Image spaces"), "folders", "/spaces"),
        ),
    ),
    Group(
        N_("Registries"),
        (
            Entry(N_("Registries"), "server-2", "/registries", _holding(Point.GET_REGISTRY_INTEGRATION)),
            Entry(N_("Managed Harbor"), "ship", "/managed", _holding(Point.GET_MANAGED_HARBOR)),
            Entry(N_("Image sync"), "refresh", "/sync", _holding(Point.GET_REGISTRY_INTEGRATION)),
        ),
    ),
    Group(
        N_("Tenants"),
        (
            Entry(N_("Workspaces"), "building-community", "/workspaces"),
            Entry(N_("Clusters"), "topology-star-3", "/clusters", _admin),
        ),
    ),
    Group(
        N_("Operations"),
        (
            Entry(N_("Jobs"), "subtask", "/operations/jobs", _admin),
            Entry(N_("Garbage collection"), "recycle", "/operations/garbage", _admin),
            Entry(N_("Image scanning"), "shield-search", "/operations/scans", _admin),
            Entry(N_("Audit log"), "list-search", "/operations/audit"),
            Entry(N_("Doctor"), "stethoscope", "/doctor", _admin),
        ),
    ),
    Group(
        N_("Administration"),
        (
            Entry(N_("Users"), "users", "/administration/users", _admin),
            Entry(N_("User groups"), "users-group", "/administration/groups", _admin),
            Entry(N_("Robot accounts"), "robot", "/administration/robots", _admin),
            Entry(N_("Roles"), "id-badge-2", "/administration/roles", _admin),
            Entry(N_("Sign-in"), "login-2", "/administration/signin", _admin),
            Entry(N_("Settings"), "settings", "/administration/settings", _admin),
        ),
    ),
)

ACCOUNT = (
    Entry(N_("Your account"), "user", "/account"),
    Entry(N_("API tokens"), "key", "/account/tokens"),
)


def shown(rights: Rights, paths: frozenset[str]) -> list[Group]:
    """`paths` are those some page answers."""
    found = []
    for group in NAVIGATION:
        entries = [entry for entry in group.entries if entry.path in paths and entry.shown(rights)]
        if entries:
            found.append(Group(group.label, entries))
    return found


def current(path: str) -> str:
    """The path of the entry a page belongs to: the longest one it lies under. Pages seen from a workspace belong to
    the images, its own registries to the workspaces."""
    if path.startswith("/w/"):
        return "/workspaces" if path.split("/")[3:4] == ["registries"] else "/images"
    paths = [entry.path for group in NAVIGATION for entry in group.entries]
    fitting = [one for one in paths if path == one or (one != "/" and path.startswith(f"{one}/"))]
    return max(fitting, key=len, default="")

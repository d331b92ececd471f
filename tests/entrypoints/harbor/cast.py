"""Everybody the permission matrix knows, in a public and in a private project."""

from dataclasses import dataclass, field

from kangaroo.base.actors import Actor, Grant, Right
from kangaroo.base.names import ProjectName
from kangaroo.core.access import ROBOT_RIGHTS, Access, Profile, RobotSpec, Role
from tests.entrypoints.harbor.client import HarborClient
from tests.entrypoints.harbor.conftest import PASSWORD, Installation

ROLES = {
    "PA": Role.PROJECT_ADMIN,
    "M": Role.MAINTAINER,
    "D": Role.DEVELOPER,
    "G": Role.GUEST,
    "L": Role.LIMITED_GUEST,
}
# Words that stand for several. A project's robot is tried in its own project.
GROUPS = {
    "members": frozenset(ROLES),
    "robots": frozenset({"projectrobot", "systemrobot"}),
    "known": frozenset({"stranger", *ROLES, "projectrobot", "systemrobot", "admin"}),
    "everybody": frozenset({"anonymous", "stranger", *ROLES, "projectrobot", "systemrobot", "admin"}),
}
EVERYBODY = sorted(GROUPS["everybody"])


def who(words: str) -> frozenset[str]:
    """`who("PA M robots admin")`"""
    found: frozenset[str] = frozenset()
    for word in words.split():
        one = GROUPS.get(word, frozenset({word}))
        assert one <= GROUPS["everybody"], word
        found |= one
    return found


@dataclass
class Cast:
    """`clients[project][who]`; `admin` is the actor that makes what a call needs."""

    installation: Installation
    admin: Actor
    clients: dict[ProjectName, dict[str, HarborClient]] = field(default_factory=dict)


async def gather(installation: Installation) -> Cast:
    """The projects `open` and `closed` with a member in each role, a robot of each with every right a robot can
    have there, and so on."""
    access, anonymous = installation.wired.services.access, HarborClient(installation)
    admin = await access.authenticate_basic("admin", PASSWORD, "test")
    everywhere = {
        "anonymous": anonymous,
        "admin": anonymous.signed_in("admin", PASSWORD),
        "stranger": anonymous.signed_in("stranger", PASSWORD),
        "systemrobot": await _robot(access, admin, anonymous, None),
    }
    await _user(access, admin, "stranger")
    cast = Cast(installation, admin)
    for name in ("open", "closed"):
        project = ProjectName(name)
        await installation.wired.services.projects.create(admin, project, public=name == "open")
        clients = dict(everywhere)
        for word, role in ROLES.items():
            user = f"{word}-{name}".lower()
            await access.members.add(admin, project, await _user(access, admin, user), role)
            clients[word] = anonymous.signed_in(user, PASSWORD)
        clients["projectrobot"] = await _robot(access, admin, anonymous, project)
        cast.clients[project] = clients
    return cast


async def _user(access: Access, admin: Actor, name: str) -> int:
    return await access.users.create(admin, name, PASSWORD, Profile(f"{name}@example.com"))


async def _robot(
    access: Access, admin: Actor, anonymous: HarborClient, project: ProjectName | None
) -> HarborClient:
    grants = [Grant("project", project or "*", _rights("project"))]
    if project is None:
        grants.append(Grant("system", "/", _rights("system")))
    spec = RobotSpec(name="all", level="project" if project else "system", grants=tuple(grants))
    robot, secret = await access.robots.create(admin, spec)
    return anonymous.signed_in(robot.name, secret)


def _rights(kind: str) -> tuple[Right, ...]:
    pairs = ROBOT_RIGHTS["system" if kind == "system" else "project"]
    return tuple(Right(resource, action) for resource, action in sorted(pairs))

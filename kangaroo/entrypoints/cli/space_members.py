"""`kangaroo space member`: who may do what in a space of the built-in registry, in Harbor's roles."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from kangaroo.entrypoints.cli.connection import place
from kangaroo.entrypoints.cli.nouns import noun, register
from kangaroo.entrypoints.cli.output import Column
from kangaroo.entrypoints.cli.problems import Exit, Problem
from kangaroo.entrypoints.cli.session import Session
from kangaroo.entrypoints.cli.texts import say

app = noun("Members of a space of the built-in registry.")
_KINDS = {"u": "user", "g": "group"}
_ROWS = (
    Column("name", "entity_name"),
    Column("kind", "entity_type", lambda kind: _KINDS.get(kind, kind)),
    Column("role", "role_name"),
)


class Role(StrEnum):
    ADMIN = "admin"
    MAINTAINER = "maintainer"
    DEVELOPER = "developer"
    GUEST = "guest"
    LIMITED_GUEST = "limited-guest"


_IDS = {Role.ADMIN: 1, Role.DEVELOPER: 2, Role.GUEST: 3, Role.MAINTAINER: 4, Role.LIMITED_GUEST: 5}
Space = Annotated[str, typer.Argument(help="Of the space.", show_default=False)]
Who = Annotated[str, typer.Argument(help="Name of a user, or of a group with --group.", show_default=False)]
Group = Annotated[bool, typer.Option("--group", help="It is a group.")]
AsRole = Annotated[
    Role, typer.Option(help="admin, maintainer, developer, guest or limited-guest.", show_default=False)
]


def list_(session: Session, space: Space) -> None:
    """List members."""
    path = place("projects", space, "members")
    session.many(lambda limit: session.connection.harbor.every(path, limit), _ROWS)


def add(session: Session, space: Space, who: Who, role: AsRole, group: Group = False) -> None:
    """Make somebody a member."""
    body: dict[str, Any] = {"role_id": _IDS[role]}
    if group:
        found = session.connection.harbor.get("/usergroups/search", groupname=who) or []
        body["member_group"] = {"id": _exactly(found, "group_name", who)["id"]}
    else:
        body["member_user"] = {"username": who}
    session.connection.harbor.post(place("projects", space, "members"), body)
    session.done("member_added", who=who, where=space)


def role(session: Session, space: Space, who: Who, role: AsRole, group: Group = False) -> None:
    """Give a member another role."""
    member = _member(session, space, who, group)
    session.connection.harbor.put(place("projects", space, "members", member), {"role_id": _IDS[role]})
    session.done("updated", what=who)


def remove(session: Session, space: Space, who: Who, group: Group = False) -> None:
    """Make somebody a member no more."""
    member = _member(session, space, who, group)
    session.connection.harbor.delete(place("projects", space, "members", member))
    session.done("member_removed", who=who, where=space)


def _member(session: Session, space: str, who: str, group: bool) -> int:
    found = session.connection.harbor.every(place("projects", space, "members"), entityname=who)
    kind = "g" if group else "u"
    return int(_exactly([one for one in found if one["entity_type"] == kind], "entity_name", who)["id"])


def _exactly(found: list[dict[str, Any]], key: str, name: str) -> dict[str, Any]:
    for one in found:
        if one[key] == name:
            return one
    raise Problem(Exit.NOT_FOUND, say("nobody", name=name))


register(app, list=list_, add=add, role=role, remove=remove)

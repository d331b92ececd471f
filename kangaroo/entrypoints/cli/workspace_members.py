"""`kangaroo workspace member`: who belongs to a workspace, in which role."""

from typing import Annotated

import typer

from kangaroo.entrypoints.cli.connection import place
from kangaroo.entrypoints.cli.nouns import noun, register
from kangaroo.entrypoints.cli.output import Column, moment
from kangaroo.entrypoints.cli.problems import Exit, Problem
from kangaroo.entrypoints.cli.session import Session
from kangaroo.entrypoints.cli.texts import say
from kangaroo.entrypoints.cli.workspace_named import workspace_id

app = noun("Members of a workspace.")
_SHORT = {word: f"Workspace {word.capitalize()}" for word in ("admin", "editor", "viewer")}
_ROWS = (
    Column("name", "memberName"),
    Column("kind", "memberType"),
    Column("role", "roleName"),
    Column("created", "createAt", moment),
)
Workspace = Annotated[str, typer.Argument(help="Its id or name.", show_default=False)]
Who = Annotated[str, typer.Argument(help="Name of a user, or of a group with --group.", show_default=False)]
Group = Annotated[bool, typer.Option("--group", help="It is a group.")]
AsRole = Annotated[
    str, typer.Option(help="admin, editor, viewer, or the name of a role of your own.", show_default=False)
]


def list_(session: Session, workspace: Workspace) -> None:
    """List members."""
    path = _path(session, workspace)
    session.many(lambda limit: session.connection.platform.every(path, limit), _ROWS)


def add(session: Session, workspace: Workspace, who: Who, role: AsRole, group: Group = False) -> None:
    """Make somebody a member."""
    wanted = {"memberName": who, "memberType": _kind(group), "roleName": _SHORT.get(role, role)}
    session.connection.platform.post(_path(session, workspace), wanted)
    session.done("member_added", who=who, where=workspace)


def role(session: Session, workspace: Workspace, who: Who, role: AsRole, group: Group = False) -> None:
    """Give a member another role."""
    path = _path(session, workspace)
    member = _member(session, path, who, group)
    session.connection.platform.put(path + place(member), {"roleName": _SHORT.get(role, role)})
    session.done("updated", what=who)


def remove(session: Session, workspace: Workspace, who: Who, group: Group = False) -> None:
    """Make somebody a member no more."""
    path = _path(session, workspace)
    session.connection.platform.delete(path + place(_member(session, path, who, group)))
    session.done("member_removed", who=who, where=workspace)


def _path(session: Session, workspace: str) -> str:
    return place("workspaces", workspace_id(session.connection, workspace), "members")


def _kind(group: bool) -> str:
    return "group" if group else "user"


def _member(session: Session, path: str, who: str, group: bool) -> int:
    for one in session.connection.platform.every(path, fuzzyName=who):
        if (one["memberName"], one["memberType"]) == (who, _kind(group)):
            return int(one["id"])
    raise Problem(Exit.NOT_FOUND, say("nobody", name=who))


register(app, list=list_, add=add, role=role, remove=remove)

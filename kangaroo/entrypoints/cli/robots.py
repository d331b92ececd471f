"""`kangaroo robot`: accounts for programs at the built-in registry, through Harbor's API."""

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from kangaroo.entrypoints.cli.connection import place
from kangaroo.entrypoints.cli.nouns import noun, register
from kangaroo.entrypoints.cli.output import Column, joined, moment, yes_no
from kangaroo.entrypoints.cli.problems import Exit, Problem
from kangaroo.entrypoints.cli.session import Session, Yes
from kangaroo.entrypoints.cli.texts import say

app = noun("Accounts for programs, at the built-in registry.")
_ROWS = (
    Column("name", "name"),
    Column("id", "id", right=True),
    Column("level", "level"),
    Column("spaces", "permissions", lambda grants: joined(grant["namespace"] for grant in grants)),
    Column("expires", "expires_at", moment),
    Column("disabled", "disable", yes_no),
    Column("description", "description"),
)
_MADE = (Column("name", "name"), Column("secret", "secret"), Column("expires", "expires_at", moment))
Name = Annotated[str, typer.Argument(help="Its whole name, or its id.", show_default=False)]
OfSpace = Annotated[str, typer.Option("--space", help="One of this space; of the system otherwise.")]


@dataclass(frozen=True, slots=True)
class May:
    """What a robot may do, besides pulling."""

    push: Annotated[bool, typer.Option("--push", help="It may push too.")] = False
    access: Annotated[
        list[str] | None, typer.Option(metavar="RESOURCE:ACTION", help="More it may do; several times.")
    ] = None

    def rights(self) -> list[dict[str, str]]:
        """Raises Problem USAGE."""
        pairs = ["repository:pull", *(["repository:push"] if self.push else []), *(self.access or ())]
        return [_right(pair) for pair in pairs]


def list_(session: Session, space: OfSpace = "") -> None:
    """List robots of the system, or of a space."""
    session.many(lambda limit: _all(session, space, limit), _ROWS)


def show(session: Session, name: Name, space: OfSpace = "") -> None:
    """Show one robot."""
    session.one(_found(session, name, space), _ROWS)


def create(
    session: Session,
    name: Annotated[str, typer.Argument(help="The prefix of robots is put before it.", show_default=False)],
    space: Annotated[
        list[str],
        typer.Option(help="Where it may work; several times for several, * for all.", show_default=False),
    ],
    may: May,
    days: Annotated[int, typer.Option(min=0, help="How long it is good; 0 is for ever.")] = 0,
    description: Annotated[str, typer.Option(help="For people.")] = "",
) -> None:
    """Make a robot that may pull; its secret is shown this once. With one space it belongs to that space."""
    rights = may.rights()
    wanted = {
        "name": name,
        "description": description,
        "duration": days or -1,
        "level": "project" if len(space) == 1 and space != ["*"] else "system",
        "permissions": [{"kind": "project", "namespace": one, "access": rights} for one in space],
    }
    session.one(session.connection.harbor.post("/robots", wanted), _MADE)


def secret(session: Session, name: Name, space: OfSpace = "") -> None:
    """Give a robot another secret, shown this once; the old one is good no more."""
    robot = _found(session, name, space)
    made = session.connection.harbor.patch(place("robots", robot["id"]), {"secret": ""})
    session.one({"name": robot["name"], **made}, _MADE[:2])


def delete(session: Session, name: Name, space: OfSpace = "", yes: Yes = False) -> None:
    """Delete a robot."""
    robot = _found(session, name, space)
    session.confirm(robot["name"], yes=yes)
    session.connection.harbor.delete(place("robots", robot["id"]))
    session.done("deleted", what=robot["name"])


def _right(pair: str) -> dict[str, str]:
    resource, colon, action = pair.partition(":")
    if not (resource and colon and action):
        raise Problem(Exit.USAGE, say("bad_access", access=pair))
    return {"resource": resource, "action": action}


def _all(session: Session, space: str, limit: int = 0) -> list[Any]:
    harbor, query = session.connection.harbor, ""
    if space:
        query = f"Level=project,ProjectID={harbor.get(place('projects', space))['project_id']}"
    return harbor.every("/robots", limit, q=query)


def _found(session: Session, name: str, space: str) -> dict[str, Any]:
    for one in _all(session, space):
        if name in (one["name"], str(one["id"])):
            return dict(one)
    raise Problem(Exit.NOT_FOUND, say("nobody", name=name))


register(app, list=list_, show=show, create=create, secret=secret, delete=delete)

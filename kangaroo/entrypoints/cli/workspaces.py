"""`kangaroo workspace`: tenants, and who belongs to them."""

from typing import Annotated

import typer

from kangaroo.entrypoints.cli.connection import place
from kangaroo.entrypoints.cli.nouns import noun, register
from kangaroo.entrypoints.cli.output import Column, joined, moment
from kangaroo.entrypoints.cli.problems import Exit, Problem
from kangaroo.entrypoints.cli.session import Session, Yes
from kangaroo.entrypoints.cli.texts import say
from kangaroo.entrypoints.cli.workspace_members import app as members
from kangaroo.entrypoints.cli.workspace_named import workspace_id

app = noun("Workspaces: tenants, and their members.")
_ROWS = (
    Column("name", "alias"),
    Column("id", "workspaceId", right=True),
    Column("description", "description"),
    Column("created", "createAt", moment),
)
_ONE = (
    *_ROWS,
    Column("registries", "resources.registries", joined),
    Column("spaces", "resources.spaces", joined),
)
Workspace = Annotated[str, typer.Argument(help="Its id or name.", show_default=False)]


def list_(session: Session, name: Annotated[str, typer.Option(help="A part of the name.")] = "") -> None:
    """List workspaces."""
    session.many(lambda limit: session.connection.platform.every("/workspaces", limit, fuzzyName=name), _ROWS)


def show(session: Session, workspace: Workspace) -> None:
    """Show a workspace, and what it has."""
    platform = session.connection.platform
    path = place("workspaces", workspace_id(session.connection, workspace))
    session.one({**platform.get(path), "resources": platform.get(f"{path}/resources")}, _ONE)


def create(
    session: Session,
    name: Annotated[str, typer.Argument(help="What to call it.", show_default=False)],
    description: Annotated[str, typer.Option(help="For people.")] = "",
) -> None:
    """Make a workspace."""
    wanted = {"alias": name, "description": description}
    session.one(session.connection.platform.post("/workspaces", wanted), _ROWS)


def update(
    session: Session,
    workspace: Workspace,
    name: Annotated[str | None, typer.Option(help="Another name.")] = None,
    description: Annotated[str | None, typer.Option(help="For people.")] = None,
) -> None:
    """Change a workspace's name or description; what is not given stays."""
    if name is None and description is None:
        raise Problem(Exit.USAGE, say("nothing_to_change"))
    platform = session.connection.platform
    path = place("workspaces", workspace_id(session.connection, workspace))
    kept = platform.get(path)
    wanted = {
        "alias": kept["alias"] if name is None else name,
        "description": kept["description"] if description is None else description,
    }
    session.one(platform.put(path, wanted), _ROWS)


def delete(session: Session, workspace: Workspace, yes: Yes = False) -> None:
    """End a workspace that has nothing any more."""
    session.confirm(workspace, yes=yes)
    path = place("workspaces", workspace_id(session.connection, workspace))
    session.connection.platform.delete(path)
    session.done("deleted", what=workspace)


register(app, list=list_, show=show, create=create, update=update, delete=delete)
app.add_typer(members, name="member")

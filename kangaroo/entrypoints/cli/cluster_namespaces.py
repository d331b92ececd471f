"""`kangaroo cluster namespace`: which namespaces belong to which workspace; a namespace belongs to one at most."""

from typing import Annotated

import typer

from kangaroo.entrypoints.cli.connection import place
from kangaroo.entrypoints.cli.nouns import noun, register
from kangaroo.entrypoints.cli.output import Column, joined
from kangaroo.entrypoints.cli.session import Session
from kangaroo.entrypoints.cli.workspace_named import workspace_id

app = noun("Namespaces of a cluster.")
_ROWS = (Column("name", "name"), Column("phase", "phase"), Column("workspace", "workspace.alias"))
Cluster = Annotated[str, typer.Argument(help="Of the cluster.", show_default=False)]
Names = Annotated[list[str], typer.Argument(help="Of the namespaces.", show_default=False)]


def list_(
    session: Session, cluster: Cluster, name: Annotated[str, typer.Option(help="A part of the name.")] = ""
) -> None:
    """List namespaces, with the workspace they belong to."""
    path = place("clusters", cluster, "namespaces")
    session.many(lambda limit: session.connection.platform.every(path, limit, fuzzyName=name), _ROWS)


def bind(
    session: Session,
    cluster: Cluster,
    names: Names,
    workspace: Annotated[str, typer.Option("--workspace", "-w", help="Its id or name.", show_default=False)],
) -> None:
    """Give namespaces to a workspace: all of them or none."""
    wanted = {"namespaces": names, "workspace": workspace_id(session.connection, workspace)}
    session.connection.platform.post(place("clusters", cluster, "namespaces", "bind"), wanted)
    session.done("updated", what=joined(names))


def unbind(session: Session, cluster: Cluster, names: Names) -> None:
    """Take namespaces from their workspaces; what was put into them is removed."""
    path = place("clusters", cluster, "namespaces", "unbind")
    session.connection.platform.post(path, {"namespaces": names})
    session.done("updated", what=joined(names))


register(app, list=list_, bind=bind, unbind=unbind)

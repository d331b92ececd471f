"""`kangaroo pull-secret`: how the Secrets stand by which the namespaces of a workspace pull, and what may be asked for
about them."""

from typing import Annotated

import typer

from kangaroo.entrypoints.cli.connection import Connection, place
from kangaroo.entrypoints.cli.nouns import noun, register
from kangaroo.entrypoints.cli.output import Column, moment
from kangaroo.entrypoints.cli.session import Session
from kangaroo.entrypoints.cli.workspace_named import workspace_id

app = noun("Pull secrets: what the namespaces of a workspace pull with.")
_ROWS = (
    Column("namespace", "namespace"),
    Column("cluster", "cluster"),
    Column("workspace", "workspace"),
    Column("state", "state"),
    Column("message", "message"),
    Column("since", "lastTransitionTime", moment),
)
Workspace = Annotated[
    str, typer.Option("--workspace", "-w", help="Its id or name; all of them without it.", show_default=False)
]
Needed = Annotated[str, typer.Argument(help="Id or name of the workspace.", show_default=False)]


def list_(
    session: Session,
    workspace: Workspace = "",
    cluster: Annotated[str, typer.Option(help="Only in this one.")] = "",
    name: Annotated[str, typer.Option(help="A part of the namespace's name.")] = "",
) -> None:
    """List pull secrets by namespace, and how they stand."""
    path = _path(session.connection, workspace) if workspace else "/pull-secrets"
    session.many(
        lambda limit: session.connection.platform.every(path, limit, cluster=cluster, fuzzyName=name), _ROWS
    )


def reconcile(session: Session, workspace: Needed) -> None:
    """Have all namespaces of a workspace looked at again; this does not wait for it."""
    session.connection.platform.post(f"{_path(session.connection, workspace)}/reconcile")
    session.done("reconciling", where=workspace)


def rotate(
    session: Session,
    workspace: Needed,
    registry: Annotated[str, typer.Option(help="Only at this registry.")] = "",
) -> None:
    """Replace the credentials; the old ones end when every namespace has the new ones."""
    path = f"{_path(session.connection, workspace)}/rotate"
    found = session.connection.platform.post(path, {"registry": registry})
    session.done("rotating", count=found["credentials"])


def _path(connection: Connection, workspace: str) -> str:
    return place("workspaces", workspace_id(connection, workspace), "pull-secrets")


register(app, list=list_, reconcile=reconcile, rotate=rotate)

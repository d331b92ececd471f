"""`kangaroo bind` and `unbind`: which workspaces see a private space."""

from collections.abc import Callable
from typing import Annotated, Any

import typer

from kangaroo.entrypoints.cli.connection import place
from kangaroo.entrypoints.cli.nouns import verb
from kangaroo.entrypoints.cli.output import Column
from kangaroo.entrypoints.cli.session import Session, connected
from kangaroo.entrypoints.cli.spaces import BUILT_IN, Registry
from kangaroo.entrypoints.cli.workspace_named import workspace_id

_ROWS = (Column("name", "alias"), Column("id", "workspaceId"))
Space = Annotated[str, typer.Argument(help="A private space.", show_default=False)]
Workspaces = Annotated[list[str], typer.Argument(help="Their ids or names.", show_default=False)]


def bind(session: Session, space: Space, workspaces: Workspaces, registry: Registry = BUILT_IN) -> None:
    """Let workspaces see a private space, and list all that do."""
    _each(session, session.connection.platform.post, space, workspaces, registry)


def unbind(session: Session, space: Space, workspaces: Workspaces, registry: Registry = BUILT_IN) -> None:
    """Take a private space from workspaces, and list those that see it still."""
    _each(session, session.connection.platform.delete, space, workspaces, registry)


def _each(
    session: Session, change: Callable[[str], Any], space: str, workspaces: list[str], registry: str
) -> None:
    path = place("registries", registry, "projects", space, "binding")
    ids = [workspace_id(session.connection, text) for text in workspaces]
    left: list[Any] = []
    for one in ids:
        left = change(path + place(one))["items"]
    session.many(lambda _: left, _ROWS)


app = verb(connected(bind))

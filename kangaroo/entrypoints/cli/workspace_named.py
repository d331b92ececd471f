"""Workspaces by what people call them: the API knows them by their ids."""

from typing import Any

from kangaroo.entrypoints.cli.connection import Connection
from kangaroo.entrypoints.cli.problems import Exit, Problem
from kangaroo.entrypoints.cli.texts import say


def workspace_id(connection: Connection, text: str) -> int:
    """Of an id or a name; among those one sees. Raises Problem NOT_FOUND."""
    if text.isascii() and text.isdigit():
        return int(text)
    for one in connection.platform.every("/workspace", name=text):
        if one["alias"] == text:
            return int(one["workspaceId"])
    raise Problem(Exit.NOT_FOUND, say("no_workspace", name=text))


def only_workspace(connection: Connection) -> int:
    """The one there is, when there is but one. Raises Problem USAGE."""
    found: list[Any] = connection.platform.every("/workspace", 2)
    if len(found) != 1:
        raise Problem(Exit.USAGE, say("which_workspace"), say("give_workspace"))
    return int(found[0]["workspaceId"])

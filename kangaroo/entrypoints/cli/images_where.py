"""From where somebody sends and fetches archives: as a member of a workspace, or by rights of his own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

import typer

from kangaroo.entrypoints.cli.connection import Connection, place
from kangaroo.entrypoints.cli.problems import Exit, Problem
from kangaroo.entrypoints.cli.session import Session
from kangaroo.entrypoints.cli.spaces import BUILT_IN, Registry
from kangaroo.entrypoints.cli.texts import say
from kangaroo.entrypoints.cli.workspace_named import workspace_id


class Need(StrEnum):
    """The point of a workspace that lets its members do it."""

    UPLOAD = "CreateImage"
    DOWNLOAD = "GetImage"


@dataclass(frozen=True, slots=True)
class Where:
    """From which workspace one looks, and at which registry."""

    workspace: Annotated[
        str,
        typer.Option(
            "--workspace",
            "-w",
            help="As a member of this one; needless if you see but one, and the space is bound to it. "
            "Without: by rights of your own.",
        ),
    ] = ""
    registry: Registry = BUILT_IN

    @contextmanager
    def path(self, session: Session, space: str, need: Need) -> Iterator[str]:
        """Of the space there. Raises Problem, and adds to those of the block what may help."""
        connection = session.connection
        there = place("registries", self.registry, "projects", space)
        if self.workspace:
            yield place("workspaces", workspace_id(connection, self.workspace)) + there
            return
        seen = [int(one["workspaceId"]) for one in connection.platform.every("/workspace", 2)]
        if len(seen) == 1 and self._has(connection, seen[0], space, need):
            yield place("workspaces", seen[0]) + there
            return
        try:
            yield there
        except Problem as problem:
            if seen and not problem.remedy and problem.exit_code in (Exit.FORBIDDEN, Exit.NOT_FOUND):
                raise Problem(problem.exit_code, problem.message, say("as_member")) from problem
            raise

    def _has(self, connection: Connection, workspace: int, space: str, need: Need) -> bool:
        """Whether one may do it in the workspace, and the space is the workspace's: bound to it, or in a registry of
        its own."""
        api, registries = connection.platform, place("workspaces", workspace, "registries")
        if need not in api.get(place("current-user", "workspace-permissions", workspace))["permissions"]:
            return False
        if any(
            (one["name"], one["scope"]) == (self.registry, "workspace")
            for one in api.every(f"{registries}/summary", fuzzyName=self.registry)
        ):
            return True
        try:
            found = api.get(registries + place(self.registry, "projects", space))
        except Problem as problem:
            if problem.exit_code is Exit.NOT_FOUND:
                return False
            raise
        return bool(found["isBindingWorkspace"]) and not found["public"]

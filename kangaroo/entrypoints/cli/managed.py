"""`kangaroo managed`: Harbors the platform runs in clusters.

One is made from a file as the API takes it, which names its cluster, namespace and name under `metadata`; from then on
its name says which one is meant.
"""

from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from kangaroo.entrypoints.cli.asking import secret
from kangaroo.entrypoints.cli.connection import Connection, place
from kangaroo.entrypoints.cli.files import text_of
from kangaroo.entrypoints.cli.nouns import noun, register
from kangaroo.entrypoints.cli.output import Column, moment
from kangaroo.entrypoints.cli.problems import Exit, Problem
from kangaroo.entrypoints.cli.session import Session, Yes
from kangaroo.entrypoints.cli.texts import say

app = noun("Managed Harbors: made and kept in a cluster.")
_ROWS = (
    Column("name", "metadata.name"),
    Column("state", "status.details.state"),
    Column("version", "spec.version"),
    Column("cluster", "metadata.cluster"),
    Column("namespace", "metadata.namespace"),
    Column("url", "spec.expose.externalUrl"),
)
_ONE = (
    *_ROWS,
    Column("message", "status.details.message"),
    Column("remedy", "status.details.remedy"),
    Column("since", "status.details.lastTransitionTime", moment),
    Column("checked", "status.details.lastCheckedTime", moment),
)
_CHECKS = (
    Column("check", "check"),
    Column("verdict", "verdict"),
    Column("message", "message"),
    Column("remedy", "remedy"),
    Column("origin", "origin"),
)
_PLACE = ("cluster", "namespace", "name")
Name = Annotated[str, typer.Argument(help="Of the Harbor.", show_default=False)]
Wanted = Annotated[
    Path,
    typer.Argument(
        help="YAML or JSON: metadata with cluster, namespace and name, and spec; - is standard input.",
        show_default=False,
    ),
]


def list_(session: Session, name: Annotated[str, typer.Option(help="A part of the name.")] = "") -> None:
    """List managed Harbors."""
    session.many(lambda limit: session.connection.platform.every("/harbors", limit, fuzzyName=name), _ROWS)


def show(session: Session, name: Name) -> None:
    """Show one, and how it is."""
    session.one(session.connection.platform.get(_path(session.connection, name)), _ONE)


def preflight(session: Session, file: Wanted) -> None:
    """Say what creating it would meet; exit code 1 if something is in the way."""
    wanted, path = _wanted(file)
    found = session.connection.platform.post(f"{path}/preflight", wanted)
    session.many(lambda limit: found["rows"][: limit or None], _CHECKS)
    if not found["ok"]:
        raise typer.Exit(Exit.FAILURE)


def create(session: Session, file: Wanted) -> None:
    """Make one in a cluster; it is a registry of its name when it is healthy."""
    wanted, path = _wanted(file)
    session.one(session.connection.platform.post(path, wanted), _ONE)


def delete(
    session: Session,
    name: Name,
    keep_data: Annotated[bool, typer.Option("--keep-data", help="Its volumes stay in the cluster.")] = False,
    yes: Yes = False,
) -> None:
    """Remove one from its cluster, with its images unless they are kept."""
    path = _path(session.connection, name)
    session.confirm(name, yes=yes)
    session.connection.platform.call("DELETE", path, {"keepData": keep_data})
    session.done("deleted", what=name)


def password(
    session: Session,
    name: Name,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
) -> None:
    """Give the administrator of one another password."""
    path = _path(session.connection, name)
    new = secret(say("ask_password", user="admin"), from_stdin=password_stdin, twice=True)
    session.connection.platform.put(path, {"spec": {"adminPassword": new}})
    session.done("updated", what=name)


def _path(connection: Connection, name: str) -> str:
    """Where it is. Raises Problem NOT_FOUND."""
    for one in connection.platform.every("/harbors", fuzzyName=name):
        if one["metadata"]["name"] == name:
            return _place(one["metadata"])
    raise Problem(Exit.NOT_FOUND, say("nobody", name=name))


def _place(metadata: dict[str, Any]) -> str:
    cluster, namespace, name = (str(metadata[one]) for one in _PLACE)
    return place("clusters", cluster, "namespaces", namespace, "harbors", name)


def _wanted(file: Path) -> tuple[dict[str, Any], str]:
    """What the file says, and where it is to be. Raises Problem USAGE."""
    try:
        found = yaml.safe_load(text_of(file))
    except yaml.YAMLError as error:
        raise Problem(Exit.USAGE, say("no_file", path=file, reason=str(error))) from error
    metadata = found.get("metadata") if isinstance(found, dict) else None
    missing = [one for one in _PLACE if not isinstance(metadata, dict) or not metadata.get(one)]
    if missing:
        raise Problem(Exit.USAGE, say("no_metadata", path=file, names=", ".join(missing)))
    return found, _place(found["metadata"])


register(app, list=list_, show=show, preflight=preflight, create=create, delete=delete, password=password)

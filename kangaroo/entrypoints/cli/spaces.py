"""`kangaroo space`: image spaces of a registry. What only the built-in registry has (quota, owner, members) it says
through Harbor's API."""

from typing import Annotated, Any

import typer

from kangaroo.entrypoints.cli.connection import place
from kangaroo.entrypoints.cli.nouns import noun, register
from kangaroo.entrypoints.cli.output import Column, joined, moment, size, yes_no
from kangaroo.entrypoints.cli.problems import Exit, Problem
from kangaroo.entrypoints.cli.session import Session, Yes
from kangaroo.entrypoints.cli.sizes import Size
from kangaroo.entrypoints.cli.space_members import app as members
from kangaroo.entrypoints.cli.texts import say

app = noun("Image spaces: what images are kept in.")
BUILT_IN = "kangaroo"
_ROWS = (
    Column("name", "project"),
    Column("public", "public", yes_no),
    Column("images", "repositoriesCount", right=True),
    Column("workspaces", "bindingWorkspace", joined),
    Column("created", "createTime", moment),
)
_ONE = (
    *_ROWS,
    Column("owner", "details.owner_name"),
    Column("used", "details.quota.used.storage", size),
    Column("quota", "details.quota.hard.storage", size),
)
Registry = Annotated[str, typer.Option("--registry", "-r", help="The registry it is in.")]
Name = Annotated[str, typer.Argument(help="Of the space.", show_default=False)]
"""Quotas are the built-in registry's."""


def list_(
    session: Session,
    registry: Registry = BUILT_IN,
    name: Annotated[str, typer.Option(help="A part of the name.")] = "",
    bound: Annotated[bool, typer.Option("--bound", help="Only those bound to a workspace.")] = False,
) -> None:
    """List spaces of a registry."""
    path = place("registries", registry, "projects")
    wish = {"fuzzyName": name, "onlyBind": bound or None}
    session.many(lambda limit: session.connection.platform.every(path, limit, **wish), _ROWS)


def show(session: Session, name: Name, registry: Registry = BUILT_IN) -> None:
    """Show one space."""
    found = _found(session, registry, name)
    if registry == BUILT_IN:
        project = session.connection.harbor.get(place("projects", name))
        summary = session.connection.harbor.get(place("projects", name, "summary"))
        found = {**found, "details": {**project, "quota": summary.get("quota")}}
    bound = session.connection.platform.get(place("registries", registry, "projects", name, "binding"))
    session.one({**found, "bindingWorkspace": [one["alias"] for one in bound["items"]]}, _ONE)


def create(
    session: Session,
    name: Name,
    registry: Registry = BUILT_IN,
    public: Annotated[bool, typer.Option("--public/--private", help="Whether everybody may pull.")] = False,
    quota: Size = None,
) -> None:
    """Make a space."""
    session.connection.platform.post(
        place("registries", registry, "projects"), {"project": name, "public": public}
    )
    _set_quota(session, registry, name, quota)
    session.done("created", what=name)


def update(
    session: Session,
    name: Name,
    registry: Registry = BUILT_IN,
    public: Annotated[
        bool | None, typer.Option("--public/--private", help="Whether everybody may pull.")
    ] = None,
    quota: Size = None,
) -> None:
    """Change who may pull from a space, and how much it may hold; what is not given stays."""
    if public is None and quota is None:
        raise Problem(Exit.USAGE, say("nothing_to_change"))
    if public is not None:
        path = place("registries", registry, "projects", name)
        session.connection.platform.put(path, {"public": public})
    _set_quota(session, registry, name, quota)
    session.done("updated", what=name)


def delete(session: Session, name: Name, registry: Registry = BUILT_IN, yes: Yes = False) -> None:
    """Delete an empty space."""
    session.confirm(name, yes=yes)
    session.connection.platform.delete(place("registries", registry, "projects", name))
    session.done("deleted", what=name)


def _found(session: Session, registry: str, name: str) -> dict[str, Any]:
    """The row of the list: there is no other question for one space of any registry. Raises Problem NOT_FOUND."""
    path = place("registries", registry, "projects")
    for one in session.connection.platform.every(path, fuzzyName=name):
        if one["project"] == name:
            return dict(one)
    raise Problem(Exit.NOT_FOUND, say("no_space", space=name, registry=registry))


def _set_quota(session: Session, registry: str, name: str, quota: int | None) -> None:
    if quota is None:
        return
    if registry != BUILT_IN:
        raise Problem(Exit.USAGE, say("quota_elsewhere"))
    harbor = session.connection.harbor
    project = harbor.get(place("projects", name))["project_id"]
    harbor.put(place("quotas", project), {"hard": {"storage": quota}})


register(app, list=list_, show=show, create=create, update=update, delete=delete)
app.add_typer(members, name="member")

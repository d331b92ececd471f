"""`kangaroo cluster`: Kubernetes clusters the platform puts pull secrets into."""

from pathlib import Path
from typing import Annotated

import typer

from kangaroo.entrypoints.cli.cluster_namespaces import app as namespaces
from kangaroo.entrypoints.cli.connection import place
from kangaroo.entrypoints.cli.files import text_of
from kangaroo.entrypoints.cli.nouns import noun, register
from kangaroo.entrypoints.cli.output import Column, moment
from kangaroo.entrypoints.cli.problems import Exit, Problem
from kangaroo.entrypoints.cli.session import Session, Yes
from kangaroo.entrypoints.cli.texts import say

app = noun("Kubernetes clusters, and their namespaces.")
_ROWS = (
    Column("name", "name"),
    Column("state", "health.state"),
    Column("version", "version"),
    Column("nodes", "nodes", right=True),
    Column("server", "server"),
    Column("created", "createAt", moment),
)
_ONE = (
    *_ROWS,
    Column("message", "health.message"),
    Column("remedy", "health.remedy"),
    Column("since", "health.lastTransitionTime", moment),
    Column("checked", "health.lastProbeTime", moment),
    Column("description", "description"),
)
Name = Annotated[str, typer.Argument(help="Of the cluster.", show_default=False)]
Kubeconfig = Annotated[
    Path, typer.Option(help="File with a context of its own credentials; - is standard input.")
]


def list_(session: Session, name: Annotated[str, typer.Option(help="A part of the name.")] = "") -> None:
    """List clusters."""
    session.many(lambda limit: session.connection.platform.every("/clusters", limit, fuzzyName=name), _ROWS)


def show(session: Session, name: Name) -> None:
    """Show one cluster, and how it is."""
    session.one(session.connection.platform.get(place("clusters", name)), _ONE)


def register_(
    session: Session,
    name: Annotated[str, typer.Argument(help="What to call it here.", show_default=False)],
    kubeconfig: Kubeconfig,
    description: Annotated[str, typer.Option(help="For people.")] = "",
) -> None:
    """Make a cluster known to the platform, which asks it whether its account may do what is needed."""
    wanted = {"name": name, "kubeconfig": text_of(kubeconfig), "description": description}
    session.one(session.connection.platform.post("/clusters", wanted), _ONE)


def update(
    session: Session,
    name: Name,
    kubeconfig: Annotated[Path | None, typer.Option(help="A new one, of the same cluster.")] = None,
    description: Annotated[str | None, typer.Option(help="For people.")] = None,
) -> None:
    """Change what is known of a cluster; what is not given stays."""
    if kubeconfig is None and description is None:
        raise Problem(Exit.USAGE, say("nothing_to_change"))
    wanted = {"kubeconfig": text_of(kubeconfig) if kubeconfig else None, "description": description}
    session.one(session.connection.platform.put(place("clusters", name), wanted), _ONE)


def check(session: Session, name: Name) -> None:
    """Look at a cluster now; exit code 6 if it is not healthy."""
    health = session.connection.platform.post(place("clusters", name, "health"))
    session.one({"name": name, "health": health}, _ONE)
    if health["state"] == "unhealthy":
        raise typer.Exit(Exit.UNREACHABLE)


def delete(
    session: Session,
    name: Name,
    abandon: Annotated[
        bool, typer.Option("--abandon", help="It is gone: forget its namespaces without asking it.")
    ] = False,
    yes: Yes = False,
) -> None:
    """Forget a cluster whose namespaces belong to no workspace."""
    session.confirm(name, yes=yes)
    session.connection.platform.delete(place("clusters", name), abandon=abandon or None)
    session.done("deleted", what=name)


register(app, list=list_, show=show, register=register_, update=update, check=check, delete=delete)
app.add_typer(namespaces, name="namespace")

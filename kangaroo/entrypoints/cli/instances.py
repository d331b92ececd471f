"""`kangaroo instance`: the registries the platform knows, its own among them."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from kangaroo.entrypoints.cli.asking import secret
from kangaroo.entrypoints.cli.connection import place
from kangaroo.entrypoints.cli.files import text_of
from kangaroo.entrypoints.cli.nouns import noun, register
from kangaroo.entrypoints.cli.output import Column, moment, size
from kangaroo.entrypoints.cli.problems import Exit
from kangaroo.entrypoints.cli.session import Session, Yes
from kangaroo.entrypoints.cli.texts import say

app = noun("Registries the platform knows.")
_ROWS = (
    Column("name", "name"),
    Column("type", "type"),
    Column("url", "url"),
    Column("state", "status.status"),
    Column("created", "createAt", moment),
)
_HEALTH = (
    Column("state", "health.state"),
    Column("version", "health.version"),
    Column("message", "health.message"),
    Column("remedy", "health.remedy"),
    Column("since", "health.lastTransitionTime", moment),
    Column("checked", "health.lastProbeTime", moment),
)
_ONE = (
    *(column for column in _ROWS if column.name != "state"),
    Column("credential", "credential.username"),
    Column("integrated", "integratedType"),
    *_HEALTH,
    Column("spaces", "detail.projectNum"),
    Column("images", "detail.repositoryNum"),
    Column("storage", "detail.usageStorage", size),
)


class Kind(StrEnum):
    HARBOR = "harbor"
    DOCKER = "docker"
    JFROG = "jfrog"


_TYPES = {Kind.HARBOR: "HARBOR", Kind.DOCKER: "DOCKER_REGISTRY", Kind.JFROG: "JFROG"}
Name = Annotated[str, typer.Argument(help="Of the registry.", show_default=False)]


@dataclass(frozen=True, slots=True)
class Manner:
    """How the platform comes in there."""

    username: Annotated[str | None, typer.Option(help="To sign in with; its password is asked for.")] = None
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False
    registry_ca: Annotated[Path | None, typer.Option(help="PEM file of who vouches for the registry.")] = None
    skip_verify: Annotated[
        bool | None,
        typer.Option("--skip-verify/--verify", help="Whether to check the registry's certificate."),
    ] = None
    description: Annotated[str | None, typer.Option(help="For people.")] = None

    def change(self) -> dict[str, Any]:
        """What was given, as the API takes it; asks for the password."""
        given: dict[str, Any] = {"insecure": self.skip_verify, "description": self.description}
        if self.username is not None:
            asked = say("ask_password", user=self.username)
            password = secret(asked, from_stdin=self.password_stdin) if self.username else ""
            given["credential"] = {"username": self.username, "password": password}
        if self.registry_ca is not None:
            given["ca"] = text_of(self.registry_ca)
        return {name: value for name, value in given.items() if value is not None}


def list_(session: Session, name: Annotated[str, typer.Option(help="A part of the name.")] = "") -> None:
    """List registries."""
    session.many(lambda limit: session.connection.platform.every("/registries", limit, fuzzyName=name), _ROWS)


def show(session: Session, name: Name) -> None:
    """Show one registry: how it is, and how much it holds."""
    platform, path = session.connection.platform, place("registries", name)
    found = platform.get(path)
    session.one({**found, "detail": platform.get(f"{path}/detail")}, _ONE)


def register_(
    session: Session,
    name: Annotated[str, typer.Argument(help="What to call it here.", show_default=False)],
    url: Annotated[str, typer.Argument(help="https://host:port", show_default=False)],
    kind: Annotated[Kind, typer.Option("--type", help="harbor, docker or jfrog.", show_default=False)],
    manner: Manner,
) -> None:
    """Make a registry known to the platform, which looks at it and then watches it."""
    wanted = {"name": name, "type": _TYPES[kind], "url": url, **manner.change()}
    session.one(session.connection.platform.post("/registries", wanted), _ONE)


def update(
    session: Session,
    name: Name,
    manner: Manner,
    url: Annotated[str | None, typer.Option("--registry-url", help="Where it is now.")] = None,
) -> None:
    """Change what is known of a registry; what is not given stays. An empty user name takes the credential away."""
    wanted = manner.change() | ({} if url is None else {"url": url})
    session.one(session.connection.platform.put(place("registries", name), wanted), _ONE)


def check(session: Session, name: Name) -> None:
    """Look at a registry now; exit code 6 if it is not healthy."""
    health = session.connection.platform.post(place("registries", name, "health"))
    session.one({"name": name, "health": health}, (_ROWS[0], *_HEALTH))
    if health["state"] == "unhealthy":
        raise typer.Exit(Exit.UNREACHABLE)


def delete(session: Session, name: Name, yes: Yes = False) -> None:
    """Forget a registry; what it holds stays there."""
    session.confirm(name, yes=yes)
    session.connection.platform.delete(place("registries", name))
    session.done("deleted", what=name)


register(app, list=list_, show=show, register=register_, update=update, check=check, delete=delete)

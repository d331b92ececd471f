"""`kangaroo instance`: the registries the platform knows, its own among them."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from kangaroo.entrypoints.cli.asking import secret
from kangaroo.entrypoints.cli.connection import place
from kangaroo.entrypoints.cli.nouns import noun, register
from kangaroo.entrypoints.cli.output import Column, moment, size
from kangaroo.entrypoints.cli.problems import Exit, Problem
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
Username = Annotated[str | None, typer.Option(help="To sign in with; its password is asked for.")]
FromStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]
Authority = Annotated[
    Path | None, typer.Option("--registry-ca", help="PEM file of who vouches for the registry.")
]
Unverified = Annotated[
    bool | None, typer.Option("--skip-verify/--verify", help="Whether to check the registry's certificate.")
]
Description = Annotated[str | None, typer.Option(help="For people.")]


def list_(session: Session, name: Annotated[str, typer.Option(help="A part of the name.")] = "") -> None:
    """List registries."""
    session.list(lambda limit: session.connection.platform.every("/registries", limit, fuzzyName=name), _ROWS)


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
    username: Username = None,
    password_stdin: FromStdin = False,
    registry_ca: Authority = None,
    skip_verify: Unverified = None,
    description: Description = None,
) -> None:
    """Make a registry known to the platform, which looks at it and then watches it."""
    wanted = {
        "name": name,
        "type": _TYPES[kind],
        "url": url,
        **_change(username, password_stdin, registry_ca, skip_verify, description),
    }
    session.one(session.connection.platform.post("/registries", wanted), _ONE)


def update(
    session: Session,
    name: Name,
    url: Annotated[str | None, typer.Option("--registry-url", help="Where it is now.")] = None,
    username: Username = None,
    password_stdin: FromStdin = False,
    registry_ca: Authority = None,
    skip_verify: Unverified = None,
    description: Description = None,
) -> None:
    """Change what is known of a registry; what is not given stays. An empty user name takes the credential away."""
    change = _change(username, password_stdin, registry_ca, skip_verify, description)
    wanted = change | ({} if url is None else {"url": url})
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


def _change(
    username: str | None,
    password_stdin: bool,
    registry_ca: Path | None,
    skip_verify: bool | None,
    description: str | None,
) -> dict[str, Any]:
    given: dict[str, Any] = {}
    if username is not None:
        asked = say("ask_password", user=username)
        password = secret(asked, from_stdin=password_stdin) if username else ""
        given["credential"] = {"username": username, "password": password}
    if registry_ca is not None:
        given["ca"] = text_of(registry_ca)
    if skip_verify is not None:
        given["insecure"] = skip_verify
    if description is not None:
        given["description"] = description
    return given


def text_of(path: Path) -> str:
    """Raises Problem USAGE."""
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Problem(Exit.USAGE, say("no_file", path=path, reason=error)) from error


register(app, list=list_, show=show, register=register_, update=update, check=check, delete=delete)

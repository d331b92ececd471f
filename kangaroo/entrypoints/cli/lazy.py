"""The commands that are loaded when they are used: `kangaroo --help` is to appear at once, and so are completions.

A row says what the list of commands shows; what a command takes, its module says.
"""

from importlib import import_module
from typing import Any, NamedTuple

import typer
from typer.core import TyperGroup
from typer.main import get_command

_HERE = "kangaroo.entrypoints.cli"


class Late(NamedTuple):
    """`module` has a Typer application `app`: of one command, or of several."""

    module: str
    help: str


LATE = {
    "login": Late("login", "Sign in to a server, and keep it as a context."),
    "logout": Late("logout", "Revoke the token of a context, and forget the context."),
    "context": Late("context", "Servers you have signed in to."),
    "whoami": Late("whoami", "Show as whom commands act, and where."),
    "instance": Late("instances", "Registries the platform knows."),
    "space": Late("spaces", "Image spaces: what images are kept in."),
    "image": Late("images", "Images of a registry."),
    "workspace": Late("workspaces", "Workspaces: tenants, and their members."),
    "bind": Late("bind", "Let workspaces see a private space, and list all that do."),
    "unbind": Late("unbind", "Take a private space from workspaces, and list those that see it still."),
    "push-command": Late(
        "push_command", "Print how to sign in and push an image, with a temporary credential."
    ),
    "cluster": Late("clusters", "Kubernetes clusters, and their namespaces."),
    "pull-secret": Late("pull_secrets", "Pull secrets: what the namespaces of a workspace pull with."),
    "managed": Late("managed", "Managed Harbors: made and kept in a cluster."),
    "user": Late("users", "People."),
    "robot": Late("robots", "Accounts for programs, at the built-in registry."),
    "doctor": Late("doctor", "Find out what is wrong, and what to do about it."),
    "token": Late("tokens", "Your own API tokens."),
}


class Root(TyperGroup):
    """The program: its own commands, and a stand-in for each of the others until it is called."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        for name, late in LATE.items():
            self.add_command(TyperGroup(name=name, help=late.help, rich_markup_mode=None))

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[Any, Any, Any]:
        name, command, rest = super().resolve_command(ctx, args)
        return name, load(name) if name in LATE else command, rest


def load(name: str) -> Any:
    """The command itself."""
    application: typer.Typer = import_module(f"{_HERE}.{LATE[name].module}").app
    command = get_command(application)
    command.name = name
    return command

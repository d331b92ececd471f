"""Groups of commands, all made alike: `kangaroo NOUN VERB`."""

from collections.abc import Callable

import typer

from kangaroo.entrypoints.cli.session import connected

LISTS = frozenset({"list", "tags"})
"""Verbs that get the options of lists."""


def noun(text: str) -> typer.Typer:
    """A group, even of one command; `text` is what its help says."""
    group = typer.Typer(help=text, no_args_is_help=True, add_completion=False, rich_markup_mode=None)
    group.callback()(_nothing)
    return group


def verb(command: Callable[..., None]) -> typer.Typer:
    """An application of this one command."""
    alone = typer.Typer(add_completion=False, rich_markup_mode=None)
    alone.command()(command)
    return alone


def _nothing() -> None:
    """A group takes no options of its own."""


def register(group: typer.Typer, **commands: Callable[..., None]) -> None:
    """Commands that take a Session, by the name of the verb."""
    for name, command in commands.items():
        word = name.rstrip("_").replace("_", "-")
        group.command(word)(connected(command, listing=word in LISTS))

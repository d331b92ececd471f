"""What every command over a connection has: where to, how to answer, and how its problems end it."""

import inspect
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from os import environ
from typing import Annotated, Any, get_type_hints

import typer

from kangaroo.entrypoints.cli import contexts, output
from kangaroo.entrypoints.cli.connection import Connection, connect
from kangaroo.entrypoints.cli.output import Column, Form, Wish
from kangaroo.entrypoints.cli.problems import Exit, Problem
from kangaroo.entrypoints.cli.target import Given, Local, Remote, target
from kangaroo.entrypoints.cli.texts import say

_INTERRUPTED = 130  # 128 + SIGINT, as shells say it


@dataclass(frozen=True, slots=True)
class Session:
    connection: Connection
    goal: Remote | Local
    form: Form
    wish: Wish

    def many(self, fetch: Callable[[int], list[Any]], columns: Sequence[Column]) -> None:
        """Show a list; `fetch` gets as many as it is told, 0 is all."""
        wish = self.wish
        items = (
            output.sorted_by(fetch(0), columns, wish.sort)[: wish.limit or None]
            if wish.sort
            else fetch(wish.limit)
        )
        output.show_list(self.form, items, columns, quiet=wish.quiet)

    def one(self, item: Any, columns: Sequence[Column]) -> None:
        output.show_one(self.form, item, columns)

    def done(self, key: str, **facts: Any) -> None:
        """A sentence for people; programs get the exit code."""
        if self.form is Form.TABLE:
            typer.echo(say(key, **facts))

    def confirm(self, name: str, *, yes: bool) -> None:
        """Before something is destroyed. Raises Problem USAGE unless --yes was given or the name is typed."""
        if yes:
            return
        if not sys.stdin.isatty():
            raise Problem(Exit.USAGE, say("unconfirmed", name=name), say("say_yes"))
        if typer.prompt(say("type_name", name=name), err=True) != name:
            raise Problem(Exit.USAGE, say("not_the_name", name=name))


Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for the name.")]


def connected(command: Callable[..., None], *, listing: bool = False) -> Callable[..., None]:
    """The command, which takes a Session first, as one with the options of a connection and of the output."""

    def run(ctx: typer.Context, **given: Any) -> None:
        place = Given(**{name: given.pop(PREFIX + name) for name in _PLACE})
        form, open_local = given.pop("output"), ctx.obj.open_local
        wish = Wish(**{name: given.pop(name) for name in LISTING}) if listing else Wish()
        with problems():
            goal = target(place, environ)
            with connect(goal, open_local) as connection:
                command(Session(connection, goal, form, wish), **gathered(own, given))

    own = list(inspect.signature(command).parameters.values())[1:]
    options = [*(LISTING.items() if listing else ()), ("output", _OUTPUT)]
    options += [(PREFIX + name, option) for name, option in _PLACE.items()]
    parameters = [*own, *(_parameter(name, kind) for name, kind in options), _CONTEXT]
    return told(run, command, parameters)


def bare(command: Callable[..., None]) -> Callable[..., None]:
    """A command that needs no connection, or not one of these: its problems end it in the same way."""

    own = list(inspect.signature(command).parameters.values())

    def run(**given: Any) -> None:
        with problems():
            command(**gathered(own, given))

    return told(run, command, own)


@contextmanager
def problems() -> Iterator[None]:
    try:
        yield
    except Problem as problem:
        sys.stderr.write(f"kangaroo: {problem}\n")
        raise typer.Exit(problem.exit_code) from problem
    except KeyboardInterrupt as interrupt:
        sys.stderr.write(f"\nkangaroo: {say('interrupted')}\n")
        raise typer.Exit(_INTERRUPTED) from interrupt


def told(
    run: Callable[..., None], command: Callable[..., None], parameters: list[inspect.Parameter]
) -> Callable[..., None]:
    """`run` with the name, the help and these parameters, as Typer looks for them.

    A parameter that is a dataclass stands for its fields: options that belong together.
    """
    flat = [one for parameter in parameters for one in _fields(parameter)]
    keyword_only = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in flat]
    run.__signature__ = inspect.Signature(keyword_only)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in keyword_only}
    run.__doc__ = command.__doc__
    run.__name__ = command.__name__
    return run


def gathered(parameters: list[inspect.Parameter], given: dict[str, Any]) -> dict[str, Any]:
    """What Typer gives, field by field, as the command takes it."""
    values: dict[str, Any] = {}
    for one in parameters:
        kind: Any = one.annotation
        if isinstance(kind, type) and is_dataclass(kind):
            values[one.name] = kind(**{field.name: given[field.name] for field in fields(kind)})
        else:
            values[one.name] = given[one.name]
    return values


def _fields(parameter: inspect.Parameter) -> list[inspect.Parameter]:
    kind = parameter.annotation
    if not is_dataclass(kind):
        return [parameter]
    hints = get_type_hints(kind, include_extras=True)
    return [_parameter(field.name, (hints[field.name], field.default)) for field in fields(kind)]


def known_contexts(incomplete: str) -> list[str]:
    """For the shell's completion."""
    try:
        return [name for name in contexts.read().contexts if name.startswith(incomplete)]
    except Problem:  # a broken file is told by a command, not by the shell's completion
        return []


def _option(kind: Any, *names: str, default: Any, **more: Any) -> tuple[Any, Any]:
    return Annotated[kind, typer.Option(*names, show_default=False, **more)], default


def _parameter(name: str, option: tuple[Any, Any]) -> inspect.Parameter:
    kind, default = option
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)


_CONTEXT = inspect.Parameter("ctx", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)
_OUTPUT = _option(Form, "--output", "-o", default=Form.TABLE, help="table (usual), json or yaml.")
LISTING = {
    "limit": _option(int, "--limit", default=0, min=0, help="No more than so many."),
    "sort": _option(str, "--sort", default="", help="By this column, with a - before it backwards."),
    "quiet": _option(bool, "--quiet", "-q", default=False, help="Only the first column."),
}
PREFIX = "to_"  # so that a command may have options of the same names
_PLACE = {
    "context": _option(
        str,
        "--context",
        default="",
        help="A server you have signed in to.  [KANGAROO_CONTEXT]",
        autocompletion=known_contexts,
    ),
    "url": _option(str, "--url", default="", help="A server by its URL.  [KANGAROO_URL]"),
    "token": _option(str, "--token", default="", help="The API token for it.  [KANGAROO_TOKEN]"),
    "ca": _option(str, "--ca-file", default="", help="PEM file of who vouches for it.  [KANGAROO_CA_FILE]"),
    "insecure": _option(bool, "--insecure", default=False, help="Do not check its certificate."),
    "data": _option(
        str, "--data", default="", help="A data folder on this machine, without a server.  [KANGAROO_DATA]"
    ),
}

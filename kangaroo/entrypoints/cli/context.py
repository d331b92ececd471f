"""`kangaroo context`: which of the servers one has signed in to is meant when nothing is said."""

from typing import Annotated, Any

import typer

from kangaroo.entrypoints.cli import contexts
from kangaroo.entrypoints.cli.nouns import noun
from kangaroo.entrypoints.cli.output import Column, Form, show_list, yes_no
from kangaroo.entrypoints.cli.session import bare, known_contexts
from kangaroo.entrypoints.cli.texts import say

app = noun("Servers you have signed in to.")
_ROWS = (
    Column("name", "name"),
    Column("current", "current", yes_no),
    Column("url", "url"),
    Column("user", "user"),
)
Name = Annotated[str, typer.Argument(help="Of a context.", autocompletion=known_contexts, show_default=False)]


def list_(
    output: Annotated[Form, typer.Option("--output", "-o", help="table, json or yaml.")] = Form.TABLE,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only the names.")] = False,
) -> None:
    """List contexts."""
    known = contexts.read()
    items: list[dict[str, Any]] = [
        {"name": name, "current": name == known.current, "url": one.url, "user": one.user}
        for name, one in sorted(known.contexts.items())
    ]
    show_list(output, items, _ROWS, quiet=quiet)


def use(name: Name) -> None:
    """Make a context the one that is meant when nothing is said."""
    contexts.write(contexts.read().using(name))
    typer.echo(say("using", name=name))


def remove(name: Name) -> None:
    """Forget a context; its token stays good (kangaroo logout revokes it)."""
    known = contexts.read()
    known.named(name)
    contexts.write(known.without(name))
    typer.echo(say("forgotten", name=name))


for word, command in (("list", list_), ("use", use), ("remove", remove)):
    app.command(word)(bare(command))

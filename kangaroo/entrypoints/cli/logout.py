"""`kangaroo logout`: the token that `kangaroo login` made is revoked, and forgotten."""

from typing import Annotated

import typer

from kangaroo.entrypoints.cli import contexts
from kangaroo.entrypoints.cli.connection import connect_to
from kangaroo.entrypoints.cli.contexts import Context
from kangaroo.entrypoints.cli.nouns import verb
from kangaroo.entrypoints.cli.problems import Exit, Problem
from kangaroo.entrypoints.cli.session import bare, known_contexts
from kangaroo.entrypoints.cli.texts import say


def logout(
    name: Annotated[
        str,
        typer.Argument(
            help="A context; the current one otherwise.", autocompletion=known_contexts, show_default=False
        ),
    ] = "",
) -> None:
    """Revoke the token of a context, and forget the context."""
    known = contexts.read()
    name = name or known.current
    if not name:
        raise Problem(Exit.FORBIDDEN, say("no_current"), say("no_contexts"))
    context = known.named(name)
    revoked = _revoked(context)
    contexts.write(known.without(name))
    typer.echo(say("signed_out" if revoked else "forgotten", name=name))


def _revoked(context: Context) -> bool:
    """Only of a token that was made here; of one that is no good any more nothing is left to revoke."""
    if not context.token_id:
        return False
    with connect_to(context) as connection:
        try:
            connection.platform.delete(f"/current-user/tokens/{context.token_id}")
        except Problem as problem:
            if problem.exit_code not in (Exit.FORBIDDEN, Exit.NOT_FOUND):
                raise
    return True


app = verb(bare(logout))

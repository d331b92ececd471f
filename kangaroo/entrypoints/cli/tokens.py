"""`kangaroo token`: API tokens of one's own, for programs."""

from typing import Annotated, Any

import typer

from kangaroo.entrypoints.cli.connection import place
from kangaroo.entrypoints.cli.nouns import noun, register
from kangaroo.entrypoints.cli.output import Column, moment
from kangaroo.entrypoints.cli.problems import Exit, Problem
from kangaroo.entrypoints.cli.session import Session, Yes
from kangaroo.entrypoints.cli.texts import say

app = noun("Your own API tokens.")
_PATH = "/current-user/tokens"
_ROWS = (
    Column("name", "name"),
    Column("id", "id", right=True),
    Column("created", "createTime", moment),
    Column("expires", "expireTime", moment),
    Column("last_used", "lastUsedTime", moment),
)


def list_(session: Session) -> None:
    """List your API tokens; what they are nobody can show again."""
    session.many(lambda limit: session.connection.platform.every(_PATH, limit), _ROWS)


def create(
    session: Session,
    name: Annotated[str, typer.Argument(help="What it is for.", show_default=False)],
    days: Annotated[int, typer.Option(min=0, help="How long it is good; 0 is for ever.")] = 90,
) -> None:
    """Make an API token; it is shown this once."""
    made = session.connection.platform.post(_PATH, {"name": name, "days": days})
    session.one(made, (_ROWS[0], Column("secret", "token"), _ROWS[3]))


def revoke(
    session: Session,
    name: Annotated[str, typer.Argument(help="Its name or id.", show_default=False)],
    yes: Yes = False,
) -> None:
    """Revoke an API token."""
    found: list[Any] = session.connection.platform.every(_PATH)
    ids = [one["id"] for one in found if name in (one["name"], str(one["id"]))]
    if not ids:
        raise Problem(Exit.NOT_FOUND, say("no_token", name=name))
    session.confirm(name, yes=yes)
    session.connection.platform.delete(_PATH + place(ids[0]))
    session.done("deleted", what=name)


register(app, list=list_, create=create, revoke=revoke)

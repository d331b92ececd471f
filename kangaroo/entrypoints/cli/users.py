"""`kangaroo user`: people, through Harbor's API."""

from typing import Annotated, Any

import typer

from kangaroo.entrypoints.cli.asking import secret
from kangaroo.entrypoints.cli.connection import place
from kangaroo.entrypoints.cli.nouns import noun, register
from kangaroo.entrypoints.cli.output import Column, moment, yes_no
from kangaroo.entrypoints.cli.problems import Exit, Problem
from kangaroo.entrypoints.cli.session import Session, Yes
from kangaroo.entrypoints.cli.texts import say

app = noun("People.")
_ROWS = (
    Column("name", "username"),
    Column("id", "user_id", right=True),
    Column("email", "email"),
    Column("realname", "realname"),
    Column("administrator", "sysadmin_flag", yes_no),
    Column("created", "creation_time", moment),
)
Name = Annotated[str, typer.Argument(help="Of the user.", show_default=False)]
FromStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]


def list_(session: Session, name: Annotated[str, typer.Option(help="A part of the name.")] = "") -> None:
    """List users."""
    session.many(lambda limit: session.connection.harbor.every("/users", limit, username=name), _ROWS)


def show(session: Session, name: Name) -> None:
    """Show one user."""
    session.one(session.connection.harbor.get(place("users", _id(session, name))), _ROWS)


def create(
    session: Session,
    name: Name,
    email: Annotated[str, typer.Option(help="E-mail address.", show_default=False)],
    realname: Annotated[str, typer.Option(help="What people call them; the name otherwise.")] = "",
    password_stdin: FromStdin = False,
    administrator: Annotated[bool, typer.Option("--admin", help="A system administrator.")] = False,
) -> None:
    """Make a user; the password is asked for."""
    password = secret(say("ask_password", user=name), from_stdin=password_stdin, twice=True)
    wanted = {"username": name, "email": email, "realname": realname or name, "password": password}
    session.connection.harbor.post("/users", wanted)
    if administrator:
        _set_administrator(session, name, True)
    session.done("created", what=name)


def password(session: Session, name: Name, password_stdin: FromStdin = False) -> None:
    """Give a user another password."""
    harbor, number = session.connection.harbor, _id(session, name)
    old = ""
    if harbor.get("/users/current")["user_id"] == number:
        old = secret(say("ask_old_password"), from_stdin=password_stdin)
    new = secret(say("ask_password", user=name), from_stdin=password_stdin, twice=True)
    harbor.put(place("users", number, "password"), {"old_password": old, "new_password": new})
    session.done("updated", what=name)


def administrator(
    session: Session,
    name: Name,
    on: Annotated[bool, typer.Option("--on/--off", help="Whether they are one.")] = True,
) -> None:
    """Make a user a system administrator, or no longer one."""
    _set_administrator(session, name, on)
    session.done("updated", what=name)


def delete(session: Session, name: Name, yes: Yes = False) -> None:
    """Delete a user."""
    number = _id(session, name)
    session.confirm(name, yes=yes)
    session.connection.harbor.delete(place("users", number))
    session.done("deleted", what=name)


def _set_administrator(session: Session, name: str, on: bool) -> None:
    session.connection.harbor.put(place("users", _id(session, name), "sysadmin"), {"sysadmin_flag": on})


def _id(session: Session, name: str) -> int:
    """Raises Problem NOT_FOUND."""
    found: list[Any] = session.connection.harbor.every("/users/search", username=name)
    for one in found:
        if one["username"] == name:
            return int(one["user_id"])
    raise Problem(Exit.NOT_FOUND, say("nobody", name=name))


register(app, list=list_, show=show, create=create, password=password, admin=administrator, delete=delete)

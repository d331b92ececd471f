"""`kangaroo login`: a password once, and from then on an API token of one's own, kept as a context."""

import secrets
import socket
from dataclasses import dataclass, replace
from os import environ
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from kangaroo.entrypoints.cli import contexts
from kangaroo.entrypoints.cli.asking import asked, line, secret
from kangaroo.entrypoints.cli.connection import connect_to
from kangaroo.entrypoints.cli.contexts import NAME, Context
from kangaroo.entrypoints.cli.nouns import verb
from kangaroo.entrypoints.cli.problems import Exit, Problem
from kangaroo.entrypoints.cli.session import bare
from kangaroo.entrypoints.cli.target import checked_url
from kangaroo.entrypoints.cli.texts import say


@dataclass(frozen=True, slots=True)
class Proof:
    """Who one is: a name and a password, or a token."""

    user: Annotated[str, typer.Option("--user", "-u", help="Your name there; asked for otherwise.")] = ""
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False
    token: Annotated[
        str, typer.Option(help="An API token you have, in place of a password.  [KANGAROO_TOKEN]")
    ] = ""
    token_stdin: Annotated[bool, typer.Option("--token-stdin", help="Read it from standard input.")] = False
    days: Annotated[int, typer.Option(min=0, help="How long a new token is good; 0 is for ever.")] = 90

    def shown(self) -> str:
        """The token, if it is one."""
        given = self.token or (line() if self.token_stdin else "")
        return given or ("" if self.user else environ.get("KANGAROO_TOKEN", ""))


def login(
    url: Annotated[str, typer.Argument(help="https://host:port of the server.", show_default=False)],
    proof: Proof,
    name: Annotated[str, typer.Option(help="What to call the context; the host otherwise.")] = "",
    ca_file: Annotated[str, typer.Option(help="PEM file of who vouches for the server.")] = "",
    insecure: Annotated[
        bool, typer.Option("--insecure", help="Do not check the server's certificate.")
    ] = False,
) -> None:
    """Sign in to a server, and keep it as a context.

    With a password, a new API token is made and kept; the password is not. Who signs in through an OpenID provider
    makes a token in the console and gives it here.
    """
    site = checked_url(url)
    called = name or urlsplit(site).netloc.replace(":", "-").strip("[]")
    if not NAME.fullmatch(called):
        raise Problem(Exit.USAGE, say("bad_name", name=called), say("name_option"))
    context = Context(site, "", ca=str(Path(ca_file).absolute()) if ca_file else "", insecure=insecure)
    token = proof.shown()
    if not token and not proof.user and _by_provider(context):
        token = secret(say("ask_token", url=site), from_stdin=False)
    context = _with_token(context, token) if token else _with_password(context, proof)
    contexts.write(contexts.read().with_context(called, context))
    typer.echo(say("signed_in", user=context.user, url=site, name=called))


def _by_provider(context: Context) -> bool:
    with connect_to(context) as connection:
        info = connection.harbor.get("/systeminfo")
    return isinstance(info, dict) and info.get("auth_mode") == "oidc_auth"


def _with_token(context: Context, token: str) -> Context:
    context = replace(context, token=token)
    with connect_to(context) as connection:
        return replace(context, user=connection.harbor.get("/users/current")["username"])


def _with_password(context: Context, proof: Proof) -> Context:
    user = proof.user or asked(say("ask_user"))
    password = secret(say("ask_password", user=user), from_stdin=proof.password_stdin)
    wanted = {
        "name": f"kangaroo login at {socket.gethostname()[:200]} {secrets.token_hex(3)}",
        "days": proof.days,
    }
    with connect_to(context) as connection:
        try:
            made: dict[str, Any] = connection.platform.post(
                "/current-user/tokens", wanted, auth=(user, password)
            )
        except Problem as problem:
            if problem.exit_code is Exit.FORBIDDEN:
                raise Problem(Exit.FORBIDDEN, say("wrong_password", user=user, url=context.url)) from problem
            raise
    return replace(context, user=user, token=made["token"], token_id=made["id"])


app = verb(bare(login))

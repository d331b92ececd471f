"""Secrets people give: typed unseen, or on standard input for programs; never as a flag, which others can see."""

import getpass
import sys

from kangaroo.entrypoints.cli.problems import Exit, Problem
from kangaroo.entrypoints.cli.texts import say


def line() -> str:
    """Of standard input."""
    return sys.stdin.readline().rstrip("\r\n")


def asked(text: str) -> str:
    """Raises Problem USAGE without a terminal."""
    _need_terminal(text)
    return input(f"{text}: ")


def secret(text: str, *, from_stdin: bool, twice: bool = False) -> str:
    """Raises Problem USAGE without a terminal, unless it comes from standard input."""
    if from_stdin:
        return line()
    _need_terminal(text)
    typed = getpass.getpass(f"{text}: ")
    if twice and getpass.getpass(f"{say('again', what=text)}: ") != typed:
        raise Problem(Exit.USAGE, say("not_the_same"))
    return typed


def _need_terminal(text: str) -> None:
    if not sys.stdin.isatty():
        raise Problem(Exit.USAGE, say("no_terminal", what=text), say("give_by_stdin"))

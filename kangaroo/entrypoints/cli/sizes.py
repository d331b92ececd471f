"""Sizes as people write them: 512MiB, 10GiB, none."""

import re
from typing import Annotated

import typer

from kangaroo.entrypoints.cli.texts import say

_UNITS = {"": 1, "B": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40, "P": 1 << 50}
_SIZE = re.compile(r"([0-9]{1,12})\s*(?:([KMGTP])(?:i?B)?|B)?", re.IGNORECASE)


def parsed(text: str) -> int:
    """Bytes; -1 is no limit. Raises what Typer shows as a wrong value."""
    if text.lower() in ("none", "-1"):
        return -1
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise typer.BadParameter(say("bad_size", size=text))
    return int(match[1]) * _UNITS[(match[2] or "").upper()]


Size = Annotated[
    int | None,
    typer.Option("--quota", parser=parsed, metavar="SIZE", help="How much it may hold: 10GiB, none."),
]

"""What a command shows: a table for people, JSON or YAML for programs, or the bare names.

JSON and YAML are what the API says, field for field, so that a script needs one description and not two.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

import msgspec
import yaml
from rich.console import Console
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from kangaroo.entrypoints.cli.problems import Exit, Problem
from kangaroo.entrypoints.cli.texts import heading, say

_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
_SHORT = (
    len("sha256:") + 12
)  # of a digest in a list on a terminal, as other tools have it; pipes get the whole
_WITHOUT_EDGE = 1 << 14  # columns of a pipe: what reads it is to get whole values


class Form(StrEnum):
    TABLE = "table"
    JSON = "json"
    YAML = "yaml"


@dataclass(frozen=True, slots=True)
class Column:
    """`name` is what --sort takes, and the key of the heading. `key` is the field, with dots for deeper ones; empty is
    the whole item."""

    name: str
    key: str
    shown: Callable[[Any], str] = str
    right: bool = False

    def value(self, item: Any) -> Any:
        for part in self.key.split(".") if self.key else ():
            item = item.get(part) if isinstance(item, dict) else None
        return item

    def text(self, item: Any) -> str:
        value = self.value(item)
        return "" if value is None else plain(self.shown(value))


@dataclass(frozen=True, slots=True)
class Wish:
    """How a list is wanted; `sort` is the name of a column, after a - backwards; `limit` 0 is all of it."""

    limit: int = 0
    sort: str = ""
    quiet: bool = False


def show_list(form: Form, items: Sequence[Any], columns: Sequence[Column], *, quiet: bool = False) -> None:
    """Quietly: only the first column."""
    if quiet:
        sys.stdout.writelines(f"{columns[0].text(item)}\n" for item in items)
    elif form is Form.TABLE:
        table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
        for column in columns:
            justify: Literal["left", "right"] = "right" if column.right else "left"
            table.add_column(heading(column.name), justify=justify, overflow="fold")
        for item in items:
            table.add_row(*(Text(_cell(column, item)) for column in columns))
        _print(table)
    else:
        show_data(form, items)


def _cell(column: Column, item: Any) -> str:
    text = column.text(item)
    return text[:_SHORT] if column.name == "digest" and sys.stdout.isatty() else text


def show_one(form: Form, item: Any, columns: Sequence[Column]) -> None:
    """A line for each column that has something to say."""
    if form is not Form.TABLE:
        show_data(form, item)
        return
    table = Table(box=None, pad_edge=False, show_edge=False, show_header=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for column in columns:
        if text := column.text(item):
            table.add_row(heading(column.name), Text(text))
    _print(table)


def show_data(form: Form, data: Any) -> None:
    if form is Form.YAML:
        yaml.safe_dump(data, sys.stdout, allow_unicode=True, sort_keys=False)
    else:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(data), indent=2).decode() + "\n")


def show_tree(tree: Tree) -> None:
    _print(tree)


def sorted_by(items: Sequence[Any], columns: Sequence[Column], sort: str) -> list[Any]:
    """What has no value comes first. Raises Problem USAGE for a column there is none of."""
    name = sort.removeprefix("-")
    column = next((column for column in columns if column.name == name), None)
    if column is None:
        names = ", ".join(column.name for column in columns)
        raise Problem(Exit.USAGE, say("no_column", name=name), say("which_columns", names=names))
    return sorted(items, key=lambda item: _order(column.value(item)), reverse=sort.startswith("-"))


def _order(value: Any) -> tuple[int, float, str]:
    """Numbers, which often come as texts, by their size and before words."""
    if value is None or isinstance(value, list | dict):
        return 0, len(value or ()), ""
    try:
        return 1, float(value), ""
    except ValueError:
        return 2, 0.0, str(value).casefold()


def plain(text: str) -> str:
    """On one line, and without what would command the terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def moment(value: Any) -> str:
    """Local time, of seconds since the epoch (0: never) or of RFC 3339."""
    try:
        number = float(value)
    except ValueError:
        at = datetime.fromisoformat(value)
    else:
        if number <= 0:
            return "-"
        at = datetime.fromtimestamp(number).astimezone()
    return "-" if at.year <= 1 else at.astimezone().strftime("%Y-%m-%d %H:%M")


def size(value: Any) -> str:
    """Of bytes, in binary units; less than nothing is no limit."""
    number, unit = float(value), 0
    if number < 0:
        return "-"
    while number >= 1024 and unit + 1 < len(_UNITS):
        number, unit = number / 1024, unit + 1
    return f"{number:.0f} {_UNITS[unit]}" if unit == 0 or number >= 100 else f"{number:.1f} {_UNITS[unit]}"


def yes_no(value: Any) -> str:
    return say("yes") if value in (True, "true", 1) else say("no")


def joined(value: Any) -> str:
    return ", ".join(map(str, value))


def _print(what: Table | Tree) -> None:
    console = Console(highlight=False, emoji=False)
    if console.is_terminal:
        console.print(what)
        return
    unbounded = Console(highlight=False, emoji=False, no_color=True, width=_WITHOUT_EDGE)
    with unbounded.capture() as printed:
        unbounded.print(what)
    sys.stdout.writelines(f"{line.rstrip()}\n" for line in printed.get().splitlines())

"""All commands as a page of the documentation, made from the commands themselves."""

import re
from collections.abc import Iterator
from typing import Any

from kangaroo.entrypoints.cli.lazy import LATE, load
from kangaroo.entrypoints.cli.options import ROWS
from kangaroo.entrypoints.cli.problems import MEANINGS
from kangaroo.entrypoints.cli.session import LISTING, PREFIX

_HEAD = """# Commands

Made by `kangaroo reference`; do not edit.

`kangaroo COMMAND --help` says the same. `kangaroo --install-completion` makes the shell complete commands, options and
the names of contexts. Messages are in Chinese where LANG says so; help is in English.

## Where a command goes

To a server one has signed in to, or into a data folder on this machine, with or without a server running on it: there
it acts as the first administrator. The first of these counts: the options `--context`, `--url` and `--data` (one of
them); the variables `KANGAROO_URL`, `KANGAROO_CONTEXT` and `KANGAROO_DATA`; the current context. Contexts are kept in
`~/.config/kangaroo/contexts.toml`, which only its owner can read.

Every command that goes somewhere has these options:

"""
_LISTS = "\nLists have these, too; they follow the pages of the API by themselves:\n\n"
_EXITS = "\n## Exit codes\n\n| code | meaning |\n|---|---|\n"
_MANY = 12
_TABLE = "| | |\n|---|---|\n"
_HIDDEN = frozenset({"help", "install_completion", "show_completion"})
_VARIABLE = re.compile(r"\s+\[(KANGAROO_\w+)\]$")


def page(root: Any) -> str:
    """`root` is the program."""
    commands = {name: load(name) if name in LATE else command for name, command in root.commands.items()}
    example = commands["instance"].commands["list"]
    return "".join(
        (
            _HEAD,
            *_options(one for one in example.params if _common(one) and one.name not in LISTING),
            _LISTS,
            *_options(one for one in example.params if one.name in LISTING),
            _EXITS,
            *(f"| {int(code)} | {meaning} |\n" for code, meaning in MEANINGS.items()),
            *(text for name, command in commands.items() for text in _chapter(name, command)),
        )
    )


def _chapter(name: str, command: Any) -> Iterator[str]:
    yield f"\n## kangaroo {name}\n"
    if hasattr(command, "commands"):
        yield f"\n{command.help}\n"
        for path, one in _leaves(name, command):
            yield f"\n### kangaroo {path}\n"
            yield from _command(path, one)
    else:
        yield from _command(name, command)


def _leaves(path: str, group: Any) -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _leaves(f"{path} {name}", command)
        else:
            yield f"{path} {name}", command


def _command(path: str, command: Any) -> Iterator[str]:
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    words = [_usage(one) for one in arguments]
    yield f"\n    kangaroo {' '.join([path, *words])} [OPTIONS]\n\n{_filled(command.help)}\n"
    of_settings = [one for one in command.params if one.name in ROWS or one.name == "config"]
    own = [one for one in command.params if not (_common(one) or one in of_settings or one.name in _HIDDEN)]
    if own:
        yield f"\n{_TABLE}"
        yield from (_row(one) for one in own)
    if len(of_settings) > _MANY:
        yield "\nTakes [settings](settings.md) as options.\n"
    elif of_settings:
        names = ", ".join(f"`{one.opts[0]}`" for one in of_settings)
        yield f"\n[Settings](settings.md): {names}\n"


def _common(parameter: Any) -> bool:
    return parameter.name == "output" or parameter.name in LISTING or parameter.name.startswith(PREFIX)


def _options(parameters: Iterator[Any]) -> Iterator[str]:
    yield _TABLE
    yield from (_row(one) for one in parameters)


def _row(parameter: Any) -> str:
    names = [*parameter.opts, *parameter.secondary_opts]
    if parameter.param_type_name == "argument":
        names = [_usage(parameter)]
    shown = ", ".join(f"`{name}`" for name in names)
    text = _VARIABLE.sub(r" Or `\1`.", parameter.help or "").replace("|", "\\|")
    return f"| {shown} | {text}{_default(parameter)} |\n"


def _default(parameter: Any) -> str:
    default = getattr(parameter, "default", None)
    shown = not callable(default) and default not in (None, "", False, True, ()) and parameter.show_default
    return f" (default: {default})" if shown else ""


def _usage(argument: Any) -> str:
    word = argument.name.upper().rstrip("_")
    word = f"{word}..." if argument.nargs == -1 else word
    return word if argument.required else f"[{word}]"


def _filled(text: str) -> str:
    return "\n".join(line.strip() for line in (text or "").strip().splitlines())

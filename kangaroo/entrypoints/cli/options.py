"""Options made from the table of settings, so that none can be forgotten or described twice."""

import inspect
import sys
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields
from os import environ
from pathlib import Path
from typing import Annotated, Any

import typer

from kangaroo.base.errors import Code, Failure
from kangaroo.base.settings import Settings, default_of, environment_name, load_settings

ROWS = {row.name: row for row in fields(Settings)}


def with_settings(command: Callable[..., None], names: list[str]) -> Callable[..., None]:
    """The command, which takes settings first, as one that takes these of them as options, and `--config`.

    What it takes after the settings stays as it is. A Failure becomes a line on stderr and exit code 1.
    """

    def run(**given: Any) -> None:
        flags = {name: given.pop(name) for name in ["config", *names]}
        try:
            command(settings_of(flags), **given)
        except Failure as failure:
            sys.stderr.write(f"kangaroo: {failure}\n")
            raise typer.Exit(1) from failure

    own = list(inspect.signature(command).parameters.values())[1:]
    options = [_option(name, row_type(ROWS[name]), _help(ROWS[name])) for name in names]
    config = _option("config", Path, f"TOML file of settings.  [{environment_name('config')}]")
    keyword_only = [
        parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in [*own, *options, config]
    ]
    run.__signature__ = inspect.Signature(keyword_only)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in keyword_only}
    run.__doc__ = command.__doc__
    return run


def settings_of(flags: Mapping[str, Any]) -> Settings:
    """By flags, environment and file. Raises INVALID_FIELD."""
    return load_settings(flags=flags, environ=environ, read_toml=_read_toml)


def row_type(row: "Field[Any]") -> type:
    return row.type if isinstance(row.type, type) else type(default_of(row))


def shown_default(row: "Field[Any]") -> str:
    """For people; a default that depends on the machine by its name."""
    if row.default is MISSING:
        return getattr(row.default_factory, "__name__", "").strip("_").replace("_", " ")
    if isinstance(row.default, bool):
        return "on" if row.default else "off"
    return str(row.default)


def _option(name: str, kind: type, text: str) -> inspect.Parameter:
    flag = f"--{name.replace('_', '-')}"
    names = f"{flag}/--no-{flag[2:]}" if kind is bool else flag
    optional: Any = kind | None
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[optional, typer.Option(names, help=text, show_default=False)],
    )


def _help(row: "Field[Any]") -> str:
    default = shown_default(row)
    unit = f" {row.metadata['unit']}" if row.metadata["unit"] else ""
    shown = f"  (default: {default}{unit})" if default else ""
    return f"{row.metadata['why']}{shown}  [{environment_name(row.name)}]"


def _read_toml(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Failure(Code.INVALID_FIELD, field="--config", reason=f"{path}: {error}") from error

"""The table of settings as a page of the documentation."""

from kangaroo.base.settings import environment_name
from kangaroo.entrypoints.cli.options import ROWS, row_type, shown_default

_HEAD = """# Settings

Made by `kangaroo settings`; do not edit.

A setting is taken from the first place that has it: the flag of `kangaroo serve`, the environment variable,
the TOML file named by `--config` or `KANGAROO_CONFIG`, the default. In the file a setting has the name of its
flag with `_` for `-`, as in `log_format = "json"`. Values marked *secret* are never logged or shown; prefer
the environment or the file for them, because flags can be seen in the list of processes.

| flag | environment | type | default | what it does |
|---|---|---|---|---|
"""


def settings_page() -> str:
    return _HEAD + "".join(_row(name) for name in ROWS)


def _row(name: str) -> str:
    row = ROWS[name]
    default = shown_default(row)
    unit = f" {row.metadata['unit']}" if row.metadata["unit"] else ""
    why = row.metadata["why"] + (" *Secret.*" if row.metadata["secret"] else "")
    kind = {"str": "text", "int": "number", "bool": "on or off", "Path": "path"}[row_type(row).__name__]
    flag = name.replace("_", "-")
    shown = f"{default}{unit}" if default else "none"
    return f"| `--{flag}` | `{environment_name(name)}` | {kind} | {shown} | {why} |\n"

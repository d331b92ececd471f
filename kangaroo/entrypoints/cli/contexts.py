"""The servers a person has signed in to: ~/.config/kangaroo/contexts.toml, readable by its owner alone.

current = "prod"

[contexts.prod]
url = "https://registry.example"
user = "alice"
token = "kgr_…"
"""

import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec

from kangaroo.entrypoints.cli.problems import Exit, Problem
from kangaroo.entrypoints.cli.texts import say

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")


@dataclass(frozen=True, slots=True)
class Context:
    """`token_id` is 0 for a token that was not made by `kangaroo login`; `ca` is the path of a PEM file."""

    url: str
    token: str = field(repr=False)
    user: str = ""
    token_id: int = 0
    ca: str = ""
    insecure: bool = False


@dataclass(frozen=True, slots=True)
class Contexts:
    current: str = ""
    contexts: Mapping[str, Context] = field(default_factory=dict)

    def named(self, name: str) -> Context:
        """Raises Problem NOT_FOUND that says which there are."""
        if name not in self.contexts:
            names = ", ".join(sorted(self.contexts))
            remedy = say("which_contexts", names=names) if names else say("no_contexts")
            raise Problem(Exit.NOT_FOUND, say("no_context", name=name), remedy)
        return self.contexts[name]

    def with_context(self, name: str, context: Context) -> "Contexts":
        """It becomes the current one."""
        return Contexts(name, {**self.contexts, name: context})

    def without(self, name: str) -> "Contexts":
        rest = {other: context for other, context in self.contexts.items() if other != name}
        return Contexts("" if self.current == name else self.current, rest)

    def using(self, name: str) -> "Contexts":
        self.named(name)
        return replace(self, current=name)


def folder() -> Path:
    """XDG Base Directory Specification."""
    home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(home) / "kangaroo"


def path() -> Path:
    return folder() / "contexts.toml"


def read() -> Contexts:
    """None of them when there is no file. Raises Problem for one that cannot be read."""
    try:
        return msgspec.convert(tomllib.loads(path().read_text("utf-8")), Contexts)
    except FileNotFoundError:
        return Contexts()
    except (OSError, ValueError) as error:  # of TOML, of Unicode, of msgspec
        raise Problem(Exit.FAILURE, say("bad_contexts", path=path(), reason=error)) from error


def write(contexts: Contexts) -> None:
    """Whole or not at all: another command may be reading it."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    place = path()
    temporary = place.with_name(f".contexts-{os.getpid()}")
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(fd, "w", encoding="utf-8") as file:
        file.write(text_of(contexts))
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(place)


def text_of(contexts: Contexts) -> str:
    """As the file has them."""
    lines = [f"current = {_value(contexts.current)}"]
    for name in sorted(contexts.contexts):
        lines += ["", f"[contexts.{_value(name)}]"]
        lines += [f"{key} = {_value(value)}" for key, value in asdict(contexts.contexts[name]).items()]
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    """TOML writes as JSON does, but for one more character that must be escaped."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")

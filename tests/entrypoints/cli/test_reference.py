"""docs/cli.md is as the commands make it; the list of commands says of each what it says of itself."""

import inspect
from typing import Any

import pytest
from typer.main import get_command

from kangaroo.app.main import program
from kangaroo.entrypoints.cli.lazy import LATE, load
from kangaroo.entrypoints.cli.reference import page
from tests.house.sources import ROOT


def test_the_page_of_commands_is_current() -> None:
    written = (ROOT / "docs" / "cli.md").read_text()
    assert written == page(get_command(program())), "run `make docs`"


@pytest.mark.parametrize("name", LATE)
def test_the_list_says_what_the_command_says(name: str) -> None:
    command = load(name)
    assert inspect.cleandoc(command.help).splitlines()[0] == LATE[name].help
    assert command.name == name


def _all(path: str, command: Any) -> list[tuple[str, Any]]:
    inner = getattr(command, "commands", {})
    deeper = [leaf for name, one in inner.items() for leaf in _all(f"{path} {name}", one)]
    return deeper or [(path, command)]


COMMANDS = [leaf for name in LATE for leaf in _all(name, load(name))]


@pytest.mark.parametrize("command", [one for _, one in COMMANDS], ids=[path for path, _ in COMMANDS])
def test_every_command_and_option_is_described(command: Any) -> None:
    assert command.help
    assert command.help.rstrip().endswith(".")
    for parameter in command.params:
        assert getattr(parameter, "help", ""), parameter.name
        assert not [name for name in parameter.secondary_opts if name.startswith("--no-")]

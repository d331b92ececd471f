"""The command line in a process of its own, one command after the other: what a command does to its process (mask of
new files, logs) does not reach the tests, and the program is loaded once for all of them.

Reads and writes a line of JSON for each command.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import yaml

SECONDS = 120


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.code == 0, self.err
        return json.loads(self.out)

    @property
    def yaml(self) -> Any:
        assert self.code == 0, self.err
        return yaml.safe_load(self.out)

    @property
    def lines(self) -> list[str]:
        assert self.code == 0, self.err
        return self.out.splitlines()


class Driver:
    def __init__(self) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("KANGAROO_")}
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=kept,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(SECONDS)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def __call__(self, *arguments: str, environment: Mapping[str, str], stdin: str = "") -> Said:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        call = {"arguments": arguments, "environment": dict(environment), "stdin": stdin}
        self._process.stdin.write(json.dumps(call) + "\n")
        self._process.stdin.flush()
        return Said(**json.loads(self._process.stdout.readline()))


def main() -> None:
    from typer.testing import CliRunner

    from kangaroo.app.main import program

    top, answers = program(), sys.stdout
    for line in sys.stdin:
        call = json.loads(line)
        done = CliRunner().invoke(top, call["arguments"], input=call["stdin"], env=call["environment"])
        raised = done.exception
        trouble = "" if raised is None or isinstance(raised, SystemExit) else repr(raised)
        said = {"code": done.exit_code, "out": done.stdout, "err": done.stderr + trouble}
        answers.write(json.dumps(said) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()

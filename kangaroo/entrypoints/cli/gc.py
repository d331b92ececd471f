"""What gc shows: how far it is, while it works, and what it freed, or would free."""

import sys
from typing import Literal, Self

import msgspec
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn

from kangaroo.core.gc import Freed
from kangaroo.entrypoints.cli.output import size
from kangaroo.entrypoints.cli.texts import say


class Steps:
    """On stderr, and only on a terminal: nobody knows beforehand how much there is to do."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        columns = (SpinnerColumn(), TextColumn("{task.description}"))
        self._bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task = self._bar.add_task("", total=None)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def progress(self, done: int, total: int = 0, text: str = "") -> None:
        del done, total
        self._bar.update(self._task, description=text)

    def log(self, level: Literal["debug", "info", "warning", "error"], message: str) -> None:
        if level in ("warning", "error"):
            self._bar.console.print(f"{level}: {message}", markup=False, highlight=False)

    async def check(self) -> None:
        """Ctrl+C stops it."""


def show(freed: Freed, *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(msgspec.json.encode(freed).decode() + "\n")
        return
    facts = {"blobs": freed.blobs, "manifests": freed.manifests, "links": freed.links}
    key = "would_free" if dry_run else "freed"
    sys.stdout.write(say(key, size=size(freed.bytes), **facts) + "\n")

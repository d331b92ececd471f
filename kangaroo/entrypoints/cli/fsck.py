"""What fsck shows: how far it is, while it works, and what it found."""

import sys
from collections.abc import Iterator
from typing import Literal, Self

import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from kangaroo.core.gc.fsck import Report


class Bar:
    """On stderr, and only on a terminal."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        columns = (BarColumn(), TextColumn("{task.completed}/{task.total} blobs"), TimeRemainingColumn())
        self._bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task = self._bar.add_task("verify", total=None)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def progress(self, done: int, total: int = 0, text: str = "") -> None:
        self._bar.update(self._task, completed=done, total=total, description=text)

    def log(self, level: Literal["debug", "info", "warning", "error"], message: str) -> None:
        self._bar.console.print(f"{level}: {message}", markup=False, highlight=False)

    async def check(self) -> None:
        """Ctrl+C stops it."""


def show(report: Report, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(msgspec.json.encode(report).decode() + "\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    for problem in report.damage + report.leftovers:
        yield f"{problem.kind:9} {problem.what}  {problem.detail}"
    yield f"{report.blobs} blobs of {report.bytes} bytes and {report.manifests} manifests verified"
    found = f"{len(report.damage)} damaged, {len(report.leftovers)} left over"
    yield f"{found}, {report.repaired} repaired" if report.repaired else found

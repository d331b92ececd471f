"""Files people name, with - for the standard streams."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from kangaroo.entrypoints.cli.problems import Exit, Problem
from kangaroo.entrypoints.cli.texts import say

STANDARD = "-"  # input, or output


def text_of(path: Path) -> str:
    """Raises Problem USAGE for one that cannot be read."""
    if str(path) == STANDARD:
        return sys.stdin.read()
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Problem(Exit.USAGE, say("no_file", path=path, reason=_reason(error))) from error


@contextmanager
def reading(file: Path) -> Iterator[tuple[BinaryIO, int]]:
    """With its size; 0 is unknown. Raises Problem USAGE."""
    if str(file) == STANDARD:
        yield sys.stdin.buffer, 0
        return
    try:
        source = file.open("rb")
    except OSError as error:
        raise Problem(Exit.USAGE, say("no_file", path=file, reason=_reason(error))) from error
    with source:
        yield source, os.fstat(source.fileno()).st_size


@contextmanager
def writing(goal: Path) -> Iterator[BinaryIO]:
    """The file appears when it is whole. Raises Problem for one that is there, or cannot be written."""
    if str(goal) == STANDARD:
        yield sys.stdout.buffer
        return
    if goal.exists():
        raise Problem(Exit.CONFLICT, say("file_there", path=goal))
    part = goal.with_name(f"{goal.name}.part")
    try:
        with part.open("wb") as sink:
            yield sink
        part.rename(goal)
    except OSError as error:
        raise Problem(Exit.FAILURE, say("no_write", path=goal, reason=_reason(error))) from error
    finally:
        part.unlink(missing_ok=True)


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)

"""Rows in the making: each step is a block, and the first that fails ends the walk."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from kangaroo.base.reasons import InstanceFailure
from kangaroo.remote.dependencies.contract import Row, Step


class Stopped(Exception):
    """A step failed; its row is written."""


@dataclass(slots=True)
class Walk:
    rows: list[Row] = field(default_factory=list)

    @contextmanager
    def at(self, step: Step) -> Iterator["Sight"]:
        """A step that is all right when the block ends, and broken when it raises InstanceFailure."""
        sight = Sight()
        try:
            yield sight
        except InstanceFailure as failure:
            self.rows.append(Row(step, failure))
            raise Stopped from failure
        self.rows.append(Row(step, seen=sight.seen))

    def passed(self, step: Step, seen: str = "") -> None:
        self.rows.append(Row(step, seen=seen))


@dataclass(slots=True)
class Sight:
    """What a step saw, to be told when it is all right."""

    seen: str = ""


async def walked(way: Callable[[Walk], Awaitable[None]]) -> list[Row]:
    """The rows, up to the first broken."""
    walk = Walk()
    with suppress(Stopped):
        await way(walk)
    return walk.rows

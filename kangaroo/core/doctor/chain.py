"""Walking a chain: links are looked at one after the other, the first broken one ends the walk. Pure.

The links after it are told as not reached: what they would show could only mislead.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from kangaroo.base.errors import Failure
from kangaroo.core.doctor.links import Link
from kangaroo.core.doctor.rows import Outcome, Row


@dataclass(frozen=True, slots=True)
class Skip:
    """The link does not apply here."""

    seen: str = ""


@dataclass(frozen=True, slots=True)
class Warn:
    """The chain holds, but somebody else may stumble over this."""

    failure: Failure


Look = Callable[[], Awaitable[str | Skip | Warn]]
"""Evidence, when it is all right. Raises the Failure that breaks the link."""
Fix = Callable[[], Awaitable[object]]
"""A repair that can be made without asking: it only brings about what is wanted anyway. Raises Failure."""


@dataclass(frozen=True, slots=True)
class Check:
    link: Link
    look: Look
    fix: Fix | None = None


async def walk(checks: Iterable[Check], *, fix: bool = False, part: str = "") -> AsyncIterator[Row]:
    """`fix`: a broken link that has a repair is repaired and looked at again."""
    left: Iterator[Check] = iter(checks)
    for check in left:
        row = await _look(check, part)
        if row.outcome is Outcome.BROKEN and fix and check.fix is not None:
            row = await _repaired(check, row)
        yield row
        if row.outcome is Outcome.BROKEN:
            break
    for check in left:
        yield Row(check.link, Outcome.NOT_REACHED, part)


async def _look(check: Check, part: str) -> Row:
    try:
        found = await check.look()
    except Failure as failure:
        return Row(check.link, Outcome.BROKEN, part, failure=failure, fixable=check.fix is not None)
    match found:
        case Skip():
            return Row(check.link, Outcome.SKIPPED, part, found.seen)
        case Warn():
            return Row(check.link, Outcome.WARNING, part, failure=found.failure)
        case _:
            return Row(check.link, Outcome.OK, part, found)


async def _repaired(check: Check, broken: Row) -> Row:
    """As it is after the repair; with what had been wrong."""
    assert check.fix is not None
    try:
        await check.fix()
    except Failure as failure:
        return replace(broken, failure=failure)
    row = await _look(check, broken.part)
    if row.outcome is Outcome.BROKEN:
        return row
    return replace(row, outcome=Outcome.FIXED, failure=broken.failure)

"""An examination as HTML: each row a line, told as soon as it is found, and what all of it means at the end."""

from collections.abc import AsyncIterator

from litestar.response import Stream

from kangaroo.base.texts import Language
from kangaroo.core.doctor import Outcome, Row
from kangaroo.entrypoints.console.answers import SAFETY
from kangaroo.entrypoints.console.rendering import render
from kangaroo.entrypoints.console.texts import LANGUAGE, N_
from kangaroo.entrypoints.console.visit import Page

# Icon, word and class of each outcome.
LOOKS = {
    Outcome.OK: ("circle-check", N_("In order"), "finding-green"),
    Outcome.FIXED: ("tool", N_("Repaired"), "finding-green"),
    Outcome.WARNING: ("alert-triangle", N_("Warning"), "finding-yellow"),
    Outcome.BROKEN: ("circle-x", N_("Broken"), "finding-red"),
    Outcome.SKIPPED: ("circle-minus", N_("Does not apply"), "finding-grey"),
    Outcome.NOT_REACHED: ("circle-dashed", N_("Not reached"), "finding-grey"),
}


async def pieces(rows: AsyncIterator[Row], language: Language) -> AsyncIterator[str]:
    """Elements of a list; the last says what it all means."""
    LANGUAGE.set(language)  # a stream is read after the request was answered
    worst, part = Outcome.OK, ""
    order = (Outcome.OK, Outcome.FIXED, Outcome.WARNING, Outcome.BROKEN)
    async for row in rows:
        if row.outcome in order:
            worst = max(worst, row.outcome, key=order.index)
        yield _piece("doctor/row.html", row=row, look=LOOKS[row.outcome], new_part=row.part != part)
        part = row.part
    yield _piece("doctor/verdict.html", worst=worst)


def streamed(told: AsyncIterator[str], language: Language) -> Page:
    """A line for each piece."""

    async def lines() -> AsyncIterator[bytes]:
        async for piece in told:
            yield piece.encode() + b"\n"

    headers = {**SAFETY, "X-Accel-Buffering": "no", "Content-Language": language}
    return Stream(lines(), media_type="text/html; charset=utf-8", headers=headers)  # type: ignore[return-value]


def _piece(template: str, **values: object) -> str:
    return " ".join(render(template, "", values).split())

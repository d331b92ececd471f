"""How much instances held, over time: a row where the numbers changed, and one for the last look.

Between two rows with the same numbers nothing changed, so a third one moves the second on instead of being added.
"""

from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select, update

from kangaroo.base.clock import Micros
from kangaroo.store.meta.database import Selects, Transaction
from kangaroo.store.meta.schema.platform import instance_statistics
from kangaroo.store.meta.schema.registry import artifacts
from kangaroo.store.meta.statements import Query, parameter

_INSTANCE, _AT = parameter("instance"), parameter("at")
_OF = select(instance_statistics).where(instance_statistics.c.instance_id == _INSTANCE)
_LAST = Query(_OF.order_by(instance_statistics.c.at.desc()).limit(2))
_BETWEEN = Query(
    _OF.where(
        instance_statistics.c.at >= parameter("start"), instance_statistics.c.at <= parameter("end")
    ).order_by(instance_statistics.c.at)
)
_BEFORE = Query(
    _OF.where(instance_statistics.c.at < parameter("start"))
    .order_by(instance_statistics.c.at.desc())
    .limit(1)
)
_ADD = Query(
    insert(instance_statistics).values(
        instance_id=_INSTANCE, at=_AT, bytes=parameter("bytes"), counts=parameter("counts")
    )
)
_MOVE = Query(
    update(instance_statistics)
    .where(instance_statistics.c.instance_id == _INSTANCE, instance_statistics.c.at == parameter("last"))
    .values(at=parameter("now"))
)
_PRUNE = Query(delete(instance_statistics).where(instance_statistics.c.at < parameter("before")))
_CHARTS = Query(
    select(func.count(func.distinct(artifacts.c.repository_id))).where(artifacts.c.kind == "CHART")
)


@dataclass(frozen=True, slots=True)
class Sample:
    """`counts` is JSON."""

    at: Micros
    bytes: int
    counts: str


async def last(selects: Selects, instance: int) -> Sample | None:
    found = await _samples(selects, _LAST, instance=instance)
    return found[0] if found else None


async def add(transaction: Transaction, instance: int, sample: Sample) -> None:
    found = await _samples(transaction, _LAST, instance=instance)
    if found and found[0].at >= sample.at:
        return
    same = [one for one in found if (one.bytes, one.counts) == (sample.bytes, sample.counts)]
    if len(same) == 2:
        await transaction.run(_MOVE, instance=instance, last=found[0].at, now=sample.at)
        return
    await transaction.run(_ADD, instance=instance, at=sample.at, bytes=sample.bytes, counts=sample.counts)


async def between(selects: Selects, instance: int, start: Micros, end: Micros) -> list[Sample]:
    """By time; the first one may be older than `start`: it says what held then."""
    before = await _samples(selects, _BEFORE, instance=instance, start=start)
    return before + await _samples(selects, _BETWEEN, instance=instance, start=start, end=end)


async def prune(transaction: Transaction, before: Micros) -> int:
    return await transaction.run(_PRUNE, before=before)


async def chart_repositories(selects: Selects) -> int:
    """In the built-in registry."""
    found: int = await selects.scalar(_CHARTS)
    return found


async def _samples(selects: Selects, query: Query, /, **values: int) -> list[Sample]:
    return [Sample(row["at"], row["bytes"], row["counts"]) for row in await selects.all(query, **values)]

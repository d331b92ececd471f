"""Pull counters and times, written in batches every few seconds."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import func, update

from kangaroo.base.clock import Micros
from kangaroo.base.names import Tag
from kangaroo.store.meta.database import Transaction
from kangaroo.store.meta.schema.registry import artifacts, repositories, tags
from kangaroo.store.meta.statements import Query, parameter

_COUNT = Query(
    update(repositories)
    .where(repositories.c.id == parameter("repository_id"))
    .values(
        pull_count=repositories.c.pull_count + parameter("pulls"),
        pulled_at=func.coalesce(parameter("now"), repositories.c.pulled_at),
    )
)
_ARTIFACT = Query(
    update(artifacts).where(artifacts.c.id == parameter("artifact_id")).values(pulled_at=parameter("now"))
)
_TAG = Query(
    update(tags)
    .where(tags.c.repository_id == parameter("repository_id"), tags.c.name == parameter("tag"))
    .values(pulled_at=parameter("now"))
)


class Pulled(NamedTuple):
    repository_id: int
    artifact_id: int
    tag: Tag | None


async def add_counts(
    transaction: Transaction, counts: Mapping[Pulled, int], now: Micros | None, *, counted: bool = True
) -> None:
    """`now` None leaves the times as they are, not `counted` the numbers."""
    # In one order everywhere, so that two servers that flush together cannot deadlock.
    for pulled in sorted(counts, key=lambda p: (p.repository_id, p.artifact_id, p.tag or "")):
        pulled_often = counts[pulled] if counted else 0
        await transaction.run(_COUNT, repository_id=pulled.repository_id, pulls=pulled_often, now=now)
        if now is None:
            continue
        await transaction.run(_ARTIFACT, artifact_id=pulled.artifact_id, now=now)
        if pulled.tag is not None:
            await transaction.run(_TAG, repository_id=pulled.repository_id, tag=pulled.tag, now=now)

"""What fsck reads and mends: rows against content, and the ledger against the links it was booked from."""

from dataclasses import dataclass

from sqlalchemy import and_, bindparam, func, insert, literal, or_, select, union_all, update
from sqlalchemy import delete as delete_from

from kangaroo.base.digests import Digest
from kangaroo.store.meta.database import CONTENT, Selects, Transaction
from kangaroo.store.meta.removals import Located
from kangaroo.store.meta.schema.access import quotas
from kangaroo.store.meta.schema.registry import (
    artifacts,
    blobs,
    manifests,
    project_blobs,
    repository_blobs,
    trash,
)
from kangaroo.store.meta.statements import Query, parameter

_LAST, _LIMIT = parameter("last"), parameter("count")
_BLOBS = Query(
    select(blobs.c.digest, blobs.c.size, blobs.c.location, blobs.c.damaged)
    .where(blobs.c.digest > _LAST)
    .order_by(blobs.c.digest)
    .limit(_LIMIT)
)
_MANIFESTS = Query(
    select(manifests.c.digest, manifests.c.content)
    .where(manifests.c.digest > _LAST)
    .order_by(manifests.c.digest)
    .limit(_LIMIT)
)
_KNOWN = Query(
    select(blobs.c.location)
    .where(blobs.c.location.in_(bindparam("locations", expanding=True)))
    .union_all(select(trash.c.location).where(trash.c.location.in_(bindparam("locations", expanding=True))))
)
_LOCATION = Query(select(blobs.c.location).where(blobs.c.digest == parameter("digest")))
_MARK = Query(
    update(blobs)
    .where(blobs.c.digest == parameter("digest"), blobs.c.location == parameter("location"))
    .values(damaged=parameter("damaged"))
)
_TOTALS = Query(select(func.count(), func.coalesce(func.sum(blobs.c.size), 0)).select_from(blobs))

# The ledger as it should be: one row per project and digest, one link per repository that counts it.
_booked = union_all(
    select(repository_blobs.c.project_id, repository_blobs.c.digest, blobs.c.size)
    .join(blobs, blobs.c.digest == repository_blobs.c.digest)
    .where(repository_blobs.c.counted.is_(True)),
    select(artifacts.c.project_id, artifacts.c.digest, func.length(manifests.c.content)).join(
        manifests, manifests.c.digest == artifacts.c.digest
    ),
).subquery("booked")
_should = (
    select(
        _booked.c.project_id,
        _booked.c.digest,
        func.count().label("links"),
        func.max(_booked.c.size).label("size"),
    )
    .group_by(_booked.c.project_id, _booked.c.digest)
    .subquery("should")
)
_usage = (
    select(_should.c.project_id, func.sum(_should.c.size).label("used"))
    .group_by(_should.c.project_id)
    .subquery("usage")
)
_DRIFT = Query(
    select(quotas.c.project_id, quotas.c.used, func.coalesce(_usage.c.used, 0).label("actual"))
    .outerjoin(_usage, _usage.c.project_id == quotas.c.project_id)
    .where(quotas.c.used != func.coalesce(_usage.c.used, 0))
    .order_by(quotas.c.project_id)
)
_entry = and_(project_blobs.c.project_id == _should.c.project_id, project_blobs.c.digest == _should.c.digest)
_wrong_or_absent = (
    select(_should.c.project_id)
    .select_from(_should.outerjoin(project_blobs, _entry))
    .where(
        or_(
            project_blobs.c.links.is_(None),
            project_blobs.c.links != _should.c.links,
            project_blobs.c.size != _should.c.size,
        )
    )
)
_superfluous = (
    select(project_blobs.c.project_id)
    .select_from(project_blobs.outerjoin(_should, _entry))
    .where(_should.c.links.is_(None))
)
_off = union_all(_wrong_or_absent, _superfluous).subquery("off")
_MISBOOKED = Query(
    select(_off.c.project_id, func.count()).group_by(_off.c.project_id).order_by(_off.c.project_id)
)
_every_quota = select(quotas.c.project_id).order_by(quotas.c.project_id)
_HOLD_LEDGERS = Query(_every_quota, pg=_every_quota.with_for_update())
_CLEAR_LEDGER = Query(delete_from(project_blobs))
_REBUILD_LEDGER = Query(
    insert(project_blobs).from_select(
        ["project_id", "digest", "links", "size"],
        select(_should.c.project_id, _should.c.digest, _should.c.links, _should.c.size),
    )
)
_REBUILD_QUOTAS = Query(
    update(quotas).values(
        used=select(func.coalesce(func.sum(project_blobs.c.size), literal(0)))
        .where(project_blobs.c.project_id == quotas.c.project_id)
        .scalar_subquery()
    )
)


@dataclass(frozen=True, slots=True)
class Drift:
    """A project whose booked bytes differ from what its links add up to."""

    project_id: int
    booked: int
    actual: int


@dataclass(frozen=True, slots=True)
class Claim:
    """A row says: this content is at this place; or was, if found `damaged` before."""

    digest: Digest
    located: Located
    damaged: bool


async def blobs_after(selects: Selects, last: str, count: int) -> list[Claim]:
    rows = await selects.all(_BLOBS, last=last, count=count)
    return [
        Claim(Digest(row["digest"]), Located(row["location"], row["size"]), bool(row["damaged"]))
        for row in rows
    ]


async def manifests_after(selects: Selects, last: str, count: int) -> list[tuple[Digest, bytes]]:
    return [(Digest(row[0]), row[1]) for row in await selects.all(_MANIFESTS, last=last, count=count)]


async def known_locations(selects: Selects, locations: list[str]) -> set[str]:
    """Those of the locations that a blob has or the trash remembers."""
    rows = await selects.all(_KNOWN, locations=locations) if locations else []
    return {row[0] for row in rows}


async def location_of(selects: Selects, digest: Digest) -> str | None:
    found: str | None = await selects.scalar(_LOCATION, digest=digest)
    return found


async def mark(transaction: Transaction, claim: Claim, *, damaged: bool) -> None:
    """A damaged blob answers as unknown, until it is pushed again or found whole."""
    await transaction.run(_MARK, digest=claim.digest, location=claim.located.location, damaged=damaged)
    await transaction.changed(CONTENT)


async def drifts(selects: Selects) -> list[Drift]:
    return [Drift(row["project_id"], row["used"], int(row["actual"])) for row in await selects.all(_DRIFT)]


async def misbooked(selects: Selects) -> list[tuple[int, int]]:
    """Projects with entries of the ledger that differ from the links, and how many."""
    return [(row[0], row[1]) for row in await selects.all(_MISBOOKED)]


async def rebuild_ledger(transaction: Transaction) -> None:
    await transaction.all(_HOLD_LEDGERS)  # nobody books meanwhile
    for query in (_CLEAR_LEDGER, _REBUILD_LEDGER, _REBUILD_QUOTAS):
        await transaction.run(query)


async def blob_totals(selects: Selects) -> tuple[int, int]:
    """Number and bytes of all blobs."""
    row = await selects.one(_TOTALS)
    assert row is not None
    return row[0], int(row[1])

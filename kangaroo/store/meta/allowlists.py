"""Vulnerabilities that are let through, of the system (project 0) and of projects."""

from dataclasses import dataclass

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as upsert

from kangaroo.base.clock import Micros
from kangaroo.store.meta.database import Row, Selects, Transaction
from kangaroo.store.meta.schema.tenancy import cve_allowlists
from kangaroo.store.meta.statements import Query, parameter

SYSTEM = 0
_ITEMS = msgspec.json.Decoder(tuple[str, ...])

_GET = Query(
    select(
        cve_allowlists.c["items"],  # `.items` is a method of collections
        cve_allowlists.c.expires_at,
        cve_allowlists.c.created_at,
        cve_allowlists.c.updated_at,
    ).where(cve_allowlists.c.project_id == parameter("project"))
)
_CHANGE = {
    "items": parameter("items"),
    "expires_at": parameter("expires_at"),
    "updated_at": parameter("now"),
}
_SET = Query(
    upsert(cve_allowlists)
    .values(project_id=parameter("project"), created_at=parameter("now"), **_CHANGE)
    .on_conflict_do_update(index_elements=[cve_allowlists.c.project_id], set_=_CHANGE)
)
_DELETE = Query(delete(cve_allowlists).where(cve_allowlists.c.project_id == parameter("project")))


@dataclass(frozen=True, slots=True)
class Allowlist:
    """Ids of CVEs; the times are None while nobody has set it. `expires_at` None: for ever."""

    project_id: int
    items: tuple[str, ...] = ()
    expires_at: Micros | None = None
    created_at: Micros | None = None
    updated_at: Micros | None = None


def allowlist_of(row: Row | None, project: int, prefix: str = "") -> Allowlist:
    """`prefix` stands before the names of its columns where they come with others."""
    if row is None or row[f"{prefix}items"] is None:
        return Allowlist(project)
    return Allowlist(
        project,
        _ITEMS.decode(row[f"{prefix}items"]),
        row[f"{prefix}expires_at"],
        row[f"{prefix}created_at"],
        row[f"{prefix}updated_at"],
    )


async def get(selects: Selects, project: int) -> Allowlist:
    return allowlist_of(await selects.one(_GET, project=project), project)


async def put(
    transaction: Transaction, project: int, items: tuple[str, ...], expires_at: Micros | None, now: Micros
) -> None:
    text = msgspec.json.encode(items).decode()
    await transaction.run(_SET, project=project, items=text, expires_at=expires_at, now=now)


async def remove(transaction: Transaction, project: int) -> None:
    await transaction.run(_DELETE, project=project)

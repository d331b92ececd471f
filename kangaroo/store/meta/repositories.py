"""Repositories as people see them, with the number of artifacts their lists show; and how many there are."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, bindparam, false, func, or_, select, true, update

from kangaroo.base.clock import Micros
from kangaroo.base.names import RepositoryName
from kangaroo.base.paging import Page
from kangaroo.base.query import Exact, ListQuery
from kangaroo.store.meta.database import Row, Selects, Transaction
from kangaroo.store.meta.listing import Listing, MomentKey, NumberKey, TextKey
from kangaroo.store.meta.schema.access import projects
from kangaroo.store.meta.schema.registry import artifacts, repositories, repository_blobs
from kangaroo.store.meta.statements import Query, parameter

_AT_ONCE = 10_000  # both databases limit how many parameters a statement has
_ROW = select(*repositories.c).where(repositories.c.listed.is_(True))
_BY_NAME = Query(_ROW.where(repositories.c.name == parameter("name")))
_LISTING = Listing(
    _ROW,
    {
        "id": NumberKey(repositories.c.id),
        "repository_id": NumberKey(repositories.c.id),
        "project_id": NumberKey(repositories.c.project_id),
        "name": TextKey(repositories.c.name),
        "description": TextKey(repositories.c.description),
        "pull_count": NumberKey(repositories.c.pull_count),
        "creation_time": MomentKey(repositories.c.created_at),
        "update_time": MomentKey(repositories.c.updated_at),
    },
    order=(repositories.c.created_at.desc(), repositories.c.id.desc()),
    identity=repositories.c.id,
)
_COUNTS = Query(
    select(artifacts.c.repository_id, func.count())
    .where(
        artifacts.c.repository_id.in_(bindparam("ids", expanding=True)),
        artifacts.c.listed.is_(True),
    )
    .group_by(artifacts.c.repository_id)
)
_PUBLIC = Query(select(projects.c.id).where(projects.c.public.is_(True)))
_DESCRIBE = Query(
    update(repositories)
    .where(repositories.c.id == parameter("repository_id"))
    .values(description=parameter("description"), updated_at=parameter("now"))
)
_UNLIST = Query(
    update(repositories)
    .where(repositories.c.id == parameter("repository_id"))
    .values(listed=False, description="", pull_count=0, pulled_at=None, updated_at=parameter("now"))
)


@dataclass(frozen=True, slots=True)
class RepositoryRow:
    """`artifacts` counts what its list shows: no accessories, no untagged children of indexes."""

    id: int
    project_id: int
    name: RepositoryName
    description: str
    artifacts: int
    pull_count: int
    created_at: Micros
    updated_at: Micros


@dataclass(frozen=True, slots=True)
class Place:
    """Whose repositories a list shows: of one project, of these and the public ones, or of all (None)."""

    project_id: int | None = None
    seen: Collection[int] | None = None

    def condition(self) -> ColumnElement[bool]:
        if self.project_id is not None:
            return repositories.c.project_id == self.project_id
        if self.seen is None:
            return true()
        return repositories.c.project_id.in_(
            select(projects.c.id).where(or_(projects.c.public.is_(True), projects.c.id.in_(list(self.seen))))
        )


async def page(selects: Selects, query: ListQuery, place: Place) -> Page[RepositoryRow]:
    """The key `blob_digest` asks for repositories a blob can be mounted from, `artifact_digest` for those that have
    this manifest."""
    where = [place.condition()]
    if query.find("blob_digest") is not None:
        where.append(_linking(query))
    if (digest := query.text("artifact_digest")) is not None:
        where.append(
            repositories.c.id.in_(select(artifacts.c.repository_id).where(artifacts.c.digest == digest))
        )
    found, total = await _LISTING.page(selects, query, where)
    return Page(await _with_counts(selects, found), total)


async def find(selects: Selects, name: RepositoryName) -> RepositoryRow | None:
    row = await selects.one(_BY_NAME, name=name)
    return None if row is None else (await _with_counts(selects, [row]))[0]


async def public_projects(selects: Selects) -> frozenset[int]:
    return frozenset(row[0] for row in await selects.all(_PUBLIC))


async def describe(transaction: Transaction, repository_id: int, description: str, now: Micros) -> None:
    await transaction.run(_DESCRIBE, repository_id=repository_id, description=description, now=now)


async def unlist(transaction: Transaction, repository_id: int, now: Micros) -> None:
    """As if it had never been: only blobs of pushes under way, and those that wait for collection, remain."""
    await transaction.run(_UNLIST, repository_id=repository_id, now=now)


def _linking(query: ListQuery) -> ColumnElement[bool]:
    condition = query.find("blob_digest")
    if not isinstance(condition, Exact):
        return false()
    links = select(repository_blobs.c.repository_id).where(
        repository_blobs.c.digest == condition.term.text, repository_blobs.c.counted.is_(True)
    )
    return repositories.c.id.in_(links)


async def _with_counts(selects: Selects, rows: Sequence[Row]) -> list[RepositoryRow]:
    counts: dict[int, int] = {}
    for start in range(0, len(rows), _AT_ONCE):
        ids = [row["id"] for row in rows[start : start + _AT_ONCE]]
        counts |= {row[0]: row[1] for row in await selects.all(_COUNTS, ids=ids)}
    return [
        RepositoryRow(
            row["id"],
            row["project_id"],
            RepositoryName(row["name"]),
            row["description"],
            counts.get(row["id"], 0),
            row["pull_count"],
            row["created_at"],
            row["updated_at"],
        )
        for row in rows
    ]

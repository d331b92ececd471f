"""Artifacts as people see them: lists filtered, sorted and cut to a page, and single ones.

A list is two statements and a count: the ids of the page, found within an index however many artifacts there are, then
their rows. What belongs to the artifacts of a page (tags, accessories, …) is one statement each: `artifacts_parts`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, bindparam, func, select

from kangaroo.base.clock import Micros
from kangaroo.base.digests import Digest
from kangaroo.base.names import Reference
from kangaroo.base.paging import Page
from kangaroo.base.query import ListQuery, Sort
from kangaroo.store.meta import artifacts_conditions as conditions
from kangaroo.store.meta.database import Row, Selects
from kangaroo.store.meta.listing import Listing, MomentKey, NumberKey, TextKey
from kangaroo.store.meta.schema.registry import artifact_children, artifacts, repositories, tags
from kangaroo.store.meta.statements import Query, parameter

_ROW = select(
    artifacts.c.id,
    artifacts.c.project_id,
    artifacts.c.repository_id,
    repositories.c.name.label("repository"),
    artifacts.c.digest,
    artifacts.c.manifest_media_type,
    artifacts.c.media_type,
    artifacts.c.artifact_type,
    artifacts.c.kind,
    artifacts.c.size,
    artifacts.c.annotations,
    artifacts.c.attributes,
    artifacts.c.accessory,
    artifacts.c.pushed_at,
    artifacts.c.pulled_at,
).join(repositories, repositories.c.id == artifacts.c.repository_id)
_ROWS = Query(_ROW.where(artifacts.c.id.in_(bindparam("ids", expanding=True))))
_OF_REPOSITORY = _ROW.where(artifacts.c.repository_id == parameter("repository_id"))
_BY_DIGEST = Query(_OF_REPOSITORY.where(artifacts.c.digest == parameter("reference")))
_BY_TAG = Query(
    _OF_REPOSITORY.join(tags, tags.c.artifact_id == artifacts.c.id).where(
        tags.c.repository_id == artifacts.c.repository_id, tags.c.name == parameter("reference")
    )
)
_IS_CHILD = Query(
    select(artifact_children.c.parent_id)
    .where(
        artifact_children.c.repository_id == parameter("repository_id"),
        artifact_children.c.digest == parameter("digest"),
    )
    .limit(1)
)
_SOME = Query(
    select(artifacts.c.id, artifacts.c.digest)
    .where(artifacts.c.repository_id == parameter("repository_id"))
    .limit(parameter("count"))
)
_repository_name = (
    select(repositories.c.name).where(repositories.c.id == artifacts.c.repository_id).scalar_subquery()
)
_LISTING = Listing(
    select(artifacts.c.id),
    {
        "id": NumberKey(artifacts.c.id),
        "type": TextKey(artifacts.c.kind),
        "media_type": TextKey(artifacts.c.media_type),
        "manifest_media_type": TextKey(artifacts.c.manifest_media_type),
        "artifact_type": TextKey(artifacts.c.artifact_type),
        "project_id": NumberKey(artifacts.c.project_id),
        "repository_id": NumberKey(artifacts.c.repository_id),
        "repository_name": TextKey(_repository_name),
        "digest": TextKey(artifacts.c.digest),
        "size": NumberKey(artifacts.c.size),
        "push_time": MomentKey(artifacts.c.pushed_at),
        "pull_time": MomentKey(func.coalesce(artifacts.c.pulled_at, 0)),
    },
    order=(artifacts.c.pushed_at.desc(), artifacts.c.id.desc()),
    identity=artifacts.c.id,
)
_AT_ONCE = 10_000  # both databases limit how many parameters a statement has
_NEWEST_FIRST = (Sort("push_time", descending=True),)


@dataclass(frozen=True, slots=True)
class Artifact:
    """`kind` is Harbor's type, `annotations` and `attributes` (Harbor's extra_attrs) are JSON."""

    id: int
    project_id: int
    repository_id: int
    repository: str
    digest: Digest
    manifest_media_type: str
    media_type: str
    artifact_type: str
    kind: str
    size: int
    annotations: str
    attributes: str
    accessory: str | None
    pushed_at: Micros
    pulled_at: Micros | None


def _artifact(row: Row) -> Artifact:
    values = {name: row[name] for name in Artifact.__slots__}
    return Artifact(**values | {"digest": Digest(row["digest"])})


async def in_repository(selects: Selects, repository_id: int, query: ListQuery) -> Page[Artifact]:
    """Raises BAD_REQUEST for conditions that mean nothing."""
    inside = tags.c.repository_id == repository_id
    return await _page(selects, query, inside, [artifacts.c.repository_id == repository_id])


async def in_project(
    selects: Selects, project_id: int, query: ListQuery, *, latest: bool = False
) -> Page[Artifact]:
    """`latest`: of each repository only the last one pushed, of the media or artifact type `query` names."""
    inside = tags.c.repository_id.in_(
        select(repositories.c.id).where(repositories.c.project_id == project_id)
    )
    where = [artifacts.c.project_id == project_id]
    if latest:
        where.append(conditions.latest(query, project_id))
    return await _page(selects, query, inside, where)


async def _page(
    selects: Selects, query: ListQuery, inside: ColumnElement[bool], where: list[ColumnElement[bool]]
) -> Page[Artifact]:
    where += await conditions.conditions(selects, query, inside)
    if query.sorts == _NEWEST_FIRST:  # the order of the index has a better way to settle ties
        query = replace(query, sorts=())
    found, total = await _LISTING.page(selects, query, where)
    return Page(await with_ids(selects, [row["id"] for row in found]), total)


async def with_ids(selects: Selects, ids: Sequence[int]) -> list[Artifact]:
    """In the order of the ids."""
    found: dict[int, Artifact] = {}
    for start in range(0, len(ids), _AT_ONCE):
        rows = await selects.all(_ROWS, ids=list(ids[start : start + _AT_ONCE]))
        found |= {row["id"]: _artifact(row) for row in rows}
    return [found[one] for one in ids if one in found]


async def find(selects: Selects, repository_id: int, reference: Reference) -> Artifact | None:
    query = _BY_DIGEST if isinstance(reference, Digest) else _BY_TAG
    row = await selects.one(query, repository_id=repository_id, reference=reference)
    return None if row is None else _artifact(row)


async def is_child(selects: Selects, repository_id: int, digest: Digest) -> bool:
    """Whether an index of the repository lists it."""
    return await selects.one(_IS_CHILD, repository_id=repository_id, digest=digest) is not None


async def some(selects: Selects, repository_id: int, count: int) -> dict[int, Digest]:
    """Any artifacts of the repository, hidden ones too."""
    rows = await selects.all(_SOME, repository_id=repository_id, count=count)
    return {row["id"]: Digest(row["digest"]) for row in rows}

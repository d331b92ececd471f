"""What belongs to artifacts: tags, accessories, the children of an index. One statement for all artifacts of a page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import BindParameter, bindparam, func, select

from kangaroo.base.clock import Micros
from kangaroo.base.digests import Digest
from kangaroo.base.paging import Page
from kangaroo.base.query import ListQuery
from kangaroo.store.meta.database import Row, Selects
from kangaroo.store.meta.listing import Listing, MomentKey, NumberKey, TextKey
from kangaroo.store.meta.schema.registry import artifact_children, artifacts, repositories, tags
from kangaroo.store.meta.statements import Query, parameter

T = TypeVar("T")
_IDS: BindParameter[Any] = bindparam("artifacts", expanding=True)
_TAG = select(*tags.c)
_TAGS = Query(
    _TAG.where(tags.c.artifact_id.in_(_IDS)).order_by(
        tags.c.artifact_id, tags.c.pushed_at.desc(), tags.c.id.desc()
    )
)
_TAG_NAMES = Query(select(tags.c.name).where(tags.c.repository_id == parameter("repository_id")))
_TAG_LISTING = Listing(
    _TAG.where(tags.c.artifact_id == parameter("artifact")),
    {
        "id": NumberKey(tags.c.id),
        "name": TextKey(tags.c.name),
        "push_time": MomentKey(tags.c.pushed_at),
        "pull_time": MomentKey(func.coalesce(tags.c.pulled_at, 0)),
    },
    order=(tags.c.pushed_at.desc(), tags.c.id.desc()),
    identity=tags.c.id,
)
_subjects = artifacts.alias("subjects")
_accessories = (
    select(
        artifacts.c.id,
        artifacts.c.digest,
        artifacts.c.size,
        artifacts.c.accessory,
        artifacts.c.pushed_at,
        _subjects.c.id.label("subject_id"),
        _subjects.c.digest.label("subject_digest"),
        repositories.c.name.label("repository"),
    )
    .select_from(_subjects)
    .join(
        artifacts,
        (artifacts.c.repository_id == _subjects.c.repository_id)
        & (artifacts.c.accessory_of == _subjects.c.digest),
    )
    .join(repositories, repositories.c.id == _subjects.c.repository_id)
)
_ACCESSORIES = Query(_accessories.where(_subjects.c.id.in_(_IDS)).order_by(artifacts.c.id))
_ACCESSORY_LISTING = Listing(
    _accessories.where(_subjects.c.id == parameter("artifact")),
    {
        "id": NumberKey(artifacts.c.id),
        "artifact_id": NumberKey(artifacts.c.id),
        "digest": TextKey(artifacts.c.digest),
        "size": NumberKey(artifacts.c.size),
        "type": TextKey(artifacts.c.accessory),
        "creation_time": MomentKey(artifacts.c.pushed_at),
    },
    order=(artifacts.c.id.asc(),),
    identity=artifacts.c.id,
)
_children = artifacts.alias("children")
_SIGNATURES = ("signature.cosign", "signature.notation")
_INHERITED = Query(
    _accessories.add_columns(_children.c.id.label("child_id"))
    .join(artifact_children, artifact_children.c.parent_id == _subjects.c.id)
    .join(
        _children,
        (_children.c.repository_id == artifact_children.c.repository_id)
        & (_children.c.digest == artifact_children.c.digest),
    )
    .where(_children.c.id.in_(_IDS), artifacts.c.accessory.in_(_SIGNATURES))
    .order_by(artifacts.c.id)
)
_REFERENCES = Query(
    select(
        artifact_children.c.parent_id,
        artifact_children.c.descriptor,
        artifact_children.c.digest,
        artifacts.c.id.label("child_id"),
    )
    .outerjoin(
        artifacts,
        (artifacts.c.repository_id == artifact_children.c.repository_id)
        & (artifacts.c.digest == artifact_children.c.digest),
    )
    .where(artifact_children.c.parent_id.in_(_IDS))
    .order_by(artifact_children.c.parent_id, artifact_children.c.position)
)


@dataclass(frozen=True, slots=True)
class TagRow:
    id: int
    repository_id: int
    artifact_id: int
    name: str
    pushed_at: Micros
    pulled_at: Micros | None


@dataclass(frozen=True, slots=True)
class Accessory:
    """An artifact (`id`) that belongs to another of its repository. `kind` is Harbor's accessory type."""

    id: int
    digest: Digest
    size: int
    kind: str
    pushed_at: Micros
    subject_id: int
    subject_digest: Digest
    repository: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A child of an index; `child_id` is None when it was never pushed. `descriptor` is JSON, as in the index."""

    parent_id: int
    child_id: int | None
    digest: Digest
    descriptor: str


def _tag(row: Row) -> TagRow:
    return TagRow(**{name: row[name] for name in TagRow.__slots__})


def _accessory(row: Row) -> Accessory:
    return Accessory(
        row["id"],
        Digest(row["digest"]),
        row["size"],
        row["accessory"],
        row["pushed_at"],
        row["subject_id"],
        Digest(row["subject_digest"]),
        row["repository"],
    )


async def tags_of(selects: Selects, ids: Sequence[int]) -> dict[int, list[TagRow]]:
    """By artifact, the newest first."""
    return _grouped(await _all(selects, _TAGS, ids), "artifact_id", _tag)


async def tag_page(selects: Selects, artifact_id: int, query: ListQuery) -> Page[TagRow]:
    rows, total = await _TAG_LISTING.page(selects, query, artifact=artifact_id)
    return Page([_tag(row) for row in rows], total)


async def tag_names(selects: Selects, repository_id: int) -> list[str]:
    """All of a repository."""
    return [row[0] for row in await selects.all(_TAG_NAMES, repository_id=repository_id)]


async def accessories_of(selects: Selects, ids: Sequence[int]) -> dict[int, list[Accessory]]:
    """By the artifact they belong to."""
    return _grouped(await _all(selects, _ACCESSORIES, ids), "subject_id", _accessory)


async def inherited_by(selects: Selects, ids: Sequence[int]) -> dict[int, list[Accessory]]:
    """The signatures of the indexes artifacts are children of, by child."""
    return _grouped(await _all(selects, _INHERITED, ids), "child_id", _accessory)


async def accessory_page(selects: Selects, artifact_id: int, query: ListQuery) -> Page[Accessory]:
    rows, total = await _ACCESSORY_LISTING.page(selects, query, artifact=artifact_id)
    return Page([_accessory(row) for row in rows], total)


async def references_of(selects: Selects, ids: Sequence[int]) -> dict[int, list[Reference]]:
    """By index, in its order."""

    def reference(row: Row) -> Reference:
        return Reference(row["parent_id"], row["child_id"], Digest(row["digest"]), row["descriptor"])

    return _grouped(await _all(selects, _REFERENCES, ids), "parent_id", reference)


async def _all(selects: Selects, query: Query, ids: Sequence[int]) -> Sequence[Row]:
    return await selects.all(query, artifacts=list(ids)) if ids else []


def _grouped(rows: Sequence[Row], key: str, read: Callable[[Row], T]) -> dict[int, list[T]]:
    found: dict[int, list[T]] = {}
    for row in rows:
        found.setdefault(row[key], []).append(read(row))
    return found

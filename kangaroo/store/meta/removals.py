"""What a delete and the garbage collector take away. A link or a blob goes only if nothing refers to it any more; where
two transactions meet, the foreign keys decide and one of them gets Dangling."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, delete, exists, func, insert, or_, select, update

from kangaroo.base.clock import Micros
from kangaroo.base.digests import Digest
from kangaroo.base.names import Tag
from kangaroo.store.meta.artifacts_listed import refresh_digests
from kangaroo.store.meta.database import Selects, Transaction
from kangaroo.store.meta.schema.registry import (
    artifact_blobs,
    artifact_children,
    artifacts,
    blobs,
    manifests,
    repository_blobs,
    tags,
    trash,
)
from kangaroo.store.meta.statements import Query, parameter

_NOW, _DIGEST, _REPOSITORY_ID = parameter("now"), parameter("digest"), parameter("repository_id")
_BEFORE, _LIMIT = parameter("before"), parameter("count")

_referenced = exists().where(
    artifact_blobs.c.repository_id == repository_blobs.c.repository_id,
    artifact_blobs.c.digest == repository_blobs.c.digest,
)
_DELETE_TAG = Query(
    delete(tags).where(tags.c.repository_id == _REPOSITORY_ID, tags.c.name == parameter("name"))
)
_AT_ONCE = 10_000  # both databases limit how many parameters a statement has
_IDS: BindParameter[Any] = bindparam("artifacts", expanding=True)
_ACCESSORIES = Query(
    select(artifacts.c.id, artifacts.c.digest).where(
        artifacts.c.repository_id == _REPOSITORY_ID,
        artifacts.c.accessory_of.in_(bindparam("digests", expanding=True)),
        artifacts.c.id.not_in(_IDS),
        ~exists().where(
            artifact_children.c.repository_id == artifacts.c.repository_id,
            artifact_children.c.digest == artifacts.c.digest,
            artifact_children.c.parent_id.not_in(_IDS),
        ),
    )
)
_TAGS_OF = Query(
    select(tags.c.artifact_id, tags.c.name).where(tags.c.artifact_id.in_(_IDS)).order_by(tags.c.name)
)
_REFERENCES = Query(select(artifact_blobs.c.digest).where(artifact_blobs.c.artifact_id.in_(_IDS)).distinct())
_CHILDREN = Query(
    select(artifact_children.c.digest).where(artifact_children.c.parent_id.in_(_IDS)).distinct()
)
_DELETE_ARTIFACTS = (
    Query(delete(tags).where(tags.c.artifact_id.in_(_IDS))),
    Query(delete(artifact_blobs).where(artifact_blobs.c.artifact_id.in_(_IDS))),
    Query(delete(artifact_children).where(artifact_children.c.parent_id.in_(_IDS))),
    Query(delete(artifacts).where(artifacts.c.id.in_(_IDS))),
)
_release = (
    update(repository_blobs)
    .where(
        repository_blobs.c.repository_id == _REPOSITORY_ID, repository_blobs.c.counted.is_(True), ~_referenced
    )
    .values(counted=False, touched_at=_NOW)
    .returning(repository_blobs.c.digest)
)
_RELEASE_ALL = Query(_release)
_RELEASE = Query(_release.where(repository_blobs.c.digest.in_(bindparam("digests", expanding=True))))
_DELETE_LINK = Query(
    delete(repository_blobs)
    .where(repository_blobs.c.repository_id == _REPOSITORY_ID, repository_blobs.c.digest == _DIGEST)
    .returning(repository_blobs.c.counted)
)
_IDLE_LINKS = Query(
    select(
        repository_blobs.c.repository_id,
        repository_blobs.c.project_id,
        repository_blobs.c.digest,
    )
    .where(repository_blobs.c.touched_at < _BEFORE, ~_referenced)
    .limit(_LIMIT)
)
_DELETE_IDLE_LINK = Query(
    delete(repository_blobs)
    .where(
        repository_blobs.c.repository_id == _REPOSITORY_ID,
        repository_blobs.c.digest == _DIGEST,
        repository_blobs.c.touched_at < _BEFORE,
        ~_referenced,
    )
    .returning(repository_blobs.c.counted)
)
_linked = exists().where(repository_blobs.c.digest == blobs.c.digest)
_UNUSED_BLOBS = Query(select(blobs.c.digest).where(~_linked).limit(_LIMIT))
_DELETE_BLOB = Query(
    delete(blobs).where(blobs.c.digest == _DIGEST, ~_linked).returning(blobs.c.location, blobs.c.size)
)
_TRASH = Query(insert(trash).values(location=parameter("location"), size=parameter("size"), created_at=_NOW))
_TRASHED = Query(select(trash.c.location, trash.c.size).order_by(trash.c.created_at).limit(_LIMIT))
_DELETE_TRASH = Query(delete(trash).where(trash.c.location == parameter("location")))
_used = exists().where(artifacts.c.digest == manifests.c.digest)
_needed = exists().where(
    repository_blobs.c.digest == blobs.c.digest, or_(repository_blobs.c.touched_at >= _BEFORE, _referenced)
)
_COUNT_LINKS = Query(
    select(func.count())
    .select_from(repository_blobs)
    .where(repository_blobs.c.touched_at < _BEFORE, ~_referenced)
)
_COUNT_BLOBS = Query(select(func.count(), func.coalesce(func.sum(blobs.c.size), 0)).where(~_needed))
_COUNT_MANIFESTS = Query(select(func.count()).select_from(manifests).where(~_used))
_UNUSED_MANIFESTS = Query(select(manifests.c.digest).where(~_used).order_by(manifests.c.digest).limit(_LIMIT))
_DELETE_MANIFEST = Query(delete(manifests).where(and_(manifests.c.digest == _DIGEST, ~_used)))


@dataclass(frozen=True, slots=True)
class IdleLink:
    repository_id: int
    project_id: int
    digest: Digest


@dataclass(frozen=True, slots=True)
class Located:
    """Content at a place in the store; bytes."""

    location: str
    size: int


@dataclass(frozen=True, slots=True)
class Garbage:
    """What a collection at this moment would remove; `bytes` of content."""

    links: int
    blobs: int
    manifests: int
    bytes: int


async def garbage(selects: Selects, before: Micros) -> Garbage:
    blob_count = await selects.one(_COUNT_BLOBS, before=before)
    assert blob_count is not None
    return Garbage(
        links=await selects.scalar(_COUNT_LINKS, before=before),
        blobs=blob_count[0],
        manifests=await selects.scalar(_COUNT_MANIFESTS),
        bytes=int(blob_count[1]),
    )


async def delete_tag(transaction: Transaction, repository_id: int, tag: Tag) -> bool:
    return await transaction.run(_DELETE_TAG, repository_id=repository_id, name=tag) == 1


async def with_accessories(
    selects: Selects, repository_id: int, artifact_id: int, digest: Digest
) -> dict[int, Digest]:
    """The artifact and what dies with it: its accessories and theirs, but none that another index holds."""
    doomed = {artifact_id: digest}
    while True:
        digests, ids = list(doomed.values()), list(doomed)
        found = await selects.all(_ACCESSORIES, repository_id=repository_id, digests=digests, artifacts=ids)
        if not found:
            return doomed
        doomed |= {row["id"]: Digest(row["digest"]) for row in found}


async def tags_of(selects: Selects, artifact_ids: Collection[int]) -> dict[int, list[str]]:
    """By artifact, sorted; artifacts without tags are left out."""
    names: dict[int, list[str]] = {}
    for row in await selects.all(_TAGS_OF, artifacts=list(artifact_ids)):
        names.setdefault(row["artifact_id"], []).append(row["name"])
    return names


async def delete_artifacts(
    transaction: Transaction, repository_id: int, artifact_ids: Collection[int], now: Micros
) -> list[Digest]:
    """Removes artifacts of one repository with their tags. What no other artifact of it refers to is counted no
    longer, and returned; it stays linked until collected."""
    ids = list(artifact_ids)
    blobs_used = [row[0] for row in await transaction.all(_REFERENCES, artifacts=ids)]
    children = [Digest(row[0]) for row in await transaction.all(_CHILDREN, artifacts=ids)]
    for query in _DELETE_ARTIFACTS:
        await transaction.run(query, artifacts=ids)
    await refresh_digests(transaction, repository_id, children)
    released: list[Digest] = []
    for start in range(0, len(blobs_used), _AT_ONCE):
        some = blobs_used[start : start + _AT_ONCE]
        rows = await transaction.all(_RELEASE, repository_id=repository_id, digests=some, now=now)
        released += [Digest(row[0]) for row in rows]
    return released


async def release_all(transaction: Transaction, repository_id: int, now: Micros) -> list[Digest]:
    """Stop counting what no artifact of the repository refers to, such as the blobs of a push under way."""
    rows = await transaction.all(_RELEASE_ALL, repository_id=repository_id, now=now)
    return [Digest(row[0]) for row in rows]


async def delete_link(transaction: Transaction, repository_id: int, digest: Digest) -> bool | None:
    """Whether the link was counted; None without one. Raises Dangling while an artifact refers to the blob."""
    row = await transaction.one(_DELETE_LINK, repository_id=repository_id, digest=digest)
    return None if row is None else bool(row["counted"])


async def idle_links(selects: Selects, before: Micros, count: int) -> list[IdleLink]:
    rows = await selects.all(_IDLE_LINKS, before=before, count=count)
    return [IdleLink(row["repository_id"], row["project_id"], Digest(row["digest"])) for row in rows]


async def delete_idle_link(transaction: Transaction, link: IdleLink, before: Micros) -> bool | None:
    """Whether the link was counted; None when it is in use again."""
    row = await transaction.one(
        _DELETE_IDLE_LINK, repository_id=link.repository_id, digest=link.digest, before=before
    )
    return None if row is None else bool(row["counted"])


async def unused_blobs(selects: Selects, count: int) -> list[Digest]:
    return [Digest(row[0]) for row in await selects.all(_UNUSED_BLOBS, count=count)]


async def discard_blob(transaction: Transaction, digest: Digest, now: Micros) -> Located | None:
    """Forget a blob nothing links and note its location for removal; None when it is linked again."""
    row = await transaction.one(_DELETE_BLOB, digest=digest)
    if row is None:
        return None
    await transaction.run(_TRASH, location=row["location"], size=row["size"], now=now)
    return Located(row["location"], row["size"])


async def trashed(selects: Selects, count: int) -> list[Located]:
    return [Located(row["location"], row["size"]) for row in await selects.all(_TRASHED, count=count)]


async def forget_trash(transaction: Transaction, location: str) -> None:
    await transaction.run(_DELETE_TRASH, location=location)


async def delete_unused_manifests(transaction: Transaction, count: int) -> int:
    digests = [row[0] for row in await transaction.all(_UNUSED_MANIFESTS, count=count)]
    removed = 0
    for digest in digests:
        removed += await transaction.run(_DELETE_MANIFEST, digest=digest)
    return removed

"""What a copy reads of its source: the tree of an artifact, down to rows that can be written again."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BindParameter, bindparam, or_, select

from kangaroo.base.digests import Digest
from kangaroo.store.meta.database import Selects
from kangaroo.store.meta.pushes import NewArtifact
from kangaroo.store.meta.schema.registry import artifact_blobs, artifact_children, artifacts, blobs, manifests
from kangaroo.store.meta.statements import Query, parameter

_IDS: BindParameter[Any] = bindparam("artifacts", expanding=True)
_DIGESTS: BindParameter[Any] = bindparam("digests", expanding=True)
_ROWS = Query(
    select(*artifacts.c, manifests.c.content)
    .join(manifests, manifests.c.digest == artifacts.c.digest)
    .where(artifacts.c.id.in_(_IDS))
)
_children = (
    select(artifact_children.c.digest)
    .join(artifacts, artifacts.c.id == artifact_children.c.parent_id)
    .where(artifacts.c.repository_id == parameter("repository_id"), artifacts.c.digest.in_(_DIGESTS))
)
_BELOW = Query(
    select(artifacts.c.id, artifacts.c.digest).where(
        artifacts.c.repository_id == parameter("repository_id"),
        or_(artifacts.c.accessory_of.in_(_DIGESTS), artifacts.c.digest.in_(_children)),
    )
)
_BLOBS = Query(
    select(artifact_blobs.c.artifact_id, artifact_blobs.c.digest, blobs.c.size)
    .join(blobs, blobs.c.digest == artifact_blobs.c.digest)
    .where(artifact_blobs.c.artifact_id.in_(_IDS))
    .order_by(artifact_blobs.c.digest)
)
_CHILDREN = Query(
    select(artifact_children.c.parent_id, artifact_children.c.digest, artifact_children.c.descriptor)
    .where(artifact_children.c.parent_id.in_(_IDS))
    .order_by(artifact_children.c.parent_id, artifact_children.c.position)
)


@dataclass(frozen=True, slots=True)
class Original:
    """An artifact to be written again: its row but for the place, its manifest, what it refers to."""

    row: NewArtifact
    content: bytes
    blobs: dict[Digest, int] = field(default_factory=dict)  # sizes
    children: list[tuple[str, str]] = field(default_factory=list)  # digest, descriptor in JSON


async def tree(selects: Selects, repository_id: int, root: int, digest: Digest) -> dict[int, Digest]:
    """The artifact, its children and accessories, and theirs, by id; the root first."""
    found = {root: digest}
    news = [digest]
    while news:
        rows = await selects.all(_BELOW, repository_id=repository_id, digests=news)
        fresh = {row["id"]: Digest(row["digest"]) for row in rows if row["id"] not in found}
        found |= fresh
        news = list(fresh.values())
    return found


async def originals(
    selects: Selects, ids: Sequence[int], project_id: int, repository_id: int
) -> dict[int, Original]:
    """Ready to be written to a place."""
    if not ids:
        return {}
    place = {"project_id": project_id, "repository_id": repository_id}
    found = {}
    for row in await selects.all(_ROWS, artifacts=list(ids)):
        values = {name: row[name] for name in NewArtifact.__slots__}
        found[row["id"]] = Original(
            NewArtifact(**values | place | {"digest": Digest(row["digest"])}), row["content"]
        )
    for row in await selects.all(_BLOBS, artifacts=list(ids)):
        found[row["artifact_id"]].blobs[Digest(row["digest"])] = row["size"]
    for row in await selects.all(_CHILDREN, artifacts=list(ids)):
        found[row["parent_id"]].children.append((row["digest"], row["descriptor"]))
    return found

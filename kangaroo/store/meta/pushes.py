"""What a push writes: content rows, links, artifacts and tags. The order of the writes and the foreign keys between
them keep a push safe against a delete or a collection that commits at the same moment (see schema/registry.py).

PostgreSQL locks rows as they are written. Whoever books takes them in one order, so that nobody waits in a circle:
the project (`projects.hold`), repository, links (by digest), manifest and artifact, and the ledger of the project
last, `hold_ledger` first of it.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, case, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from kangaroo.base.clock import Micros
from kangaroo.base.digests import Digest
from kangaroo.base.names import RepositoryName, Tag
from kangaroo.store.meta.database import Dangling, Transaction
from kangaroo.store.meta.registry import Repository
from kangaroo.store.meta.schema.access import quotas
from kangaroo.store.meta.schema.registry import (
    artifact_blobs,
    artifact_children,
    artifacts,
    blobs,
    manifests,
    repositories,
    repository_blobs,
    tags,
)
from kangaroo.store.meta.statements import Query, parameter

_NOW, _DIGEST, _REPOSITORY_ID = parameter("now"), parameter("digest"), parameter("repository_id")

_ADD_REPOSITORY = Query(
    upsert(repositories)
    .values(
        name=parameter("name"),
        project_id=parameter("project_id"),
        listed=False,
        created_at=_NOW,
        updated_at=_NOW,
    )
    .on_conflict_do_nothing()
)
_named = select(repositories.c.id, repositories.c.project_id, repositories.c.listed).where(
    repositories.c.name == parameter("name")
)
_LOCK_REPOSITORY = Query(_named, pg=_named.with_for_update(key_share=True))
_GET_REPOSITORY = Query(_named)
_LIST_REPOSITORY = Query(
    update(repositories)
    .where(repositories.c.id == _REPOSITORY_ID)
    .values(
        listed=True,
        created_at=case((repositories.c.listed, repositories.c.created_at), else_=_NOW),
        updated_at=_NOW,
    )
)
_NEW_BLOB = upsert(blobs).values(
    digest=_DIGEST, size=parameter("size"), location=parameter("location"), damaged=False, created_at=_NOW
)
_KEEP_BLOB = Query(
    _NEW_BLOB.on_conflict_do_update(
        index_elements=[blobs.c.digest],
        set_={"size": _NEW_BLOB.excluded.size, "location": _NEW_BLOB.excluded.location, "damaged": False},
        where=blobs.c.damaged.is_(True),
    )
)
_ADD_LINK = Query(
    upsert(repository_blobs)
    .values(
        repository_id=_REPOSITORY_ID,
        digest=_DIGEST,
        project_id=parameter("project_id"),
        counted=True,
        touched_at=_NOW,
    )
    .on_conflict_do_nothing()
)
_link = (repository_blobs.c.repository_id == _REPOSITORY_ID, repository_blobs.c.digest == _DIGEST)
_REVIVE_LINK = Query(
    update(repository_blobs)
    .where(*_link, repository_blobs.c.counted.is_(False))
    .values(counted=True, touched_at=_NOW)
)
_TOUCH_LINK = Query(update(repository_blobs).where(*_link).values(touched_at=_NOW))
_links = (
    select(repository_blobs.c.digest, repository_blobs.c.counted, blobs.c.size)
    .join(blobs, blobs.c.digest == repository_blobs.c.digest)
    .where(
        repository_blobs.c.repository_id == _REPOSITORY_ID,
        repository_blobs.c.digest.in_(bindparam("digests", expanding=True)),
        blobs.c.damaged.is_(False),
    )
    .order_by(repository_blobs.c.digest)
)
_LINKED = Query(_links, pg=_links.with_for_update(key_share=True, of=repository_blobs))
_quota = select(quotas.c.project_id).where(quotas.c.project_id == parameter("project_id"))
_HOLD_LEDGER = Query(_quota, pg=_quota.with_for_update(key_share=True))
_KEEP_MANIFEST = Query(
    upsert(manifests).values(digest=_DIGEST, content=parameter("content")).on_conflict_do_nothing()
)
_ADD_ARTIFACT = Query(
    upsert(artifacts)
    .values(
        {
            name: bindparam(name)
            for name in (
                "project_id",
                "repository_id",
                "digest",
                "manifest_media_type",
                "media_type",
                "artifact_type",
                "kind",
                "size",
                "annotations",
                "attributes",
                "subject",
                "accessory",
                "accessory_of",
            )
        }
        | {"pushed_at": _NOW}
    )
    .on_conflict_do_nothing()
    .returning(artifacts.c.id)
)
_MAKE_ACCESSORY = Query(
    update(artifacts)
    .where(artifacts.c.id == parameter("artifact_id"), artifacts.c.accessory.is_(None))
    .values(accessory=parameter("kind"), accessory_of=parameter("subject"))
)
_FIND_ARTIFACT = Query(
    select(artifacts.c.id).where(artifacts.c.repository_id == _REPOSITORY_ID, artifacts.c.digest == _DIGEST)
)
_SIZES = Query(
    select(artifacts.c.digest, artifacts.c.size).where(
        artifacts.c.repository_id == _REPOSITORY_ID,
        artifacts.c.digest.in_(bindparam("digests", expanding=True)),
    )
)
_ADD_REFERENCE = Query(
    insert(artifact_blobs).values(
        artifact_id=parameter("artifact_id"), digest=_DIGEST, repository_id=_REPOSITORY_ID
    )
)
_ADD_CHILD = Query(
    insert(artifact_children).values(
        parent_id=parameter("artifact_id"),
        position=parameter("position"),
        repository_id=_REPOSITORY_ID,
        digest=_DIGEST,
        descriptor=parameter("descriptor"),
    )
)
_FIND_TAG = Query(
    select(tags.c.artifact_id).where(tags.c.repository_id == _REPOSITORY_ID, tags.c.name == parameter("name"))
)
_SET_TAG = Query(
    upsert(tags)
    .values(
        repository_id=_REPOSITORY_ID,
        artifact_id=parameter("artifact_id"),
        name=parameter("name"),
        pushed_at=_NOW,
    )
    .on_conflict_do_update(
        index_elements=[tags.c.repository_id, tags.c.name],
        set_={"artifact_id": parameter("artifact_id"), "pushed_at": _NOW},
    )
)


@dataclass(frozen=True, slots=True)
class Link:
    """A blob a repository links; not `counted` while it only waits for collection."""

    counted: bool
    size: int


@dataclass(frozen=True, slots=True)
class NewArtifact:
    """The row of an artifact, ready to write. Texts in JSON where the schema says so."""

    project_id: int
    repository_id: int
    digest: Digest
    manifest_media_type: str
    media_type: str
    artifact_type: str
    kind: str
    size: int
    annotations: str
    attributes: str
    subject: str | None
    accessory: str | None
    accessory_of: str | None


async def ensure_repository(
    transaction: Transaction, name: RepositoryName, project_id: int, now: Micros
) -> Repository:
    """Raises Dangling when it, or its project, was deleted a moment ago."""
    row = await transaction.one(_GET_REPOSITORY, name=name)
    if row is None:
        await transaction.run(_ADD_REPOSITORY, name=name, project_id=project_id, now=now)
        row = await transaction.one(_GET_REPOSITORY, name=name)
    if row is None:
        raise Dangling("the repository was deleted a moment ago")
    return Repository(row["id"], row["project_id"], bool(row["listed"]))


async def lock_repository(transaction: Transaction, name: RepositoryName) -> Repository | None:
    """Found, and held against other pushes and deletes of manifests until the end of the transaction."""
    row = await transaction.one(_LOCK_REPOSITORY, name=name)
    return None if row is None else Repository(row["id"], row["project_id"], bool(row["listed"]))


async def list_repository(transaction: Transaction, repository_id: int, now: Micros) -> None:
    """From now on the repository shows in lists: it has, or had, an artifact."""
    await transaction.run(_LIST_REPOSITORY, repository_id=repository_id, now=now)


async def keep_blob(transaction: Transaction, digest: Digest, size: int, location: str, now: Micros) -> bool:
    """False when the same content is kept already at another location: ours is then superfluous."""
    return await transaction.run(_KEEP_BLOB, digest=digest, size=size, location=location, now=now) == 1


async def link_blob(transaction: Transaction, repository: Repository, digest: Digest, now: Micros) -> bool:
    """True when the repository did not count this blob so far. Raises Dangling if the blob was just collected."""
    key: dict[str, Any] = {"repository_id": repository.id, "digest": digest, "now": now}
    if await transaction.run(_ADD_LINK, project_id=repository.project_id, **key):
        return True
    if await transaction.run(_REVIVE_LINK, **key):
        return True
    if not await transaction.run(_TOUCH_LINK, **key):
        raise Dangling("the link was collected")
    return False


async def touch_link(transaction: Transaction, repository_id: int, digest: Digest, now: Micros) -> bool:
    """False when there is no such link any more."""
    return await transaction.run(_TOUCH_LINK, repository_id=repository_id, digest=digest, now=now) == 1


async def hold_ledger(transaction: Transaction, project_id: int) -> None:
    """Before the first booking of a transaction; see the module's head."""
    if transaction.dialect == "postgresql":
        await transaction.one(_HOLD_LEDGER, project_id=project_id)


async def revive_link(transaction: Transaction, repository_id: int, digest: Digest, now: Micros) -> bool:
    return await transaction.run(_REVIVE_LINK, repository_id=repository_id, digest=digest, now=now) == 1


async def links(transaction: Transaction, repository_id: int, digests: list[Digest]) -> dict[Digest, Link]:
    """Those of the digests that the repository links, held against the collector."""
    if not digests:
        return {}
    rows = await transaction.all(_LINKED, repository_id=repository_id, digests=digests)
    return {Digest(row["digest"]): Link(bool(row["counted"]), row["size"]) for row in rows}


async def artifact_sizes(
    transaction: Transaction, repository_id: int, digests: list[Digest]
) -> dict[Digest, int]:
    """Those of the digests that are artifacts of the repository."""
    if not digests:
        return {}
    rows = await transaction.all(_SIZES, repository_id=repository_id, digests=digests)
    return {Digest(row["digest"]): row["size"] for row in rows}


async def add_artifact(
    transaction: Transaction, new: NewArtifact, content: bytes, now: Micros
) -> tuple[int, bool]:
    """The artifact's id, and whether it is new to the repository."""
    await transaction.run(_KEEP_MANIFEST, digest=new.digest, content=content)
    values = {name: getattr(new, name) for name in NewArtifact.__slots__}
    identity = await transaction.scalar(_ADD_ARTIFACT, now=now, **values)
    if identity is not None:
        return identity, True
    found: int = await transaction.scalar(_FIND_ARTIFACT, repository_id=new.repository_id, digest=new.digest)
    return found, False


async def make_accessory(transaction: Transaction, artifact_id: int, like: NewArtifact) -> None:
    """An artifact known already turns out to be one: cosign's tag came after the push by digest."""
    await transaction.run(
        _MAKE_ACCESSORY, artifact_id=artifact_id, kind=like.accessory, subject=like.accessory_of
    )


async def add_references(
    transaction: Transaction,
    artifact_id: int,
    repository_id: int,
    digests: list[Digest],
    children: list[tuple[str, str]],
) -> None:
    """`digests` of blobs; `children` as (digest, descriptor in JSON) in the order of the index."""
    key = {"artifact_id": artifact_id, "repository_id": repository_id}
    await transaction.many(_ADD_REFERENCE, [key | {"digest": digest} for digest in digests])
    await transaction.many(
        _ADD_CHILD,
        [
            key | {"position": position, "digest": digest, "descriptor": descriptor}
            for position, (digest, descriptor) in enumerate(children)
        ],
    )


async def tagged_artifact(transaction: Transaction, repository_id: int, tag: Tag) -> int | None:
    """The id of the artifact that carries the tag."""
    found: int | None = await transaction.scalar(_FIND_TAG, repository_id=repository_id, name=tag)
    return found


async def set_tag(
    transaction: Transaction, repository_id: int, artifact_id: int, tag: Tag, now: Micros
) -> None:
    await transaction.run(_SET_TAG, repository_id=repository_id, artifact_id=artifact_id, name=tag, now=now)

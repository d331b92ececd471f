"""What a pull or a browse reads: one statement each, on an index."""

from dataclasses import dataclass

from sqlalchemy import exists, select

from kangaroo.base.clock import Micros
from kangaroo.base.digests import Digest
from kangaroo.base.names import Reference, RepositoryName
from kangaroo.store.meta.database import Row, Selects
from kangaroo.store.meta.schema.registry import (
    artifact_blobs,
    artifacts,
    blobs,
    manifests,
    repositories,
    repository_blobs,
    tags,
)
from kangaroo.store.meta.statements import Query, parameter

_REPOSITORY = repositories.c.name == parameter("repository")
_MANIFEST = (
    select(
        artifacts.c.id,
        artifacts.c.digest,
        artifacts.c.manifest_media_type,
        artifacts.c.subject,
        repositories.c.id.label("repository_id"),
        manifests.c.content,
    )
    .join(repositories, repositories.c.id == artifacts.c.repository_id)
    .join(manifests, manifests.c.digest == artifacts.c.digest)
    .where(_REPOSITORY)
)
_MANIFEST_BY_DIGEST = Query(_MANIFEST.where(artifacts.c.digest == parameter("reference")))
_MANIFEST_BY_TAG = Query(
    _MANIFEST.join(tags, tags.c.artifact_id == artifacts.c.id).where(
        tags.c.repository_id == repositories.c.id, tags.c.name == parameter("reference")
    )
)
_BLOB = Query(
    select(
        blobs.c.digest,
        blobs.c.size,
        blobs.c.location,
        repository_blobs.c.repository_id,
        repository_blobs.c.touched_at,
        repository_blobs.c.counted,
    )
    .join(repository_blobs, repository_blobs.c.digest == blobs.c.digest)
    .join(repositories, repositories.c.id == repository_blobs.c.repository_id)
    .where(_REPOSITORY, blobs.c.digest == parameter("digest"), blobs.c.damaged.is_(False))
)
_BLOB_IN_USE = Query(
    select(artifact_blobs.c.artifact_id)
    .where(
        artifact_blobs.c.repository_id == parameter("repository_id"),
        artifact_blobs.c.digest == parameter("digest"),
    )
    .limit(1)
)
_IDENTITY = Query(
    select(repositories.c.id, repositories.c.project_id, repositories.c.listed).where(_REPOSITORY)
)
_TAGS_AFTER = Query(
    select(tags.c.name)
    .join(repositories, repositories.c.id == tags.c.repository_id)
    .where(_REPOSITORY, tags.c.name > parameter("last"))
    .order_by(tags.c.name)
    .limit(parameter("count"))
)
_CATALOG_AFTER = Query(
    select(repositories.c.name)
    .where(
        repositories.c.name > parameter("last"),
        exists().where(artifacts.c.repository_id == repositories.c.id),
    )
    .order_by(repositories.c.name)
    .limit(parameter("count"))
)
_REFERRERS = Query(
    select(
        artifacts.c.digest,
        artifacts.c.manifest_media_type,
        artifacts.c.artifact_type,
        artifacts.c.annotations,
        manifests.c.content,
    )
    .join(repositories, repositories.c.id == artifacts.c.repository_id)
    .join(manifests, manifests.c.digest == artifacts.c.digest)
    .where(_REPOSITORY, artifacts.c.subject == parameter("subject"))
    .order_by(artifacts.c.id)
)


@dataclass(frozen=True, slots=True)
class Repository:
    id: int
    project_id: int
    listed: bool


@dataclass(frozen=True, slots=True)
class Manifest:
    artifact_id: int
    repository_id: int
    digest: Digest
    media_type: str
    content: bytes
    subject: Digest | None


@dataclass(frozen=True, slots=True)
class Blob:
    """A blob as one repository links it."""

    digest: Digest
    size: int
    location: str
    repository_id: int
    touched_at: Micros
    counted: bool


@dataclass(frozen=True, slots=True)
class Referrer:
    digest: Digest
    media_type: str
    artifact_type: str
    annotations: str
    size: int


async def repository(selects: Selects, name: RepositoryName) -> Repository | None:
    row = await selects.one(_IDENTITY, repository=name)
    return None if row is None else Repository(row["id"], row["project_id"], bool(row["listed"]))


async def manifest(selects: Selects, name: RepositoryName, reference: Reference) -> Manifest | None:
    query = _MANIFEST_BY_DIGEST if isinstance(reference, Digest) else _MANIFEST_BY_TAG
    row = await selects.one(query, repository=name, reference=reference)
    return None if row is None else _manifest(row)


def _manifest(row: Row) -> Manifest:
    subject = row["subject"]
    return Manifest(
        row["id"],
        row["repository_id"],
        Digest(row["digest"]),
        row["manifest_media_type"],
        row["content"],
        None if subject is None else Digest(subject),
    )


async def blob(selects: Selects, name: RepositoryName, digest: Digest) -> Blob | None:
    row = await selects.one(_BLOB, repository=name, digest=digest)
    if row is None:
        return None
    return Blob(
        Digest(row["digest"]),
        row["size"],
        row["location"],
        row["repository_id"],
        row["touched_at"],
        bool(row["counted"]),
    )


async def blob_in_use(selects: Selects, repository_id: int, digest: Digest) -> bool:
    """Whether an artifact of the repository refers to the blob."""
    return await selects.one(_BLOB_IN_USE, repository_id=repository_id, digest=digest) is not None


async def tags_after(selects: Selects, name: RepositoryName, last: str, count: int) -> list[str]:
    """In lexical order, byte by byte."""
    return [row[0] for row in await selects.all(_TAGS_AFTER, repository=name, last=last, count=count)]


async def catalog_after(selects: Selects, last: str, count: int) -> list[str]:
    """Repositories that hold an artifact, in lexical order."""
    return [row[0] for row in await selects.all(_CATALOG_AFTER, last=last, count=count)]


async def referrers(selects: Selects, name: RepositoryName, subject: Digest) -> list[Referrer]:
    return [
        Referrer(
            Digest(row["digest"]),
            row["manifest_media_type"],
            row["artifact_type"],
            row["annotations"],
            len(row["content"]),
        )
        for row in await selects.all(_REFERRERS, repository=name, subject=subject)
    ]

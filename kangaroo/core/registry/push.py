"""Manifests on their way in: one transaction makes the artifact, its references, its tags and the event."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from kangaroo.base.actors import Actor
from kangaroo.base.clock import Micros
from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure
from kangaroo.base.events import ManifestPushed
from kangaroo.base.names import Reference, RepositoryName, Tag
from kangaroo.core.access.journal import Deed, artifact_name
from kangaroo.core.projects import Ledger
from kangaroo.core.registry import kinds
from kangaroo.core.registry.gates import ManifestPush
from kangaroo.core.registry.manifests import Descriptor, Manifest, parse
from kangaroo.core.registry.pull import Parts
from kangaroo.core.registry.uploads import RACES
from kangaroo.jobs import Queue
from kangaroo.store.meta import artifacts_listed as listed
from kangaroo.store.meta import projects, pushes
from kangaroo.store.meta import registry as rows
from kangaroo.store.meta.database import CONTENT, Dangling, Transaction
from kangaroo.store.meta.pushes import NewArtifact


@dataclass(frozen=True, slots=True)
class Pushed:
    digest: Digest
    subject: Digest | None


@dataclass(frozen=True, slots=True)
class _Incoming:
    """A verified manifest on its way into a transaction."""

    actor: Actor
    repository: RepositoryName
    digest: Digest
    content: bytes
    manifest: Manifest
    tags: Sequence[Tag]
    attributes: str

    @property
    def names(self) -> Sequence[Tag | None]:
        """Its tags; None for a push by digest alone."""
        return self.tags or [None]


class Pushes:
    def __init__(
        self, parts: Parts, ledger: Ledger, queue: Queue, *, limit: int, sparse_indexes: bool
    ) -> None:
        self._parts = parts
        self._ledger = ledger
        self._queue = queue
        self.limit = limit
        self._sparse_indexes = sparse_indexes

    async def authorize(self, actor: Actor, repository: RepositoryName) -> None:
        """For the door: ask before reading a body."""
        await self._parts.require(actor, "push", repository)

    async def manifest(
        self,
        actor: Actor,
        repository: RepositoryName,
        reference: Reference,
        content: bytes,
        media_type: str,
        tags: Sequence[Tag] = (),
    ) -> Pushed:
        """Store a manifest under a digest or a tag, and further `tags`.

        Raises TOO_LARGE, MANIFEST_INVALID, DIGEST_MISMATCH, MANIFEST_BLOB_UNKNOWN, MANIFEST_UNKNOWN (a child of an
        index, unless sparse indexes are allowed), QUOTA_EXCEEDED, TAG_IMMUTABLE and what other gates refuse.
        """
        await self.authorize(actor, repository)
        if len(content) > self.limit:
            raise Failure(Code.TOO_LARGE, what="manifest", limit=self.limit)
        manifest = parse(content, media_type)
        digest = Digest.of(content, reference.algorithm if isinstance(reference, Digest) else "sha256")
        if isinstance(reference, Digest) and digest != reference:
            raise Failure(Code.DIGEST_MISMATCH, digest=reference, actual=digest)
        if isinstance(reference, Tag):
            tags = [reference, *tags]
        attributes = await self._attributes(repository, manifest)
        await self._store(_Incoming(actor, repository, digest, content, manifest, tags, attributes))
        return Pushed(digest, manifest.subject)

    async def _attributes(self, repository: RepositoryName, manifest: Manifest) -> str:
        if manifest.config is None or not kinds.has_attributes(manifest):
            return "{}"
        found = await rows.blob(self._parts.database.lookup, repository, Digest(manifest.config.digest))
        if found is None or found.size > kinds.CONFIG_LIMIT:
            return "{}"
        try:
            reader = await self._parts.content.open(found.location)
        except Failure as failure:
            if failure.code is not Code.NOT_FOUND:
                raise
            raise Failure(Code.MANIFEST_BLOB_UNKNOWN, digest=found.digest, repository=repository) from failure
        try:
            config = b"".join([chunk async for chunk in reader.chunks()])
        finally:
            await reader.close()
        return msgspec.json.encode(kinds.attributes_of(kinds.kind_of(manifest), config)).decode()

    async def _store(self, incoming: _Incoming) -> None:
        for _ in range(RACES):
            try:
                async with self._parts.database.write() as transaction:
                    await self._write(transaction, incoming)
                return
            except Dangling:  # something we refer to was collected before we committed: look again
                continue
        raise Failure(Code.UNAVAILABLE, what="database", reason="content was collected several times; retry")

    async def _write(self, transaction: Transaction, incoming: _Incoming) -> None:
        now = self._parts.clock()
        name, digest = incoming.repository, incoming.digest
        project = await projects.hold(transaction, name.project)
        if project is None:
            raise Failure(Code.PROJECT_UNKNOWN, project=name.project)
        await pushes.ensure_repository(transaction, name, project.id, now)
        repository = await pushes.lock_repository(transaction, name)
        if repository is None:
            raise Dangling("the repository was deleted a moment ago")
        for tag in incoming.names:
            replaces = (
                await pushes.tagged_artifact(transaction, repository.id, tag) if tag is not None else None
            )
            await self._parts.gates.before_push(
                transaction, ManifestPush(incoming.actor, name, project.id, digest, tag, replaces)
            )
        size, unbooked = await self._referenced(transaction, repository, incoming)
        new = _artifact(incoming, project.id, repository.id, size)
        artifact_id, added = await pushes.add_artifact(transaction, new, incoming.content, now)
        if added:
            unbooked.append((digest, len(incoming.content)))
            await pushes.add_references(
                transaction,
                artifact_id,
                repository.id,
                [Digest(blob.digest) for blob in incoming.manifest.blobs],
                [(child.digest, msgspec.json.encode(child).decode()) for child in incoming.manifest.children],
            )
        elif new.accessory is not None:
            await pushes.make_accessory(transaction, artifact_id, new)
        await self._tag(transaction, repository.id, artifact_id, incoming.tags, now)
        children = [Digest(child.digest) for child in incoming.manifest.children]
        await listed.refresh_digests(transaction, repository.id, [digest, *children])
        await pushes.list_repository(transaction, repository.id, now)
        if unbooked:
            await pushes.hold_ledger(transaction, project.id)
        for content, content_size in unbooked:
            await self._ledger.book(transaction, project.id, content, content_size)
        for tag in incoming.names:
            event = ManifestPushed(actor=incoming.actor.name, at=now, repository=name, digest=digest, tag=tag)
            await self._queue.emit(transaction, event)
            deed = Deed("create_artifact", artifact_name(name, digest, tag), project.id)
            await self._parts.access.journal.record(transaction, event.actor, deed)

    async def _tag(
        self, transaction: Transaction, repository_id: int, artifact_id: int, tags: Sequence[Tag], now: Micros
    ) -> None:
        for tag in tags:
            carrier = await pushes.tagged_artifact(transaction, repository_id, tag)
            await pushes.set_tag(transaction, repository_id, artifact_id, tag, now)
            if carrier is not None and carrier != artifact_id:
                await transaction.changed(CONTENT)
                await listed.refresh(transaction, carrier)

    async def _referenced(
        self, transaction: Transaction, repository: rows.Repository, incoming: _Incoming
    ) -> tuple[int, list[tuple[Digest, int]]]:
        """Bytes of what the manifest refers to, and what of it waited for collection and is to be booked again.

        Raises when something is not here.
        """
        manifest = incoming.manifest
        total = 0
        revived: list[tuple[Digest, int]] = []
        links = await pushes.links(
            transaction, repository.id, [Digest(blob.digest) for blob in manifest.blobs]
        )
        for blob in manifest.blobs:
            digest = Digest(blob.digest)
            link = links.get(digest)
            if link is None:
                raise Failure(Code.MANIFEST_BLOB_UNKNOWN, digest=digest, repository=incoming.repository)
            _check_size(blob, link.size)
            total += link.size
            if not link.counted and await pushes.revive_link(
                transaction, repository.id, digest, self._parts.clock()
            ):
                revived.append((digest, link.size))
        children = [Digest(child.digest) for child in manifest.children]
        sizes = await pushes.artifact_sizes(transaction, repository.id, children)
        for child in children:
            if child not in sizes and not self._sparse_indexes:
                raise Failure(Code.MANIFEST_UNKNOWN, reference=child, repository=incoming.repository)
            total += sizes.get(child, 0)
        return total, revived


def _check_size(blob: Descriptor, size: int) -> None:
    if blob.size != size:
        reason = f"{blob.digest} has {size} bytes, the manifest says {blob.size}"
        raise Failure(Code.MANIFEST_INVALID, reason=reason)


def _artifact(incoming: _Incoming, project_id: int, repository_id: int, referenced: int) -> NewArtifact:
    manifest = incoming.manifest
    accessory = kinds.accessory_of(manifest, incoming.tags[0] if incoming.tags else None)
    config_type = "" if manifest.config is None else manifest.config.media_type
    return NewArtifact(
        project_id=project_id,
        repository_id=repository_id,
        digest=incoming.digest,
        manifest_media_type=manifest.media_type,
        media_type=manifest.media_type if manifest.is_index else config_type,
        artifact_type=manifest.effective_type,
        kind=kinds.kind_of(manifest),
        size=len(incoming.content) + referenced,
        annotations=msgspec.json.encode(manifest.annotations).decode(),
        attributes=incoming.attributes,
        subject=manifest.subject,
        accessory=accessory[0] if accessory else None,
        accessory_of=accessory[1] if accessory else None,
    )

"""Taking away tags, manifests and blobs. Content is released here and collected later (core/gc)."""

from kangaroo.base.actors import Actor
from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure
from kangaroo.base.events import ManifestDeleted, TagDeleted
from kangaroo.base.names import RepositoryName, Tag
from kangaroo.core.projects import Ledger
from kangaroo.core.registry.gates import Removal
from kangaroo.core.registry.pull import Parts
from kangaroo.jobs import Queue
from kangaroo.store.meta import pushes, removals
from kangaroo.store.meta import registry as rows
from kangaroo.store.meta.database import CONTENT, Dangling, Transaction
from kangaroo.store.meta.registry import Manifest, Repository


class Removals:
    def __init__(self, parts: Parts, ledger: Ledger, queue: Queue) -> None:
        self._parts = parts
        self._ledger = ledger
        self._queue = queue

    async def tag(self, actor: Actor, name: RepositoryName, tag: Tag) -> None:
        """The tag alone; its artifact stays. Raises MANIFEST_UNKNOWN, TAG_IMMUTABLE."""
        await self._parts.require(actor, "delete", name)
        async with self._parts.database.write() as transaction:
            repository = await pushes.lock_repository(transaction, name)
            found = await rows.manifest(transaction, name, tag)
            if repository is None or found is None:
                raise Failure(Code.MANIFEST_UNKNOWN, reference=tag, repository=name)
            await self._parts.gates.before_removal(
                transaction, Removal(actor, name, repository.project_id, [tag])
            )
            await removals.delete_tag(transaction, repository.id, tag)
            await transaction.changed(CONTENT)
            event = TagDeleted(
                actor=actor.name, at=self._parts.clock(), repository=name, tag=tag, digest=found.digest
            )
            await self._queue.emit(transaction, event)

    async def manifest(self, actor: Actor, name: RepositoryName, digest: Digest) -> None:
        """The artifact with all its tags; its blobs are released. Raises MANIFEST_UNKNOWN, TAG_IMMUTABLE."""
        await self._parts.require(actor, "delete", name)
        async with self._parts.database.write() as transaction:
            repository = await pushes.lock_repository(transaction, name)
            found = await rows.manifest(transaction, name, digest)
            if repository is None or found is None:
                raise Failure(Code.MANIFEST_UNKNOWN, reference=digest, repository=name)
            await self.artifact(transaction, actor, name, repository, found)

    async def artifact(
        self,
        transaction: Transaction,
        actor: Actor,
        name: RepositoryName,
        repository: Repository,
        found: Manifest,
    ) -> None:
        """`manifest` inside a transaction that holds the repository, for those who have decided already."""
        tags, digests = await removals.delete_artifact(transaction, found.artifact_id)
        await self._parts.gates.before_removal(transaction, Removal(actor, name, repository.project_id, tags))
        now = self._parts.clock()
        released = [
            digest
            for digest in sorted(digests)
            if await removals.release_link(transaction, repository.id, digest, now)
        ]
        await pushes.hold_ledger(transaction, repository.project_id)
        for digest in (found.digest, *released):
            await self._ledger.unbook(transaction, repository.project_id, digest)
        await transaction.changed(CONTENT)
        event = ManifestDeleted(actor=actor.name, at=now, repository=name, digest=found.digest, tags=tags)
        await self._queue.emit(transaction, event)

    async def blob(self, actor: Actor, name: RepositoryName, digest: Digest) -> None:
        """The repository's link to a blob. Raises BLOB_UNKNOWN, BLOB_IN_USE while an artifact refers to it."""
        await self._parts.require(actor, "delete", name)
        try:
            async with self._parts.database.write() as transaction:
                repository = await pushes.lock_repository(transaction, name)
                counted = (
                    None
                    if repository is None
                    else await removals.delete_link(transaction, repository.id, digest)
                )
                if repository is None or counted is None:
                    raise Failure(Code.BLOB_UNKNOWN, digest=digest, repository=name)
                if counted:
                    await pushes.hold_ledger(transaction, repository.project_id)
                    await self._ledger.unbook(transaction, repository.project_id, digest)
                await transaction.changed(CONTENT)
        except Dangling as error:
            raise Failure(Code.BLOB_IN_USE, digest=digest, repository=name) from error

"""Taking away tags, manifests and blobs. Content is released here and collected later (core/gc)."""

from collections.abc import Mapping

from kangaroo.base.actors import Actor
from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure
from kangaroo.base.events import ManifestDeleted, TagDeleted
from kangaroo.base.names import RepositoryName, Tag
from kangaroo.core.access.journal import Deed, artifact_name
from kangaroo.core.projects import Ledger
from kangaroo.core.registry.gates import Removal
from kangaroo.core.registry.pull import Parts
from kangaroo.jobs import Queue
from kangaroo.store.meta import artifacts_listed as listed
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
            await listed.refresh(transaction, found.artifact_id)
            await transaction.changed(CONTENT)
            event = TagDeleted(
                actor=actor.name, at=self._parts.clock(), repository=name, tag=tag, digest=found.digest
            )
            await self._queue.emit(transaction, event)
            deed = Deed("delete_tag", f"{name}:{tag}", repository.project_id)
            await self._parts.access.journal.record(transaction, actor.name, deed)

    async def manifest(self, actor: Actor, name: RepositoryName, digest: Digest) -> None:
        """The artifact with all its tags and accessories; its blobs are released.

        Raises MANIFEST_UNKNOWN, TAG_IMMUTABLE.
        """
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
        doomed = await removals.with_accessories(transaction, repository.id, found.artifact_id, found.digest)
        await self.artifacts(transaction, actor, name, repository, doomed)

    async def artifacts(
        self,
        transaction: Transaction,
        actor: Actor,
        name: RepositoryName,
        repository: Repository,
        doomed: Mapping[int, Digest],
    ) -> None:
        """Artifacts by id, with their tags and nothing else. Raises what gates refuse."""
        tags = await removals.tags_of(transaction, doomed)
        names = [tag for of_one in tags.values() for tag in of_one]
        await self._parts.gates.before_removal(
            transaction, Removal(actor, name, repository.project_id, names)
        )
        now = self._parts.clock()
        released = await removals.delete_artifacts(transaction, repository.id, doomed.keys(), now)
        await pushes.hold_ledger(transaction, repository.project_id)
        await self._ledger.unbook(transaction, repository.project_id, *doomed.values())
        await self._ledger.unbook(transaction, repository.project_id, *released)
        await transaction.changed(CONTENT)
        for artifact_id, digest in doomed.items():
            event = ManifestDeleted(
                actor=actor.name, at=now, repository=name, digest=digest, tags=tags.get(artifact_id, [])
            )
            await self._queue.emit(transaction, event)
            deed = Deed("delete_artifact", artifact_name(name, digest, None), repository.project_id)
            await self._parts.access.journal.record(transaction, actor.name, deed)

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

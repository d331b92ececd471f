"""Copying an artifact to another repository: rows and links, no bytes move.

With it go its children, its accessories, and the tags of itself and its accessories: a signature by cosign's tag is
found by no other way.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from kangaroo.base.actors import Actor
from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure
from kangaroo.base.events import ManifestPushed
from kangaroo.base.names import Reference, RepositoryName, Tag
from kangaroo.core.access.journal import Deed, artifact_name
from kangaroo.core.projects import Ledger
from kangaroo.core.registry.artifacts import known_artifact
from kangaroo.core.registry.gates import ManifestPush
from kangaroo.core.registry.pull import Parts
from kangaroo.core.registry.uploads import RACES
from kangaroo.jobs import Queue
from kangaroo.store.meta import artifacts_copy as rows
from kangaroo.store.meta import artifacts_listed as listed
from kangaroo.store.meta import projects, pushes, removals
from kangaroo.store.meta.artifacts_copy import Original
from kangaroo.store.meta.database import CONTENT, Dangling, Transaction
from kangaroo.store.meta.registry import Repository


@dataclass(frozen=True, slots=True)
class _Copy:
    """One copy on its way into a repository. `unbooked` is content new to it, with its size."""

    actor: Actor
    target: RepositoryName
    repository: Repository
    unbooked: list[tuple[Digest, int]]


class Copies:
    def __init__(self, parts: Parts, ledger: Ledger, queue: Queue) -> None:
        self._parts = parts
        self._ledger = ledger
        self._queue = queue

    async def copy(
        self, actor: Actor, target: RepositoryName, source: RepositoryName, reference: Reference
    ) -> Digest:
        """The artifact's digest. What the target has already stays, and gets the tags.

        Raises REPOSITORY_UNKNOWN, MANIFEST_UNKNOWN, DENIED for an accessory alone, TAG_IMMUTABLE, QUOTA_EXCEEDED.
        """
        await self._parts.access.require(actor, "artifact", "create", target.project)
        await self._parts.access.require(actor, "artifact", "read", source.project)
        for _ in range(RACES):
            try:
                async with self._parts.database.write() as transaction:
                    return await self._write(transaction, actor, target, source, reference)
            except Dangling:  # something was deleted and collected under the copy: look again
                continue
        raise Failure(Code.UNAVAILABLE, what="database", reason="content was collected several times; retry")

    async def _write(
        self,
        transaction: Transaction,
        actor: Actor,
        target: RepositoryName,
        source: RepositoryName,
        reference: Reference,
    ) -> Digest:
        root = await known_artifact(transaction, source, reference)
        if root.accessory is not None:
            raise Failure(Code.DENIED, "accessory_alone")
        project = await projects.hold(transaction, target.project)
        if project is None:
            raise Failure(Code.PROJECT_UNKNOWN, project=target.project)
        now = self._parts.clock()
        await pushes.ensure_repository(transaction, target, project.id, now)
        repository = await pushes.lock_repository(transaction, target)
        if repository is None:
            raise Dangling("the repository was deleted a moment ago")
        job = _Copy(actor, target, repository, [])
        tree = await rows.tree(transaction, root.repository_id, root.id, root.digest)
        originals = await rows.originals(transaction, list(tree), project.id, repository.id)
        tags = await removals.tags_of(
            transaction, [one for one, found in originals.items() if one == root.id or found.row.accessory]
        )
        await self._link(transaction, job, originals)
        for one, original in originals.items():
            await self._add(transaction, job, original, tags.get(one, []))
        digests = [Digest(digest) for found in originals.values() for digest, _ in found.children]
        await listed.refresh_digests(transaction, repository.id, [*tree.values(), *digests])
        await pushes.list_repository(transaction, repository.id, now)
        await pushes.hold_ledger(transaction, project.id)
        for digest, size in job.unbooked:
            await self._ledger.book(transaction, project.id, digest, size)
        return root.digest

    async def _link(self, transaction: Transaction, job: _Copy, originals: Mapping[int, Original]) -> None:
        """All blobs, in the order of their digests: see the head of store/meta/pushes."""
        sizes = {digest: size for one in originals.values() for digest, size in one.blobs.items()}
        for digest in sorted(sizes):
            if await pushes.link_blob(transaction, job.repository, digest, self._parts.clock()):
                job.unbooked.append((digest, sizes[digest]))

    async def _add(self, transaction: Transaction, job: _Copy, original: Original, tags: list[str]) -> None:
        now, new, repository = self._parts.clock(), original.row, job.repository
        identity, added = await pushes.add_artifact(transaction, new, original.content, now)
        if added:
            job.unbooked.append((new.digest, len(original.content)))
            await pushes.add_references(
                transaction, identity, repository.id, list(original.blobs), original.children
            )
        for tag in map(Tag, tags):
            carrier = await pushes.tagged_artifact(transaction, repository.id, tag)
            if carrier == identity:
                continue
            await self._ask_gates(transaction, job, new.digest, tag, carrier)
            await pushes.set_tag(transaction, repository.id, identity, tag, now)
            await self._emit(transaction, job, new.digest, tag)
            if carrier is not None:
                await transaction.changed(CONTENT)
                await listed.refresh(transaction, carrier)
        if added and not tags:
            await self._ask_gates(transaction, job, new.digest, None, None)
            await self._emit(transaction, job, new.digest, None)

    async def _ask_gates(
        self, transaction: Transaction, job: _Copy, digest: Digest, tag: Tag | None, carrier: int | None
    ) -> None:
        push = ManifestPush(job.actor, job.target, job.repository.project_id, digest, tag, carrier)
        await self._parts.gates.before_push(transaction, push)

    async def _emit(self, transaction: Transaction, job: _Copy, digest: Digest, tag: Tag | None) -> None:
        at = self._parts.clock()
        event = ManifestPushed(actor=job.actor.name, at=at, repository=job.target, digest=digest, tag=tag)
        await self._queue.emit(transaction, event)
        deed = Deed("create_artifact", artifact_name(job.target, digest, tag), job.repository.project_id)
        await self._parts.access.journal.record(transaction, event.actor, deed)

"""The tags of one artifact: shown, added, taken off."""

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.base.events import TagCreated, TagDeleted
from kangaroo.base.names import Reference, RepositoryName, Tag
from kangaroo.base.paging import Page
from kangaroo.base.query import ListQuery
from kangaroo.core.access.journal import Deed
from kangaroo.core.projects import Rulebook
from kangaroo.core.registry.artifacts import known_artifact
from kangaroo.core.registry.gates import ManifestPush, Removal
from kangaroo.core.registry.pull import Parts
from kangaroo.jobs import Queue
from kangaroo.store.meta import artifacts_listed as listed
from kangaroo.store.meta import artifacts_parts as rows
from kangaroo.store.meta import pushes, removals
from kangaroo.store.meta.artifacts_parts import TagRow
from kangaroo.store.meta.database import CONTENT


class Tags:
    def __init__(self, parts: Parts, rulebook: Rulebook, queue: Queue) -> None:
        self._parts = parts
        self._rulebook = rulebook
        self._queue = queue

    async def page(
        self, actor: Actor, name: RepositoryName, reference: Reference, query: ListQuery
    ) -> tuple[Page[TagRow], frozenset[str]]:
        """The newest first, and which of them are immutable. Raises REPOSITORY_UNKNOWN, MANIFEST_UNKNOWN."""
        await self._parts.access.require(actor, "tag", "list", name.project)
        async with self._parts.database.read() as snapshot:
            found = await known_artifact(snapshot, name, reference)
            page = await rows.tag_page(snapshot, found.id, query)
            names = [tag.name for tag in page.items]
            immutable = await self._rulebook.immutable(snapshot, found.project_id, name, names)
        return page, frozenset(immutable)

    async def create(self, actor: Actor, name: RepositoryName, reference: Reference, tag: Tag) -> None:
        """Raises MANIFEST_UNKNOWN, CONFLICT when an artifact of the repository carries it, what gates refuse."""
        await self._parts.access.require(actor, "tag", "create", name.project)
        async with self._parts.database.write() as transaction:
            await pushes.lock_repository(transaction, name)
            found = await known_artifact(transaction, name, reference)
            if await pushes.tagged_artifact(transaction, found.repository_id, tag) is not None:
                raise Failure(Code.CONFLICT, what=f"tag {tag}")
            push = ManifestPush(actor, name, found.project_id, found.digest, tag, None)
            await self._parts.gates.before_push(transaction, push)
            now = self._parts.clock()
            await pushes.set_tag(transaction, found.repository_id, found.id, tag, now)
            await listed.refresh(transaction, found.id)
            event = TagCreated(actor=actor.name, at=now, repository=name, tag=tag, digest=found.digest)
            await self._queue.emit(transaction, event)
            deed = Deed("create_tag", f"{name}:{tag}", found.project_id)
            await self._parts.access.journal.record(transaction, actor.name, deed)

    async def delete(self, actor: Actor, name: RepositoryName, reference: Reference, tag: Tag) -> None:
        """Raises MANIFEST_UNKNOWN, NOT_FOUND when the artifact does not carry it, TAG_IMMUTABLE."""
        await self._parts.access.require(actor, "tag", "delete", name.project)
        async with self._parts.database.write() as transaction:
            await pushes.lock_repository(transaction, name)
            found = await known_artifact(transaction, name, reference)
            if await pushes.tagged_artifact(transaction, found.repository_id, tag) != found.id:
                raise Failure(Code.NOT_FOUND, what=f"tag {tag} attached to artifact {found.digest}")
            await self._parts.gates.before_removal(transaction, Removal(actor, name, found.project_id, [tag]))
            await removals.delete_tag(transaction, found.repository_id, tag)
            await listed.refresh(transaction, found.id)
            await transaction.changed(CONTENT)
            now = self._parts.clock()
            event = TagDeleted(actor=actor.name, at=now, repository=name, tag=tag, digest=found.digest)
            await self._queue.emit(transaction, event)
            deed = Deed("delete_tag", f"{name}:{tag}", found.project_id)
            await self._parts.access.journal.record(transaction, actor.name, deed)

"""Repositories: who sees which, what is said about them, and their end."""

from collections.abc import Collection
from dataclasses import dataclass

from kangaroo.base.actors import Actor, ActorKind
from kangaroo.base.errors import Code, Failure
from kangaroo.base.events import RepositoryDeleted
from kangaroo.base.names import ProjectName, RepositoryName
from kangaroo.base.paging import Page, Window
from kangaroo.base.query import Contains, ListQuery
from kangaroo.core.access.journal import Deed
from kangaroo.core.projects import Ledger
from kangaroo.core.registry.gates import Removal
from kangaroo.core.registry.pull import Parts
from kangaroo.core.registry.remove import Removals
from kangaroo.jobs import Queue
from kangaroo.store.meta import artifacts, artifacts_parts, projects, pushes, removals
from kangaroo.store.meta import repositories as rows
from kangaroo.store.meta import repositories_statistics as statistics
from kangaroo.store.meta.database import CONTENT
from kangaroo.store.meta.repositories import Place
from kangaroo.store.meta.repositories import RepositoryRow as Repository
from kangaroo.store.meta.repositories_statistics import Counts

BATCH = 200  # artifacts removed in one transaction: on SQLite all other writers wait for it
LONGEST_DESCRIPTION = 64 << 10
_EVERY_PROJECT = ProjectName("*")


@dataclass(frozen=True, slots=True)
class Statistics:
    """`private` counts what the actor sees, `bytes` all content; both in full only for who sees everything, when
    `bytes` is not None."""

    public: Counts
    private: Counts
    bytes: int | None


class Catalogue:
    def __init__(self, parts: Parts, removals: Removals, ledger: Ledger, queue: Queue) -> None:
        self._parts = parts
        self._removals = removals
        self._ledger = ledger
        self._queue = queue

    async def page(self, actor: Actor, project: ProjectName, query: ListQuery) -> Page[Repository]:
        """Of one project, the newest first."""
        place = await self._parts.access.require(actor, "repository", "list", project)
        async with self._parts.database.read() as snapshot:
            return await rows.page(snapshot, query, Place(project_id=place.id))

    async def page_of_all(self, actor: Actor, query: ListQuery) -> Page[Repository]:
        """Of all projects the actor sees; of the public ones for everybody."""
        seen = await self._seen(actor)
        async with self._parts.database.read() as snapshot:
            return await rows.page(snapshot, query, Place(seen=seen))

    async def search(self, actor: Actor, text: str) -> list[tuple[Repository, bool]]:
        """Everything the actor sees whose name contains the text, by name, and whether its project is public."""
        query = ListQuery(window=Window(size=0)).where("name", Contains(text))
        seen = await self._seen(actor)
        async with self._parts.database.read() as snapshot:
            found = await rows.page(snapshot, query, Place(seen=seen))
            public = await rows.public_projects(snapshot)
        return [(one, one.project_id in public) for one in sorted(found.items, key=lambda one: one.name)]

    async def statistics(self, actor: Actor) -> Statistics:
        """For everybody who signed in. Raises UNAUTHORIZED."""
        if not actor.known:
            raise Failure(Code.UNAUTHORIZED)
        seen = await self._seen(actor)
        async with self._parts.database.read() as snapshot:
            public, private = await statistics.counts(snapshot, seen)
            size = await statistics.stored_bytes(snapshot) if actor.sysadmin else None
        return Statistics(public, private, size)

    async def get(self, actor: Actor, name: RepositoryName) -> Repository:
        """Raises REPOSITORY_UNKNOWN."""
        await self._parts.access.require(actor, "repository", "read", name.project)
        async with self._parts.database.read() as snapshot:
            found = await rows.find(snapshot, name)
        if found is None:
            raise Failure(Code.REPOSITORY_UNKNOWN, repository=name)
        return found

    async def describe(self, actor: Actor, name: RepositoryName, description: str) -> None:
        """Raises REPOSITORY_UNKNOWN, BAD_REQUEST."""
        await self._parts.access.require(actor, "repository", "update", name.project)
        if len(description) > LONGEST_DESCRIPTION:
            raise Failure(Code.BAD_REQUEST, reason=f"the description is longer than {LONGEST_DESCRIPTION}")
        async with self._parts.database.write() as transaction:
            found = await pushes.lock_repository(transaction, name)
            if found is None or not found.listed:
                raise Failure(Code.REPOSITORY_UNKNOWN, repository=name)
            await rows.describe(transaction, found.id, description, self._parts.clock())
            deed = Deed("update_repository", name, found.project_id)
            await self._parts.access.journal.record(transaction, actor.name, deed)

    async def delete(self, actor: Actor, name: RepositoryName) -> None:
        """With all that is in it; its bytes are free at once. Raises REPOSITORY_UNKNOWN, TAG_IMMUTABLE.

        Not one transaction but many small ones. Cut off by a crash, it leaves a repository with fewer artifacts.
        """
        await self._parts.access.require(actor, "repository", "delete", name.project)
        await self._ask_gates(actor, name)
        while await self._delete_some(actor, name):
            pass

    async def _ask_gates(self, actor: Actor, name: RepositoryName) -> None:
        """About all tags before the first is gone."""
        async with self._parts.database.write() as transaction:
            found = await pushes.lock_repository(transaction, name)
            if found is None or not found.listed:
                raise Failure(Code.REPOSITORY_UNKNOWN, repository=name)
            tags = await artifacts_parts.tag_names(transaction, found.id)
            await self._parts.gates.before_removal(transaction, Removal(actor, name, found.project_id, tags))

    async def _delete_some(self, actor: Actor, name: RepositoryName) -> bool:
        """False when that was the end of it."""
        async with self._parts.database.write() as transaction:
            repository = await pushes.lock_repository(transaction, name)
            if repository is None or not repository.listed:
                return False
            doomed = await artifacts.some(transaction, repository.id, BATCH)
            if doomed:
                await self._removals.artifacts(transaction, actor, name, repository, doomed)
                return True
            now = self._parts.clock()
            released = await removals.release_all(transaction, repository.id, now)
            await pushes.hold_ledger(transaction, repository.project_id)
            await self._ledger.unbook(transaction, repository.project_id, *released)
            await rows.unlist(transaction, repository.id, now)
            await transaction.changed(CONTENT)
            event = RepositoryDeleted(actor=actor.name, at=now, repository=name)
            await self._queue.emit(transaction, event)
            deed = Deed("delete_repository", name, repository.project_id)
            await self._parts.access.journal.record(transaction, actor.name, deed)
        return False

    async def _seen(self, actor: Actor) -> Collection[int] | None:
        """Projects whose repositories the actor may list, besides the public ones; None: all."""
        access = self._parts.access
        sight = await access.sight(actor)
        if actor.kind is not ActorKind.ROBOT:
            return None if sight.everything else sight.projects
        if sight.everything and await access.may(actor, "repository", "list", _EVERY_PROJECT):
            return None
        seen = set()
        for identity in sight.projects:  # a robot may see a project and yet not list its repositories
            project = await projects.name_of(self._parts.database.lookup, identity)
            if project is not None and await access.may(actor, "repository", "list", project):
                seen.add(identity)
        return seen

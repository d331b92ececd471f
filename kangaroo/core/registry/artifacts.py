"""Artifacts as people see them: lists, single ones with all that belongs to them, and their end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import ProjectName, Reference, RepositoryName
from kangaroo.base.paging import Page
from kangaroo.base.query import ListQuery
from kangaroo.core.projects import Label, Rulebook
from kangaroo.core.registry.pull import Parts
from kangaroo.core.registry.remove import Removals
from kangaroo.store.meta import artifacts as rows
from kangaroo.store.meta import artifacts_parts as parts_rows
from kangaroo.store.meta import labels, pushes, registry, removals
from kangaroo.store.meta.artifacts import Artifact
from kangaroo.store.meta.artifacts_parts import Accessory, TagRow
from kangaroo.store.meta.artifacts_parts import Reference as Child
from kangaroo.store.meta.database import Selects

AT_ONCE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What is wanted with artifacts. `inherited`: the signatures of the indexes a child belongs to."""

    tags: bool = True
    labels: bool = False
    accessories: bool = True
    inherited: bool = False
    immutable: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """An artifact with what was wanted. `immutable` are those of its tags; `children` those of an index."""

    artifact: Artifact
    children: Sequence[Child]
    tags: Sequence[TagRow]
    immutable: frozenset[str]
    labels: Sequence[Label]
    accessories: Sequence[Accessory]
    inherited: Sequence[Accessory]


class Artifacts:
    def __init__(self, parts: Parts, removals: Removals, rulebook: Rulebook) -> None:
        self._parts = parts
        self._removals = removals
        self._gatherer = _Gatherer(rulebook)

    async def page(
        self, actor: Actor, name: RepositoryName, query: ListQuery, details: Details = Details()
    ) -> Page[Shown]:
        """Of a repository, the newest first. Raises REPOSITORY_UNKNOWN, BAD_REQUEST."""
        await self._parts.access.require(actor, "artifact", "list", name.project)
        async with self._parts.database.read() as snapshot:
            repository = await listed_repository(snapshot, name)
            found = await rows.in_repository(snapshot, repository.id, query)
            return Page(await self._gatherer.of(snapshot, found.items, details), found.total)

    async def page_of_project(
        self,
        actor: Actor,
        project: ProjectName,
        query: ListQuery,
        details: Details = Details(),
        *,
        latest: bool = False,
    ) -> Page[Shown]:
        """`latest`: only the last pushed of each repository, of the media or artifact type `query` names."""
        place = await self._parts.access.require(actor, "artifact", "list", project)
        async with self._parts.database.read() as snapshot:
            found = await rows.in_project(snapshot, place.id, query, latest=latest)
            return Page(await self._gatherer.of(snapshot, found.items, details), found.total)

    async def get(
        self, actor: Actor, name: RepositoryName, reference: Reference, details: Details = Details()
    ) -> Shown:
        """Raises REPOSITORY_UNKNOWN, MANIFEST_UNKNOWN."""
        await self._parts.access.require(actor, "artifact", "read", name.project)
        async with self._parts.database.read() as snapshot:
            found = await known_artifact(snapshot, name, reference)
            [shown] = await self._gatherer.of(snapshot, [found], details)
        return shown

    async def delete(self, actor: Actor, name: RepositoryName, reference: Reference) -> None:
        """With all its tags and accessories, even if one tag names it.

        Raises MANIFEST_UNKNOWN, TAG_IMMUTABLE, REFERENCED while an index lists it.
        """
        await self._parts.access.require(actor, "artifact", "delete", name.project)
        async with self._parts.database.write() as transaction:
            repository = await pushes.lock_repository(transaction, name)
            found = await known_artifact(transaction, name, reference)
            assert repository is not None
            if await rows.is_child(transaction, repository.id, found.digest):
                raise Failure(Code.REFERENCED, what=f"artifact {found.digest}", by="an index")
            doomed = await removals.with_accessories(transaction, repository.id, found.id, found.digest)
            await self._removals.artifacts(transaction, actor, name, repository, doomed)

    async def accessories(
        self, actor: Actor, name: RepositoryName, reference: Reference, query: ListQuery
    ) -> Page[Accessory]:
        """Raises REPOSITORY_UNKNOWN, MANIFEST_UNKNOWN."""
        await self._parts.access.require(actor, "accessory", "list", name.project)
        async with self._parts.database.read() as snapshot:
            found = await known_artifact(snapshot, name, reference)
            return await parts_rows.accessory_page(snapshot, found.id, query)


async def listed_repository(selects: Selects, name: RepositoryName) -> registry.Repository:
    """Raises REPOSITORY_UNKNOWN."""
    found = await registry.repository(selects, name)
    if found is None or not found.listed:
        raise Failure(Code.REPOSITORY_UNKNOWN, repository=name)
    return found


async def known_artifact(selects: Selects, name: RepositoryName, reference: Reference) -> Artifact:
    """Raises REPOSITORY_UNKNOWN, MANIFEST_UNKNOWN."""
    repository = await listed_repository(selects, name)
    found = await rows.find(selects, repository.id, reference)
    if found is None:
        raise Failure(Code.MANIFEST_UNKNOWN, reference=reference, repository=name)
    return found


class _Gatherer:
    """Finds what belongs to the artifacts of a page: one statement for each kind of thing."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook

    async def of(self, selects: Selects, found: Sequence[Artifact], wanted: Details) -> list[Shown]:
        shown: list[Shown] = []
        for start in range(0, len(found), AT_ONCE):  # a list without pages may be long
            shown += await self._of(selects, found[start : start + AT_ONCE], wanted)
        return shown

    async def _of(self, selects: Selects, found: Sequence[Artifact], wanted: Details) -> list[Shown]:
        ids = [one.id for one in found]
        children = await parts_rows.references_of(selects, ids)
        tags = await parts_rows.tags_of(selects, ids if wanted.tags else [])
        immutable = await self._immutable(selects, found, tags) if wanted.immutable else {}
        words = await labels.of_artifacts(selects, ids if wanted.labels else [])
        accessories = await parts_rows.accessories_of(selects, ids if wanted.accessories else [])
        inherited = await parts_rows.inherited_by(selects, ids if wanted.inherited else [])
        return [
            Shown(
                one,
                children.get(one.id, ()),
                tags.get(one.id, ()),
                immutable.get(one.id, frozenset()),
                words.get(one.id, ()),
                accessories.get(one.id, ()),
                inherited.get(one.id, ()),
            )
            for one in found
        ]

    async def _immutable(
        self, selects: Selects, found: Sequence[Artifact], tags: Mapping[int, Sequence[TagRow]]
    ) -> dict[int, frozenset[str]]:
        kept = {}
        for one in found:
            names = [tag.name for tag in tags.get(one.id, ())]
            name = RepositoryName(one.repository)
            kept[one.id] = frozenset(
                await self._rulebook.immutable(selects, one.project_id, name, names) if names else ()
            )
        return kept

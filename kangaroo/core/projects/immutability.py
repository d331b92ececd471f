"""Tags that stay what they are: the rules of a project, and the gate that keeps them."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

import msgspec

from kangaroo.base.actors import Actor
from kangaroo.base.clock import Clock
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import ProjectName, RepositoryName, Tag
from kangaroo.base.paging import Page
from kangaroo.base.query import ListQuery
from kangaroo.core.access import Access, ProjectFacts
from kangaroo.core.access.journal import Deed, EventType
from kangaroo.core.access.recent import Recent
from kangaroo.core.projects.rules import Rule, checked_json, immutable
from kangaroo.store.meta import rules as rows
from kangaroo.store.meta.database import ACCESS, Dangling, Database, Duplicate, Selects, Transaction

_REMEMBERED = 20_000  # projects
_rule = msgspec.json.Decoder(Rule)


class KeptRule(NamedTuple):
    id: int
    disabled: bool
    rule: Rule


class Rulebook:
    """The enabled rules of each project, remembered until anybody changes one: most projects have none."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rules: Recent[int, tuple[Rule, ...]] = Recent(_REMEMBERED)
        self._generation: int | None = None

    async def immutable(
        self, selects: Selects, project: int, repository: RepositoryName, tags: Iterable[str]
    ) -> list[str]:
        """Those of the tags that may not change."""
        found = await self._of(selects, project)
        return [tag for tag in tags if immutable(found, repository.image, tag)] if found else []

    async def _of(self, selects: Selects, project: int) -> tuple[Rule, ...]:
        generation = self._database.generation(ACCESS)
        if generation != self._generation:
            self._rules = Recent(_REMEMBERED)
            self._generation = generation
        remembered = self._rules
        found = remembered.get(project)
        if found is None:
            found = tuple(_rule.decode(text) for text in await rows.enabled(selects, project))
            remembered.put(project, found)
        return found


class Immutability:
    """Every method raises UNAUTHORIZED, FORBIDDEN and PROJECT_UNKNOWN as `Access.require` does."""

    def __init__(self, database: Database, access: Access, clock: Clock) -> None:
        self._database = database
        self._access = access
        self._clock = clock

    async def page(self, actor: Actor, project: ProjectName, query: ListQuery) -> Page[KeptRule]:
        """In the order they were made, unless asked otherwise."""
        place = await self._access.require(actor, "immutable-tag", "list", project)
        async with self._database.read() as snapshot:
            found = await rows.page(snapshot, place.id, query)
        return Page(
            [KeptRule(row.id, row.disabled, _rule.decode(row.rule)) for row in found.items], found.total
        )

    async def create(self, actor: Actor, project: ProjectName, rule: Rule, *, disabled: bool = False) -> int:
        """Raises BAD_REQUEST with what is wrong with it, CONFLICT for the same rule twice."""
        place = await self._access.require(actor, "immutable-tag", "create", project)
        text = checked_json(rule)
        try:
            async with self._database.write() as transaction:
                identity = await rows.add(transaction, place.id, text, disabled=disabled, now=self._clock())
                await self._record(transaction, actor, "create_immutable-tag", place, identity)
        except Duplicate as error:
            raise Failure(Code.CONFLICT, what="immutable rule") from error
        except Dangling as error:
            raise Failure(Code.PROJECT_UNKNOWN, project=project) from error
        return identity

    async def update(
        self, actor: Actor, project: ProjectName, rule_id: int, rule: Rule, *, disabled: bool
    ) -> None:
        """Raises as `create` does, and NOT_FOUND."""
        place = await self._access.require(actor, "immutable-tag", "update", project)
        text = checked_json(rule)
        try:
            async with self._database.write() as transaction:
                _must(await rows.change(transaction, place.id, rule_id, text, disabled=disabled), rule_id)
                await self._record(transaction, actor, "update_immutable-tag", place, rule_id)
        except Duplicate as error:
            raise Failure(Code.CONFLICT, what="immutable rule") from error

    async def delete(self, actor: Actor, project: ProjectName, rule_id: int) -> None:
        """Raises NOT_FOUND."""
        place = await self._access.require(actor, "immutable-tag", "delete", project)
        async with self._database.write() as transaction:
            _must(await rows.remove(transaction, place.id, rule_id), rule_id)
            await self._record(transaction, actor, "delete_immutable-tag", place, rule_id)

    async def _record(
        self, transaction: Transaction, actor: Actor, event: EventType, place: ProjectFacts, rule_id: int
    ) -> None:
        deed = Deed(event, f"{place.name}/{rule_id}", place.id)
        await self._access.journal.record(transaction, actor.name, deed)


class Push(Protocol):
    """What the gate must know of a push (core.registry.gates.ManifestPush)."""

    @property
    def repository(self) -> RepositoryName: ...
    @property
    def project_id(self) -> int: ...
    @property
    def tag(self) -> Tag | None: ...
    @property
    def replaces(self) -> int | None: ...


class Removal(Protocol):
    """And of a removal."""

    @property
    def repository(self) -> RepositoryName: ...
    @property
    def project_id(self) -> int: ...
    @property
    def tags(self) -> Sequence[str]: ...


class ImmutabilityGate:
    """No push to a tag that exists and is immutable, be it the same content again; no removal of one."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook

    async def before_push(self, transaction: Transaction, push: Push) -> None:
        if push.tag is None or push.replaces is None:
            return
        if await self._rulebook.immutable(transaction, push.project_id, push.repository, [push.tag]):
            raise Failure(Code.TAG_IMMUTABLE, repository=push.repository, tag=push.tag)

    async def before_pull(self, selects: Selects, pull: object) -> None:
        """Nothing is ever refused to a reader."""

    async def before_removal(self, transaction: Transaction, removal: Removal) -> None:
        kept = await self._rulebook.immutable(
            transaction, removal.project_id, removal.repository, removal.tags
        )
        if kept:
            raise Failure(Code.TAG_IMMUTABLE, "tag_kept", repository=removal.repository, tag=kept[0])


def _must(done: bool, rule_id: int) -> None:
    if not done:
        raise Failure(Code.NOT_FOUND, what=f"immutable rule {rule_id}")

"""Making, finding, changing and ending projects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from kangaroo.base.actors import SYSTEM, Actor, ActorKind
from kangaroo.base.clock import Micros
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import ProjectName
from kangaroo.base.paging import Page
from kangaroo.base.query import ListQuery
from kangaroo.core.access import Access, Role
from kangaroo.core.access.journal import Deed
from kangaroo.core.access.roles import STRONGEST_FIRST
from kangaroo.core.projects import keys
from kangaroo.core.projects.allowlists import Allowlists, checked_items
from kangaroo.core.projects.immutability import Immutability, Rulebook
from kangaroo.core.projects.labels import Labels
from kangaroo.core.projects.metadata import Metadata, space_changed
from kangaroo.core.projects.quotas import UNLIMITED, Quotas, checked_limit
from kangaroo.jobs import Queue
from kangaroo.store.meta import allowlists, projects_details, projects_metadata, projects_removal
from kangaroo.store.meta import projects as rows
from kangaroo.store.meta.database import Dangling, Duplicate, Transaction
from kangaroo.store.meta.projects import Quota
from kangaroo.store.meta.projects_details import ProjectDetails

LIBRARY = ProjectName("library")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectSpec:
    """What is asked for a new project. `storage_limit` in bytes; `registry` is what it is to be a proxy of."""

    metadata: Mapping[str, str] = field(default_factory=dict)
    storage_limit: int | None = None
    registry: int | None = None


@dataclass(frozen=True, slots=True)
class AllowlistChange:
    """The new content of a project's allowlist; `project_id` 0 or the project's own."""

    items: Sequence[str]
    expires_at: Micros | None
    project_id: int = 0


@dataclass(frozen=True, slots=True)
class Summary:
    """`members` and `quota` are None for who may not know them; `quota`, too, while quotas are switched off."""

    repositories: int
    members: Mapping[Role, int] | None
    quota: Quota | None


class Projects:
    """The subject: projects themselves here, what belongs to them behind one name each.

    Every method raises UNAUTHORIZED, FORBIDDEN and PROJECT_UNKNOWN as `Access.require` does.
    """

    def __init__(self, queue: Queue, access: Access) -> None:
        database, clock = queue.database, queue.clock
        self._queue = queue
        self._database = database
        self._access = access
        self._clock = clock
        self.metadata = Metadata(queue, access)
        self.quotas = Quotas(database, access, clock)
        self.labels = Labels(database, access, clock)
        self.allowlists = Allowlists(database, access, clock)
        self.immutability = Immutability(database, access, clock)
        self.rulebook = Rulebook(database)

    async def create(
        self, actor: Actor, name: ProjectName, spec: ProjectSpec = ProjectSpec(), *, public: bool = False
    ) -> int:
        """The new project's id; its maker becomes its administrator. `public` unless the metadata say otherwise.

        Raises BAD_REQUEST, CONFLICT when the name is taken.
        """
        trusted = await self._may_create(actor)
        if spec.registry is not None:
            if not trusted:
                raise Failure(Code.FORBIDDEN, "proxy_admins_only")
            raise Failure(Code.NOT_FOUND, what=f"registry {spec.registry}")
        if spec.metadata.get(keys.RETENTION):
            reason = (
                "the retention_id in the request's payload when creating a project should be omitted, "
                "alternatively passing an empty string"
            )
            raise Failure(Code.BAD_REQUEST, reason=reason)
        metadata = keys.given(spec.metadata)
        shown = metadata.pop(keys.PUBLIC, "true" if public else "false") == "true"
        hard = await self._limit(spec, trusted)
        owner = actor.id if actor.kind is ActorKind.USER else 0
        try:
            async with self._database.write() as transaction:
                identity = await rows.add(
                    transaction, name, owner=owner, public=shown, hard=hard, now=self._clock()
                )
                await projects_metadata.put(transaction, identity, metadata)
                if owner:
                    await self._access.make_project_admin(transaction, identity, owner)
                deed = Deed("create_project", name, identity)
                await self._access.journal.record(transaction, actor.name, deed)
        except Duplicate as error:
            raise Failure(Code.CONFLICT, what=f"project {name}") from error
        return identity

    async def exists(self, actor: Actor, name: ProjectName) -> bool:
        """Names are no secret to who signed in: a taken one could not be given to a new project either."""
        if not actor.known:
            raise Failure(Code.UNAUTHORIZED)
        return await rows.find(self._database.lookup, name) is not None

    async def get(self, actor: Actor, name: ProjectName) -> ProjectDetails:
        await self._access.require(actor, "project", "read", name)
        async with self._database.read() as snapshot:
            found = await projects_details.get(snapshot, name, _user(actor))
        if found is None:
            raise Failure(Code.PROJECT_UNKNOWN, project=name)
        return _ranked(found)

    async def page(self, actor: Actor, query: ListQuery) -> Page[ProjectDetails]:
        """By name: the public ones and the actor's own; all of them for who may see every project."""
        sight = await self._access.sight(actor)
        also = None if sight.everything else sight.projects
        async with self._database.read() as snapshot:
            found = await projects_details.page(snapshot, query, _user(actor), also=also)
        return Page([_ranked(one) for one in found.items], found.total)

    async def update(
        self,
        actor: Actor,
        name: ProjectName,
        metadata: Mapping[str, str],
        allowlist: AllowlistChange | None = None,
    ) -> None:
        """What is not named stays as it is. Raises BAD_REQUEST."""
        place = await self._access.require(actor, "project", "update", name)
        changes = keys.given(metadata)
        try:
            async with self._database.write() as transaction:
                await self._check_retention(transaction, place.id, metadata.get(keys.RETENTION))
                if (public := changes.pop(keys.PUBLIC, None)) is not None:
                    await projects_metadata.publish(transaction, place.id, public == "true")
                    await space_changed(self._queue, transaction, actor, name)
                await projects_metadata.put(transaction, place.id, changes)
                if allowlist is not None:
                    await self._set_allowlist(transaction, place.id, allowlist)
                if not await projects_metadata.touched(transaction, place.id, self._clock()):
                    raise Failure(Code.PROJECT_UNKNOWN, project=name)
                deed = Deed("update_project", name, place.id)
                await self._access.journal.record(transaction, actor.name, deed)
        except Dangling as error:
            raise Failure(Code.PROJECT_UNKNOWN, project=name) from error

    async def deletable(self, actor: Actor, name: ProjectName) -> bool:
        """Not while there are repositories in it."""
        place = await self._access.require(actor, "project", "delete", name)
        async with self._database.read() as snapshot:
            totals = await projects_details.totals(snapshot, place.id)
        return totals is None or totals.repositories == 0

    async def delete(self, actor: Actor, name: ProjectName) -> None:
        """With its robots, members, rules, labels; the name is free again. Raises PRECONDITION."""
        place = await self._access.require(actor, "project", "delete", name)
        async with self._database.write() as transaction:
            if not await projects_removal.lock_if_empty(transaction, place.id):
                raise Failure(Code.PRECONDITION, "project_not_empty")
            if not await projects_removal.remove(transaction, place.id):
                raise Failure(Code.PROJECT_UNKNOWN, project=name)
            await space_changed(self._queue, transaction, actor, name)
            await self._access.journal.record(transaction, actor.name, Deed("delete_project", name, place.id))

    async def summary(self, actor: Actor, name: ProjectName) -> Summary:
        place = await self._access.require(actor, "project", "read", name)
        counted = (await self._access.configuration.values()).quota_per_project_enable
        quota = counted and await self._access.may(actor, "quota", "read", name)
        members = await self._access.may(actor, "member", "list", name)
        async with self._database.read() as snapshot:
            totals = await projects_details.totals(snapshot, place.id)
            roles = await projects_details.members_by_role(snapshot, place.id) if members else {}
        if totals is None:
            raise Failure(Code.PROJECT_UNKNOWN, project=name)
        return Summary(
            totals.repositories,
            {role: roles.get(role, 0) for role in STRONGEST_FIRST} if members else None,
            Quota(totals.hard, totals.used) if quota else None,
        )

    async def bootstrap(self) -> None:
        """The public project every registry starts with."""
        if await rows.find(self._database.lookup, LIBRARY) is None:
            await self.create(SYSTEM, LIBRARY, public=True)

    async def _may_create(self, actor: Actor) -> bool:
        """People may unless it is left to administrators. True for who has the right in the whole system: he may
        also decide about quota.
        """
        if await self._access.may(actor, "project", "create"):
            return True
        subject = await self._access.subject(actor)
        if subject.kind is not ActorKind.USER or not subject.active or actor.scopes is not None:
            await self._access.require(actor, "project", "create")
        values = await self._access.configuration.values()
        if values.project_creation_restriction == "adminonly":
            raise Failure(Code.FORBIDDEN, "project_admins_only")
        return False

    async def _limit(self, spec: ProjectSpec, trusted: bool) -> int:
        values = await self._access.configuration.values()
        if not values.quota_per_project_enable:
            return UNLIMITED
        if trusted and spec.storage_limit:
            return checked_limit(spec.storage_limit)
        return values.storage_per_project

    async def _check_retention(self, transaction: Transaction, project: int, given: str | None) -> None:
        """Clients send back what they read; more they may not say about it."""
        if given and given != (await projects_details.metadata(transaction, project)).get(keys.RETENTION):
            raise Failure(Code.BAD_REQUEST, "retention_id_given")

    async def _set_allowlist(self, transaction: Transaction, project: int, change: AllowlistChange) -> None:
        if change.project_id not in (0, project):
            raise Failure(Code.BAD_REQUEST, "allowlist_project", expected=project, actual=change.project_id)
        items = checked_items(change.items)
        await allowlists.put(transaction, project, items, change.expires_at, self._clock())


def _user(actor: Actor) -> int:
    return actor.id if actor.kind is ActorKind.USER else 0


def _ranked(found: ProjectDetails) -> ProjectDetails:
    """With the strongest role first, each once."""
    return replace(found, roles=[role for role in STRONGEST_FIRST if role in found.roles])

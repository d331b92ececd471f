"""The one decision all subjects of core use: may this actor do this, here, now?"""

from dataclasses import dataclass
from typing import overload

from kangaroo.base.actors import SYSTEM, Actor, ActorKind
from kangaroo.base.clock import Clock, Micros
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import ProjectName
from kangaroo.core.access.configuration import Configuration
from kangaroo.core.access.facts import Facts, Standing
from kangaroo.core.access.journal import Journal
from kangaroo.core.access.roles import (
    PROJECT_PAIRS,
    STRONGEST_FIRST,
    SYSTEM_PAIRS,
    Action,
    Pair,
    Resource,
    Role,
)
from kangaroo.core.access.rules import ProjectFacts, Subject, allowed
from kangaroo.core.access.scopes import CATALOG_SCOPE, within
from kangaroo.store.meta import access as rows
from kangaroo.store.meta.database import Database

_JUST_NOW: Micros = 2000
_CHANGES = ("push", "delete", "update")


@dataclass(frozen=True, slots=True)
class Sight:
    """Which projects somebody sees besides the public ones: `everything`, or those with these ids."""

    everything: bool = False
    projects: frozenset[int] = frozenset()


class Decisions:
    def __init__(self, database: Database, clock: Clock, configuration: Configuration) -> None:
        self._database = database
        self._configuration = configuration
        self._now = clock
        self._facts = Facts(database, clock, configuration)
        self.journal = Journal(configuration, clock)

    def refresh(self) -> None:
        """Look for changes: once at the head of a request that asks `cached_decision`."""
        self._facts.fresh()

    def cached_decision(self, actor: Actor, project: ProjectName, action: Action) -> bool | None:
        """`may` for repositories without waiting; None when it is not known here: ask `may`.

        Does not look for changes itself: ask it right after `refresh`, `cached_token` or `cached_basic`; later
        than two milliseconds after somebody did, it knows nothing.
        """
        state = self._facts.state
        if self._now() - state.at > _JUST_NOW or (state.frozen and action in _CHANGES):
            return None
        standing = state.standings.get((actor.kind, actor.id, project))
        if standing is None or standing.registry is None:
            return None
        return action in standing.registry and within(actor, project, action)

    async def may(
        self, actor: Actor, resource: Resource, action: Action, project: ProjectName | None = None
    ) -> bool:
        """In a project, or without one in the system. A project nobody has made is nobody's: only who may do
        this in every project may do it there. Failures: UNAVAILABLE of the database.
        """
        return _decide(actor, await self._facts.standing(actor, project), resource, action)

    @overload
    async def require(
        self, actor: Actor, resource: Resource, action: Action, project: ProjectName
    ) -> ProjectFacts: ...

    @overload
    async def require(
        self, actor: Actor, resource: Resource, action: Action, project: None = None
    ) -> None: ...

    async def require(
        self, actor: Actor, resource: Resource, action: Action, project: ProjectName | None = None
    ) -> ProjectFacts | None:
        """`may`, or raise UNAUTHORIZED (to strangers) or FORBIDDEN (to whom we know).

        Returns the project; raises PROJECT_UNKNOWN only to those who may do this in every project, so that
        others cannot find out which names are taken. Raises DENIED for changes of repositories in read-only
        mode.
        """
        standing = await self._facts.standing(actor, project)
        if not _decide(actor, standing, resource, action):
            if not actor.known:
                raise Failure(Code.UNAUTHORIZED)
            place = resource if project is None else f"{resource} of project {project}"
            raise Failure(Code.FORBIDDEN, action=action, resource=place)
        if standing.project is not None and standing.project.id == 0:
            raise Failure(Code.PROJECT_UNKNOWN, project=project)
        if resource == "repository" and action in _CHANGES and await self._frozen(actor):
            raise Failure(Code.DENIED, "read_only")
        return standing.project

    async def _frozen(self, actor: Actor) -> bool:
        """In read-only mode nobody changes content, nor does the system for somebody; our own jobs go on."""
        return actor != SYSTEM and (await self._configuration.values()).read_only

    async def permissions(self, actor: Actor, project: ProjectName | None = None) -> list[Pair]:
        """Everything the actor may do there, for screens that grey out the rest. Raises UNAUTHORIZED to strangers."""
        if not actor.known:
            raise Failure(Code.UNAUTHORIZED)
        standing = await self._facts.standing(actor, project)
        pairs = SYSTEM_PAIRS if project is None else PROJECT_PAIRS
        return sorted(pair for pair in pairs if _decide(actor, standing, *pair))

    async def roles(self, actor: Actor, project: ProjectName) -> list[Role]:
        """The actor's own roles in a project, the strongest first; a sysadmin without a role has none."""
        held = (await self._facts.standing(actor, project)).subject.roles
        return [role for role in STRONGEST_FIRST if role in held]

    async def subject(self, actor: Actor) -> Subject:
        """The actor as rules see him, outside any project."""
        return (await self._facts.standing(actor, None)).subject

    async def sight(self, actor: Actor) -> Sight:
        """For lists of projects."""
        subject = await self.subject(actor)
        if not subject.active or actor.scopes is not None:
            return Sight()
        if subject.kind is ActorKind.SYSTEM or subject.sysadmin:
            return Sight(everything=True)
        if subject.kind is ActorKind.USER:
            return Sight(projects=await rows.projects_of_user(self._database.lookup, actor.id))
        inside = [
            grant
            for grant in subject.grants
            if grant.kind == "project" and any(right.effect == "allow" for right in grant.access)
        ]
        everywhere = subject.home is None and any(grant.namespace == "*" for grant in inside)
        return Sight(everywhere, frozenset(grant.project_id for grant in inside))


def _decide(actor: Actor, standing: Standing, resource: Resource, action: Action) -> bool:
    """The present right, narrowed by what the actor's token was issued for."""
    if not allowed(standing.subject, resource, action, standing.project):
        return False
    if actor.scopes is None:
        return True
    if standing.project is None:
        return (resource, action) == ("catalog", "read") and within(actor, CATALOG_SCOPE, "*")
    return resource == "repository" and within(actor, standing.project.name, action)

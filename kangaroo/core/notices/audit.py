"""Reading the audit log: administrators see everything, others what happened in the projects whose log is theirs."""

from enum import Enum

from kangaroo.base.actors import Actor
from kangaroo.base.clock import Micros
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import ProjectName
from kangaroo.base.paging import Page
from kangaroo.base.query import ListQuery
from kangaroo.core.access import Access
from kangaroo.core.access.journal import EVENT_TYPES
from kangaroo.store.meta import notices as rows
from kangaroo.store.meta import notices_activity, projects
from kangaroo.store.meta.database import Database
from kangaroo.store.meta.notices import Extent, Notice
from kangaroo.store.meta.notices_activity import DAY, Day


class View(Enum):
    """Of the one log: everything, or only what Harbor's older log had."""

    EVERYTHING = 1
    CONTENT = 2


_OPERATIONS = {View.EVERYTHING: (), View.CONTENT: ("create", "delete", "pull")}
_TYPES = {View.EVERYTHING: (), View.CONTENT: ("artifact", "tag", "repository", "project", "robot")}


class Audit:
    def __init__(self, database: Database, access: Access) -> None:
        self._database = database
        self._access = access

    async def page(self, actor: Actor, query: ListQuery, view: View = View.EVERYTHING) -> Page[Notice]:
        """The newest first: of everything, or of the projects whose log the actor may see. Raises UNAUTHORIZED."""
        if not actor.known:
            raise Failure(Code.UNAUTHORIZED)
        everything = await self._access.may(actor, "audit-log", "list")
        return await self._page(query, view, None if everything else await self._projects(actor))

    async def page_of_project(
        self, actor: Actor, project: ProjectName, query: ListQuery, view: View = View.EVERYTHING
    ) -> Page[Notice]:
        """Raises UNAUTHORIZED, FORBIDDEN, PROJECT_UNKNOWN as `Access.require` does."""
        place = await self._access.require(actor, "log", "list", project)
        return await self._page(query, view, {place.id})

    async def activity(self, actor: Actor, until: Micros, days: int) -> list[Day]:
        """Pushes and pulls of the last days, the oldest first, up to `until`: of everything, or of
        the projects whose log the actor may see. Raises UNAUTHORIZED.
        """
        if not actor.known:
            raise Failure(Code.UNAUTHORIZED)
        everything = await self._access.may(actor, "audit-log", "list")
        seen = None if everything else await self._projects(actor)
        async with self._database.read() as snapshot:
            return await notices_activity.by_day(snapshot, until - days * DAY, days, seen)

    async def event_types(self, actor: Actor) -> tuple[str, ...]:
        """What can be switched off. Raises UNAUTHORIZED, FORBIDDEN."""
        await self._access.require(actor, "audit-log", "list")
        return EVENT_TYPES

    async def _page(self, query: ListQuery, view: View, seen: set[int] | None) -> Page[Notice]:
        async with self._database.read() as snapshot:
            return await rows.page(snapshot, query, Extent(seen, _OPERATIONS[view], _TYPES[view]))

    async def _projects(self, actor: Actor) -> set[int]:
        seen = set()
        for identity in (await self._access.sight(actor)).projects:
            name = await projects.name_of(self._database.lookup, identity)
            if name is not None and await self._access.may(actor, "log", "list", name):
                seen.add(identity)
        return seen

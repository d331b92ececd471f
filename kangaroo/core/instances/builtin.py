"""The built-in registry behind the contract of the remote ones: called in this process, not over a network.

It acts with the system's rights, under the name of whoever asked for it: what he may do has been decided before, as
it has for a remote one, which only knows the credential we have for it.
"""

import asyncio
import time
from dataclasses import dataclass

from kangaroo import __version__
from kangaroo.base.actors import Actor, ActorKind
from kangaroo.base.names import ProjectName
from kangaroo.base.paging import Page, Window
from kangaroo.base.query import Contains, ListQuery, Sort, equal
from kangaroo.core.access import Access
from kangaroo.core.instances.builtin_content import BuiltInContent
from kangaroo.core.instances.builtin_images import BuiltInImages
from kangaroo.core.instances.builtin_robots import BuiltInRobots
from kangaroo.core.instances.builtin_terms import contract_failures, project_of
from kangaroo.core.projects import ProjectDetails, Projects
from kangaroo.core.registry import Registry
from kangaroo.remote.contract import Replication, Retention, Scanning
from kangaroo.remote.lacking import lacks
from kangaroo.remote.names import SpaceName
from kangaroo.remote.values import Account, Capability, Identity, Kind, Quota, Space, Statistics
from kangaroo.store.content.contract import ContentStore
from kangaroo.store.meta.database import Database

CAPABILITIES = frozenset(
    {
        Capability.SPACES_CREATE,
        Capability.SPACES_DELETE,
        Capability.SPACES_VISIBILITY,
        Capability.QUOTA,
        Capability.STATISTICS,
        Capability.DELETE,
        Capability.DESCRIPTION,
        Capability.ROBOTS,
    }
)


@dataclass(frozen=True, slots=True)
class Inside:
    """What the built-in registry is made of."""

    access: Access
    projects: Projects
    registry: Registry
    database: Database
    content: ContentStore


class BuiltIn:
    """For one actor; making it costs nothing."""

    def __init__(self, inside: Inside, actor: Actor) -> None:
        acting = Actor(ActorKind.SYSTEM, name=actor.name, sysadmin=True)
        self._inside = inside
        self.spaces = BuiltInSpaces(inside.projects, inside.registry, acting)
        self.images = BuiltInImages(inside.registry, acting)
        self.content = BuiltInContent(inside.registry, acting)
        self.robots = BuiltInRobots(inside.access, acting)

    @property
    def kind(self) -> Kind:
        """It speaks Harbor's API."""
        return Kind.HARBOR

    @property
    def capabilities(self) -> frozenset[Capability]:
        return CAPABILITIES

    @property
    def scanning(self) -> Scanning:
        lacks(self.kind, Capability.SCAN)

    @property
    def retention(self) -> Retention:
        lacks(self.kind, Capability.RETENTION)

    @property
    def replication(self) -> Replication:
        lacks(self.kind, Capability.REPLICATION)

    async def identify(self) -> Identity:
        await self.probe()
        return Identity(self.kind, __version__, Account.ADMIN, "system", CAPABILITIES)

    async def probe(self) -> float:
        start = time.perf_counter()
        await asyncio.gather(self._inside.database.check(), self._inside.content.check())
        return time.perf_counter() - start

    async def close(self) -> None:
        """There is nothing to close."""


class BuiltInSpaces:
    def __init__(self, projects: Projects, registry: Registry, actor: Actor) -> None:
        self._projects = projects
        self._registry = registry
        self._actor = actor

    async def page(self, window: Window, fuzzy: str = "", public: bool | None = None) -> Page[Space]:
        query = ListQuery(sorts=(Sort("name"),), window=window)
        if fuzzy:
            query = query.where("name", Contains(fuzzy))
        if public is not None:
            query = query.where("public", equal("true" if public else "false"))
        found = await self._projects.page(self._actor, query)
        return Page([_space(one) for one in found.items], found.total)

    async def get(self, space: SpaceName) -> Space:
        with contract_failures():
            return _space(await self._projects.get(self._actor, project_of(space)))

    async def create(self, space: SpaceName, *, public: bool) -> None:
        await self._projects.create(self._actor, ProjectName.parse(space), public=public)

    async def delete(self, space: SpaceName) -> None:
        with contract_failures():
            await self._projects.delete(self._actor, project_of(space))

    async def set_public(self, space: SpaceName, *, public: bool) -> None:
        word = "true" if public else "false"
        with contract_failures():
            await self._projects.update(self._actor, project_of(space), {"public": word})

    async def quota(self, space: SpaceName) -> Quota:
        with contract_failures():
            summary = await self._projects.summary(self._actor, project_of(space))
        quota = summary.quota
        return Quota(0, None) if quota is None else Quota(quota.used, quota.hard if quota.hard >= 0 else None)

    async def statistics(self) -> Statistics:
        found = await self._registry.catalogue.statistics(self._actor)
        return Statistics(
            public_spaces=found.public.projects,
            private_spaces=found.private.projects,
            public_images=found.public.repositories,
            private_images=found.private.repositories,
            storage=found.bytes,
        )


def _space(row: ProjectDetails) -> Space:
    return Space(
        name=SpaceName(row.name),
        public=row.metadata.get("public") == "true",
        images=row.repositories,
        created=row.created_at,
        id=row.id,
        retention_id=int(row.metadata.get("retention_id") or 0),
    )

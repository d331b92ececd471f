"""Managed Harbors, the whole subject behind one name."""

from dataclasses import dataclass
from typing import Any

import msgspec

from kangaroo.base.actors import Actor
from kangaroo.base.clock import Clock, Micros, now
from kangaroo.base.paging import Page
from kangaroo.base.query import ListQuery
from kangaroo.base.reasons import Explained
from kangaroo.core.access.secrets import Cipher
from kangaroo.core.instances import Point
from kangaroo.core.managed.changing import Change
from kangaroo.core.managed.choices import Choices
from kangaroo.core.managed.dependencies import targets_of
from kangaroo.core.managed.ground import Ground, Outside, Platform, Terms, annotations_of, name_of, spec_of
from kangaroo.core.managed.jobs import ManagedJobs
from kangaroo.core.managed.looking import Looking, Sight, sight_of
from kangaroo.core.managed.making import Making, Wish
from kangaroo.core.managed.middlewares import Middlewares
from kangaroo.core.managed.names import HarborName
from kangaroo.core.managed.preflight import Preflight
from kangaroo.core.managed.reasons import explained
from kangaroo.core.managed.removing import Farewell, Removing
from kangaroo.core.managed.resolving import resolve
from kangaroo.core.managed.rotating import Rotating
from kangaroo.core.managed.rows import Check, Row
from kangaroo.core.managed.spec import HarborSpec
from kangaroo.core.managed.standing import Phase, State
from kangaroo.core.managed.verifying import Verifying
from kangaroo.remote.dependencies.contract import Target
from kangaroo.store.meta import clusters as cluster_rows
from kangaroo.store.meta import managed as rows
from kangaroo.store.meta.managed import HarborRow


@dataclass(frozen=True, slots=True)
class Harbor:
    """One, without its secrets. `cluster_known`: it is still registered; `failure`: what is wrong, if anything is."""

    name: HarborName
    spec: HarborSpec
    annotations: dict[str, str]
    author: str
    created_at: Micros
    phase: Phase
    state: State
    failure: Explained | None
    sight: Sight
    transition_at: Micros
    checked_at: Micros | None
    next_at: Micros
    cluster_state: str | None


class ManagedHarbors:
    """`choices` is what a form offers, `middlewares` and `verifying` what a Harbor needs beside itself."""

    def __init__(
        self,
        platform: Platform,
        outside: Outside,
        cipher: Cipher,
        terms: Terms | None = None,
        clock: Clock = now,
    ) -> None:
        self._ground = ground = Ground(platform, outside, cipher, terms or Terms(), clock)
        rotating = Rotating(ground)
        self.choices = Choices(ground)
        self.verifying = Verifying(ground)
        self.middlewares = Middlewares(ground)
        self._making = Making(ground, Preflight(ground), rotating)
        self._removing = Removing(ground, self.middlewares)
        self.looking = Looking(ground, self._removing, rotating)
        self.jobs = ManagedJobs(ground, self.looking, self.verifying)

    async def get(self, actor: Actor, name: HarborName) -> Harbor:
        """As it was seen last. Raises NOT_FOUND."""
        await self._ground.decide(actor, Point.GET_MANAGED_HARBOR)
        return await self._shown(await self._ground.known(name))

    async def page(self, actor: Actor, query: ListQuery) -> Page[Harbor]:
        """The newest first unless asked otherwise; keys: name, created_at."""
        await self._ground.decide(actor, Point.GET_MANAGED_HARBOR)
        async with self._ground.database.read() as snapshot:
            page = await rows.page(snapshot, query)
        return Page([await self._shown(one) for one in page.items], page.total)

    async def preflight(self, actor: Actor, name: HarborName, wish: Wish) -> list[Row]:
        """What creating it would meet. Raises NOT_FOUND (the cluster), INVALID_FIELD."""
        return await self._making.preflight(actor, name, wish)

    async def create(self, actor: Actor, name: HarborName, wish: Wish) -> Harbor:
        """Raises as `Making.create` does."""
        return await self._shown(await self._making.create(actor, name, wish))

    async def change(self, actor: Actor, name: HarborName, change: Change) -> Harbor:
        """Raises as `Making.change` does."""
        return await self._shown(await self._making.change(actor, name, change))

    async def delete(self, actor: Actor, name: HarborName, farewell: Farewell) -> None:
        """Raises as `Removing.delete` does."""
        await self._removing.delete(actor, name, farewell)

    async def check(self, actor: Actor, name: HarborName) -> Harbor:
        """As it is now. Raises NOT_FOUND."""
        await self.looking.check(actor, name)
        return await self.get(actor, name)

    async def targets(self, actor: Actor, name: HarborName) -> dict[Check, Target]:
        """What it needs that is asked for by address, with the passwords. For the system alone.

        Raises NOT_FOUND, what is wrong with the cluster, a Hindrance for middleware.
        """
        await self._ground.authority.require_admin(actor, "managed Harbors")
        row = await self._ground.known(name)
        async with self._ground.cluster(row.cluster) as client:
            ends = await resolve(client, spec_of(row).dependencies, self._ground.secrets(row))
        return targets_of(ends)

    async def _shown(self, row: HarborRow) -> Harbor:
        found, cluster = row.found, await cluster_rows.find(self._ground.database.lookup, row.cluster)
        return Harbor(
            name=name_of(row),
            spec=spec_of(row),
            annotations=annotations_of(row),
            author=row.author,
            created_at=row.created_at,
            phase=Phase(row.meant.phase),
            state=State(found.state),
            failure=explained(found.reason, _facts(found.facts)),
            sight=sight_of(row),
            transition_at=found.transition_at,
            checked_at=found.checked_at,
            next_at=found.next_at,
            cluster_state=None if cluster is None else str(cluster.health.state),
        )


def _facts(text: str) -> dict[str, Any]:
    return msgspec.json.decode(text, type=dict[str, Any])

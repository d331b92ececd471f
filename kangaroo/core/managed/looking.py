"""Looking after the Harbors: how each is, whether what was done to it has come about, its becoming an instance.

While something changes it is looked at every five seconds and its HarborCluster is watched; later it is looked at down
to once a minute.
"""

import asyncio
from dataclasses import replace
from typing import Any

import msgspec
import structlog

from kangaroo.base.actors import SYSTEM, Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.base.events import ManagedHarborTurned
from kangaroo.core.instances import (
    Credential,
    InstanceName,
    Integration,
    Kind,
    Point,
    Registration,
    cause_of,
)
from kangaroo.core.instances import State as InstanceState
from kangaroo.core.instances.health import pause
from kangaroo.core.managed.certificates import certificate_of
from kangaroo.core.managed.composing import tls_secret
from kangaroo.core.managed.ground import Ground, annotations_of, name_of, spec_of
from kangaroo.core.managed.kinds import HARBOR_CLUSTER
from kangaroo.core.managed.names import HarborName
from kangaroo.core.managed.observing import observe
from kangaroo.core.managed.reasons import Hindrance, Obstacle, explained, explained_of, facts_of
from kangaroo.core.managed.removing import Removing
from kangaroo.core.managed.rotating import ADMINISTRATOR, Rotating
from kangaroo.core.managed.standing import (
    Condition,
    Course,
    Joined,
    Moment,
    Phase,
    Pod,
    Resource,
    Seen,
    Standing,
    judge,
)
from kangaroo.kube.contract import SECRET, Refused, Selection
from kangaroo.store.meta import instances as instance_rows
from kangaroo.store.meta import managed as rows
from kangaroo.store.meta.managed import Found, HarborRow

AT_ONCE = 16
MOST_DUE = 200
DESCRIPTION = "kangaroo.io/description"
log = structlog.get_logger(__name__)


class Sight(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was seen, as it is kept. `instance`: how the instance was, empty before it is one."""

    word: str = ""
    conditions: tuple[Condition, ...] = ()
    pods: tuple[Pod, ...] = ()
    instance: str = ""
    instance_reason: str = ""
    instance_facts: dict[str, Any] = {}


class Looking:
    def __init__(self, ground: Ground, removing: Removing, rotating: Rotating) -> None:
        self._ground = ground
        self._removing = removing
        self._rotating = rotating

    async def check(self, actor: Actor, harbor: HarborName) -> None:
        """Look at it now, and at its instance. Raises NOT_FOUND."""
        await self._ground.decide(actor, Point.GET_MANAGED_HARBOR)
        row = await self._ground.known(harbor)
        if row.instance is not None:
            await self._ground.instances.health.look_at(row.instance)
        await self.look(row)

    async def look_at_due(self) -> int:
        """All whose time has come; how many. For the worker."""
        async with self._ground.database.read() as snapshot:
            due = await rows.due(snapshot, self._ground.clock(), MOST_DUE)
        free = asyncio.Semaphore(AT_ONCE)

        async def one(row: HarborRow) -> None:
            async with free:
                await self.look(row)

        await asyncio.gather(*map(one, due))
        return len(due)

    async def follow(self, seconds: float) -> None:
        """For so long, be told by the clusters themselves of what is under way there. For the worker."""
        async with self._ground.database.read() as snapshot:
            moving = await rows.moving(snapshot, AT_ONCE)
        await asyncio.gather(*(self._follow(row, seconds) for row in moving))

    async def _follow(self, row: HarborRow, seconds: float) -> None:
        """What is missed here is seen at the next look."""
        which = Selection(row.namespace, fields=f"metadata.name={row.name}")
        try:
            async with self._ground.cluster(row.cluster) as client, asyncio.timeout(seconds):
                version = (await client.list(HARBOR_CLUSTER, which)).version
                async for change in client.watch(HARBOR_CLUSTER, which, version, seconds=seconds):
                    fresh = await rows.get(self._ground.database.lookup, row.id)
                    if fresh is None or fresh.meant.phase == Phase.RUNNING:
                        return
                    if change.type != "BOOKMARK":
                        await asyncio.shield(self.look(fresh))
        except TimeoutError:
            return
        except Failure as failure:
            log.info("not followed", harbor=str(name_of(row)), reason=str(failure))

    async def look(self, row: HarborRow) -> None:
        harbor = name_of(row)
        if row.meant.phase == Phase.DELETING:
            await self._go_on_removing(row)
            return
        seen = await self._seen(harbor)
        joined = await self._joined(row)
        moment = self._moment(row, joined)
        standing = judge(seen, moment)
        if standing.settled and joined.state is None:
            joined = await self._join(row)
            moment = self._moment(row, joined)
            standing = judge(seen, moment)
        if standing.settled and row.meant.next_password:
            row, standing = await self._rotated(row, standing)
        await self._note(row, standing, _sight(seen, joined))

    def _moment(self, row: HarborRow, joined: Joined) -> Moment:
        course = Course(Phase(row.meant.phase), row.meant.since, row.meant.revision)
        return Moment(name_of(row), course, self._ground.clock(), joined)

    async def _seen(self, harbor: HarborName) -> Seen:
        try:
            async with self._ground.cluster(harbor.place.cluster) as client:
                return await observe(client, harbor)
        except Failure as failure:
            if failure.code is Code.NOT_FOUND:
                return Seen(failure=Hindrance(Obstacle.CLUSTER_UNKNOWN, cluster=harbor.place.cluster))
            return Seen(failure=failure)

    async def _joined(self, row: HarborRow) -> Joined:
        """As its instance was seen last."""
        if row.instance is None:
            return Joined()
        found = await instance_rows.with_id(self._ground.database.lookup, row.instance)
        if found is None:
            return Joined()
        health = found.health
        cause = cause_of(health.reason, health.facts)
        return Joined(InstanceState(health.state), explained(cause.word, cause.facts))

    async def _join(self, row: HarborRow) -> Joined:
        """It becomes an instance of its name; until it answers there is none."""
        spec, harbor = spec_of(row), name_of(row)
        try:
            registration = Registration(
                name=InstanceName(row.name),
                kind=Kind.HARBOR,
                url=spec.expose.external_url,
                credential=Credential(ADMINISTRATOR, self._ground.secrets(row).admin),
                ca=await self._authority(row),
                description=annotations_of(row).get(DESCRIPTION, ""),
                integration=Integration.AUTOMATIC,
            )
            actor = replace(SYSTEM, name=row.author or SYSTEM.name)
            instance = await self._ground.instances.register(actor, registration)
        except Failure as failure:
            log.info("not an instance yet", harbor=str(harbor), reason=str(failure))
            return Joined(failure=failure)
        async with self._ground.database.write() as transaction:
            await rows.join(transaction, row.id, instance.id)
        return Joined(InstanceState(instance.health.state))

    async def _authority(self, row: HarborRow) -> str:
        """What its clients have to trust: the certificate's own authority, if it is none that is known anyway."""
        harbor, expose = name_of(row), spec_of(row).expose
        name = tls_secret(harbor, expose)
        if not name:
            return ""
        async with self._ground.cluster(row.cluster) as client:
            try:
                return certificate_of(await client.get(SECRET, name, row.namespace)).authority
            except Refused as refusal:
                if refusal.code is Code.NOT_FOUND:
                    return ""
                raise

    async def _rotated(self, row: HarborRow, standing: Standing) -> tuple[HarborRow, Standing]:
        """With what was begun of a new password and did not end."""
        try:
            await self._rotating.settle(row)
        except Failure as failure:
            standing = replace(standing, failure=failure)
        return await self._ground.known(name_of(row)), standing

    async def _go_on_removing(self, row: HarborRow) -> None:
        failure = None
        try:
            if await self._removing.go_on(row):
                return
        except Failure as error:
            failure = error
        standing = judge(Seen(failure=failure), self._moment(row, Joined()))
        await self._note(row, standing, Sight())

    async def _note(self, row: HarborRow, standing: Standing, sight: Sight) -> None:
        """Unless somebody changed what it is to be meanwhile: then this look is old."""
        now, harbor = self._ground.clock(), str(name_of(row))
        failure = None if standing.failure is None else explained_of(standing.failure, harbor)
        word, facts = ("" if failure is None else failure.cause.name), facts_of(failure)
        turned = standing.state != row.found.state
        since = now if turned else row.found.transition_at
        found = Found(
            state=standing.state,
            reason=word,
            facts=msgspec.json.encode(facts).decode(),
            seen=msgspec.json.encode(sight).decode(),
            transition_at=since,
            checked_at=now,
            next_at=now + pause(now - max(since, row.meant.since)),
        )
        async with self._ground.database.write() as transaction:
            if not await rows.find_out(transaction, row, found):
                return
            if standing.settled:
                await rows.settle(transaction, row, now)
            if turned:
                event = ManagedHarborTurned(
                    harbor=harbor,
                    instance=row.instance or 0,
                    state=standing.state,
                    reason=word,
                    actor=SYSTEM.name,
                    at=now,
                )
                await self._ground.queue.emit(transaction, event)


def sight_of(row: HarborRow) -> Sight:
    return msgspec.json.decode(row.found.seen, type=Sight)


def _sight(seen: Seen, joined: Joined) -> Sight:
    resource = seen.resource or Resource("", "", 0, ())
    failure = None if joined.failure is None else explained_of(joined.failure, "instance")
    return Sight(
        word=resource.word,
        conditions=resource.conditions,
        pods=seen.pods,
        instance="" if joined.state is None else str(joined.state),
        instance_reason="" if failure is None else failure.cause.name,
        instance_facts=facts_of(failure),
    )

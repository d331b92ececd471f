"""The robots workspaces have at an instance that is being removed: ended while we can still sign in there.

First over the network, for as long as somebody cares to wait. What is left then is remembered with the connection
(its password stays encrypted) in a job that goes on without the instance, in the transaction that forgets it.
"""

import asyncio
from contextlib import suppress

import msgspec
import structlog

from kangaroo.base.errors import Failure
from kangaroo.core.instances import Instance, InstanceKind, Kind
from kangaroo.core.workspaces.looking import Looking
from kangaroo.core.workspaces.robots_elsewhere import Held, RobotsElsewhere, end_robot, known_of
from kangaroo.jobs import Job
from kangaroo.store.meta import tokens_temporary as rows
from kangaroo.store.meta.database import Transaction
from kangaroo.store.meta.instances import Connection
from kangaroo.store.meta.tokens_temporary import Credential

LEAVE = "WORKSPACE_CREDENTIALS_LEAVE"
WAIT_SECONDS = 8.0
_PATIENCE = 1000  # attempts: some ten days
_AT_ONCE = 8
log = structlog.get_logger(__name__)


class LeftRobot(msgspec.Struct):
    """`id` is 0 where only the name it was made with is known."""

    id: int
    name: str
    username: str


class LeftBehind(msgspec.Struct):
    """`credential` is the password as rows keep it, encrypted."""

    instance: str
    kind: str
    url: str
    username: str
    credential: str
    ca: str
    insecure: bool
    robots: list[LeftRobot]

    @property
    def connection(self) -> Connection:
        return Connection(self.url, self.username, self.credential, self.ca, self.insecure)


class Leaving:
    def __init__(self, looking: Looking, elsewhere: RobotsElsewhere) -> None:
        self._looking = looking
        self._elsewhere = elsewhere

    async def end(self, instance: Instance) -> None:
        """What can be ended now."""
        if instance.kind == InstanceKind.KANGAROO:
            return
        held = await rows.of_instance(self._looking.database.lookup, instance.id)
        free = asyncio.Semaphore(_AT_ONCE)

        async def one(credential: Credential) -> None:
            async with free:
                try:
                    await self._elsewhere.remove(credential)
                except Failure as failure:
                    log.warning("robot not ended", instance=instance.name, error=str(failure))

        with suppress(TimeoutError):
            async with asyncio.timeout(WAIT_SECONDS):
                await asyncio.gather(*map(one, held))

    async def remember(self, transaction: Transaction, instance: Instance) -> tuple[str, ...]:
        """The names of those that are left; their rows go with the instance."""
        left = [_robot(one) for one in await rows.of_instance(transaction, instance.id)]
        if left:
            connection = instance.connection
            payload = LeftBehind(
                instance=instance.name,
                kind=instance.kind,
                url=connection.url,
                username=connection.username,
                credential=connection.credential,
                ca=connection.ca,
                insecure=connection.insecure,
                robots=left,
            )
            await self._looking.queue.enqueue(transaction, LEAVE, payload, max_attempts=_PATIENCE)
        return tuple(one.username for one in left)

    async def finish(self, job: Job) -> dict[str, int]:
        """For the worker. One that cannot be ended does not keep the others; it fails with what may heal first."""
        left = job.payload(LeftBehind)
        client = self._looking.opener.connect(Kind(left.kind), left.connection)
        failures: list[Failure] = []
        try:
            for robot in left.robots:
                await job.check()
                try:
                    await end_robot(client, robot.id, robot.name)
                except Failure as failure:
                    job.log("warning", f"robot {robot.username} is left at {left.url}: {failure}")
                    failures.append(failure)
        finally:
            await client.close()
        if failures:
            raise next((one for one in failures if one.code.heals), failures[0])
        return {"removed": len(left.robots)}


def _robot(one: Credential) -> LeftRobot:
    identity, name = known_of(one)
    return LeftRobot(identity, name, Held.read(one.robot).username if one.robot else name)

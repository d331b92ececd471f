"""What the worker runs for workspaces: credentials end when they should, wherever they live."""

import asyncio
from collections.abc import Mapping

import msgspec

from kangaroo.base.errors import Failure
from kangaroo.core.instances import InstanceKind
from kangaroo.core.workspaces.leaving import LEAVE, Leaving
from kangaroo.core.workspaces.looking import Looking
from kangaroo.core.workspaces.revoking import EXPIRE, NARROW, Revoking
from kangaroo.core.workspaces.robots_elsewhere import RobotsElsewhere
from kangaroo.jobs import Handler, Job
from kangaroo.store.meta import bindings
from kangaroo.store.meta import tokens_temporary as rows
from kangaroo.store.meta.tokens_temporary import Credential

TEND = "WORKSPACE_CREDENTIALS_TEND"
SCHEDULES = {TEND: "@every 60s"}
_AT_ONCE = 8


class _Place(msgspec.Struct):
    instance: int
    workspace: int


class WorkspaceJobs:
    def __init__(
        self, looking: Looking, revoking: Revoking, elsewhere: RobotsElsewhere, leaving: Leaving
    ) -> None:
        self._looking = looking
        self._revoking = revoking
        self._elsewhere = elsewhere
        self._leaving = leaving

    def handlers(self) -> Mapping[str, Handler]:
        return {EXPIRE: self.expire, NARROW: self.narrow, TEND: self.tend, LEAVE: self._leaving.finish}

    async def tend(self, job: Job) -> dict[str, int]:
        """Every minute: what ran out, what changed behind our back (a user removed, a group left, a space made public
        or removed), and stale bindings."""
        async with self._looking.database.write() as transaction:
            stale = await bindings.remove_stale(transaction)
            lost = await self._revoking.of_those_who_lost(transaction)
            here = await rows.of_kind(transaction, InstanceKind.KANGAROO)
            await self._revoking.fit_built_in(transaction, here)
        return {"stale": stale, "lost": lost, **await self.expire(job)}

    async def expire(self, job: Job) -> dict[str, int]:
        """One instance that is away does not keep the others waiting; it is asked again a minute later."""
        async with self._looking.database.write() as transaction:
            over = await rows.expired(transaction, self._looking.clock())
            await self._revoking.end_here(transaction, over)
        free = asyncio.Semaphore(_AT_ONCE)

        async def one(credential: Credential) -> bool:
            async with free:
                await job.check()
                try:
                    await self._elsewhere.remove(credential)
                except Failure as failure:
                    job.log(
                        "warning", f"robot {credential.robot} of instance {credential.instance}: {failure}"
                    )
                    return False
                return True

        away = [credential for credential in over if credential.kind != InstanceKind.KANGAROO]
        done = await asyncio.gather(*map(one, away))
        return {"removed": len(over) - len(away) + sum(done), "failed": len(done) - sum(done)}

    async def narrow(self, job: Job) -> dict[str, int]:
        place = job.payload(_Place)
        return {"robots": await self._elsewhere.narrow(place.instance, place.workspace)}

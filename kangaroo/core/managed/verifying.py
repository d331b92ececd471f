"""Checks of what a Harbor will need, asked for before it is made: a worker does them, whoever asked polls.

With an image of ours they are made by a Job inside the cluster, where Harbor will be; else from this server, and the
answer says so. Passwords are encrypted while the check waits, and in a Secret that goes with the Job while it runs.
"""

from typing import Any

import msgspec

from kangaroo.base.actors import Actor
from kangaroo.base.clock import SECOND, Micros
from kangaroo.base.errors import Code, Failure
from kangaroo.core.instances import Point
from kangaroo.core.managed.checking import check_dependencies
from kangaroo.core.managed.dependencies import fingerprint, rows_of, seen_from_here, targets_of, unseen
from kangaroo.core.managed.ground import Ground
from kangaroo.core.managed.names import HarborName, Place
from kangaroo.core.managed.probe_job import ProbeJob, ProbeStep
from kangaroo.core.managed.reasons import explained, facts_of
from kangaroo.core.managed.resolving import resolve
from kangaroo.core.managed.rows import Check, Origin, Row, row_of
from kangaroo.core.managed.spec import Dependencies, Secrets
from kangaroo.store.meta import managed_checks as rows
from kangaroo.store.meta.managed_checks import Check as CheckRow

VERIFY = "MANAGED_VERIFY"
_STALLED: Micros = 600 * SECOND  # after this long a check is taken for dead, and may be begun again
_KEPT: Micros = 86_400 * SECOND


class Told(msgspec.Struct, frozen=True, omit_defaults=True):
    """A row as it is kept."""

    check: Check
    origin: Origin
    reason: str = ""
    facts: dict[str, Any] = {}
    seen: str = ""
    sure: bool = True


class Request(msgspec.Struct, frozen=True):
    """What is checked, as it is kept (encrypted) until it is over."""

    needed: Dependencies
    secrets: Secrets


class VerifyParameters(msgspec.Struct):
    cluster: str
    namespace: str
    name: str

    @property
    def key(self) -> rows.Where:
        return self.cluster, self.namespace, self.name


class Verifying:
    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._job = ProbeJob(ground)

    async def start(self, actor: Actor, harbor: HarborName, needed: Dependencies, secrets: Secrets) -> None:
        """Raises NOT_FOUND (the cluster), INVALID_FIELD, CONFLICT while one runs, a Hindrance for middleware."""
        await self._ground.decide(actor, Point.CREATE_MANAGED_HARBOR)
        check_dependencies(harbor, needed)
        async with self._ground.cluster(harbor.place.cluster) as client:
            ends = await resolve(client, needed, secrets)
        parameters = VerifyParameters(harbor.place.cluster, harbor.place.namespace, harbor.name)
        request = msgspec.json.encode(Request(needed, secrets)).decode()
        now = self._ground.clock()
        async with self._ground.database.write() as transaction:
            before = await rows.find(transaction, parameters.key)
            if before is not None and before.ended_at is None and before.started_at > now - _STALLED:
                raise Failure(Code.CONFLICT, what=f"check of {harbor}")
            sealed, mark = self._ground.seal_text(request), fingerprint(targets_of(ends))
            await rows.begin(transaction, parameters.key, sealed, mark, now)
            await rows.prune(transaction, now - _KEPT)
            await self._ground.queue.enqueue(transaction, VERIFY, parameters, dedup=f"verify {harbor}")

    async def answer(self, actor: Actor, harbor: HarborName) -> list[Row] | None:
        """None: not over yet. Raises NOT_FOUND when nobody asked."""
        await self._ground.decide(actor, Point.CREATE_MANAGED_HARBOR)
        key = harbor.place.cluster, harbor.place.namespace, harbor.name
        found = await rows.find(self._ground.database.lookup, key)
        if found is None:
            raise Failure(Code.NOT_FOUND, what=f"check of {harbor}")
        return None if found.ended_at is None else answers_of(found)

    async def run(self, parameters: VerifyParameters) -> None:
        """For the worker."""
        found = await rows.find(self._ground.database.lookup, parameters.key)
        if found is None or found.ended_at is not None:
            return
        request = msgspec.json.decode(self._ground.text(found.targets), type=Request)
        harbor = HarborName(Place(parameters.cluster, parameters.namespace), parameters.name)
        answered = await self._looked(harbor, request)
        told = msgspec.json.encode([_told(row) for row in answered]).decode()
        origin = Origin.CLUSTER if all(row.origin is Origin.CLUSTER for row in answered) else Origin.SERVER
        async with self._ground.database.write() as transaction:
            await rows.end(transaction, parameters.key, found, (told, origin), self._ground.clock())

    async def _looked(self, harbor: HarborName, request: Request) -> list[Row]:
        """Whatever goes wrong is an answer."""
        try:
            async with self._ground.cluster(harbor.place.cluster) as client:
                ends = await resolve(client, request.needed, request.secrets)
                targets = targets_of(ends)
                if self._ground.terms.check_image and targets:
                    steps = await self._job.run(client, harbor, list(targets.values()))
                    return [_inside(check, one) for check, one in zip(targets, steps, strict=True)]
        except Failure as failure:
            return [row_of(check, failure) for check in (Check.DATABASE, Check.CACHE, Check.STORAGE)]
        here = {name: target for name, target in targets.items() if seen_from_here(target)}
        probed = await self._ground.outside.probing.probe_all(list(here.values()))
        answered = dict(zip(here, probed, strict=True))
        return [
            rows_of(name, answered[name], Origin.SERVER) if name in answered else unseen(name, target)
            for name, target in targets.items()
        ]


def answers_of(check: CheckRow) -> list[Row]:
    return [_row(one) for one in msgspec.json.decode(check.answer, type=list[Told])]


def _inside(check: Check, steps: list[ProbeStep]) -> Row:
    last = steps[-1] if steps else ProbeStep(step="", reason="no answer")
    if not last.reason:
        seen = ", ".join(f"{one.step} {one.seen}".strip() for one in steps)
        return Row(check, seen=seen, origin=Origin.CLUSTER)
    return Row(check, explained(last.reason, last.facts), origin=Origin.CLUSTER)


def _told(row: Row) -> Told:
    return Told(row.check, row.origin, row.reason, facts_of(row.failure), row.seen, row.sure)


def _row(told: Told) -> Row:
    return Row(told.check, explained(told.reason, told.facts), told.seen, told.origin, told.sure)

"""All that can be known before a Harbor is made or changed: rows about the cluster, the Harbor and what it needs."""

import asyncio
from dataclasses import dataclass

from kangaroo.base.clock import SECOND, Micros
from kangaroo.base.errors import Code, Failure
from kangaroo.base.reasons import Explained
from kangaroo.core.managed.composing import is_ours
from kangaroo.core.managed.dependencies import fingerprint, rows_of, seen_from_here, targets_of, unseen
from kangaroo.core.managed.ends import Ends
from kangaroo.core.managed.environment import environment
from kangaroo.core.managed.ground import Ground
from kangaroo.core.managed.harbor_cluster import compose
from kangaroo.core.managed.kinds import HARBOR_CLUSTER
from kangaroo.core.managed.names import HarborName
from kangaroo.core.managed.need import need
from kangaroo.core.managed.reasons import Hindrance, Obstacle
from kangaroo.core.managed.requirements import Case, requirements
from kangaroo.core.managed.resolving import claims, resolve
from kangaroo.core.managed.rows import Check, Origin, Row, row_of
from kangaroo.core.managed.spec import HarborSpec, Secrets
from kangaroo.core.managed.verifying import answers_of
from kangaroo.kube.contract import ClusterClient
from kangaroo.store.meta import managed as rows
from kangaroo.store.meta import managed_checks

CHECK_GOOD_FOR: Micros = 1800 * SECOND
_ORDER = {check: place for place, check in enumerate(Check)}


@dataclass(frozen=True, slots=True)
class Plan:
    """What somebody wants. `before`: what is there already, when it is changed; `identity` its record."""

    harbor: HarborName
    spec: HarborSpec
    secrets: Secrets
    annotations: dict[str, str]
    before: HarborSpec | None = None
    identity: int = 0


class Preflight:
    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    async def rows(self, client: ClusterClient, plan: Plan) -> tuple[list[Row], Ends | None]:
        """In the order of `Check`, with where its dependencies are, if that could be told.

        Raises INVALID_FIELD for what no cluster has to be asked about.
        """
        there = await environment(client)
        try:
            ends = await resolve(client, plan.spec.dependencies, plan.secrets)
        except Failure as failure:
            if failure.code is Code.INVALID_FIELD or not isinstance(failure, Explained):
                raise
            return _sorted([*there, row_of(Check.MIDDLEWARE, failure)]), None
        pieces = compose(
            plan.harbor, plan.spec, ends, plan.secrets, self._ground.terms.images, plan.annotations
        )
        taken = None if plan.before is None else need(plan.before)
        case = Case(plan.harbor, plan.spec, tuple(pieces), self._ground.clock(), taken)
        required, probed, shared = await asyncio.gather(
            requirements(client, case), self._dependencies(plan, ends), self._sharing(plan, ends)
        )
        free = [] if plan.before is not None else await _free(client, plan.harbor)
        return _sorted([*there, *required, *probed, *shared, *free]), ends

    async def _dependencies(self, plan: Plan, ends: Ends) -> list[Row]:
        """What a check from inside the cluster found a short while ago counts more than what is seen from here."""
        targets = targets_of(ends)
        place = plan.harbor.place
        key = place.cluster, place.namespace, plan.harbor.name
        check = await managed_checks.find(self._ground.database.lookup, key)
        if (
            check is not None
            and check.ended_at is not None
            and check.origin == Origin.CLUSTER
            and check.fingerprint == fingerprint(targets)
            and check.ended_at > self._ground.clock() - CHECK_GOOD_FOR
        ):
            return answers_of(check)
        here = {name: target for name, target in targets.items() if seen_from_here(target)}
        probed = await self._ground.outside.probing.probe_all(list(here.values()))
        answered = dict(zip(here, probed, strict=True))
        return [
            rows_of(name, answered[name], Origin.SERVER) if name in answered else unseen(name, target)
            for name, target in targets.items()
        ]

    async def _sharing(self, plan: Plan, ends: Ends) -> list[Row]:
        wanted = claims(plan.harbor, plan.spec, ends)
        found = await rows.claimed(self._ground.database.lookup, wanted)
        taken = [one for one in found if one.harbor != plan.identity]
        if not taken:
            return [Row(Check.SHARING, seen=", ".join(wanted))]
        return [Row(Check.SHARING, Hindrance(Obstacle.SHARED, what=one.claim, by=one.by)) for one in taken]


async def _free(client: ClusterClient, harbor: HarborName) -> list[Row]:
    """A HarborCluster that somebody else made is not taken over."""
    try:
        there = await client.get(HARBOR_CLUSTER, harbor.name, harbor.place.namespace)
    except Failure:
        return []  # none, or the environment says why it could not be asked
    if is_ours(there, harbor):
        return []
    what = f"HarborCluster {harbor.name}"
    return [Row(Check.SHARING, Hindrance(Obstacle.SHARED, what=what, by="somebody outside Kangaroo"))]


def _sorted(found: list[Row]) -> list[Row]:
    return sorted(found, key=lambda row: _ORDER[row.check])

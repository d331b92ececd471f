"""`doctor managed`: a Harbor we run, from its cluster by what it needs and its pods to the instance it has become."""

from collections.abc import Awaitable, Callable

from kangaroo.base.actors import SYSTEM
from kangaroo.base.errors import Failure
from kangaroo.core.clusters import ClusterName, Clusters
from kangaroo.core.doctor.chain import Check, Skip, Warn
from kangaroo.core.doctor.links import Link
from kangaroo.core.doctor.troubles import Ailment, Trouble
from kangaroo.core.managed import Check as Question
from kangaroo.core.managed import Harbor, HarborName, ManagedHarbors, Obstacle, Origin, Row, State
from kangaroo.core.managed.dependencies import rows_of, seen_from_here, unseen
from kangaroo.core.managed.environment import environment
from kangaroo.kube.contract import ClusterClient
from kangaroo.remote.dependencies.probes import Probes

_PODS = {Obstacle.POD_IMAGE.name, Obstacle.POD_CRASHES.name, Obstacle.POD_PENDING.name}
_RESOURCE = {
    Obstacle.RESOURCE_GONE.name,
    Obstacle.OPERATOR_SILENT.name,
    Obstacle.CONDITION_FALSE.name,
    Obstacle.SLOW.name,
}
_UNDER_WAY = {State.CREATING, State.UPDATING, State.DELETING}


class ManagedExamination:
    """`name` was decided upon."""

    def __init__(self, managed: ManagedHarbors, clusters: Clusters, probes: Probes, name: HarborName) -> None:
        self._managed = managed
        self._clusters = clusters
        self._probes = probes
        self._name = name
        self._shown: Harbor
        self._harbor: Harbor

    def checks(self) -> list[Check]:
        return [
            Check(Link.REGISTERED, self._registered),
            Check(Link.CLUSTER, self._answers),
            Check(Link.OPERATOR, self._operator),
            Check(Link.NEEDS_DATABASE, self._need(Question.DATABASE)),
            Check(Link.NEEDS_CACHE, self._need(Question.CACHE)),
            Check(Link.NEEDS_STORAGE, self._need(Question.STORAGE)),
            Check(Link.PODS, self._pods),
            Check(Link.RESOURCE, self._resource),
            Check(Link.INTEGRATION, self._integration),
            Check(Link.KNOWN_HEALTH, self._known_health),
        ]

    async def _registered(self) -> str:
        self._shown = await self._managed.get(SYSTEM, self._name)
        return str(self._name)

    async def _answers(self) -> str:
        cluster = await self._clusters.get(SYSTEM, ClusterName(self._name.place.cluster))
        async with self._clusters.opener.use(cluster) as client:
            return await client.version()

    async def _operator(self) -> str:
        cluster = await self._clusters.get(SYSTEM, ClusterName(self._name.place.cluster))
        async with self._clusters.opener.use(cluster) as client:
            return await operator(client)

    def _need(self, question: Question) -> Callable[[], Awaitable[str | Skip | Warn]]:
        async def look() -> str | Skip | Warn:
            target = (await self._managed.targets(SYSTEM, self._name)).get(question)
            if target is None:
                return Skip()
            if not seen_from_here(target):
                return _told(unseen(question, target))
            return _told(rows_of(question, await self._probes.probe(target), Origin.SERVER))

        return look

    async def _pods(self) -> str | Skip:
        """Looks at all of it now; what was found is kept."""
        self._harbor = await self._managed.check(SYSTEM, self._name)
        self._broken(_PODS)
        pods = self._harbor.sight.pods
        return f"{sum(pod.ready for pod in pods)} / {len(pods)}" if pods else Skip()

    async def _resource(self) -> str:
        self._broken(_RESOURCE)
        if self._harbor.state is State.UNKNOWN and self._harbor.failure is not None:
            raise self._harbor.failure
        return self._harbor.sight.word or str(self._harbor.state)

    async def _integration(self) -> str | Skip:
        """What is left to be wrong is with the instance."""
        if self._harbor.failure is not None:
            raise self._harbor.failure
        return self._harbor.sight.instance or Skip(str(self._harbor.state))

    async def _known_health(self) -> str | Warn:
        """That somebody looked just now has put it right."""
        before, after = self._shown.state, self._harbor.state
        if after is State.HEALTHY and before is not State.HEALTHY and before not in _UNDER_WAY:
            return Warn(Ailment(Trouble.HEALTH_WAS_OUTDATED, state=before))
        return str(after)

    def _broken(self, words: set[str]) -> None:
        failure = self._harbor.failure
        if failure is not None and failure.cause.name in words:
            raise failure


async def operator(client: ClusterClient) -> str:
    """What was seen of harbor-operator and what it needs. Raises the first thing that is surely wrong."""
    rows = await environment(client)
    for row in rows:
        if row.sure and row.failure is not None:
            raise row.failure
    return ", ".join(dict.fromkeys(row.seen for row in rows if row.seen))


def _told(row: Row) -> str | Warn:
    """Not sure: seen from here it cannot be reached, which says nothing of the cluster."""
    failure: Failure | None = row.failure
    if failure is None:
        return row.seen
    if row.sure:
        raise failure
    return Warn(failure)

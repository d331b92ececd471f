"""`doctor cluster`: whether a Kubernetes cluster can be reached, lets us in, lets us do enough, and is watched."""

from kangaroo.base.actors import SYSTEM
from kangaroo.base.errors import Failure
from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.core.clusters import Cluster, ClusterName, Clusters
from kangaroo.core.doctor.breaks import broken_link
from kangaroo.core.doctor.chain import Check, Warn
from kangaroo.core.doctor.links import Link
from kangaroo.core.doctor.managed import operator
from kangaroo.core.instances import cause_of


class ClusterExamination:
    """`name` was decided upon."""

    def __init__(self, clusters: Clusters, name: ClusterName) -> None:
        self._clusters = clusters
        self._name = name
        self._cluster: Cluster
        self._failure: Failure | None = None

    def checks(self) -> list[Check]:
        return [
            Check(Link.REGISTERED, self._registered),
            Check(Link.DNS, self._dns),
            Check(Link.CONNECTION, self._connection),
            Check(Link.TLS, self._tls),
            Check(Link.ANSWER, self._answer),
            Check(Link.LOGIN, self._login),
            Check(Link.RIGHTS, self._rights),
            Check(Link.WATCHES, self._watches),
            Check(Link.OPERATOR, self._operator),
        ]

    async def _registered(self) -> str:
        """Looks at it now: what it finds is kept, so that what is shown is true afterwards."""
        self._cluster = await self._clusters.health.check(SYSTEM, self._name)
        health = self._cluster.health
        if health.reason:
            cause = cause_of(health.reason, health.facts)
            known = cause.word in Reason.__members__
            self._failure = InstanceFailure(Reason[cause.word], **cause.facts) if known else None
        return self._cluster.reach.server

    def _broken(self, link: Link) -> None:
        if self._failure is not None and broken_link(self._failure) is link:
            raise self._failure

    async def _dns(self) -> str:
        self._broken(Link.DNS)
        return ""

    async def _connection(self) -> str:
        self._broken(Link.CONNECTION)
        return ""

    async def _tls(self) -> str:
        self._broken(Link.TLS)
        return ""

    async def _answer(self) -> str:
        self._broken(Link.ANSWER)
        return self._cluster.health.version

    async def _login(self) -> str:
        self._broken(Link.LOGIN)
        return ""

    async def _rights(self) -> str:
        self._broken(Link.RIGHTS)
        return ""

    async def _operator(self) -> str | Warn:
        """Only who wants a managed Harbor there needs it."""
        async with self._clusters.opener.use(self._cluster) as client:
            try:
                return await operator(client)
            except Failure as failure:
                return Warn(failure)

    async def _watches(self) -> str:
        self._broken(Link.WATCHES)
        return ""

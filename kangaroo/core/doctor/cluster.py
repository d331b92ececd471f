"""`doctor cluster`: whether a Kubernetes cluster can be reached, lets us in, lets us do enough, and is watched."""

from kangaroo.base.actors import SYSTEM
from kangaroo.base.errors import Failure
from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.core.clusters import Cluster, ClusterName, Clusters
from kangaroo.core.clusters.checking import identified
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
        self._restriction: Failure | None = None
        self._version = ""

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
        """Looks at all of it now, and so more closely than who only wants to know whether it still works."""
        self._cluster = await self._clusters.get(SYSTEM, self._name)
        try:
            async with self._clusters.opener.use(self._cluster) as client:
                look = await identified(client)
            self._failure = look.finding.failure
            self._restriction = look.restriction
            self._version = look.finding.version or ""
            if look.identity not in ("", self._cluster.reach.identity):
                self._failure = InstanceFailure(Reason.CLUSTER_OTHER, url=self._cluster.reach.server)
        except Failure as failure:  # there is no client: its kubeconfig cannot be read
            self._failure = failure
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
        return self._version

    async def _login(self) -> str:
        self._broken(Link.LOGIN)
        return ""

    async def _rights(self) -> str | Warn:
        self._broken(Link.RIGHTS)
        return Warn(self._restriction) if self._restriction is not None else ""

    async def _operator(self) -> str | Warn:
        """Only who wants a managed Harbor there needs it."""
        async with self._clusters.opener.use(self._cluster) as client:
            try:
                return await operator(client)
            except Failure as failure:
                return Warn(failure)

    async def _watches(self) -> str:
        """What is found is kept, so that what is shown of it is true afterwards."""
        health = (await self._clusters.health.check(SYSTEM, self._name)).health
        if health.reason == Reason.WATCH_STALE.name:
            raise InstanceFailure(Reason.WATCH_STALE, **cause_of(health.reason, health.facts).facts)
        return health.state

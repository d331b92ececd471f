"""Pull secrets, the whole subject behind one name."""

from kangaroo.base.actors import Actor
from kangaroo.base.clock import Clock, now
from kangaroo.core.clusters import ClusterName, Clusters, NamespaceName
from kangaroo.core.instances import Point
from kangaroo.core.pull_secrets.applying import Applying
from kangaroo.core.pull_secrets.converging import Converging
from kangaroo.core.pull_secrets.desired import Contents, Installation
from kangaroo.core.pull_secrets.drift import OF_OUR_NAME, Drift
from kangaroo.core.pull_secrets.jobs import PullSecretJobs
from kangaroo.core.pull_secrets.objects import Wanted
from kangaroo.core.pull_secrets.reaching import Reaching
from kangaroo.core.pull_secrets.selecting import Selecting
from kangaroo.core.pull_secrets.standing import Standings
from kangaroo.core.workspaces import Workspaces
from kangaroo.jobs import Queue
from kangaroo.kube.contract import NAMESPACE, SECRET, SERVICE_ACCOUNT
from kangaroo.store.meta import pull_secrets as rows


class PullSecrets(Standings):
    """Its own methods are for people; `jobs` does the work, and `selecting` is for who deploys."""

    def __init__(
        self,
        queue: Queue,
        workspaces: Workspaces,
        clusters: Clusters,
        installation: Installation,
        clock: Clock = now,
    ) -> None:
        database, pulling = queue.database, workspaces.pulling
        contents = Contents(database, pulling, installation, clock)
        reaching = Reaching(clusters.opener.use)
        applying = Applying(database, reaching, contents, pulling, clock)
        super().__init__(queue, workspaces.authority, contents, applying, pulling, clock)
        drift = Drift(queue, clusters.watches, reaching, contents, clock)
        clusters.watches.on(SECRET, drift.secret, OF_OUR_NAME)
        clusters.watches.on(NAMESPACE, drift.namespace)
        clusters.watches.on(SERVICE_ACCOUNT, drift.account, among=drift.with_accounts)
        converging = Converging(queue, pulling, contents, clock)
        self._converging = converging
        self.jobs = PullSecretJobs(database, converging, applying, drift, clock)
        self.selecting = Selecting(database, clusters, workspaces)

    async def wanted(self, actor: Actor, workspace: int) -> Wanted | None:
        """What is to stand in its namespaces, credentials and all, as worked out last. For the system alone."""
        await self._authority.require_admin(actor, "pull secrets")
        desired = await self._contents.get(workspace)
        return None if desired is None else desired.wanted

    async def mend(self, actor: Actor, cluster: ClusterName, namespace: NamespaceName) -> None:
        """Make the secret of one namespace right, now and not by a job; how it stands then is to be looked at.

        Raises what is wrong with the instances.
        """
        known, bound = await self._bound(cluster, namespace)
        await self._decide(actor, bound.workspace, Point.GET_IMAGE)
        await self._converging.workspace(bound.workspace)
        async with self._database.write() as transaction:
            await rows.mark(transaction, known.id, namespace, self._clock())
        await self._applying.due(known.id, bound.workspace)

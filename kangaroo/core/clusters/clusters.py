"""Clusters, the whole subject behind one name."""

from kangaroo.core.clusters.jobs import ClusterJobs
from kangaroo.core.clusters.namespaces import Namespaces
from kangaroo.core.clusters.opener import Opener
from kangaroo.core.clusters.registering import Registering
from kangaroo.core.clusters.watching import Terms, Watches
from kangaroo.core.workspaces import Authority
from kangaroo.jobs import Queue
from kangaroo.store.meta.database import Database


class Clusters(Registering):
    """How they are is in `health`, whose their namespaces are in `namespaces`, their clients in `opener`; `watches`
    follows what is in them."""

    def __init__(
        self,
        database: Database,
        queue: Queue,
        authority: Authority,
        opener: Opener,
        terms: Terms | None = None,
    ) -> None:
        super().__init__(database, queue, authority, opener)
        self.namespaces = Namespaces(database, queue, self, authority, opener)
        self.watches = Watches(database, opener, self.health, queue.clock, terms)
        self.jobs = ClusterJobs(self.health, database, queue.clock)

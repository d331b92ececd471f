"""Where to: the Kubernetes clusters we put pull secrets into, how they are, and whose their namespaces are.

Reading order: `names`, `values`, `directory` (finding), `checking` (what a cluster must be), `registering`, `opener`
(clients, one per cluster), `probing` with `hearing` (how they are), `namespaces` (whose they are), `watching` (what
happens in them), `jobs`.
"""

from kangaroo.core.clusters.clusters import Clusters
from kangaroo.core.clusters.hearing import Heard
from kangaroo.core.clusters.jobs import SCHEDULES
from kangaroo.core.clusters.names import ClusterName, NamespaceName
from kangaroo.core.clusters.opener import Opener as ClusterOpener
from kangaroo.core.clusters.values import (
    Change,
    Cluster,
    Connect,
    NamespaceOrder,
    Registration,
    SeenNamespace,
)
from kangaroo.core.clusters.watching import Terms, Watches
from kangaroo.core.instances.health import State
from kangaroo.kube.contract import (
    CUSTOM_RESOURCE_DEFINITION,
    NAMESPACE,
    SECRET,
    ClusterClient,
    Kind,
    Object,
    Operation,
    Refused,
    Selection,
)
from kangaroo.kube.contract import Change as ObjectChange
from kangaroo.store.meta.clusters_namespaces import BoundNamespace

__all__ = [
    "CUSTOM_RESOURCE_DEFINITION",
    "NAMESPACE",
    "SCHEDULES",
    "SECRET",
    "BoundNamespace",
    "Change",
    "Cluster",
    "ClusterClient",
    "ClusterName",
    "ClusterOpener",
    "Clusters",
    "Connect",
    "Heard",
    "Kind",
    "NamespaceName",
    "NamespaceOrder",
    "Object",
    "ObjectChange",
    "Operation",
    "Refused",
    "Registration",
    "SeenNamespace",
    "Selection",
    "State",
    "Terms",
    "Watches",
]

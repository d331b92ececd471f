"""What a cluster is made of here, and what is asked for about it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from kangaroo.core.clusters.names import ClusterName
from kangaroo.kube.contract import ClusterClient
from kangaroo.kube.kubeconfig import Kubeconfig
from kangaroo.store.meta.clusters import ClusterRow
from kangaroo.store.meta.clusters_namespaces import BoundNamespace

Cluster = ClusterRow
Connect = Callable[[Kubeconfig], ClusterClient]
"""Makes the client of a cluster; wiring has the class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """`kubeconfig` is the text as it was given (YAML or JSON)."""

    name: ClusterName
    kubeconfig: str = field(repr=False)
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """None leaves as it is."""

    kubeconfig: str | None = field(default=None, repr=False)
    description: str | None = None


@dataclass(frozen=True, slots=True)
class SeenNamespace:
    """A namespace as the cluster has it now. `phase` is Active or Terminating, empty when it is bound but not there.

    `created` is as the cluster writes it (RFC 3339); `bound` is the workspace it belongs to, if any.
    """

    name: str
    phase: str
    created: str = ""
    bound: BoundNamespace | None = None


class NamespaceOrder(Enum):
    NAME = "name"
    OLDEST = "oldest"
    NEWEST = "newest"
    NAME_BACKWARDS = "name backwards"

"""What happened: values a subject emits in the transaction that made it true; wiring maps each type to handlers."""

import msgspec

from kangaroo.base.clock import Micros


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", tag=True):
    """`actor` is the name of who did it; `at` when."""

    actor: str
    at: Micros


class ManifestPushed(Event, frozen=True, kw_only=True):
    repository: str
    digest: str
    tag: str | None


class ManifestDeleted(Event, frozen=True, kw_only=True):
    repository: str
    digest: str
    tags: list[str]


class TagCreated(Event, frozen=True, kw_only=True):
    """On an artifact that is there already; a push with a tag is a ManifestPushed."""

    repository: str
    tag: str
    digest: str


class TagDeleted(Event, frozen=True, kw_only=True):
    repository: str
    tag: str
    digest: str


class RepositoryDeleted(Event, frozen=True, kw_only=True):
    """After a ManifestDeleted for each of its artifacts."""

    repository: str


class SpaceBound(Event, frozen=True, kw_only=True):
    """A space of an instance was given to a workspace: its members see it from now on."""

    instance: int
    space: str
    workspace: int


class SpaceUnbound(Event, frozen=True, kw_only=True):
    instance: int
    space: str
    workspace: int


class SpaceChanged(Event, frozen=True, kw_only=True):
    """A space was made public or private, or is no more. `instance` 0: it is a project of the built-in registry."""

    instance: int = 0
    space: str


class InstanceChanged(Event, frozen=True, kw_only=True):
    """An instance was registered, connects in another way, or is no more. `workspace` 0: it is the platform's."""

    instance: int
    workspace: int


class ClusterRegistered(Event, frozen=True, kw_only=True):
    """Or given another kubeconfig, after which it may be another cluster."""

    cluster: int


class ClusterRemoved(Event, frozen=True, kw_only=True):
    """After a NamespaceUnbound for each of its namespaces; it cannot be reached any more."""

    cluster: int


class NamespaceBound(Event, frozen=True, kw_only=True):
    """A namespace of a cluster belongs to a workspace from now on."""

    cluster: int
    namespace: str
    workspace: int


class NamespaceUnbound(Event, frozen=True, kw_only=True):
    cluster: int
    namespace: str
    workspace: int


class ManagedHarborTurned(Event, frozen=True, kw_only=True):
    """A Harbor we run is not as it was: HEALTHY, UNHEALTHY, …; `harbor` is cluster.namespace.name, `instance` 0 while
    it is none, `reason` the word of what is wrong, if anything is."""

    harbor: str
    instance: int
    state: str
    reason: str


AnyEvent = (
    ManifestPushed
    | ManifestDeleted
    | TagCreated
    | TagDeleted
    | RepositoryDeleted
    | SpaceBound
    | SpaceUnbound
    | SpaceChanged
    | InstanceChanged
    | ClusterRegistered
    | ClusterRemoved
    | NamespaceBound
    | NamespaceUnbound
    | ManagedHarborTurned
)

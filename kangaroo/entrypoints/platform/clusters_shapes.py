"""Clusters and namespaces as the API shows and takes them. Kubeconfigs never go out."""

from kangaroo.core.clusters import BoundNamespace, Cluster, Heard, SeenNamespace, State
from kangaroo.core.instances import cause_of
from kangaroo.entrypoints.platform.health_shapes import Health
from kangaroo.entrypoints.platform.shapes import Body, Shape, Word, seconds
from kangaroo.entrypoints.platform.view import View


class ClusterWord(Word):
    UNSPECIFIED = "clusterStatus_UNSPECIFIED"
    READY = "clusterStatus_READY"
    NOT_READY = "clusterStatus_NOT_READY"


class SortBy(Word):
    UNSPECIFIED = "SORT_BY_UNSPECIFIED"
    NAME = "field_name"
    CREATED = "creation_time"


class OrderBy(Word):
    DESCENDING = "desc"
    ASCENDING = "asc"


class Summary(Shape):
    """As the published description has it: ready is what can be used, be it with restrictions."""

    name: str
    status: ClusterWord


class Detail(Shape):
    name: str
    description: str
    server: str
    version: str
    nodes: int
    author: str
    create_at: str
    update_at: str
    health: Health


class Watch(Shape):
    """What is followed in a cluster; `failure` is what hinders it now."""

    kind: str
    last_heard_time: str
    objects: int
    failure: str


class ClusterHealth(Shape):
    health: Health
    watches: list[Watch]


class BoundTo(Shape):
    workspace_id: int
    alias: str
    author: str
    bound_at: str


class Namespace(Shape):
    """`phase`: Active, Terminating, or empty when the cluster has no namespace of this name any more."""

    name: str
    phase: str
    workspace: BoundTo | None


class WorkspaceNamespace(Shape):
    cluster: str
    namespace: str
    author: str
    bound_at: str


class GivenCluster(Body):
    name: str
    kubeconfig: str
    description: str = ""


class GivenChange(Body):
    """What is left out stays as it is."""

    kubeconfig: str | None = None
    description: str | None = None


class GivenBinding(Body):
    namespaces: list[str]
    workspace: int


class GivenNamespaces(Body):
    namespaces: list[str]


def summary_of(cluster: Cluster) -> Summary:
    usable = cluster.health.state in (State.HEALTHY, State.DEGRADED)
    return Summary(name=cluster.name, status=ClusterWord.READY if usable else ClusterWord.NOT_READY)


def detail_of(cluster: Cluster, view: View) -> Detail:
    return Detail(
        name=cluster.name,
        description=cluster.reach.description,
        server=cluster.reach.server,
        version=cluster.health.version,
        nodes=cluster.nodes,
        author=cluster.author,
        create_at=seconds(cluster.created_at),
        update_at=seconds(cluster.updated_at),
        health=health_of(cluster, view),
    )


def health_of(cluster: Cluster, view: View) -> Health:
    health = cluster.health
    told = cause_of(health.reason, health.facts).told(view.language)
    return Health(
        state=health.state,
        reason=health.reason,
        message=told.message,
        remedy=told.remedy,
        version=health.version,
        last_transition_time=seconds(health.transition_at),
        last_probe_time=seconds(health.probed_at),
        next_probe_time=seconds(health.next_at),
    )


def watch_of(heard: Heard) -> Watch:
    return Watch(
        kind=heard.what, last_heard_time=seconds(heard.at), objects=heard.objects, failure=heard.failure
    )


def namespace_of(seen: SeenNamespace) -> Namespace:
    bound = seen.bound
    whose = None if bound is None else _bound_to(bound)
    return Namespace(name=seen.name, phase=seen.phase, workspace=whose)


def _bound_to(bound: BoundNamespace) -> BoundTo:
    return BoundTo(
        workspace_id=bound.workspace,
        alias=bound.workspace_name,
        author=bound.author,
        bound_at=seconds(bound.created_at),
    )


def in_workspace(bound: BoundNamespace) -> WorkspaceNamespace:
    return WorkspaceNamespace(
        cluster=bound.cluster_name,
        namespace=bound.namespace,
        author=bound.author,
        bound_at=seconds(bound.created_at),
    )

"""Member clusters and their namespaces: the two lists of group Core; and ours, to register, change, look at and remove
clusters and to give their namespaces to workspaces."""

from typing import Annotated

from litestar import delete, get, post, put
from litestar.params import Parameter

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Window
from kangaroo.base.query import Contains, Filter, ListQuery, Sort
from kangaroo.core.clusters import Change, ClusterName, NamespaceName, NamespaceOrder, Registration
from kangaroo.core.services import Services
from kangaroo.entrypoints.http.framework import AnyRequest, Given
from kangaroo.entrypoints.platform.clusters_shapes import (
    ClusterHealth,
    Detail,
    GivenBinding,
    GivenChange,
    GivenCluster,
    GivenNamespaces,
    Namespace,
    OrderBy,
    SortBy,
    Summary,
    WorkspaceNamespace,
    detail_of,
    health_of,
    in_workspace,
    namespace_of,
    summary_of,
    watch_of,
)
from kangaroo.entrypoints.platform.given import segment
from kangaroo.entrypoints.platform.health_shapes import Health
from kangaroo.entrypoints.platform.shapes import Empty, Fuzzy, Listed, listed
from kangaroo.entrypoints.platform.view import View

_ALL, _ONE = "/clusters", "/clusters/{cluster:str}"
Sorted = Annotated[SortBy, Parameter(query="sortBy")]
Ordered = Annotated[OrderBy, Parameter(query="orderBy")]
_SORTS = {
    (SortBy.NAME, OrderBy.ASCENDING): Sort("name"),
    (SortBy.NAME, OrderBy.DESCENDING): Sort("name", descending=True),
    (SortBy.CREATED, OrderBy.ASCENDING): Sort("created_at"),
    (SortBy.CREATED, OrderBy.DESCENDING): Sort("created_at", descending=True),
}
_ORDERS = {
    (SortBy.NAME, OrderBy.DESCENDING): NamespaceOrder.NAME_BACKWARDS,
    (SortBy.CREATED, OrderBy.ASCENDING): NamespaceOrder.OLDEST,
    (SortBy.CREATED, OrderBy.DESCENDING): NamespaceOrder.NEWEST,
}


@get("/cluster", operation_id="Core_ListCluster")
async def list_names(
    actor: Given[Actor],
    services: Given[Services],
    window: Given[Window],
    sort_by: Sorted = SortBy.UNSPECIFIED,
    order_by: Ordered = OrderBy.DESCENDING,
) -> Listed[Summary]:
    """By name, unless asked otherwise."""
    sort = _SORTS.get((sort_by, order_by))
    query = ListQuery(sorts=(sort,) if sort else (), window=window)
    return listed(window, await services.clusters.page(actor, query), summary_of)


@get("/cluster/{cluster:str}/namespace", operation_id="Core_ListNamespace")
async def list_namespace_names(
    actor: Given[Actor],
    services: Given[Services],
    window: Given[Window],
    request: AnyRequest,
    sort_by: Sorted = SortBy.UNSPECIFIED,
    order_by: Ordered = OrderBy.DESCENDING,
) -> Listed[str]:
    """As the cluster has them now; by name, unless asked otherwise."""
    order = _ORDERS.get((sort_by, order_by), NamespaceOrder.NAME)
    page = await services.clusters.namespaces.of_cluster(actor, _cluster(request), window, order=order)
    return listed(window, page, lambda one: one.name)


@get(_ALL, operation_id="Clusters_List")
async def list_(
    actor: Given[Actor],
    services: Given[Services],
    window: Given[Window],
    view: Given[View],
    fuzzy: Fuzzy = "",
) -> Listed[Detail]:
    filters = (Filter("name", Contains(fuzzy)),) if fuzzy else ()
    page = await services.clusters.page(actor, ListQuery(filters=filters, window=window))
    return listed(window, page, lambda one: detail_of(one, view))


@post(_ALL, status_code=200, operation_id="Clusters_Register")
async def register(
    actor: Given[Actor], services: Given[Services], view: Given[View], data: GivenCluster
) -> Detail:
    """Asks the cluster who it is first, and whether the account may do what pull secrets take."""
    wanted = Registration(
        name=ClusterName.parse(data.name), kubeconfig=data.kubeconfig, description=data.description
    )
    return detail_of(await services.clusters.register(actor, wanted), view)


@get(_ONE, operation_id="Clusters_Get")
async def get_(
    actor: Given[Actor], services: Given[Services], view: Given[View], request: AnyRequest
) -> Detail:
    return detail_of(await services.clusters.get(actor, _cluster(request)), view)


@put(_ONE, operation_id="Clusters_Update")
async def update(
    actor: Given[Actor],
    services: Given[Services],
    view: Given[View],
    request: AnyRequest,
    data: GivenChange,
) -> Detail:
    """A new kubeconfig must lead to the same cluster."""
    change = Change(kubeconfig=data.kubeconfig, description=data.description)
    return detail_of(await services.clusters.update(actor, _cluster(request), change), view)


@delete(_ONE, status_code=200, operation_id="Clusters_Remove")
async def remove(
    actor: Given[Actor],
    services: Given[Services],
    request: AnyRequest,
    abandon: Annotated[bool, Parameter(query="abandon")] = False,
) -> Empty:
    """Unbind its namespaces before. With `abandon`, for a cluster that is gone, they are unbound here alone."""
    await services.clusters.remove(actor, _cluster(request), abandon=abandon)
    return Empty()


@get(f"{_ONE}/health", operation_id="Clusters_Health")
async def health(
    actor: Given[Actor], services: Given[Services], view: Given[View], request: AnyRequest
) -> ClusterHealth:
    """As it was last found to be, and when those who watch it last heard of it."""
    found = await services.clusters.get(actor, _cluster(request))
    heard = await services.clusters.health.heard(actor, _cluster(request))
    return ClusterHealth(health=health_of(found, view), watches=[watch_of(one) for one in heard])


@post(f"{_ONE}/health", status_code=200, operation_id="Clusters_Check")
async def check(
    actor: Given[Actor], services: Given[Services], view: Given[View], request: AnyRequest
) -> Health:
    """Answers when it has been looked at."""
    return health_of(await services.clusters.health.check(actor, _cluster(request)), view)


@get(f"{_ONE}/namespaces", operation_id="Clusters_ListNamespaces")
async def list_namespaces(
    actor: Given[Actor],
    services: Given[Services],
    window: Given[Window],
    request: AnyRequest,
    fuzzy: Fuzzy = "",
) -> Listed[Namespace]:
    """With the workspaces they belong to."""
    page = await services.clusters.namespaces.of_cluster(actor, _cluster(request), window, fuzzy)
    return listed(window, page, namespace_of)


@post(f"{_ONE}/namespaces/bind", status_code=200, operation_id="Clusters_BindNamespaces")
async def bind(
    actor: Given[Actor], services: Given[Services], request: AnyRequest, data: GivenBinding
) -> Empty:
    """All of them or none; a namespace belongs to one workspace at most."""
    names = [NamespaceName.parse(one) for one in data.namespaces]
    await services.clusters.namespaces.bind(actor, _cluster(request), names, data.workspace)
    return Empty()


@post(f"{_ONE}/namespaces/unbind", status_code=200, operation_id="Clusters_UnbindNamespaces")
async def unbind(
    actor: Given[Actor], services: Given[Services], request: AnyRequest, data: GivenNamespaces
) -> Empty:
    """What was put into them is taken away as soon as the cluster answers."""
    names = [NamespaceName.parse(one) for one in data.namespaces]
    await services.clusters.namespaces.unbind(actor, _cluster(request), names)
    return Empty()


@get("/workspaces/{workspace:str}/namespaces", operation_id="Workspaces_ListNamespaces")
async def list_of_workspace(
    actor: Given[Actor],
    services: Given[Services],
    window: Given[Window],
    workspace_id: Given[int],
    fuzzy: Fuzzy = "",
) -> Listed[WorkspaceNamespace]:
    page = await services.clusters.namespaces.of_workspace(actor, workspace_id, window, fuzzy)
    return listed(window, page, in_workspace)


def _cluster(request: AnyRequest) -> ClusterName:
    text = segment(request, "cluster")
    try:
        return ClusterName.parse(text)
    except Failure as failure:
        raise Failure(Code.NOT_FOUND, what=f"cluster {text[:80]}") from failure


HANDLERS = (
    list_names,
    list_namespace_names,
    list_,
    register,
    get_,
    update,
    remove,
    health,
    check,
    list_namespaces,
    bind,
    unbind,
    list_of_workspace,
)

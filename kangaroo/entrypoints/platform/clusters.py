"""Group Core: member clusters and their namespaces.

There is no inventory of clusters in this version: the list is empty, and no cluster has a name.
"""

from litestar import get

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Page, Window
from kangaroo.core.instances import Point
from kangaroo.core.services import Services
from kangaroo.entrypoints.http.framework import AnyRequest, Given
from kangaroo.entrypoints.platform.given import segment
from kangaroo.entrypoints.platform.shapes import Listed, Shape, Word, listed


class ClusterWord(Word):
    UNSPECIFIED = "clusterStatus_UNSPECIFIED"
    READY = "clusterStatus_READY"
    NOT_READY = "clusterStatus_NOT_READY"


class Cluster(Shape):
    name: str
    status: ClusterWord


@get("/cluster", operation_id="Core_ListCluster")
async def list_(actor: Given[Actor], services: Given[Services], window: Given[Window]) -> Listed[Cluster]:
    await services.instances.decide(actor, Point.GET_MANAGED_HARBOR)
    nothing: Page[Cluster] = Page([], 0)
    return listed(window, nothing, lambda one: one)


@get("/cluster/{cluster:str}/namespace", operation_id="Core_ListNamespace")
async def list_namespaces(
    actor: Given[Actor], services: Given[Services], window: Given[Window], request: AnyRequest
) -> Listed[str]:
    await services.instances.decide(actor, Point.GET_MANAGED_HARBOR)
    del window
    raise Failure(Code.NOT_FOUND, what=f"cluster {segment(request, 'cluster')[:253]}")


HANDLERS = (list_, list_namespaces)

"""Group Harbor, the life of one: made, listed, changed, looked at, deleted; and ours, what is in the way beforehand."""

from typing import Annotated

from litestar import delete, get, post, put
from litestar.di import Provide
from litestar.params import Parameter

from kangaroo.base.actors import Actor
from kangaroo.base.paging import Window
from kangaroo.base.query import Contains, Filter, ListQuery, Sort
from kangaroo.core.managed import HarborName, Place
from kangaroo.core.services import Services
from kangaroo.entrypoints.http.framework import AnyRequest, Given
from kangaroo.entrypoints.platform.given import segment
from kangaroo.entrypoints.platform.harbors_checks_shapes import Preflight, preflight_of
from kangaroo.entrypoints.platform.harbors_given import GivenFarewell, GivenHarbor
from kangaroo.entrypoints.platform.harbors_shapes import HarborShape, harbor_of
from kangaroo.entrypoints.platform.harbors_words import OrderBy, SortBy
from kangaroo.entrypoints.platform.shapes import Empty, Fuzzy, Listed, listed
from kangaroo.entrypoints.platform.view import View

_ONE = "/clusters/{cluster:str}/namespaces/{namespace:str}/harbors/{name:str}"
_SYNC = "/cluster/{cluster:str}/namespace/{namespace:str}/harbors/{name:str}/sync"
_KEYS = {SortBy.NAME: "name", SortBy.CREATED: "created_at"}


def place_of(request: AnyRequest) -> Place:
    return Place.parse(segment(request, "cluster"), segment(request, "namespace"))


def name_of(request: AnyRequest) -> HarborName:
    return HarborName.parse(place_of(request), segment(request, "name"))


async def _order(
    sort_by: Annotated[SortBy, Parameter(query="sortBy")] = SortBy.UNSPECIFIED,
    order_by: Annotated[OrderBy, Parameter(query="orderBy")] = OrderBy.DESCENDING,
) -> Sort:
    return Sort(_KEYS.get(sort_by, "created_at"), order_by is OrderBy.DESCENDING)


@get("/harbors", operation_id="Harbor_ListHarborClusters", dependencies={"order": Provide(_order)})
async def list_(
    actor: Given[Actor],
    services: Given[Services],
    window: Given[Window],
    view: Given[View],
    order: Given[Sort],
    fuzzy: Fuzzy = "",
) -> Listed[HarborShape]:
    """The newest first, unless asked otherwise."""
    filters = (Filter("name", Contains(fuzzy)),) if fuzzy else ()
    page = await services.managed.page(actor, ListQuery(filters, (order,), window))
    return listed(window, page, lambda one: harbor_of(one, view))


@get(_ONE, operation_id="Harbor_GetHarborCluster")
async def get_(
    actor: Given[Actor], services: Given[Services], view: Given[View], request: AnyRequest
) -> HarborShape:
    return harbor_of(await services.managed.get(actor, name_of(request)), view)


@post(_ONE, status_code=200, operation_id="Harbor_CreateHarborCluster")
async def create(
    actor: Given[Actor],
    services: Given[Services],
    view: Given[View],
    request: AnyRequest,
    data: GivenHarbor,
) -> HarborShape:
    name = name_of(request)
    return harbor_of(await services.managed.create(actor, name, data.wish(name)), view)


@put(_ONE, operation_id="Harbor_UpdateHarborCluster")
async def update(
    actor: Given[Actor],
    services: Given[Services],
    view: Given[View],
    request: AnyRequest,
    data: GivenHarbor,
) -> HarborShape:
    name = name_of(request)
    return harbor_of(await services.managed.change(actor, name, data.change(name)), view)


@delete(_ONE, status_code=200, operation_id="Harbor_DeleteHarborCluster")
async def delete_(
    actor: Given[Actor], services: Given[Services], request: AnyRequest, data: GivenFarewell
) -> Empty:
    await services.managed.delete(actor, name_of(request), data.farewell())
    return Empty()


@get(_SYNC, operation_id="Harbor_SyncHarborStatus")
async def sync(actor: Given[Actor], services: Given[Services], request: AnyRequest) -> Empty:
    """Answers when it has been looked at."""
    await services.managed.check(actor, name_of(request))
    return Empty()


@post(f"{_ONE}/preflight", status_code=200, operation_id="Harbor_Preflight")
async def preflight(
    actor: Given[Actor],
    services: Given[Services],
    view: Given[View],
    request: AnyRequest,
    data: GivenHarbor,
) -> Preflight:
    """Ours: what creating it would meet, one row per question."""
    name = name_of(request)
    return preflight_of(await services.managed.preflight(actor, name, data.wish(name)), view)


HANDLERS = (list_, get_, create, update, delete_, sync, preflight)

"""How much instances of the platform hold: overview, counters, and used bytes over time.

Every answer says as of when it is (`asOf`): exact for the built-in registry, the last count for others, and a count
made now for `?fresh=true`.
"""

from typing import Annotated
from urllib.parse import urlsplit

from litestar import get
from litestar.params import Parameter

from kangaroo.base.actors import Actor
from kangaroo.base.clock import SECOND
from kangaroo.core.instances import Sample, Which
from kangaroo.core.services import Services
from kangaroo.entrypoints.http.framework import Given
from kangaroo.entrypoints.platform.registries_shapes import (
    IntegratedType,
    RegistryType,
    type_of,
    url_of,
)
from kangaroo.entrypoints.platform.shapes import Shape, int64, seconds
from kangaroo.entrypoints.platform.view import View

_LATEST = 1 << 42  # seconds: later than any clock, and small enough to be counted in microseconds
Moment = Annotated[int, Parameter(ge=0, le=_LATEST)]


class RegistryDetail(Shape):
    """`deploy_cluster`, `deploy_namespace` and `copies` are those of a managed Harbor."""

    registry_name: str
    host: str
    deploy_cluster: str
    deploy_namespace: str
    copies: str
    description: str
    create_at: str
    author: str
    integrated_type: IntegratedType
    project_num: int
    repository_num: int
    chart_num: int
    usage_storage: str
    type: RegistryType
    as_of: str


class RegistryStatistic(Shape):
    private_project_count: str
    private_repo_count: str
    public_project_count: str
    public_repo_count: str
    total_project_count: str
    total_repo_count: str
    total_storage_consumption: str
    as_of: str


class StoragePoint(Shape):
    """Bytes."""

    timestamp: str
    value: str


class StorageStatistic(Shape):
    data: list[StoragePoint]


@get("/registries/{registry:str}/detail", operation_id="Registries_GetRegistryDetail")
async def detail(
    actor: Given[Actor],
    services: Given[Services],
    view: Given[View],
    which: Given[Which],
    fresh: bool = False,
) -> RegistryDetail:
    instance = await services.instances.get(actor, which)
    totals = await services.instances.statistics.totals(actor, which, fresh=fresh)
    return RegistryDetail(
        registry_name=instance.name,
        host=urlsplit(url_of(instance, view)).netloc,
        deploy_cluster="",
        deploy_namespace="",
        copies="",
        description=instance.connection.description,
        create_at=seconds(instance.created_at),
        author=instance.author,
        integrated_type=IntegratedType(instance.integration),
        project_num=totals.public_spaces + totals.private_spaces,
        repository_num=totals.public_images + totals.private_images,
        chart_num=totals.charts,
        usage_storage=int64(totals.storage),
        type=type_of(instance),
        as_of=seconds(totals.at),
    )


@get("/registries/{registry:str}/statistic", operation_id="Image_GetRegistryStatistic")
async def counters(
    actor: Given[Actor], services: Given[Services], which: Given[Which], fresh: bool = False
) -> RegistryStatistic:
    totals = await services.instances.statistics.totals(actor, which, fresh=fresh)
    return RegistryStatistic(
        private_project_count=int64(totals.private_spaces),
        private_repo_count=int64(totals.private_images),
        public_project_count=int64(totals.public_spaces),
        public_repo_count=int64(totals.public_images),
        total_project_count=int64(totals.public_spaces + totals.private_spaces),
        total_repo_count=int64(totals.public_images + totals.private_images),
        total_storage_consumption=int64(totals.storage),
        as_of=seconds(totals.at),
    )


@get("/registries/{registry:str}/storage_statistic", operation_id="Registries_GetStorageStatistic")
async def storage(
    actor: Given[Actor],
    services: Given[Services],
    which: Given[Which],
    start: Moment = 0,
    end: Moment = 0,
) -> StorageStatistic:
    """Between two times in seconds; the last week when they are not given."""
    since, until = start * SECOND or None, end * SECOND or None
    samples = await services.instances.statistics.storage(actor, which, since, until)
    return StorageStatistic(data=[_point(one) for one in samples])


def _point(sample: Sample) -> StoragePoint:
    return StoragePoint(timestamp=seconds(sample.at), value=int64(sample.bytes))


HANDLERS = (detail, counters, storage)

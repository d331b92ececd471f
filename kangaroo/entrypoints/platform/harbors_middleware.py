"""Group Harbor, middleware: what the clusters have, whose it is, and making some."""

from litestar import get, post

from kangaroo.base.actors import Actor
from kangaroo.base.paging import Window
from kangaroo.core.managed import MiddlewareInstance, Outcome, Resources, Result, Service, Wanted
from kangaroo.core.services import Services
from kangaroo.entrypoints.http.framework import AnyRequest, Given
from kangaroo.entrypoints.platform.harbors import place_of
from kangaroo.entrypoints.platform.harbors_given import GivenResources
from kangaroo.entrypoints.platform.harbors_words import (
    MadeStatus,
    MinioStatus,
    PostgresqlStatus,
    RedisStatus,
    RedisWord,
)
from kangaroo.entrypoints.platform.shapes import Body, Fuzzy, Listed, Shape, listed
from kangaroo.entrypoints.platform.view import View

_MADE = {
    Outcome.MADE: MadeStatus.SUCCESS,
    Outcome.THERE: MadeStatus.ALREADY_EXISTS,
    Outcome.FAILED: MadeStatus.FAILED,
}


class Postgresql(Shape):
    name: str
    cluster: str
    namespace: str
    status: PostgresqlStatus
    number_of_instances: int
    use_by: str


class Redis(Shape):
    """`reason`: why no Harbor can use it; ours, like `message` and `remedy`."""

    name: str
    redis_addr: str
    cluster: str
    namespace: str
    status: RedisStatus
    instance_type: RedisWord
    use_by: str
    reason: str
    message: str
    remedy: str


class Minio(Shape):
    name: str
    cluster: str
    namespace: str
    buckets: list[str]
    address: list[str]
    status: MinioStatus
    replica: int
    use_by: str


class MadeShape(Shape):
    status: MadeStatus
    message: str


class Made(Shape):
    redis: MadeShape | None
    postgres: MadeShape | None
    minio: MadeShape | None


class GivenService(Body):
    name: str = ""
    replicas: int = 1
    resources: GivenResources | None = None
    storage_class_name: str = ""
    storage_size: str = ""
    volumes_pre_server: int = 1

    def wanted(self) -> Wanted:
        return Wanted(
            name=self.name,
            size=self.storage_size,
            storage_class=self.storage_class_name,
            replicas=self.replicas,
            resources=Resources() if self.resources is None else self.resources.resources(),
            volumes=self.volumes_pre_server,
        )


class GivenServices(Body):
    redis: GivenService | None = None
    postgres: GivenService | None = None
    minio: GivenService | None = None

    def wanted(self) -> dict[Service, Wanted]:
        given = {Service.REDIS: self.redis, Service.POSTGRESQL: self.postgres, Service.MINIO: self.minio}
        return {service: one.wanted() for service, one in given.items() if one is not None}


@get("/postgresql-instance", operation_id="Harbor_ListPostgresqlInstance")
async def list_postgresql(
    actor: Given[Actor], services: Given[Services], window: Given[Window], fuzzy: Fuzzy = ""
) -> Listed[Postgresql]:
    page = await services.managed.middlewares.page(actor, Service.POSTGRESQL, window, fuzzy)
    return listed(window, page, postgresql_of)


@get("/redis-instance", operation_id="Harbor_ListRedisInstance")
async def list_redis(
    actor: Given[Actor],
    services: Given[Services],
    window: Given[Window],
    view: Given[View],
    fuzzy: Fuzzy = "",
) -> Listed[Redis]:
    page = await services.managed.middlewares.page(actor, Service.REDIS, window, fuzzy)
    return listed(window, page, lambda one: redis_of(one, view))


@get("/minio-instance", operation_id="Harbor_ListMinioInstance")
async def list_minio(
    actor: Given[Actor], services: Given[Services], window: Given[Window], fuzzy: Fuzzy = ""
) -> Listed[Minio]:
    page = await services.managed.middlewares.page(actor, Service.MINIO, window, fuzzy)
    return listed(window, page, minio_of)


@get("/workspace/{workspace:str}/postgresql", operation_id="Harbor_ListPostgresql")
async def list_postgresql_of(
    actor: Given[Actor], services: Given[Services], window: Given[Window], workspace_id: Given[int]
) -> Listed[Postgresql]:
    """In the namespaces of the workspace."""
    middlewares = services.managed.middlewares
    page = await middlewares.page_of_workspace(actor, workspace_id, Service.POSTGRESQL, window)
    return listed(window, page, postgresql_of)


@get("/workspace/{workspace:str}/redis", operation_id="Harbor_ListRedis")
async def list_redis_of(
    actor: Given[Actor],
    services: Given[Services],
    window: Given[Window],
    view: Given[View],
    workspace_id: Given[int],
) -> Listed[Redis]:
    """In the namespaces of the workspace."""
    middlewares = services.managed.middlewares
    page = await middlewares.page_of_workspace(actor, workspace_id, Service.REDIS, window)
    return listed(window, page, lambda one: redis_of(one, view))


@get("/workspace/{workspace:str}/minio", operation_id="Harbor_ListMinio")
async def list_minio_of(
    actor: Given[Actor], services: Given[Services], window: Given[Window], workspace_id: Given[int]
) -> Listed[Minio]:
    """In the namespaces of the workspace."""
    middlewares = services.managed.middlewares
    page = await middlewares.page_of_workspace(actor, workspace_id, Service.MINIO, window)
    return listed(window, page, minio_of)


@post(
    "/clusters/{cluster:str}/namespace/{namespace:str}/middleware",
    status_code=200,
    operation_id="Harbor_CreateHarborMiddleware",
)
async def create(
    actor: Given[Actor],
    services: Given[Services],
    view: Given[View],
    request: AnyRequest,
    data: GivenServices,
) -> Made:
    results = await services.managed.middlewares.create(actor, place_of(request), data.wanted())
    shown = {service: made_of(result, view) for service, result in results.items()}
    return Made(
        redis=shown.get(Service.REDIS),
        postgres=shown.get(Service.POSTGRESQL),
        minio=shown.get(Service.MINIO),
    )


def postgresql_of(one: MiddlewareInstance) -> Postgresql:
    return Postgresql(
        name=one.name,
        cluster=one.cluster,
        namespace=one.namespace,
        status=PostgresqlStatus.RUNNING if one.running else PostgresqlStatus.FAILED,
        number_of_instances=one.replicas,
        use_by=one.used_by,
    )


def redis_of(one: MiddlewareInstance, view: View) -> Redis:
    obstacle = one.obstacle
    return Redis(
        name=one.name,
        redis_addr=", ".join(one.addresses),
        cluster=one.cluster,
        namespace=one.namespace,
        status=RedisStatus.RUNNING if one.running else RedisStatus.FAILED,
        instance_type=RedisWord(one.type),
        use_by=one.used_by,
        reason="" if obstacle is None else obstacle.cause.name,
        message="" if obstacle is None else obstacle.message(view.language),
        remedy="" if obstacle is None else obstacle.remedy(view.language),
    )


def minio_of(one: MiddlewareInstance) -> Minio:
    return Minio(
        name=one.name,
        cluster=one.cluster,
        namespace=one.namespace,
        buckets=list(one.buckets),
        address=list(one.addresses),
        status=MinioStatus.RUNNING if one.running else MinioStatus.FAILED,
        replica=one.replicas,
        use_by=one.used_by,
    )


def made_of(result: Result, view: View) -> MadeShape:
    message = "" if result.failure is None else result.failure.message(view.language)
    return MadeShape(status=_MADE[result.outcome], message=message)


HANDLERS = (
    list_postgresql,
    list_redis,
    list_minio,
    list_postgresql_of,
    list_redis_of,
    list_minio_of,
    create,
)

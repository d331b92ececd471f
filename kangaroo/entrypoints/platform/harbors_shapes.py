"""Managed Harbors as group Harbor shows them: the whole spec but its passwords, and how it is.

Beyond the published description: `status.details` (HarborCluster, pods and instance apart, with reason, remedy and
when it was looked at) and `trivyOffline`.
"""

from kangaroo.base.reasons import Explained
from kangaroo.core.managed import (
    Bucket,
    Cache,
    Database,
    DependencyMode,
    Expose,
    ExposeMode,
    Harbor,
    HarborSpec,
    Middleware,
    RedisType,
    Resources,
    State,
    Storage,
    StorageMode,
    explained,
)
from kangaroo.entrypoints.platform.harbors_words import (
    CacheWord,
    ClusterStatus,
    DatabaseWord,
    ExposeWord,
    RedisWord,
    StorageWord,
    TargetStatus,
)
from kangaroo.entrypoints.platform.shapes import Empty, Shape, seconds
from kangaroo.entrypoints.platform.view import View

_STATUS = {
    State.CREATING: ClusterStatus.PROVISIONING,
    State.UPDATING: ClusterStatus.PROVISIONING,
    State.DELETING: ClusterStatus.PROVISIONING,
    State.HEALTHY: ClusterStatus.HEALTHY,
    State.UNHEALTHY: ClusterStatus.UNHEALTHY,
    State.UNKNOWN: ClusterStatus.UNHEALTHY,
}
_TARGET = {
    State.CREATING: TargetStatus.CREATING,
    State.UPDATING: TargetStatus.UPDATING,
    State.DELETING: TargetStatus.DELETING,
}
_CLUSTER = {
    "healthy": TargetStatus.RUNNING,
    "degraded": TargetStatus.RUNNING,
    "unhealthy": TargetStatus.FAILED,
}


class ObjectMeta(Shape):
    name: str
    namespace: str
    cluster: str
    annotations: dict[str, str]


class ResourcesShape(Shape):
    requests: dict[str, str]
    limits: dict[str, str]


class External(Shape):
    """The password never goes out."""

    host_and_port: str
    username: str
    password: str = ""


class MiddlewareShape(Shape):
    name: str
    namespace: str
    cluster: str
    workspace: str


class OneClick(Shape):
    cluster: str
    namespace: str
    name: str


class CacheMiddleware(MiddlewareShape):
    type: RedisWord


class CacheOneClick(OneClick):
    type: RedisWord


class DatabaseShape(Shape):
    type: DatabaseWord
    in_spec: Empty | None = None
    mcamel_spec: MiddlewareShape | None = None
    external_spec: External | None = None
    build_in_mcamel_spec: OneClick | None = None


class CacheShape(Shape):
    type: CacheWord
    in_spec: Empty | None = None
    mcamel_spec: CacheMiddleware | None = None
    external_spec: External | None = None
    build_in_mcamel_spec: CacheOneClick | None = None


class S3Shape(Shape):
    """The secret key never goes out."""

    access_key: str
    region: str
    region_endpoint: str
    bucket: str
    skip_verify: bool
    v4_auth: bool
    secret_key: str = ""


class MinioShape(MiddlewareShape):
    bucket: str


class MinioOneClick(OneClick):
    bucket: str


class VolumeShape(Shape):
    name: str
    resource: ResourcesShape


class StorageShape(Shape):
    type: StorageWord
    s3_spec: S3Shape | None = None
    mcamel_minio_spec: MinioShape | None = None
    sc_spec: VolumeShape | None = None
    built_in_minio_mcamel_spec: MinioOneClick | None = None


class IngressShape(Shape):
    host: str
    ingress_class_name: str


class NodePortShape(Shape):
    node_port: int


class HttpsShape(Shape):
    namespace: str
    name: str


class ExposeShape(Shape):
    type: ExposeWord
    external_url: str
    expose_https: bool
    ingress_spec: IngressShape | None = None
    load_balance_spec: Empty | None = None
    node_port_spec: NodePortShape | None = None
    https_spec: HttpsShape | None = None


class SpecShape(Shape):
    version: str
    replicas: int
    resources: ResourcesShape
    database: DatabaseShape
    cache: CacheShape
    storage: StorageShape
    expose: ExposeShape
    enable_trivy: bool
    enable_metrics: bool
    user_sync_to_harbor: bool = False
    admin_password: str = ""


class ConditionShape(Shape):
    type: str
    status: str
    reason: str
    message: str


class PodShape(Shape):
    name: str
    phase: str
    ready: bool
    waiting: str
    detail: str
    restarts: int


class Trouble(Shape):
    """`state` of the instance is empty before it is one; `reason` is a stable word."""

    state: str
    reason: str
    message: str
    remedy: str


class Details(Shape):
    """`state`: CREATING, UPDATING, DELETING, HEALTHY, UNHEALTHY, UNKNOWN; `resource`: the operator's own word."""

    state: str
    reason: str
    message: str
    remedy: str
    resource: str
    conditions: list[ConditionShape]
    pods: list[PodShape]
    instance: Trouble
    last_transition_time: str
    last_checked_time: str
    next_check_time: str


class StatusShape(Shape):
    status: ClusterStatus
    target_cluster_status: TargetStatus
    details: Details


class HarborShape(Shape):
    metadata: ObjectMeta
    spec: SpecShape
    status: StatusShape
    trivy_offline: bool


def harbor_of(harbor: Harbor, view: View) -> HarborShape:
    place = harbor.name.place
    return HarborShape(
        metadata=ObjectMeta(
            name=harbor.name.name,
            namespace=place.namespace,
            cluster=place.cluster,
            annotations=harbor.annotations,
        ),
        spec=_spec(harbor.spec, place.namespace),
        status=StatusShape(
            status=_STATUS[harbor.state],
            target_cluster_status=_target(harbor),
            details=_details(harbor, view),
        ),
        trivy_offline=harbor.spec.trivy_offline,
    )


def _target(harbor: Harbor) -> TargetStatus:
    """While something is done to the Harbor, that; else how its cluster is."""
    if harbor.state in _TARGET:
        return _TARGET[harbor.state]
    return _CLUSTER.get(harbor.cluster_state or "", TargetStatus.UNKNOWN)


def _details(harbor: Harbor, view: View) -> Details:
    sight = harbor.sight
    instance = explained(sight.instance_reason, sight.instance_facts)
    return Details(
        state=harbor.state,
        reason=_reason(harbor.failure),
        message="" if harbor.failure is None else harbor.failure.message(view.language),
        remedy="" if harbor.failure is None else harbor.failure.remedy(view.language),
        resource=sight.word,
        conditions=[
            ConditionShape(type=one.type, status=one.status, reason=one.reason, message=one.message)
            for one in sight.conditions
        ],
        pods=[
            PodShape(
                name=one.name,
                phase=one.phase,
                ready=one.ready,
                waiting=one.waiting,
                detail=one.detail,
                restarts=one.restarts,
            )
            for one in sight.pods
        ],
        instance=Trouble(
            state=sight.instance,
            reason=_reason(instance),
            message="" if instance is None else instance.message(view.language),
            remedy="" if instance is None else instance.remedy(view.language),
        ),
        last_transition_time=seconds(harbor.transition_at),
        last_checked_time=seconds(harbor.checked_at),
        next_check_time=seconds(harbor.next_at),
    )


def _reason(failure: Explained | None) -> str:
    return "" if failure is None else failure.cause.name


def _spec(spec: HarborSpec, namespace: str) -> SpecShape:
    return SpecShape(
        version=spec.version,
        replicas=spec.replicas,
        resources=_resources(spec.resources),
        database=_database(spec.database),
        cache=_cache(spec.cache),
        storage=_storage(spec.storage),
        expose=_expose(spec.expose, namespace),
        enable_trivy=spec.trivy,
        enable_metrics=spec.metrics,
    )


def _resources(resources: Resources) -> ResourcesShape:
    return ResourcesShape(requests=resources.requests, limits=resources.limits)


def _middleware(one: Middleware) -> dict[str, str]:
    return {"cluster": one.cluster, "namespace": one.namespace, "name": one.name}


def _database(database: Database) -> DatabaseShape:
    found = DatabaseShape(type=DatabaseWord(database.mode))
    one = database.middleware
    if database.mode is DependencyMode.EXTERNAL:
        found.external_spec = External(host_and_port=database.address, username=database.username)
    elif one is None:
        found.in_spec = Empty()
    elif database.mode is DependencyMode.MIDDLEWARE:
        found.mcamel_spec = MiddlewareShape(**_middleware(one), workspace=one.workspace)
    else:
        found.build_in_mcamel_spec = OneClick(**_middleware(one))
    return found


def _cache(cache: Cache) -> CacheShape:
    found = CacheShape(type=CacheWord(cache.mode))
    one, type_ = cache.middleware, RedisWord(cache.type if cache.middleware else RedisType.STANDALONE)
    if cache.mode is DependencyMode.EXTERNAL:
        found.external_spec = External(host_and_port=cache.address, username=cache.username)
    elif one is None:
        found.in_spec = Empty()
    elif cache.mode is DependencyMode.MIDDLEWARE:
        found.mcamel_spec = CacheMiddleware(**_middleware(one), workspace=one.workspace, type=type_)
    else:
        found.build_in_mcamel_spec = CacheOneClick(**_middleware(one), type=type_)
    return found


def _storage(storage: Storage) -> StorageShape:
    found = StorageShape(type=StorageWord(storage.mode))
    one, bucket = storage.middleware, storage.bucket or Bucket(bucket="")
    if storage.volume is not None:
        volume = storage.volume
        found.sc_spec = VolumeShape(name=volume.storage_class, resource=_resources(volume.resources))
    elif one is None:
        found.s3_spec = S3Shape(
            access_key=bucket.access_key,
            region=bucket.region,
            region_endpoint=bucket.endpoint,
            bucket=bucket.bucket,
            skip_verify=bucket.skip_verify,
            v4_auth=bucket.v4_auth,
        )
    elif storage.mode is StorageMode.MIDDLEWARE:
        found.mcamel_minio_spec = MinioShape(
            **_middleware(one), workspace=one.workspace, bucket=bucket.bucket
        )
    else:
        found.built_in_minio_mcamel_spec = MinioOneClick(**_middleware(one), bucket=bucket.bucket)
    return found


def _expose(expose: Expose, namespace: str) -> ExposeShape:
    found = ExposeShape(
        type=ExposeWord(expose.mode), external_url=expose.external_url, expose_https=expose.https
    )
    if expose.mode is ExposeMode.INGRESS:
        found.ingress_spec = IngressShape(host=expose.host, ingress_class_name=expose.ingress_class)
    elif expose.mode is ExposeMode.NODE_PORT:
        found.node_port_spec = NodePortShape(node_port=expose.node_port)
    else:
        found.load_balance_spec = Empty()
    if expose.https:
        found.https_spec = HttpsShape(namespace=namespace, name=expose.tls_secret)
    return found

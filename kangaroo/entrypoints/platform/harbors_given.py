"""What group Harbor is given: a spec with its passwords, or parts of one, as core takes them."""

from typing import TypeVar

from kangaroo.base.errors import Code, Failure
from kangaroo.core.managed import (
    Bucket,
    Cache,
    Change,
    Database,
    Dependencies,
    DependencyMode,
    Expose,
    ExposeMode,
    Farewell,
    HarborName,
    HarborSpec,
    Middleware,
    RedisType,
    Resources,
    Secrets,
    Service,
    Storage,
    StorageMode,
    Volume,
    Wish,
)
from kangaroo.entrypoints.platform.harbors_words import (
    CacheWord,
    DatabaseWord,
    ExposeWord,
    RedisWord,
    StorageWord,
)
from kangaroo.entrypoints.platform.shapes import Body

T = TypeVar("T")


class GivenMeta(Body):
    name: str = ""
    namespace: str = ""
    cluster: str = ""
    annotations: dict[str, str] | None = None

    def check(self, harbor: HarborName) -> None:
        """What it repeats of the path is the same. Raises INVALID_FIELD."""
        place = harbor.place
        for field, text, meant in (
            ("name", self.name, harbor.name),
            ("namespace", self.namespace, place.namespace),
            ("cluster", self.cluster, place.cluster),
        ):
            if text and text != meant:
                raise _wrong(f"metadata.{field}", f"the path says {meant}")


class GivenResources(Body):
    requests: dict[str, str] | None = None
    limits: dict[str, str] | None = None

    def resources(self) -> Resources:
        return Resources(requests=self.requests or {}, limits=self.limits or {})


class GivenExternal(Body):
    host_and_port: str = ""
    username: str = ""
    password: str = ""


class GivenMiddleware(Body):
    name: str = ""
    namespace: str = ""
    cluster: str = ""
    workspace: str = ""
    type: RedisWord = RedisWord.STANDALONE
    bucket: str = ""

    def middleware(self) -> Middleware:
        return Middleware(
            cluster=self.cluster, namespace=self.namespace, name=self.name, workspace=self.workspace
        )


class GivenDatabase(Body):
    type: DatabaseWord = DatabaseWord.UNSPECIFIED
    mcamel_spec: GivenMiddleware | None = None
    external_spec: GivenExternal | None = None
    build_in_mcamel_spec: GivenMiddleware | None = None

    def database(self) -> Database:
        mode = DependencyMode(_said("spec.database.type", self.type))
        external, one = self.external_spec or GivenExternal(), _middleware(mode, self)
        return Database(
            mode=mode,
            address=external.host_and_port if mode is DependencyMode.EXTERNAL else "",
            username=external.username if mode is DependencyMode.EXTERNAL else "",
            middleware=None if one is None else one.middleware(),
        )


class GivenCache(Body):
    type: CacheWord = CacheWord.UNSPECIFIED
    mcamel_spec: GivenMiddleware | None = None
    external_spec: GivenExternal | None = None
    build_in_mcamel_spec: GivenMiddleware | None = None

    def cache(self) -> Cache:
        mode = DependencyMode(_said("spec.cache.type", self.type))
        external, one = self.external_spec or GivenExternal(), _middleware(mode, self)
        return Cache(
            mode=mode,
            address=external.host_and_port if mode is DependencyMode.EXTERNAL else "",
            username=external.username if mode is DependencyMode.EXTERNAL else "",
            middleware=None if one is None else one.middleware(),
            type=RedisType.STANDALONE if one is None else RedisType(one.type),
        )


class GivenS3(Body):
    access_key: str = ""
    secret_key: str = ""
    region: str = ""
    region_endpoint: str = ""
    bucket: str = ""
    skip_verify: bool = False
    v4_auth: bool = True


class GivenVolume(Body):
    name: str = ""
    resource: GivenResources | None = None


class GivenStorage(Body):
    type: StorageWord = StorageWord.UNSPECIFIED
    s3_spec: GivenS3 | None = None
    mcamel_minio_spec: GivenMiddleware | None = None
    sc_spec: GivenVolume | None = None
    built_in_minio_mcamel_spec: GivenMiddleware | None = None

    def storage(self) -> Storage:
        mode = StorageMode(_said("spec.storage.type", self.type))
        if mode is StorageMode.STORAGE_CLASS:
            given = self.sc_spec or GivenVolume()
            resources = (given.resource or GivenResources()).resources()
            return Storage(mode=mode, volume=Volume(storage_class=given.name, resources=resources))
        if mode is StorageMode.S3:
            s3 = self.s3_spec or GivenS3()
            bucket = Bucket(
                bucket=s3.bucket,
                access_key=s3.access_key,
                region=s3.region,
                endpoint=s3.region_endpoint,
                skip_verify=s3.skip_verify,
                v4_auth=s3.v4_auth,
            )
            return Storage(mode=mode, bucket=bucket)
        one = self.mcamel_minio_spec if mode is StorageMode.MIDDLEWARE else self.built_in_minio_mcamel_spec
        one = one or GivenMiddleware()
        return Storage(mode=mode, middleware=one.middleware(), bucket=Bucket(bucket=one.bucket))


class GivenIngress(Body):
    host: str = ""
    ingress_class_name: str = ""


class GivenNodePort(Body):
    node_port: int = 0


class GivenHttps(Body):
    namespace: str = ""
    name: str = ""


class GivenExpose(Body):
    type: ExposeWord = ExposeWord.UNSPECIFIED
    ingress_spec: GivenIngress | None = None
    node_port_spec: GivenNodePort | None = None
    external_url: str = ""
    expose_https: bool = False
    https_spec: GivenHttps | None = None

    def expose(self, harbor: HarborName) -> Expose:
        mode = ExposeMode(_said("spec.expose.type", self.type))
        ingress, https = self.ingress_spec or GivenIngress(), self.https_spec or GivenHttps()
        if https.namespace and https.namespace != harbor.place.namespace:
            field = "spec.expose.httpsSpec.namespace"
            raise _wrong(field, f"the certificate has to be in {harbor.place.namespace}, beside Harbor")
        return Expose(
            mode=mode,
            external_url=self.external_url,
            host=ingress.host if mode is ExposeMode.INGRESS else "",
            ingress_class=ingress.ingress_class_name if mode is ExposeMode.INGRESS else "",
            node_port=(self.node_port_spec or GivenNodePort()).node_port
            if mode is ExposeMode.NODE_PORT
            else 0,
            https=self.expose_https,
            tls_secret=https.name if self.expose_https else "",
        )


class GivenSpec(Body):
    version: str = ""
    replicas: int = 0
    resources: GivenResources | None = None
    database: GivenDatabase | None = None
    cache: GivenCache | None = None
    storage: GivenStorage | None = None
    expose: GivenExpose | None = None
    user_sync_to_harbor: bool = False
    admin_password: str = ""
    enable_trivy: bool | None = None
    enable_metrics: bool | None = None

    def secrets(self) -> Secrets:
        return secrets_of(self.database, self.cache, self.storage, self.admin_password)

    def check(self) -> None:
        """Raises INVALID_FIELD."""
        if self.user_sync_to_harbor:
            raise Failure(Code.INVALID_FIELD, "managed_oidc", field="spec.userSyncToHarbor")


class GivenHarbor(Body):
    metadata: GivenMeta | None = None
    spec: GivenSpec | None = None
    trivy_offline: bool | None = None

    def wish(self, harbor: HarborName) -> Wish:
        meta, spec = self.metadata or GivenMeta(), self.spec or GivenSpec()
        meta.check(harbor)
        spec.check()
        wanted = HarborSpec(
            version=spec.version,
            replicas=spec.replicas or 1,
            resources=(spec.resources or GivenResources()).resources(),
            database=_part("spec.database", spec.database).database(),
            cache=_part("spec.cache", spec.cache).cache(),
            storage=_part("spec.storage", spec.storage).storage(),
            expose=_part("spec.expose", spec.expose).expose(harbor),
            trivy=bool(spec.enable_trivy),
            trivy_offline=bool(self.trivy_offline),
            metrics=bool(spec.enable_metrics),
        )
        return Wish(wanted, spec.secrets(), meta.annotations or {})

    def change(self, harbor: HarborName) -> Change:
        """What is left out stays."""
        meta, spec = self.metadata or GivenMeta(), self.spec or GivenSpec()
        meta.check(harbor)
        spec.check()
        return Change(
            version=spec.version or None,
            replicas=spec.replicas or None,
            resources=None if spec.resources is None else spec.resources.resources(),
            database=None if spec.database is None else spec.database.database(),
            cache=None if spec.cache is None else spec.cache.cache(),
            storage=None if spec.storage is None else spec.storage.storage(),
            expose=None if spec.expose is None else spec.expose.expose(harbor),
            trivy=spec.enable_trivy,
            trivy_offline=self.trivy_offline,
            metrics=spec.enable_metrics,
            secrets=spec.secrets(),
            annotations=meta.annotations,
        )


class GivenDependencies(Body):
    database: GivenDatabase | None = None
    cache: GivenCache | None = None
    storage: GivenStorage | None = None

    def dependencies(self) -> Dependencies:
        """Those that are said; a volume is nothing to reach."""
        storage = None if self.storage is None else self.storage.storage()
        if storage is not None and storage.mode is StorageMode.STORAGE_CLASS:
            storage = None
        return Dependencies(
            database=None if self.database is None else self.database.database(),
            cache=None if self.cache is None else self.cache.cache(),
            storage=storage,
        )

    def secrets(self) -> Secrets:
        return secrets_of(self.database, self.cache, self.storage)


class GivenReference(Body):
    cluster: str = ""
    namespace: str = ""
    name: str = ""

    def middleware(self) -> Middleware:
        return Middleware(cluster=self.cluster, namespace=self.namespace, name=self.name)


class GivenFarewell(Body):
    harbor_middleware_redis: GivenReference | None = None
    harbor_middleware_postgres: GivenReference | None = None
    harbor_middleware_minio: GivenReference | None = None
    keep_data: bool = False

    def farewell(self) -> Farewell:
        given = {
            Service.REDIS: self.harbor_middleware_redis,
            Service.POSTGRESQL: self.harbor_middleware_postgres,
            Service.MINIO: self.harbor_middleware_minio,
        }
        goes = {service: one.middleware() for service, one in given.items() if one is not None and one.name}
        return Farewell(self.keep_data, goes)


def secrets_of(
    database: GivenDatabase | None, cache: GivenCache | None, storage: GivenStorage | None, admin: str = ""
) -> Secrets:
    postgres = None if database is None else database.external_spec
    redis = None if cache is None else cache.external_spec
    s3 = None if storage is None else storage.s3_spec
    return Secrets(
        admin=admin,
        database="" if postgres is None else postgres.password,
        cache="" if redis is None else redis.password,
        storage="" if s3 is None else s3.secret_key,
    )


def _middleware(mode: DependencyMode, given: GivenDatabase | GivenCache) -> GivenMiddleware | None:
    found = {
        DependencyMode.MIDDLEWARE: given.mcamel_spec,
        DependencyMode.ONE_CLICK: given.build_in_mcamel_spec,
    }
    return found.get(mode)


def _part(field: str, given: T | None) -> T:
    if given is None:
        raise _wrong(field, "it is missing")
    return given


def _said(field: str, word: T) -> T:
    if str(word).endswith("_UNSPECIFIED"):
        raise _wrong(field, "say which")
    return word


def _wrong(field: str, reason: str) -> Failure:
    return Failure(Code.INVALID_FIELD, field=field, reason=reason)

"""What was typed of a managed Harbor, as core takes it; and which field a complaint of core is about."""

from typing import TypeVar

from kangaroo.base.errors import Code, Failure
from kangaroo.core.managed import (
    Bucket,
    Cache,
    Change,
    Database,
    DependencyMode,
    Expose,
    ExposeMode,
    HarborName,
    HarborSpec,
    Middleware,
    Place,
    Resources,
    Secrets,
    Storage,
    StorageMode,
    Volume,
    Wish,
)
from kangaroo.entrypoints.console.forms import Form
from kangaroo.entrypoints.console.texts import _

Mode = TypeVar("Mode", DependencyMode, StorageMode, ExposeMode)
BLAME = {
    "NAME_INVALID": "name",
    "CONFLICT": "name",
    "spec.version": "version",
    "spec.replicas": "replicas",
    "spec.resources.requests": "request_cpu",
    "spec.resources.limits": "limit_cpu",
    "spec.database": "database_middleware",
    "spec.database.externalSpec.hostAndPort": "database_address",
    "spec.database.externalSpec.password": "database_password",
    "spec.cache": "cache_middleware",
    "spec.cache.externalSpec.hostAndPort": "cache_address",
    "spec.cache.externalSpec.password": "cache_password",
    "spec.cache.externalSpec.username": "cache_address",
    "spec.storage": "bucket",
    "spec.storage.s3Spec": "endpoint",
    "spec.storage.s3Spec.bucket": "bucket",
    "spec.storage.s3Spec.accessKey": "access_key",
    "spec.storage.s3Spec.secretKey": "secret_key",
    "spec.storage.scSpec.name": "storage_class",
    "spec.storage.scSpec.resource.requests.storage": "volume",
    "spec.expose.externalUrl": "external_url",
    "spec.expose.ingressSpec.host": "external_url",
    "spec.expose.ingressSpec.ingressClassName": "ingress_class",
    "spec.expose.httpsSpec.name": "tls_secret",
    "spec.adminPassword": "admin_password",
    **{
        f"spec.resources.{kind}s.{what}": f"{kind}_{what}"
        for kind in ("request", "limit")
        for what in ("cpu", "memory")
    },
}
DEFAULTS = {
    "replicas": "1",
    "database": DependencyMode.BUILT_IN.value,
    "cache": DependencyMode.BUILT_IN.value,
    "storage": StorageMode.STORAGE_CLASS.value,
    "volume": "100Gi",
    "region": "us-east-1",
    "expose": ExposeMode.NODE_PORT.value,
}


def harbor_of(form: Form) -> HarborName:
    """Raises NOT_FOUND for a place that cannot be, NAME_INVALID."""
    return HarborName.parse(Place.parse(form.text("cluster"), form.text("namespace")), form.text("name"))


def wish_of(form: Form) -> Wish:
    """Raises INVALID_FIELD; what is no number is an error of the form."""
    return Wish(
        HarborSpec(
            version=form.text("version"),
            database=_database(form),
            cache=_cache(form),
            storage=_storage(form),
            expose=expose_of(form),
            replicas=form.number("replicas") or 1,
            resources=_resources(form),
            trivy=form.flag("trivy"),
            trivy_offline=form.flag("trivy_offline"),
            metrics=form.flag("metrics"),
        ),
        secrets_of(form),
    )


def change_of(form: Form) -> Change:
    """Of the form that changes one: the rest stays."""
    return Change(
        version=form.text("version") or None,
        replicas=form.number("replicas"),
        resources=_resources(form),
        trivy=form.flag("trivy"),
        trivy_offline=form.flag("trivy_offline"),
        metrics=form.flag("metrics"),
    )


def secrets_of(form: Form) -> Secrets:
    external = DependencyMode.EXTERNAL
    return Secrets(
        admin=form.raw("admin_password"),
        database=form.raw("database_password") if form.text("database") == external else "",
        cache=form.raw("cache_password") if form.text("cache") == external else "",
        storage=form.raw("secret_key") if form.text("storage") == StorageMode.S3 else "",
    )


def expose_of(form: Form) -> Expose:
    mode = _one(ExposeMode, form, "expose")
    https = form.flag("https")
    return Expose(
        mode=mode,
        external_url=form.text("external_url"),
        ingress_class=form.text("ingress_class") if mode is ExposeMode.INGRESS else "",
        node_port=(form.number("node_port") or 0) if mode is ExposeMode.NODE_PORT else 0,
        https=https,
        tls_secret=form.text("tls_secret") if https else "",
    )


def filled(spec: HarborSpec) -> Form:
    """The form that changes one, as it is now."""
    requests, limits = spec.resources.requests, spec.resources.limits
    return Form.filled(
        version=spec.version,
        replicas=spec.replicas,
        request_cpu=requests.get("cpu", ""),
        request_memory=requests.get("memory", ""),
        limit_cpu=limits.get("cpu", ""),
        limit_memory=limits.get("memory", ""),
        trivy=spec.trivy,
        trivy_offline=spec.trivy_offline,
        metrics=spec.metrics,
    )


def _database(form: Form) -> Database:
    mode = _one(DependencyMode, form, "database")
    if mode is DependencyMode.EXTERNAL:
        return Database(mode=mode, address=form.text("database_address"), username=form.text("database_user"))
    return Database(mode=mode, middleware=_middleware(form, "database") if _by_operator(mode) else None)


def _cache(form: Form) -> Cache:
    mode = _one(DependencyMode, form, "cache")
    if mode is DependencyMode.EXTERNAL:
        return Cache(mode=mode, address=form.text("cache_address"))
    return Cache(mode=mode, middleware=_middleware(form, "cache") if _by_operator(mode) else None)


def _storage(form: Form) -> Storage:
    mode = _one(StorageMode, form, "storage")
    if mode is StorageMode.STORAGE_CLASS:
        size = form.text("volume")
        room = Resources(requests={"storage": size} if size else {})
        return Storage(mode=mode, volume=Volume(storage_class=form.text("storage_class"), resources=room))
    if mode is StorageMode.S3:
        bucket = Bucket(
            bucket=form.text("bucket"),
            access_key=form.text("access_key"),
            region=form.text("region"),
            endpoint=form.text("endpoint"),
            skip_verify=form.flag("skip_verify"),
        )
        return Storage(mode=mode, bucket=bucket)
    bucket = Bucket(bucket=form.text("minio_bucket"))
    return Storage(mode=mode, middleware=_middleware(form, "storage"), bucket=bucket)


def _by_operator(mode: DependencyMode) -> bool:
    return mode is DependencyMode.MIDDLEWARE


def _middleware(form: Form, part: str) -> Middleware | None:
    """Typed as `namespace/name`."""
    namespace, slash, name = form.text(f"{part}_middleware").partition("/")
    if not slash:
        return None
    return Middleware(cluster=form.text("cluster"), namespace=namespace, name=name)


def _resources(form: Form) -> Resources:
    given = {
        kind: {what: text for what in ("cpu", "memory") if (text := form.text(f"{kind}_{what}"))}
        for kind in ("request", "limit")
    }
    return Resources(requests=given["request"], limits=given["limit"])


def _one(words: type[Mode], form: Form, name: str) -> Mode:
    """Raises INVALID_FIELD for what was not offered."""
    try:
        return words(form.text(name))
    except ValueError as error:
        raise Failure(Code.INVALID_FIELD, field=name, reason=_("Choose one.")) from error

"""Whether a spec makes sense, before any cluster is asked: pure. What comes out is complete: its URL, its host."""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

import msgspec

from kangaroo.base.errors import Code, Failure
from kangaroo.core.managed.changing import parse_version
from kangaroo.core.managed.names import HarborName
from kangaroo.core.managed.quantities import parse_quantity
from kangaroo.core.managed.spec import (
    Dependencies,
    DependencyMode,
    Expose,
    ExposeMode,
    HarborSpec,
    Middleware,
    Resources,
    Storage,
    StorageMode,
)

MOST_REPLICAS = 20
NODE_PORTS = range(30000, 32768)
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")  # of an object of Kubernetes
_BY_MIDDLEWARE = (DependencyMode.MIDDLEWARE, DependencyMode.ONE_CLICK)
_RESOURCES = frozenset({"cpu", "memory", "ephemeral-storage"})


@dataclass(frozen=True, slots=True)
class Url:
    scheme: str
    host: str
    port: int | None

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + (f":{self.port}" if self.port else "")


def checked_spec(harbor: HarborName, spec: HarborSpec) -> HarborSpec:
    """The same, complete. Raises INVALID_FIELD."""
    parse_version(spec.version)
    if not 1 <= spec.replicas <= MOST_REPLICAS:
        raise wrong("spec.replicas", f"between 1 and {MOST_REPLICAS}")
    check_resources("spec.resources", spec.resources, _RESOURCES)
    check_dependencies(harbor, spec.dependencies)
    return msgspec.structs.replace(spec, expose=checked_expose(spec.expose))


def check_dependencies(harbor: HarborName, needed: Dependencies) -> None:
    """Raises INVALID_FIELD."""
    for part, field in ((needed.database, "spec.database"), (needed.cache, "spec.cache")):
        if part is None:
            continue
        if part.mode in _BY_MIDDLEWARE:
            _check_middleware(harbor, field, part.middleware)
        if part.mode is DependencyMode.EXTERNAL and not part.address:
            raise wrong(f"{field}.externalSpec.hostAndPort", "it is missing")
    if needed.storage is not None:
        _check_storage(harbor, needed.storage)


def checked_expose(expose: Expose) -> Expose:
    """Raises INVALID_FIELD."""
    if expose.ingress_class and not _NAME.fullmatch(expose.ingress_class):
        raise wrong("spec.expose.ingressSpec.ingressClassName", "that is no name")
    if expose.tls_secret and not _NAME.fullmatch(expose.tls_secret):
        raise wrong("spec.expose.httpsSpec.name", "that is no name")
    scheme = "https" if expose.https else "http"
    url = _url(expose, scheme)
    if url.scheme != scheme:
        raise wrong(
            "spec.expose.externalUrl",
            f"with exposeHttps {str(expose.https).lower()} it begins with {scheme}://",
        )
    node_port = expose.node_port
    if expose.mode is ExposeMode.INGRESS:
        if expose.host and expose.host.lower() != url.host:
            raise wrong("spec.expose.externalUrl", f"its host is not {expose.host[:253]}")
        if _is_address(url.host):
            raise wrong("spec.expose.ingressSpec.host", "an Ingress needs a name, not an address")
    if expose.mode is ExposeMode.NODE_PORT:
        if node_port and url.port and node_port != url.port:
            raise wrong("spec.expose.externalUrl", f"its port is not the node port {node_port}")
        node_port = node_port or url.port or 0
        url = Url(url.scheme, url.host, node_port or None)
    return msgspec.structs.replace(expose, external_url=str(url), host=url.host, node_port=node_port)


def with_node_port(spec: HarborSpec, port: int) -> HarborSpec:
    """Once the cluster has chosen it."""
    return msgspec.structs.replace(
        spec, expose=checked_expose(msgspec.structs.replace(spec.expose, node_port=port))
    )


def check_resources(field: str, resources: Resources, known: frozenset[str]) -> None:
    """Raises INVALID_FIELD for amounts that are none, and for a request above its limit."""
    for kind, amounts in (("requests", resources.requests), ("limits", resources.limits)):
        for name, amount in amounts.items():
            if name not in known:
                raise wrong(f"{field}.{kind}", f"{name[:63]!r} is not one of {', '.join(sorted(known))}")
            parse_quantity(amount, f"{field}.{kind}.{name}")
    for name in resources.requests.keys() & resources.limits.keys():
        if parse_quantity(resources.requests[name]) > parse_quantity(resources.limits[name]):
            raise wrong(f"{field}.requests.{name}", "it is more than its limit")


def checked_name(field: str, text: str) -> str:
    """Raises INVALID_FIELD."""
    if not _NAME.fullmatch(text):
        raise wrong(field, f"{text[:63]!r} is no name of an object")
    return text


def wrong(field: str, reason: str) -> Failure:
    return Failure(Code.INVALID_FIELD, field=field, reason=reason)


def _check_storage(harbor: HarborName, storage: Storage) -> None:
    if storage.mode is StorageMode.STORAGE_CLASS:
        volume = storage.volume
        if volume is None or not volume.storage_class:
            raise wrong("spec.storage.scSpec.name", "it is missing")
        checked_name("spec.storage.scSpec.name", volume.storage_class)
        check_resources("spec.storage.scSpec.resource", volume.resources, frozenset({"storage"}))
        if "storage" not in volume.resources.requests:
            raise wrong("spec.storage.scSpec.resource.requests.storage", "say how large, as in 100Gi")
        return
    if storage.bucket is None or not storage.bucket.bucket:
        raise wrong("spec.storage", "the bucket is missing")
    if storage.mode in (StorageMode.MIDDLEWARE, StorageMode.ONE_CLICK):
        _check_middleware(harbor, "spec.storage", storage.middleware)


def _check_middleware(harbor: HarborName, field: str, middleware: Middleware | None) -> None:
    if middleware is None:
        raise wrong(field, "say which one: cluster, namespace and name")
    if middleware.cluster != harbor.place.cluster:
        raise wrong(field, f"it has to be in the same cluster, {harbor.place.cluster}")
    for name in (middleware.namespace, middleware.name):
        checked_name(field, name)


def _url(expose: Expose, scheme: str) -> Url:
    """Of the two a caller may give, the URL counts more."""
    text = expose.external_url.strip() or (f"{scheme}://{expose.host}" if expose.host else "")
    if not text:
        field = "ingressSpec.host" if expose.mode is ExposeMode.INGRESS else "externalUrl"
        raise wrong(f"spec.expose.{field}", "under which name or address will it be reached?")
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError as error:
        raise wrong("spec.expose.externalUrl", str(error)) from error
    rest = parts.path.rstrip("/") or parts.query or parts.fragment or parts.username is not None
    if parts.scheme not in ("http", "https") or rest or not (_HOST.fullmatch(host) or _is_address(host)):
        raise wrong("spec.expose.externalUrl", "write it as http://host or https://host:port")
    return Url(parts.scheme, host, port)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True

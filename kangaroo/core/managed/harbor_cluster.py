"""The HarborCluster (goharbor.io/v1beta1) of a spec: pure.

What the operator's schema requires is always there, `core.tokenIssuer` among it. Ports are always said.
"""

from typing import Any

from kangaroo.core.managed.composing import (
    ImageSource,
    Piece,
    behind_nginx,
    issuers,
    metadata,
    secrets,
    tls_secret,
    volumes,
)
from kangaroo.core.managed.ends import DATABASE, Ends
from kangaroo.core.managed.front import front
from kangaroo.core.managed.kinds import HARBOR_CLUSTER, ISSUER
from kangaroo.core.managed.names import HarborName
from kangaroo.core.managed.spec import Expose, HarborSpec, Secrets, StorageMode
from kangaroo.kube.contract import Object
from kangaroo.remote.dependencies.contract import PostgresTarget, RedisTarget, S3Target

# Versions of the operators that harbor-operator brings (its samples/full_stack.yaml).
_ZALANDO, _SPOTAHOME = "1.5.0", "1.0.0"
_BUILT_IN_SIZE = "10Gi"


def compose(
    harbor: HarborName,
    spec: HarborSpec,
    ends: Ends,
    given: Secrets,
    images: ImageSource,
    annotations: dict[str, str] | None = None,
) -> list[Piece]:
    """Everything, in the order it is made: what the HarborCluster points to before it, its nginx after it."""
    before = [*secrets(harbor, ends, given), *issuers(harbor, spec.expose), *volumes(harbor, spec)]
    whole = {
        "apiVersion": HARBOR_CLUSTER.api_version,
        "kind": HARBOR_CLUSTER.kind,
        "metadata": {**metadata(harbor, harbor.name), "annotations": annotations or {}},
        "spec": cluster_spec(harbor, spec, ends, images),
    }
    after = front(harbor, spec, images) if behind_nginx(spec.expose) else []
    return [*before, Piece(HARBOR_CLUSTER, whole, owned=False), *after]


def cluster_spec(harbor: HarborName, spec: HarborSpec, ends: Ends, images: ImageSource) -> Object:
    found: Object = {
        "version": spec.version,
        "externalURL": spec.expose.external_url,
        "harborAdminPasswordRef": harbor.admin_secret,
        "logLevel": "info",
        "updateStrategyType": "Recreate" if _alone_with_its_volume(spec) else "RollingUpdate",
        "expose": {"core": _exposed(harbor, spec.expose)},
        "internalTLS": {"enabled": False},
        "database": _database(harbor, spec, ends.database),
        "cache": _cache(harbor, spec, ends.cache),
        "storage": _storage(harbor, ends.storage, v4_auth=ends.v4_auth),
        **_components(harbor, spec),
    }
    if source := images.shown():
        found["imageSource"] = source
    return found


def _components(harbor: HarborName, spec: HarborSpec) -> Object:
    every: Object = {"replicas": spec.replicas}
    if spec.resources:
        every["resources"] = spec.resources.shown()
    measured = every | ({"metrics": {"enabled": True}} if spec.metrics else {})
    issuer = {"name": harbor.issuer, "kind": ISSUER.kind, "group": ISSUER.group}
    found: Object = {
        "core": {"tokenIssuer": issuer, **measured},
        "jobservice": {"workerCount": 10, **measured},
        "registry": {"relativeURLs": True, **measured},
        "registryctl": {key: one for key, one in every.items() if key == "resources"},
        "portal": dict(every),
    }
    if spec.metrics:
        found["exporter"] = {**every, "replicas": 1}
    if spec.trivy:
        offline = {"skipUpdate": spec.trivy_offline, "offlineScan": spec.trivy_offline}
        found["trivy"] = {**offline, "storage": {}, **every}
    return found


def _exposed(harbor: HarborName, expose: Expose) -> Object:
    """Behind our nginx Harbor is told nothing: TLS ends there."""
    if behind_nginx(expose):
        return {}
    found: Object = {
        "ingress": {
            "host": expose.host,
            "controller": "default",
            "annotations": {
                "nginx.ingress.kubernetes.io/proxy-body-size": "0",
                "nginx.ingress.kubernetes.io/proxy-request-buffering": "off",
                "nginx.ingress.kubernetes.io/proxy-read-timeout": "900",
                "nginx.ingress.kubernetes.io/proxy-send-timeout": "900",
            },
        }
    }
    if expose.ingress_class:
        found["ingress"]["ingressClassName"] = expose.ingress_class
    if secret := tls_secret(harbor, expose):
        found["tls"] = {"certificateRef": secret}
    return found


def _database(harbor: HarborName, spec: HarborSpec, end: PostgresTarget | None) -> Object:
    if end is None:
        made: dict[str, Any] = {
            "operatorVersion": _ZALANDO,
            "replicas": spec.replicas,
            "storage": _BUILT_IN_SIZE,
        }
        return {"kind": "Zlando/PostgreSQL", "spec": {"zlandoPostgreSql": made}}
    found: Object = {
        "hosts": [{"host": end.address.host, "port": end.address.port}],
        "username": end.username,
        "passwordRef": harbor.database_secret,
        "sslMode": str(end.ssl_mode),
    }
    if prefix := end.database.removesuffix(DATABASE):
        found["prefix"] = prefix
    return {"kind": "PostgreSQL", "spec": {"postgresql": found}}


def _cache(harbor: HarborName, spec: HarborSpec, end: RedisTarget | None) -> Object:
    if end is None:
        made: dict[str, Any] = {
            "operatorVersion": _SPOTAHOME,
            "server": {"replicas": max(spec.replicas, 1), "storage": _BUILT_IN_SIZE},
            "sentinel": {"replicas": 3 if spec.replicas > 1 else 1},
        }
        return {"kind": "RedisFailover", "spec": {"redisFailover": made}}
    *first, last = end.addresses
    # The operator puts the port behind the last of several.
    found: Object = {"host": ",".join([*map(str, first), last.host]), "port": last.port}
    if end.sentinel_master:
        found["sentinelMasterSet"] = end.sentinel_master
    if end.password:
        found["passwordRef"] = harbor.cache_secret
    return {"kind": "Redis", "spec": {"redis": found}}


def _storage(harbor: HarborName, end: S3Target | None, *, v4_auth: bool) -> Object:
    if end is None:
        volume = {"claimName": harbor.volume, "maxthreads": 100}
        return {"kind": "FileSystem", "spec": {"fileSystem": {"registryPersistentVolume": volume}}}
    found: Object = {
        "accesskey": end.access_key,
        "secretkeyRef": harbor.storage_secret,
        "region": end.region,
        "bucket": end.bucket,
        "skipverify": end.insecure,
        "v4auth": v4_auth,
        "secure": not end.endpoint.startswith("http://"),
    }
    spec: Object = {"s3": found}
    if end.endpoint:
        found["regionendpoint"] = end.endpoint
        # Clients rarely reach an object store of one's own: the registry hands the blobs on.
        spec["redirect"] = {"enable": False}
    return {"kind": "S3", "spec": spec}


def _alone_with_its_volume(spec: HarborSpec) -> bool:
    """A second pod could not mount it while the first one is there."""
    return spec.storage.mode is StorageMode.STORAGE_CLASS and spec.replicas == 1

"""The custom resources of middleware that a Harbor can have beside itself: pure."""

from base64 import b64encode
from typing import Any

from kangaroo.core.managed.checking import check_resources, checked_name, wrong
from kangaroo.core.managed.composing import MANAGER
from kangaroo.core.managed.kinds import POSTGRESQL, REDIS_FAILOVER, TENANT
from kangaroo.core.managed.middleware import DATABASE, Service
from kangaroo.core.managed.quantities import parse_quantity
from kangaroo.core.managed.spec import Resources, Value
from kangaroo.kube.contract import SECRET, Kind, Object

OWNER, BUCKET = "harbor", "harbor"
_POSTGRES_VERSION = "14"
_MOST = 32
_LONGEST = 50


class Wanted(Value, frozen=True):
    """One middleware. `volumes` per server, of MinIO alone."""

    name: str
    size: str
    storage_class: str = ""
    replicas: int = 1
    resources: Resources = Resources()
    volumes: int = 1


Made = list[tuple[Kind, Object]]
"""Secrets first; the custom resource is the last."""


def checked(service: Service, wanted: Wanted) -> Wanted:
    """Raises INVALID_FIELD."""
    checked_name(f"{service}.name", wanted.name)
    if len(wanted.name) > _LONGEST or not wanted.name[0].isalpha() or "." in wanted.name:
        raise wrong(f"{service}.name", f"a letter first, no dots, at most {_LONGEST} characters")
    if not 1 <= wanted.replicas <= _MOST or not 1 <= wanted.volumes <= _MOST:
        raise wrong(f"{service}.replicas", f"between 1 and {_MOST}")
    if not parse_quantity(wanted.size, f"{service}.storageSize"):
        raise wrong(f"{service}.storageSize", "more than nothing")
    if wanted.storage_class:
        checked_name(f"{service}.storageClassName", wanted.storage_class)
    check_resources(f"{service}.resources", wanted.resources, frozenset({"cpu", "memory"}))
    return wanted


def make(service: Service, namespace: str, wanted: Wanted, password: str) -> Made:
    """`password` is new and has only letters and digits; PostgreSQL's operator makes its own."""
    return _MAKERS[service](namespace, wanted, password)


def secrets_of(service: Service, name: str) -> list[str]:
    """What goes with it when it is deleted."""
    return {Service.REDIS: [f"{name}-auth"], Service.MINIO: [f"{name}-configuration"]}.get(service, [])


def _postgres(namespace: str, wanted: Wanted, password: str) -> Made:
    del password
    volume = {"size": wanted.size} | ({"storageClass": wanted.storage_class} if wanted.storage_class else {})
    team = wanted.name.partition("-")[0]  # older operators want the name to begin with it
    spec = {
        "teamId": team,
        "numberOfInstances": wanted.replicas,
        "postgresql": {"version": _POSTGRES_VERSION},
        "users": {OWNER: ["createdb"]},
        "databases": {DATABASE: OWNER},
        "volume": volume,
        **_resources(wanted),
    }
    return [(POSTGRESQL, _object(POSTGRESQL, namespace, wanted.name, spec))]


def _redis(namespace: str, wanted: Wanted, password: str) -> Made:
    (secret,) = secrets_of(Service.REDIS, wanted.name)
    claim = {"metadata": {"name": f"{wanted.name}-data"}, "spec": _claim(wanted)}
    redis = {"replicas": wanted.replicas, "storage": {"persistentVolumeClaim": claim}, **_resources(wanted)}
    sentinels = 3 if wanted.replicas > 1 else 1
    spec = {"redis": redis, "sentinel": {"replicas": sentinels}, "auth": {"secretPath": secret}}
    return [
        (SECRET, _secret(namespace, secret, {"password": password})),
        (REDIS_FAILOVER, _object(REDIS_FAILOVER, namespace, wanted.name, spec)),
    ]


def _minio(namespace: str, wanted: Wanted, password: str) -> Made:
    (secret,) = secrets_of(Service.MINIO, wanted.name)
    config = f'export MINIO_ROOT_USER="{OWNER}"\nexport MINIO_ROOT_PASSWORD="{password}"\n'
    pool = {
        "name": "pool-0",
        "servers": wanted.replicas,
        "volumesPerServer": wanted.volumes,
        "volumeClaimTemplate": {"metadata": {"name": "data"}, "spec": _claim(wanted)},
        **_resources(wanted),
    }
    spec = {
        "pools": [pool],
        "configuration": {"name": secret},
        "requestAutoCert": False,
        "buckets": [{"name": BUCKET}],
    }
    return [
        (SECRET, _secret(namespace, secret, {"config.env": config})),
        (TENANT, _object(TENANT, namespace, wanted.name, spec)),
    ]


_MAKERS = {Service.POSTGRESQL: _postgres, Service.REDIS: _redis, Service.MINIO: _minio}


def _object(kind: Kind, namespace: str, name: str, spec: Object) -> Object:
    return {
        "apiVersion": kind.api_version,
        "kind": kind.kind,
        "metadata": _metadata(namespace, name),
        "spec": spec,
    }


def _secret(namespace: str, name: str, values: dict[str, str]) -> Object:
    data = {key: b64encode(value.encode()).decode() for key, value in values.items()}
    return {
        "apiVersion": "v1",
        "kind": SECRET.kind,
        "metadata": _metadata(namespace, name),
        "type": "Opaque",
        "data": data,
    }


def _metadata(namespace: str, name: str) -> Object:
    return {"name": name, "namespace": namespace, "labels": {"app.kubernetes.io/managed-by": MANAGER}}


def _claim(wanted: Wanted) -> dict[str, Any]:
    found: dict[str, Any] = {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": wanted.size}},
    }
    return found | ({"storageClassName": wanted.storage_class} if wanted.storage_class else {})


def _resources(wanted: Wanted) -> dict[str, Any]:
    return {"resources": wanted.resources.shown()} if wanted.resources else {}

"""Databases, caches and object stores that other operators keep in a cluster, read from their resources: pure.

postgresqls.acid.zalan.do               service NAME, secret OWNER.NAME.credentials.postgresql.acid.zalan.do
redisfailovers.databases.spotahome.com  sentinels at rfs-NAME, master mymaster, secret by auth.secretPath
redisclusters.redis.redis.opstreelabs.in  listed, but Harbor cannot use a Redis Cluster
tenants.minio.min.io                    service minio, root account in the secret of its configuration
"""

import re
from base64 import b64decode
from dataclasses import dataclass, replace
from enum import StrEnum

from kangaroo.core.managed.kinds import POSTGRESQL, REDIS_CLUSTER, REDIS_FAILOVER, TENANT
from kangaroo.core.managed.reasons import Hindrance, Obstacle
from kangaroo.core.managed.spec import RedisType
from kangaroo.kube.contract import Kind, Object
from kangaroo.remote.dependencies.contract import Address, PostgresTarget, RedisTarget, S3Target

DATABASE = "core"
_MASTER = "mymaster"
_SETTING = re.compile(
    r"^\s*(?:export\s+)?(MINIO_(?:ROOT_USER|ROOT_PASSWORD|ACCESS_KEY|SECRET_KEY))=(.*)$", re.MULTILINE
)


class Service(StrEnum):
    POSTGRESQL = "postgresql"
    REDIS = "redis"
    MINIO = "minio"


KINDS: dict[Service, tuple[Kind, ...]] = {
    Service.POSTGRESQL: (POSTGRESQL,),
    Service.REDIS: (REDIS_FAILOVER, REDIS_CLUSTER),
    Service.MINIO: (TENANT,),
}


@dataclass(frozen=True, slots=True)
class Instance:
    """One of them. `used_by` is cluster.namespace.name of a Harbor; `obstacle`: why none may have it."""

    service: Service
    cluster: str
    namespace: str
    name: str
    running: bool
    replicas: int
    addresses: tuple[str, ...] = ()
    type: RedisType = RedisType.STANDALONE
    buckets: tuple[str, ...] = ()
    used_by: str = ""
    obstacle: Hindrance | None = None

    @property
    def claim(self) -> str:
        """What the Harbor has for itself alone that uses it."""
        return claim_of(self.service, self.cluster, self.namespace, self.name)

    def taken(self, by: str) -> "Instance":
        return replace(self, used_by=by)

    def stopped(self) -> "Instance":
        return replace(self, running=False)


def claim_of(service: Service, cluster: str, namespace: str, name: str) -> str:
    return f"{service} {cluster}.{namespace}.{name}"


def read(kind: Kind, cluster: str, found: Object) -> Instance:
    namespace, name = found["metadata"]["namespace"], found["metadata"]["name"]
    spec, status = found.get("spec") or {}, found.get("status") or {}
    if kind is POSTGRESQL:
        running = status.get("PostgresClusterStatus") == "Running"
        count, place = int(spec.get("numberOfInstances") or 1), f"{name}.{namespace}.svc:5432"
        return Instance(Service.POSTGRESQL, cluster, namespace, name, running, count, (place,))
    if kind is TENANT:
        servers = sum(int(pool.get("servers") or 0) for pool in spec.get("pools") or ())
        buckets = tuple(str(one.get("name", "")) for one in spec.get("buckets") or ())
        running = status.get("currentState") == "Initialized" and status.get("healthStatus", "green") != "red"
        return Instance(
            Service.MINIO, cluster, namespace, name, running, servers, (_minio_url(found),), buckets=buckets
        )
    if kind is REDIS_CLUSTER:
        count = int(spec.get("clusterSize") or 3)
        place = f"{name}-leader.{namespace}.svc:6379"
        return Instance(
            Service.REDIS, cluster, namespace, name, running=True, replicas=count, addresses=(place,),
            type=RedisType.CLUSTER, obstacle=Hindrance(Obstacle.REDIS_CLUSTER_MODE, name=name),
        )  # fmt: skip
    count = int((spec.get("redis") or {}).get("replicas") or 3)
    place, state = f"rfs-{name}.{namespace}.svc:26379", status.get("state")
    running = state in (None, "", "Healthy")
    return Instance(
        Service.REDIS, cluster, namespace, name, running, count, (place,), type=RedisType.FAILOVER
    )


def sentinels_of(found: Object) -> str:
    """The Deployment that tells whether a RedisFailover runs, whose operator writes no status in most versions."""
    return f"rfs-{found['metadata']['name']}"


def postgres_secret(found: Object) -> str:
    """Where the password of the owner of Harbor's database is."""
    return (
        f"{_owner(found).replace('_', '-')}.{found['metadata']['name']}.credentials.postgresql.acid.zalan.do"
    )


def postgres_target(found: Object, secret: Object) -> PostgresTarget:
    """Raises a Hindrance when it has no database for Harbor."""
    name, namespace = found["metadata"]["name"], found["metadata"]["namespace"]
    return PostgresTarget(
        address=Address(f"{name}.{namespace}.svc", 5432),
        username=_owner(found),
        password=_field(secret, "password"),
        database=DATABASE,
    )


def redis_secret(found: Object) -> str:
    """Empty: it has no password."""
    return str(((found.get("spec") or {}).get("auth") or {}).get("secretPath") or "")


def redis_target(found: Object, secret: Object | None) -> RedisTarget:
    name, namespace = found["metadata"]["name"], found["metadata"]["namespace"]
    password = "" if secret is None else _field(secret, "password")
    return RedisTarget(
        addresses=(Address(f"rfs-{name}.{namespace}.svc", 26379),), sentinel_master=_MASTER, password=password
    )


def minio_secret(found: Object) -> str:
    """Raises a Hindrance when it says nowhere."""
    spec = found.get("spec") or {}
    name = (spec.get("configuration") or {}).get("name") or (spec.get("credsSecret") or {}).get("name")
    if not name:
        raise _not_ready(TENANT, found, "no spec.configuration names its secret")
    return str(name)


def minio_target(found: Object, secret: Object, bucket: str) -> S3Target:
    """The root account's."""
    said = (
        dict(_SETTING.findall(_field(secret, "config.env")))
        if "config.env" in (secret.get("data") or {})
        else {}
    )
    user = said.get("MINIO_ROOT_USER") or said.get("MINIO_ACCESS_KEY") or _field(secret, "accesskey")
    password = said.get("MINIO_ROOT_PASSWORD") or said.get("MINIO_SECRET_KEY") or _field(secret, "secretkey")
    url = _minio_url(found)
    return S3Target(
        bucket=bucket,
        endpoint=url,
        access_key=user.strip().strip("\"'"),
        secret_key=password.strip().strip("\"'"),
        create=True,
        insecure=url.startswith("https://"),  # its certificate is the cluster's own
    )


def _owner(found: Object) -> str:
    databases = (found.get("spec") or {}).get("databases") or {}
    owner = databases.get(DATABASE)
    if not owner:
        raise _not_ready(POSTGRESQL, found, f"spec.databases has no {DATABASE}")
    return str(owner)


def _minio_url(found: Object) -> str:
    secure = (found.get("spec") or {}).get("requestAutoCert", True)
    return f"{'https' if secure else 'http'}://minio.{found['metadata']['namespace']}.svc"


def _field(secret: Object, name: str) -> str:
    """Empty when it is not there."""
    return b64decode((secret.get("data") or {}).get(name, "")).decode(errors="replace")


def _not_ready(kind: Kind, found: Object, detail: str) -> Hindrance:
    return Hindrance(
        Obstacle.MIDDLEWARE_NOT_READY, kind=kind.kind, name=found["metadata"]["name"], detail=detail
    )

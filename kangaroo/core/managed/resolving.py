"""From what a spec says of its database, cache and storage to where these are; middleware is looked up."""

from kangaroo.base.errors import Code
from kangaroo.core.managed.ends import Ends, postgres_end, redis_end, s3_end
from kangaroo.core.managed.kinds import POSTGRESQL, REDIS_FAILOVER, TENANT
from kangaroo.core.managed.middleware import (
    Service,
    claim_of,
    minio_secret,
    minio_target,
    postgres_secret,
    postgres_target,
    redis_secret,
    redis_target,
)
from kangaroo.core.managed.names import HarborName
from kangaroo.core.managed.reasons import Hindrance, Obstacle
from kangaroo.core.managed.spec import (
    Cache,
    Database,
    Dependencies,
    DependencyMode,
    HarborSpec,
    Middleware,
    RedisType,
    Secrets,
    Storage,
    StorageMode,
)
from kangaroo.kube.contract import SECRET, ClusterClient, Kind, Object, Refused
from kangaroo.remote.dependencies.contract import PostgresTarget, RedisTarget, S3Target

_MIDDLEWARE = (DependencyMode.MIDDLEWARE, DependencyMode.ONE_CLICK)
_INSIDE = (".svc", ".svc.cluster.local", ".cluster.local")


async def resolve(client: ClusterClient, needed: Dependencies, secrets: Secrets) -> Ends:
    """Raises INVALID_FIELD for addresses and passwords, a Hindrance for middleware that cannot be used."""
    v4_auth = needed.storage.bucket.v4_auth if needed.storage and needed.storage.bucket else True
    return Ends(
        None if needed.database is None else await _database(client, needed.database, secrets),
        None if needed.cache is None else await _cache(client, needed.cache, secrets),
        None if needed.storage is None else await _storage(client, needed.storage, secrets),
        v4_auth,
    )


async def _database(client: ClusterClient, database: Database, secrets: Secrets) -> PostgresTarget | None:
    if database.mode is DependencyMode.EXTERNAL:
        return postgres_end(database.address, database.username, secrets.database)
    if database.mode in _MIDDLEWARE and database.middleware is not None:
        found = await _found(client, POSTGRESQL, database.middleware)
        return postgres_target(found, await _secret(client, database.middleware, postgres_secret(found)))
    return None


async def _cache(client: ClusterClient, cache: Cache, secrets: Secrets) -> RedisTarget | None:
    if cache.mode is DependencyMode.EXTERNAL:
        return redis_end(cache.address, cache.username, secrets.cache)
    if cache.mode in _MIDDLEWARE and cache.middleware is not None:
        if cache.type is RedisType.CLUSTER:
            raise Hindrance(Obstacle.REDIS_CLUSTER_MODE, name=cache.middleware.name)
        found = await _found(client, REDIS_FAILOVER, cache.middleware)
        name = redis_secret(found)
        return redis_target(found, await _secret(client, cache.middleware, name) if name else None)
    return None


async def _storage(client: ClusterClient, storage: Storage, secrets: Secrets) -> S3Target | None:
    if storage.mode is StorageMode.S3 and storage.bucket is not None:
        return s3_end(storage.bucket, secrets.storage)
    if storage.middleware is not None and storage.bucket is not None:
        found = await _found(client, TENANT, storage.middleware)
        secret = await _secret(client, storage.middleware, minio_secret(found))
        return minio_target(found, secret, storage.bucket.bucket)
    return None


def claims(harbor: HarborName, spec: HarborSpec, ends: Ends) -> list[str]:
    """What it must have for itself alone. A name that only means something in a cluster is said with it."""
    found = [f"{one} in {harbor.place.cluster}" if _inside(one) else one for one in ends.claims]
    uses = (
        (Service.POSTGRESQL, spec.database.middleware),
        (Service.REDIS, spec.cache.middleware),
        (Service.MINIO, spec.storage.middleware),
    )
    for service, one in uses:
        if one is not None:
            found.append(claim_of(service, one.cluster, one.namespace, one.name))
    return found


def only_inside(host: str) -> bool:
    """A name that only the cluster's own DNS knows."""
    return host.endswith(_INSIDE) or ("." not in host and ":" not in host and host != "localhost")


def _inside(claim: str) -> bool:
    return ".svc" in claim or ".cluster.local" in claim


async def _found(client: ClusterClient, kind: Kind, where: Middleware) -> Object:
    try:
        return await client.get(kind, where.name, where.namespace)
    except Refused as refusal:
        if refusal.code is Code.NOT_FOUND:
            facts = {"kind": kind.kind, "name": where.name, "namespace": where.namespace}
            raise Hindrance(Obstacle.MIDDLEWARE_MISSING, **facts) from refusal
        raise


async def _secret(client: ClusterClient, where: Middleware, name: str) -> Object:
    try:
        return await client.get(SECRET, name, where.namespace)
    except Refused as refusal:
        if refusal.code is Code.NOT_FOUND:
            detail = f"its secret {name} is not there"
            facts = {"kind": "middleware", "name": where.name, "detail": detail}
            raise Hindrance(Obstacle.MIDDLEWARE_NOT_READY, **facts) from refusal
        raise

"""Where the database, the cache and the storage of a Harbor are reached, whoever keeps them, and what Harbor cannot do
of what such addresses may say. What the operator itself makes has no end: it tells Harbor.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from kangaroo.base.errors import Code, Failure
from kangaroo.core.managed.passwords import check_password, postgres_fault, redis_fault, s3_fault
from kangaroo.core.managed.spec import Bucket
from kangaroo.remote.dependencies.addresses import parse_postgres, parse_redis, parse_s3
from kangaroo.remote.dependencies.contract import PostgresTarget, RedisTarget, S3Target

T = TypeVar("T")
DATABASE = "core"  # with a prefix, the name Harbor's database has
_DATABASE, _CACHE, _STORAGE = "spec.database.externalSpec", "spec.cache.externalSpec", "spec.storage.s3Spec"


@dataclass(frozen=True, slots=True)
class Ends:
    """None: the operator makes it, or the storage is a volume."""

    database: PostgresTarget | None = None
    cache: RedisTarget | None = None
    storage: S3Target | None = None
    v4_auth: bool = True

    @property
    def claims(self) -> list[str]:
        """What no two Harbors may share."""
        found = []
        if self.database is not None:
            found.append(f"postgresql {self.database.address}/{self.database.database}")
        if self.cache is not None:
            found.append(f"redis {self.cache.addresses[0]} {self.cache.sentinel_master}".rstrip())
        if self.storage is not None:
            found.append(f"s3 {self.storage.endpoint or 'aws'} {self.storage.bucket}")
        return found


def postgres_end(address: str, username: str, password: str) -> PostgresTarget:
    """Raises INVALID_FIELD."""
    check_password(f"{_DATABASE}.password", password, postgres_fault(password))
    _check_plain(f"{_DATABASE}.hostAndPort", address)
    found = _parsed(f"{_DATABASE}.hostAndPort", lambda: parse_postgres(address, username, password))
    if not found.database.endswith(DATABASE):
        raise _wrong(
            f"{_DATABASE}.hostAndPort", f"Harbor's database is {DATABASE}, before it perhaps a prefix"
        )
    return found


def redis_end(address: str, username: str, password: str) -> RedisTarget:
    """Raises INVALID_FIELD."""
    check_password(f"{_CACHE}.password", password, redis_fault(password))
    _check_plain(f"{_CACHE}.hostAndPort", address)
    found = _parsed(f"{_CACHE}.hostAndPort", lambda: parse_redis(address, "", password))
    if username not in ("", "default"):
        raise _wrong(f"{_CACHE}.username", "Harbor cannot sign in to Redis with a user name")
    if len({place.port for place in found.addresses}) > 1:
        raise _wrong(f"{_CACHE}.hostAndPort", "all sentinels need the same port")
    return found


def s3_end(bucket: Bucket, secret_key: str) -> S3Target:
    """Raises INVALID_FIELD."""
    check_password(f"{_STORAGE}.secretKey", secret_key, s3_fault(secret_key))
    if not bucket.access_key or not secret_key:
        raise _wrong(f"{_STORAGE}.accessKey", "an access key and its secret key are needed")
    query = f"region={bucket.region or 'us-east-1'}"
    if bucket.endpoint:
        endpoint = bucket.endpoint if "://" in bucket.endpoint else f"http://{bucket.endpoint}"
        query += f"&endpoint={endpoint}"
    if set("?#&%@/:") & set(bucket.bucket) or set("?#&%") & set(bucket.region + bucket.endpoint):
        raise _wrong(f"{_STORAGE}.bucket", "bucket, region and endpoint have plain names")
    found = _parsed(_STORAGE, lambda: parse_s3(f"s3://{bucket.bucket}?{query}", create=True))
    return S3Target(
        bucket=found.bucket,
        endpoint=found.endpoint,
        region=found.region,
        access_key=bucket.access_key,
        secret_key=secret_key,
        create=True,
        insecure=bucket.skip_verify,
    )


def _check_plain(field: str, address: str) -> None:
    """What it says of a user would be kept, and shown, in clear."""
    if "@" in address:
        raise _wrong(field, "user name and password have fields of their own")


def _parsed(field: str, parse: Callable[[], T]) -> T:
    """With the name our callers know the field by."""
    try:
        return parse()
    except Failure as failure:
        raise _wrong(field, str(failure.facts.get("reason", failure))) from failure


def _wrong(field: str, reason: str) -> Failure:
    return Failure(Code.INVALID_FIELD, field=field, reason=reason)

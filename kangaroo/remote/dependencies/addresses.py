"""From the texts people write to targets, as the platform API and `kangaroo doctor deps` take them.

    postgres://host:5432/database?sslmode=require&prefix=harbor-
    redis://host:6379          redis+sentinel://one:26379,two:26379?sentinelMasterId=mymaster
    s3://bucket?endpoint=https://host:9000&region=us-east-1

A user and a password may stand in the text (percent-encoded); what is given beside it counts more.
"""

import re
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from kangaroo.base.errors import Code, Failure
from kangaroo.remote.dependencies.contract import (
    Address,
    PostgresTarget,
    RedisTarget,
    S3Target,
    SslMode,
    Target,
)

_POSTGRES = frozenset({"postgres", "postgresql"})
_REDIS = frozenset({"redis", "redis+sentinel"})
_HOST = re.compile(r"[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]")
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]")
_REGION = re.compile(r"[A-Za-z0-9-]{1,64}")
_LONGEST = 2048


def parse_target(text: str) -> Target:
    """Any of the three, by its scheme. Raises INVALID_FIELD."""
    scheme = text.partition("://")[0].lower()
    if scheme in _POSTGRES:
        return parse_postgres(text)
    if scheme in _REDIS:
        return parse_redis(text)
    if scheme == "s3":
        return parse_s3(text)
    raise _wrong("begin it with postgres://, redis://, redis+sentinel:// or s3://")


def parse_postgres(
    text: str, username: str = "", password: str = "", *, prefix: str = "", authorities: str = ""
) -> PostgresTarget:
    """Without a database in the text it is `<prefix>core`, that of a Harbor. Raises INVALID_FIELD."""
    parts, options = _split(text, _POSTGRES, {"sslmode", "prefix"})
    user, secret, places = _authority(parts)
    try:
        mode = SslMode(options.get("sslmode", SslMode.PREFER))
    except ValueError as error:
        raise _wrong(f"sslmode is one of {', '.join(SslMode)}") from error
    if not (username or user):
        raise _wrong("a user name is missing")
    return PostgresTarget(
        address=_address(places, 5432),
        username=username or user,
        password=password or secret,
        database=unquote(parts.path.strip("/")) or f"{prefix or options.get('prefix', '')}core",
        ssl_mode=mode,
        authorities=authorities,
    )


def parse_redis(text: str, username: str = "", password: str = "") -> RedisTarget:
    """Raises INVALID_FIELD."""
    parts, options = _split(text, _REDIS, {"sentinelMasterId"})
    user, secret, places = _authority(parts)
    sentinels = parts.scheme == "redis+sentinel"
    master = options.get("sentinelMasterId", "")
    if sentinels is not bool(master):
        raise _wrong("redis+sentinel:// needs ?sentinelMasterId=, redis:// has none")
    if not sentinels and "," in places:
        raise _wrong("only redis+sentinel:// has several addresses")
    default = 26379 if sentinels else 6379
    return RedisTarget(
        addresses=tuple(_address(place, default) for place in places.split(",")),
        sentinel_master=master,
        username=username or user,
        password=password or secret,
    )


def parse_s3(text: str, access_key: str = "", secret_key: str = "", *, create: bool = False) -> S3Target:
    """Raises INVALID_FIELD."""
    parts, options = _split(text, frozenset({"s3"}), {"endpoint", "region", "create", "insecure"})
    user, secret, bucket = _authority(parts)
    endpoint, region = options.get("endpoint", ""), options.get("region", "us-east-1")
    if not _BUCKET.fullmatch(bucket):
        raise _wrong("a bucket has 3 to 255 letters, digits, dots and dashes")
    if not _REGION.fullmatch(region):
        raise _wrong("a region has letters, digits and dashes")
    if endpoint:
        endpoint = _checked_endpoint(endpoint)
    return S3Target(
        bucket=bucket,
        endpoint=endpoint,
        region=region,
        access_key=access_key or user,
        secret_key=secret_key or secret,
        create=create or options.get("create") == "true",
        insecure=options.get("insecure") == "true",
    )


def _checked_endpoint(text: str) -> str:
    parts, _ = _split(text, frozenset({"http", "https"}), set())
    if parts.path.strip("/"):
        raise _wrong("an endpoint has no path")
    _address(parts.netloc, 443 if parts.scheme == "https" else 80)
    return f"{parts.scheme}://{parts.netloc}"


def _split(text: str, schemes: frozenset[str], known: set[str]) -> tuple[SplitResult, dict[str, str]]:
    if len(text) > _LONGEST or not text.isprintable():
        raise _wrong("it is too long, or holds control characters")
    try:
        parts = urlsplit(text.strip())
    except ValueError as error:
        raise _wrong(str(error)) from error
    if parts.scheme not in schemes or not parts.netloc or parts.fragment:
        raise _wrong(f"write {' or '.join(f'{scheme}://' for scheme in sorted(schemes))} and a host")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if unknown := options.keys() - known:
        raise _wrong(f"unknown: {', '.join(sorted(unknown))}")
    return parts, options


def _authority(parts: SplitResult) -> tuple[str, str, str]:
    """User, password and the rest."""
    login, _, places = parts.netloc.rpartition("@")
    user, _, password = login.partition(":")
    return unquote(user), unquote(password), places


def _address(text: str, default_port: int) -> Address:
    host, colon, port = text.rpartition(":") if not text.endswith("]") else (text, "", "")
    if not colon:
        host, port = text, str(default_port)
    if not _HOST.fullmatch(host) or not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise _wrong(f"{text[:80]!r} is no host and port")
    return Address(host.strip("[]").lower(), int(port))


def _wrong(reason: str) -> Failure:
    return Failure(Code.INVALID_FIELD, field="address", reason=reason)

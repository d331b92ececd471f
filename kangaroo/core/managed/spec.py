"""What a managed Harbor is to be, as it is kept: everything but its secrets, which are kept apart and encrypted.

The words are those of the published API. Of each part at most the fields of its mode are filled.
"""

from enum import StrEnum

import msgspec


class DependencyMode(StrEnum):
    """Who keeps the database and the cache: the operator; a middleware operator (made here or by somebody else); or
    somebody outside."""

    BUILT_IN = "BUILT_IN_MODE"
    MIDDLEWARE = "MCAMEL_MODE"
    EXTERNAL = "EXTERNAL_MODE"
    ONE_CLICK = "BUILT_IN_MODE_WITH_MCAMEL"


class StorageMode(StrEnum):
    S3 = "S3"
    STORAGE_CLASS = "STORAGE_CLASS"
    MIDDLEWARE = "MCAMEL_MINIO"
    ONE_CLICK = "BUILT_IN_MINIO_MODE_WITH_MCAMEL"


class ExposeMode(StrEnum):
    INGRESS = "INGRESS"
    LOAD_BALANCE = "LOAD_BALANCE"
    NODE_PORT = "NODE_PORT"


class RedisType(StrEnum):
    STANDALONE = "STANDALONE"
    CLUSTER = "CLUSTER"
    FAILOVER = "FAILOVER"


class Value(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Kept as JSON."""


class Resources(Value, frozen=True):
    """Quantities as Kubernetes writes them, by resource; for each container of every component."""

    requests: dict[str, str] = {}
    limits: dict[str, str] = {}

    def __bool__(self) -> bool:
        return bool(self.requests or self.limits)

    def shown(self) -> dict[str, dict[str, str]]:
        """As a container has them."""
        both = {"requests": self.requests, "limits": self.limits}
        return {name: amounts for name, amounts in both.items() if amounts}


class Middleware(Value, frozen=True):
    """A middleware by the name of its custom resource. `workspace` is what the caller said, and only shown."""

    cluster: str
    namespace: str
    name: str
    workspace: str = ""


class Database(Value, frozen=True):
    mode: DependencyMode
    address: str = ""
    username: str = ""
    middleware: Middleware | None = None


class Cache(Value, frozen=True):
    mode: DependencyMode
    address: str = ""
    username: str = ""
    middleware: Middleware | None = None
    type: RedisType = RedisType.STANDALONE


class Bucket(Value, frozen=True):
    """S3; `endpoint` is empty for AWS."""

    bucket: str
    access_key: str = ""
    region: str = ""
    endpoint: str = ""
    skip_verify: bool = False
    v4_auth: bool = True


class Volume(Value, frozen=True):
    storage_class: str
    resources: Resources = Resources()


class Storage(Value, frozen=True):
    """`bucket` is what S3 is reached by; of a middleware only its name counts."""

    mode: StorageMode
    bucket: Bucket | None = None
    volume: Volume | None = None
    middleware: Middleware | None = None


class Expose(Value, frozen=True):
    """`node_port` 0: any that is free. `tls_secret` empty with `https`: cert-manager makes a certificate."""

    mode: ExposeMode
    external_url: str = ""
    host: str = ""
    ingress_class: str = ""
    node_port: int = 0
    https: bool = False
    tls_secret: str = ""


class Dependencies(Value, frozen=True):
    """What a Harbor needs beside itself; None is not asked about."""

    database: Database | None = None
    cache: Cache | None = None
    storage: Storage | None = None


class HarborSpec(Value, frozen=True):
    """`trivy_offline`: the scanner never asks the network, not even for its database."""

    version: str
    database: Database
    cache: Cache
    storage: Storage
    expose: Expose
    replicas: int = 1
    resources: Resources = Resources()
    trivy: bool = False
    trivy_offline: bool = False
    metrics: bool = False

    @property
    def dependencies(self) -> Dependencies:
        return Dependencies(database=self.database, cache=self.cache, storage=self.storage)


class Secrets(Value, frozen=True):
    """Never shown; encrypted when kept. An empty one is none."""

    admin: str = ""
    database: str = ""
    cache: str = ""
    storage: str = ""

    def __repr__(self) -> str:
        return "Secrets(…)"

    def over(self, kept: "Secrets") -> "Secrets":
        """Those given, for the rest those kept."""
        return Secrets(
            admin=self.admin or kept.admin,
            database=self.database or kept.database,
            cache=self.cache or kept.cache,
            storage=self.storage or kept.storage,
        )

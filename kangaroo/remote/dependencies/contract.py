"""What is asked about a dependency and how it is answered: one row per step, in the order a client would take them.

    PostgreSQL  DNS  TCP  TLS  LOGIN  DATABASE  PERMISSION
    Redis       DNS  TCP  [SENTINEL  DNS  TCP]  LOGIN  MODE  DATABASE  PERMISSION
    S3          DNS  TCP  TLS  LOGIN  BUCKET  PERMISSION

The first step that fails is the last row. Steps that do not apply (TLS where none is wanted) have no row.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, TypeVar

from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.base.texts import Language


class Step(StrEnum):
    DNS = "DNS"
    TCP = "TCP"
    TLS = "TLS"
    SENTINEL = "SENTINEL"  # the sentinels agree on a master
    LOGIN = "LOGIN"
    MODE = "MODE"  # not Redis Cluster, not a read-only replica
    DATABASE = "DATABASE"
    BUCKET = "BUCKET"
    PERMISSION = "PERMISSION"


@dataclass(frozen=True, slots=True)
class Row:
    """One step. `seen` is what was found when it is all right (an address, a version), in no language."""

    step: Step
    failure: InstanceFailure | None = None
    seen: str = ""

    @property
    def ok(self) -> bool:
        return self.failure is None

    @property
    def reason(self) -> Reason | None:
        return None if self.failure is None else self.failure.reason

    def message(self, language: Language = "en") -> str:
        return self.seen if self.failure is None else self.failure.message(language)

    def remedy(self, language: Language = "en") -> str:
        return "" if self.failure is None else self.failure.remedy(language)


def broken(rows: Sequence[Row]) -> InstanceFailure | None:
    """What stopped the walk; None when the dependency can be used."""
    return rows[-1].failure if rows else None


@dataclass(frozen=True, slots=True)
class Address:
    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class SslMode(StrEnum):
    """PostgreSQL's, as libpq means them."""

    DISABLE = "disable"
    ALLOW = "allow"
    PREFER = "prefer"
    REQUIRE = "require"
    VERIFY_CA = "verify-ca"
    VERIFY_FULL = "verify-full"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresTarget:
    """`database` must exist and the user must be able to make tables in it. For a Harbor it is `<prefix>core`.

    `authorities` are certificates in PEM, beside those of the system.
    """

    address: Address
    username: str
    password: str = field(default="", repr=False)
    database: str = "core"
    ssl_mode: SslMode = SslMode.PREFER
    authorities: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RedisTarget:
    """`addresses`: one server, or, with `sentinel_master`, the sentinels (which ask for no password themselves).

    `database` is the highest that must be there: Harbor uses 0 to 5.
    """

    addresses: tuple[Address, ...]
    sentinel_master: str = ""
    username: str = ""
    password: str = field(default="", repr=False)
    database: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Target:
    """An empty `endpoint` is AWS. `create`: make the bucket when it is missing. `insecure`: look at no certificate."""

    bucket: str
    endpoint: str = ""
    region: str = "us-east-1"
    access_key: str = ""
    secret_key: str = field(default="", repr=False)
    create: bool = False
    insecure: bool = False
    authorities: str = ""


Target = PostgresTarget | RedisTarget | S3Target
T_contra = TypeVar("T_contra", bound=Target, contravariant=True)


class Prober(Protocol[T_contra]):
    """One kind of dependency. Whatever is wrong with it is in the rows: nothing is raised."""

    async def probe(self, target: T_contra) -> list[Row]: ...

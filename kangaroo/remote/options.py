"""How an instance is connected to: trust, proxy, forbidden addresses, and how much of everything."""

from dataclasses import dataclass, field

from kangaroo.base.addresses import AddressPolicy


@dataclass(frozen=True, slots=True)
class Limits:
    """`hurry_seconds` is for each request of `identify` and `probe`, which are not repeated.

    `patience_seconds` is how long a registry may make us wait by Retry-After; `commit_seconds` how long it may take to
    store a blob that has arrived.
    """

    connect_seconds: float = 4.0
    hurry_seconds: float = 4.0
    answer_seconds: float = 30.0
    idle_seconds: float = 60.0
    commit_seconds: float = 600.0
    answer_bytes: int = 16 << 20
    concurrency: int = 16
    attempts: int = 4
    delay_seconds: float = 0.25
    patience_seconds: float = 20.0


@dataclass(frozen=True, slots=True)
class Options:
    """`authorities` are certificates in PEM, beside those of the system; `insecure` looks at no certificate.

    A `proxy` URL is used when given; never one from the environment. The address policy then holds for the proxy.
    """

    authorities: str = ""
    insecure: bool = False
    proxy: str = ""
    addresses: AddressPolicy = field(default_factory=AddressPolicy)
    limits: Limits = field(default_factory=Limits)

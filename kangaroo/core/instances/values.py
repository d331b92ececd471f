"""What an instance is made of, and what is asked for about it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from kangaroo.base.clock import Micros
from kangaroo.core.instances.names import InstanceName
from kangaroo.core.instances.points import PLATFORM
from kangaroo.remote.contract import RemoteRegistry
from kangaroo.remote.options import Options
from kangaroo.remote.values import Credential, Kind
from kangaroo.store.meta.database import Transaction
from kangaroo.store.meta.instances import InstanceRow

Instance = InstanceRow
Connect = Callable[[Kind, str, Credential | None, Options], RemoteRegistry]
"""Makes the client for a kind of registry at a URL; wiring has the classes."""


class InstanceKind(StrEnum):
    """As rows have it; `KANGAROO` is the registry this program is itself."""

    KANGAROO = "KANGAROO"
    HARBOR = "HARBOR"
    DOCKER_REGISTRY = "DOCKER_REGISTRY"
    JFROG = "JFROG"


class Integration(StrEnum):
    """Who looks after an instance: somebody outside, or we ourselves (managed Harbor)."""

    MANUAL = "Manual"
    AUTOMATIC = "Automatic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What a new instance is to be. `ca` are certificates in PEM; `insecure` looks at none."""

    name: InstanceName
    kind: Kind
    url: str
    credential: Credential | None = None
    ca: str = ""
    insecure: bool = False
    description: str = ""
    integration: Integration = Integration.MANUAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """None leaves as it is."""

    credential: Credential | None = None
    url: str | None = None
    ca: str | None = None
    insecure: bool | None = None
    description: str | None = None

    @property
    def connects_anew(self) -> bool:
        return any(one is not None for one in (self.credential, self.url, self.ca, self.insecure))


@dataclass(frozen=True, slots=True)
class Which:
    """One instance: its name, in a workspace or in the platform."""

    name: InstanceName
    workspace: int = PLATFORM


@dataclass(frozen=True, slots=True)
class Parting:
    """What subjects further up have at an instance, and how it ends before the instance is forgotten.

    `end` ends what it can, over the network; `remember` takes down, in the transaction that forgets the instance, what
    is left, for a job of its own, and returns the names of it.
    """

    end: Callable[[Instance], Awaitable[None]]
    remember: Callable[[Transaction, Instance], Awaitable[tuple[str, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which instances a list is to have: None and empty match all."""

    workspace: int = PLATFORM
    fuzzy: str = ""
    integration: Integration | None = None
    kinds: frozenset[InstanceKind] = frozenset()
    besides: InstanceName | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """What an instance holds. `at`: when that was so."""

    public_spaces: int
    private_spaces: int
    public_images: int
    private_images: int
    charts: int
    storage: int
    at: Micros

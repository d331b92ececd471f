"""What every part of this chapter stands on: the lower chapters, the outside, and what keeps a record."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from kangaroo.base.actors import SYSTEM, Actor
from kangaroo.base.clock import Clock
from kangaroo.base.errors import Code, Failure
from kangaroo.core.access.journal import Deed
from kangaroo.core.access.secrets import Cipher
from kangaroo.core.clusters import ClusterName, Clusters
from kangaroo.core.instances import Credential, Instances, Point
from kangaroo.core.managed.composing import ImageSource
from kangaroo.core.managed.names import HarborName, Place
from kangaroo.core.managed.spec import HarborSpec, Secrets
from kangaroo.core.workspaces import Authority
from kangaroo.jobs import Queue
from kangaroo.kube.contract import ClusterClient
from kangaroo.remote.dependencies.contract import Row as ProbeRow
from kangaroo.remote.dependencies.contract import Target
from kangaroo.remote.options import Options
from kangaroo.store.meta import managed as rows
from kangaroo.store.meta.database import Database, Transaction
from kangaroo.store.meta.managed import HarborRow

_SECRETS = "secrets of a managed Harbor"
_PASSWORD = "next password of a managed Harbor"  # noqa: S105 - a purpose

ChangePassword = Callable[[str, Credential, str, Options], Awaitable[None]]
"""Gives the account of the credential at a Harbor (its URL) a new password."""


class Probing(Protocol):
    """Asks dependencies from this server; `remote.dependencies.probes` does."""

    async def probe_all(self, targets: Sequence[Target]) -> list[list[ProbeRow]]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the installation says: versions offered (the first is the default), images, the scanner's manner.

    `check_image` is our own image, for checks inside clusters; without one they are made from here.
    """

    versions: tuple[str, ...] = ("2.6.4", "2.5.6")
    images: ImageSource = field(default_factory=ImageSource)
    trivy_offline: bool = False
    check_image: str = ""


@dataclass(frozen=True, slots=True)
class Outside:
    """What others keep, as the wiring reaches it."""

    probing: Probing
    change_password: ChangePassword
    options: Options


@dataclass(frozen=True, slots=True)
class Platform:
    """The chapters below."""

    database: Database
    queue: Queue
    authority: Authority
    instances: Instances
    clusters: Clusters


class Ground:
    def __init__(
        self, platform: Platform, outside: Outside, cipher: Cipher, terms: Terms, clock: Clock
    ) -> None:
        self.database = platform.database
        self.queue = platform.queue
        self.authority = platform.authority
        self.instances = platform.instances
        self.clusters = platform.clusters
        self.outside = outside
        self.terms = terms
        self.clock = clock
        self._cipher = cipher

    async def decide(self, actor: Actor, point: Point) -> None:
        """Raises UNAUTHORIZED, FORBIDDEN."""
        await self.authority.require(actor, point)

    @asynccontextmanager
    async def cluster(self, name: str) -> AsyncIterator[ClusterClient]:
        """The client of a registered cluster, for those who have decided. Raises NOT_FOUND."""
        cluster = await self.clusters.get(SYSTEM, ClusterName(name))
        async with self.clusters.opener.use(cluster) as client:
            yield client

    async def known(self, harbor: HarborName) -> HarborRow:
        """Raises NOT_FOUND."""
        place = harbor.place
        found = await rows.find(self.database.lookup, place.cluster, place.namespace, harbor.name)
        if found is None:
            raise Failure(Code.NOT_FOUND, what=f"Harbor {harbor}")
        return found

    async def record(self, transaction: Transaction, actor: Actor, deed: Deed) -> None:
        await self.authority.record(transaction, actor, deed)

    def seal(self, secrets: Secrets) -> str:
        return self._cipher.encrypt(msgspec.json.encode(secrets).decode(), _SECRETS)

    def secrets(self, row: HarborRow) -> Secrets:
        """Raises INTERNAL when they were encrypted with another key."""
        text = self._cipher.decrypt(row.meant.secrets, _SECRETS)
        return msgspec.json.decode(text, type=Secrets)

    def seal_text(self, text: str) -> str:
        return self._cipher.encrypt(text, _PASSWORD)

    def text(self, sealed: str) -> str:
        return self._cipher.decrypt(sealed, _PASSWORD)


def name_of(row: HarborRow) -> HarborName:
    return HarborName(Place(row.cluster, row.namespace), row.name)


def spec_of(row: HarborRow) -> HarborSpec:
    return msgspec.json.decode(row.meant.spec, type=HarborSpec)


def annotations_of(row: HarborRow) -> dict[str, str]:
    return msgspec.json.decode(row.meant.annotations, type=dict[str, str])

"""What a form for a new Harbor offers: versions, storage and ingress classes, certificates, room, ports."""

import asyncio
from dataclasses import dataclass
from fractions import Fraction

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.core.instances import Point
from kangaroo.core.managed.certificates import certificate_of
from kangaroo.core.managed.checking import NODE_PORTS, wrong
from kangaroo.core.managed.environment import environment, served
from kangaroo.core.managed.ground import Ground
from kangaroo.core.managed.kinds import POSTGRESQL, REDIS_FAILOVER, TENANT
from kangaroo.core.managed.middleware import Service
from kangaroo.core.managed.names import Place
from kangaroo.core.managed.need import base_need, left_of, written
from kangaroo.core.managed.quantities import parse_quantity
from kangaroo.core.managed.requirements import node_port_free
from kangaroo.core.managed.rows import Row
from kangaroo.kube.contract import (
    INGRESS_CLASS,
    NAMESPACE,
    RESOURCE_QUOTA,
    SECRET,
    STORAGE_CLASS,
    ClusterClient,
    Kind,
    Object,
    Selection,
)

_GIGA = "G"
_HWAMEISTOR = "hwameistor.io"
_OPERATORS = {Service.POSTGRESQL: POSTGRESQL, Service.REDIS: REDIS_FAILOVER, Service.MINIO: TENANT}


@dataclass(frozen=True, slots=True)
class Class:
    """A storage or ingress class. `copies` 0: it is no HwameiStor's."""

    name: str
    default: bool
    copies: int = 0


@dataclass(frozen=True, slots=True)
class Offer:
    versions: tuple[str, ...]
    storage: tuple[Class, ...]
    ingress: tuple[Class, ...]


@dataclass(frozen=True, slots=True)
class TlsSecret:
    """`self_signed` None: it cannot be read."""

    namespace: str
    name: str
    self_signed: bool | None


@dataclass(frozen=True, slots=True)
class Room:
    """Of one resource: what is asked for, and what the quotas leave; empty where none limits it."""

    needed: str
    left: str
    enough: bool


@dataclass(frozen=True, slots=True)
class Amount:
    """What each container asks for."""

    cpu: str = ""
    memory: str = ""
    replicas: int = 1


class Choices:
    """Every method raises UNAUTHORIZED, FORBIDDEN, NOT_FOUND (the cluster), and what keeps it from answering."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    async def environment(self, actor: Actor, cluster: str) -> list[Row]:
        """Whether it can run Harbors."""
        await self._ground.decide(actor, Point.CREATE_MANAGED_HARBOR)
        async with self._ground.cluster(cluster) as client:
            return await environment(client)

    async def operators(self, actor: Actor, cluster: str) -> frozenset[Service]:
        """The middleware whose operators it has."""
        await self._ground.decide(actor, Point.CREATE_MANAGED_HARBOR)
        async with self._ground.cluster(cluster) as client:
            known = await asyncio.gather(*(served(client, kind) for kind in _OPERATORS.values()))
        return frozenset(service for service, there in zip(_OPERATORS, known, strict=True) if there)

    async def offer(self, actor: Actor, cluster: str) -> Offer:
        await self._ground.decide(actor, Point.CREATE_MANAGED_HARBOR)
        async with self._ground.cluster(cluster) as client:
            storage, ingress = await asyncio.gather(
                _classes(client, STORAGE_CLASS, "storageclass.kubernetes.io/is-default-class"),
                _classes(client, INGRESS_CLASS, "ingressclass.kubernetes.io/is-default-class"),
            )
        return Offer(self._ground.terms.versions, storage, ingress)

    async def tls_secrets(self, actor: Actor, place: Place) -> list[TlsSecret]:
        """By name. Raises NOT_FOUND for the namespace too."""
        await self._ground.decide(actor, Point.CREATE_MANAGED_HARBOR)
        async with self._ground.cluster(place.cluster) as client:
            await client.get(NAMESPACE, place.namespace)
            which = Selection(place.namespace, fields="type=kubernetes.io/tls")
            found = (await client.list(SECRET, which)).items
        return sorted((_tls(one) for one in found), key=lambda one: one.name)

    async def room(self, actor: Actor, place: Place, amount: Amount) -> dict[str, Room]:
        """`cpu` and `memory` of a Harbor without extras. A memory without a unit is in G."""
        await self._ground.decide(actor, Point.CREATE_MANAGED_HARBOR)
        if not 1 <= amount.replicas <= 1000:
            raise wrong("replicas", "between 1 and 1000")
        cpu = parse_quantity(amount.cpu or "0", "requestCpu")
        plain = amount.memory.replace(".", "").isdigit()
        memory = parse_quantity(f"{amount.memory or '0'}{_GIGA if plain else ''}", "requestMemory")
        needed = base_need(cpu, memory, amount.replicas)
        async with self._ground.cluster(place.cluster) as client:
            await client.get(NAMESPACE, place.namespace)
            quotas = (await client.list(RESOURCE_QUOTA, Selection(place.namespace))).items
        return {
            name: _room(f"requests.{name}", needed[f"requests.{name}"], left_of(quotas, f"requests.{name}"))
            for name in ("cpu", "memory")
        }

    async def port_free(self, actor: Actor, cluster: str, port: str) -> bool:
        """Raises INVALID_FIELD for what is no node port."""
        await self._ground.decide(actor, Point.CREATE_MANAGED_HARBOR)
        if not (port.isascii() and port.isdigit() and len(port) < 6 and int(port) in NODE_PORTS):
            raise wrong("port", f"between {NODE_PORTS[0]} and {NODE_PORTS[-1]}")
        async with self._ground.cluster(cluster) as client:
            return await node_port_free(client, int(port))


async def _classes(client: ClusterClient, kind: Kind, mark: str) -> tuple[Class, ...]:
    """The default one first."""
    found = [
        Class(
            str(one["metadata"]["name"]),
            (one["metadata"].get("annotations") or {}).get(mark) == "true",
            _copies(one),
        )
        for one in (await client.list(kind)).items
    ]
    return tuple(sorted(found, key=lambda one: (not one.default, one.name)))


def _copies(found: Object) -> int:
    if not str(found.get("provisioner", "")).endswith(_HWAMEISTOR):
        return 0
    text = str((found.get("parameters") or {}).get("replicaNumber", "1"))
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def _tls(secret: Object) -> TlsSecret:
    metadata = secret["metadata"]
    try:
        self_signed: bool | None = certificate_of(secret).self_signed
    except Failure as failure:
        if failure.code is not Code.PRECONDITION:
            raise
        self_signed = None
    return TlsSecret(metadata["namespace"], metadata["name"], self_signed)


def _room(resource: str, needed: Fraction, left: Fraction | None) -> Room:
    if left is None:
        return Room(written(resource, needed), "", enough=True)
    return Room(written(resource, needed), written(resource, max(left, Fraction(0))), needed <= left)

"""Keeps the RegistrySecret objects of a home cluster: one for each registry, its health in the status; and those that
somebody declares become registries. Asked again and again, it changes what is not as it should be and nothing else.

Where the objects are followed, a look at them asks the cluster nothing; a full one, which also makes what they need to
be there, comes first, every few minutes, and after anything that failed.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass

import structlog

from kangaroo.base.actors import SYSTEM, Actor, ActorKind
from kangaroo.base.clock import Clock, now
from kangaroo.base.errors import Failure
from kangaroo.core.clusters import (
    CUSTOM_RESOURCE_DEFINITION,
    NAMESPACE,
    Cluster,
    ClusterClient,
    ClusterName,
    Kind,
    Object,
    ObjectChange,
    Refused,
    Selection,
)
from kangaroo.core.instances import Instance
from kangaroo.core.services import Services
from kangaroo.entrypoints.operator.declared import Declared
from kangaroo.entrypoints.operator.resource import DEFINITION, NAMESPACE_NAME, REGISTRY_SECRET
from kangaroo.entrypoints.operator.shapes import Seen, covers, health_status, mirror_of, name_of, with_status

FULL_LOOK_SECONDS = 300.0
OURS = Selection(namespace=NAMESPACE_NAME)
Told = Callable[[], Awaitable[None]]
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Look:
    """What there is: objects by name, and the registries."""

    objects: dict[str, Seen]
    instances: list[Instance]

    def registered_by(self, seen: Seen) -> Instance | None:
        place = (seen.workspace, seen.registered)
        return next((one for one in self.instances if (one.workspace, one.name) == place), None)


class Operator:
    """`homes`: names of registered clusters."""

    def __init__(self, services: Services, homes: tuple[str, ...], clock: Clock = now) -> None:
        self._services = services
        self._homes = homes
        self._clock = clock
        self._watches = services.clusters.watches
        self._looked_at: dict[int, float] = {}
        self._turn = asyncio.Lock()

    def follow(self, told: Told) -> None:
        """Where the watches run, before they do. `told` is to see to it that `tend` comes soon: somebody declared a
        registry, or declared it otherwise."""

        async def seen(cluster: Cluster, change: ObjectChange) -> None:
            del cluster
            if not Seen.of(change.object).mirror:
                await told()

        async def among(clusters: Collection[Cluster]) -> set[int]:
            return {one.id for one in clusters if one.name in self._homes}

        self._watches.on(REGISTRY_SECRET, seen, OURS, among)

    async def tend(self) -> dict[str, int]:
        """All home clusters, once. One that is away does not keep the others from it."""
        async with self._turn:  # two would register a registry twice
            return await self._tend_all()

    async def _tend_all(self) -> dict[str, int]:
        done = {"tended": 0, "failed": 0}
        for name in self._homes:
            try:
                cluster = await self._services.clusters.get(SYSTEM, ClusterName.parse(name))
                async with self._services.clusters.opener.use(cluster) as client:
                    await self._tend(cluster, client)
            except Failure as failure:
                log.warning("home cluster not tended", cluster=name, error=str(failure))
                done["failed"] += 1
            else:
                done["tended"] += 1
        return done

    async def _tend(self, cluster: Cluster, client: ClusterClient) -> None:
        objects = await self._objects(cluster, client)
        look = _Look(objects, await self._services.instances.everything(SYSTEM))
        actor = Actor(ActorKind.SYSTEM, name=f"kubernetes:{cluster.name}", sysadmin=True)
        declared = Declared(client, self._services.instances, actor, self._clock)
        elsewhere: set[int] = set()
        good = True
        for seen in look.objects.values():
            if not seen.mirror:
                instance = look.registered_by(seen) if seen.registered else None
                elsewhere |= {instance.id} if instance is not None else set()
                good &= await _forgiven(seen.name, declared.tend(seen, instance))
        shown = {name_of(one): one for one in look.instances if one.id not in elsewhere}
        for name, instance in shown.items():
            found = look.objects.get(name)
            if found is None or found.mirror:
                good &= await _forgiven(name, _mirror(client, instance, found))
        for seen in look.objects.values():
            if seen.mirror and seen.name not in shown:
                gone = client.delete(REGISTRY_SECRET, seen.name, NAMESPACE_NAME, uid=seen.uid)
                good &= await _forgiven(seen.name, gone)
        if not good:
            self._looked_at.pop(cluster.id, None)

    async def _objects(self, cluster: Cluster, client: ClusterClient) -> dict[str, Seen]:
        """By name."""
        known = self._watches.informer(cluster.id, REGISTRY_SECRET, OURS)
        last = self._looked_at.get(cluster.id)
        fresh = last is not None and time.monotonic() - last < FULL_LOOK_SECONDS
        if fresh and known is not None and known.synced.is_set() and known.failure is None:
            return await _settled(client, map(Seen.of, known.objects.values()))
        found = await _objects(client)
        self._looked_at[cluster.id] = time.monotonic()
        return found


async def _objects(client: ClusterClient) -> dict[str, Seen]:
    """By name; what they need to be there is made where it is missing."""
    if not covers(
        await _found(client, CUSTOM_RESOURCE_DEFINITION, DEFINITION["metadata"]["name"]), DEFINITION
    ):
        await client.apply(CUSTOM_RESOURCE_DEFINITION, DEFINITION, force=True)
    if await _found(client, NAMESPACE, NAMESPACE_NAME) is None:
        metadata = {"name": NAMESPACE_NAME}
        await client.create(
            NAMESPACE, {"apiVersion": NAMESPACE.api_version, "kind": NAMESPACE.kind, "metadata": metadata}
        )
    listing = await client.list(REGISTRY_SECRET, OURS)
    return {seen.name: seen for seen in map(Seen.of, listing.items)}


async def _settled(client: ClusterClient, known: Iterable[Seen]) -> dict[str, Seen]:
    """What a watch knows may be a moment older than what we did: those where that matters are asked for."""
    found = {}
    for seen in known:
        if seen.mirror or (seen.held and seen.registered and not seen.leaving):
            found[seen.name] = seen
        elif (there := await _found(client, REGISTRY_SECRET, seen.name, NAMESPACE_NAME)) is not None:
            found[seen.name] = Seen.of(there)
    return found


async def _found(client: ClusterClient, kind: Kind, name: str, namespace: str = "") -> Object | None:
    try:
        return await client.get(kind, name, namespace)
    except Refused as refused:
        if refused.word != "NotFound":
            raise
        return None


async def _mirror(client: ClusterClient, instance: Instance, seen: Seen | None) -> None:
    wanted, status = mirror_of(instance), health_status(instance)
    if seen is None or not covers(seen.spec, wanted["spec"]):
        await client.apply(REGISTRY_SECRET, wanted, force=True)
    if seen is None or seen.status != status:
        await client.apply_status(REGISTRY_SECRET, with_status(name_of(instance), status))


async def _forgiven(name: str, work: Awaitable[None]) -> bool:
    """Whether it could be done. What is wrong with one object does not keep the others from being tended; the next
    look tries it again."""
    try:
        await work
    except Refused as refused:
        log.info("RegistrySecret not tended", name=name, error=str(refused))
        return False
    return True

"""Middleware of the registered clusters: listed with who uses it, made on request, removed with its Harbor."""

import asyncio
import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import structlog

from kangaroo.base.actors import SYSTEM, Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Page, Window
from kangaroo.base.query import ListQuery
from kangaroo.core.access.journal import Deed
from kangaroo.core.clusters import ClusterName
from kangaroo.core.instances import Point
from kangaroo.core.managed.environment import served
from kangaroo.core.managed.ground import Ground
from kangaroo.core.managed.kinds import POSTGRESQL, REDIS_FAILOVER, TENANT, definition_of
from kangaroo.core.managed.making_middleware import Made, Wanted, checked, make, secrets_of
from kangaroo.core.managed.middleware import KINDS, Instance, Service, read, sentinels_of
from kangaroo.core.managed.names import Place
from kangaroo.core.managed.reasons import Hindrance, Obstacle
from kangaroo.core.managed.spec import Middleware
from kangaroo.kube.contract import DEPLOYMENT, SECRET, ClusterClient, Kind, Object, Refused, Selection
from kangaroo.store.meta import managed as rows

_LETTERS = string.ascii_letters + string.digits
_MADE = {Service.POSTGRESQL: POSTGRESQL, Service.REDIS: REDIS_FAILOVER, Service.MINIO: TENANT}
log = structlog.get_logger(__name__)


class Outcome(StrEnum):
    MADE = "made"
    THERE = "there"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Result:
    """Of one service; `message` says what is in the way."""

    outcome: Outcome
    failure: Failure | None = None


class Middlewares:
    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    async def page(self, actor: Actor, service: Service, window: Window, fuzzy: str = "") -> Page[Instance]:
        """Of all clusters, by cluster, namespace and name. A cluster that is away or has none of it adds nothing."""
        await self._ground.decide(actor, Point.CREATE_MANAGED_HARBOR)
        return await self._page(service, window, fuzzy)

    async def page_of_workspace(
        self, actor: Actor, workspace: int, service: Service, window: Window
    ) -> Page[Instance]:
        """Of the namespaces that belong to a workspace. Raises NOT_FOUND."""
        await self._ground.decide(actor, Point.CREATE_MANAGED_HARBOR)
        bound = await self._ground.clusters.namespaces.of_workspace(SYSTEM, workspace, Window(1, 0))
        return await self._page(
            service, window, "", {(one.cluster_name, one.namespace) for one in bound.items}
        )

    async def create(
        self, actor: Actor, place: Place, wanted: Mapping[Service, Wanted]
    ) -> dict[Service, Result]:
        """Each for itself: one that fails does not keep the others from being made.

        Raises INVALID_FIELD, NOT_FOUND (the cluster), and whatever keeps the cluster from answering.
        """
        await self._ground.decide(actor, Point.CREATE_MANAGED_HARBOR)
        complete = {service: checked(service, one) for service, one in wanted.items()}
        async with self._ground.cluster(place.cluster) as client:
            await client.version()
            results = await asyncio.gather(
                *(self._make(client, place, service, one) for service, one in complete.items())
            )
        done = dict(zip(complete, results, strict=True))
        made = [service for service, result in done.items() if result.outcome is Outcome.MADE]
        async with self._ground.database.write() as transaction:
            for service in made:
                what = f"{service} {place.cluster}.{place.namespace}.{complete[service].name}"
                await self._ground.record(transaction, actor, Deed("create_middleware", what))
        return done

    async def remove(self, client: ClusterClient, service: Service, which: Middleware) -> None:
        """With its secret. Raises what the cluster says."""
        await _gone(client, _MADE[service], which.name, which.namespace)
        for secret in secrets_of(service, which.name):
            await _gone(client, SECRET, secret, which.namespace)

    async def _page(
        self,
        service: Service,
        window: Window,
        fuzzy: str,
        only: set[tuple[str, str]] | None = None,
    ) -> Page[Instance]:
        clusters = await self._ground.clusters.page(SYSTEM, ListQuery(window=Window(1, 0)))
        names = [one.name for one in clusters.items if only is None or one.name in {name for name, _ in only}]
        found = [
            one for some in await asyncio.gather(*(self._of(name, service) for name in names)) for one in some
        ]
        found = [
            one
            for one in found
            if fuzzy.lower() in one.name and (only is None or (one.cluster, one.namespace) in only)
        ]
        found.sort(key=lambda one: (one.cluster, one.namespace, one.name))
        cut = found if not window.size else found[window.offset : window.offset + window.size]
        claimed = await rows.claimed(self._ground.database.lookup, [one.claim for one in cut])
        users = {one.claim: one.by for one in claimed}
        return Page([one.taken(users.get(one.claim, "")) for one in cut], len(found))

    async def _of(self, cluster: str, service: Service) -> list[Instance]:
        found: list[Instance] = []
        try:
            async with self._ground.cluster(ClusterName(cluster)) as client:
                for kind in KINDS[service]:
                    found += [
                        await _known(client, read(kind, cluster, one), kind, one)
                        for one in await _listed(client, kind)
                    ]
        except Failure as failure:
            log.info("middleware not listed", cluster=cluster, service=str(service), error=str(failure))
        return found

    async def _make(self, client: ClusterClient, place: Place, service: Service, wanted: Wanted) -> Result:
        kind = _MADE[service]
        password = "".join(secrets.choice(_LETTERS) for _ in range(24))
        try:
            if not await served(client, kind):
                crd = definition_of(kind)
                return Result(Outcome.FAILED, Hindrance(Obstacle.MIDDLEWARE_OPERATOR_MISSING, crd=crd))
            # Of MinIO, whose Service has a fixed name, only one fits into a namespace.
            there = await _listed(client, kind, place.namespace)
            if any(service is Service.MINIO or one["metadata"]["name"] == wanted.name for one in there):
                return Result(Outcome.THERE)
            await _put(client, make(service, place.namespace, wanted, password))
        except Failure as failure:
            if isinstance(failure, Refused) and failure.word == "AlreadyExists":
                return Result(Outcome.THERE)
            return Result(Outcome.FAILED, failure)
        return Result(Outcome.MADE)


async def _put(client: ClusterClient, made: Made) -> None:
    """All or none: first without keeping anything."""
    for kind, one in made:
        await client.create(kind, one, dry_run=True)
    done: list[tuple[Kind, Object]] = []
    try:
        for kind, one in made:
            answer = await client.create(kind, one)
            done.append((kind, answer))
    except BaseException:
        for kind, one in reversed(done):
            metadata = one["metadata"]
            await client.delete(kind, metadata["name"], metadata["namespace"], uid=metadata["uid"])
        raise


async def _listed(client: ClusterClient, kind: Kind, namespace: str = "") -> list[Object]:
    """Empty where the cluster has no such kind."""
    try:
        return (await client.list(kind, Selection(namespace=namespace))).items
    except Refused as refusal:
        if refusal.code is Code.NOT_FOUND:
            return []
        raise


async def _known(client: ClusterClient, instance: Instance, kind: Kind, found: Object) -> Instance:
    """With whether it runs, where its resource does not tell."""
    if kind is not REDIS_FAILOVER or (found.get("status") or {}).get("state"):
        return instance
    try:
        sentinels = await client.get(DEPLOYMENT, sentinels_of(found), instance.namespace)
    except Refused as refusal:
        if refusal.code is Code.NOT_FOUND:
            return instance.stopped()
        raise
    return instance if (sentinels.get("status") or {}).get("availableReplicas") else instance.stopped()


async def _gone(client: ClusterClient, kind: Kind, name: str, namespace: str) -> None:
    try:
        await client.delete(kind, name, namespace)
    except Refused as refusal:
        if refusal.code is not Code.NOT_FOUND:
            raise

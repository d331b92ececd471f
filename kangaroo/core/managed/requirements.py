"""Whether a namespace can take this one Harbor: class, quota, port, certificate, and a dry run of every object."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass

from kangaroo.base.clock import Micros, rfc3339
from kangaroo.base.errors import Code, Failure
from kangaroo.core.managed.certificates import certificate_of
from kangaroo.core.managed.checking import NODE_PORTS
from kangaroo.core.managed.composing import Piece, is_ours
from kangaroo.core.managed.environment import webhook_failed
from kangaroo.core.managed.front import service
from kangaroo.core.managed.names import HarborName
from kangaroo.core.managed.need import Amounts, Lack, need, quota_faults, written
from kangaroo.core.managed.reasons import Hindrance, Obstacle
from kangaroo.core.managed.rows import Check, Origin, Row, row_of
from kangaroo.core.managed.spec import ExposeMode, HarborSpec, StorageMode
from kangaroo.kube.contract import (
    INGRESS_CLASS,
    NAMESPACE,
    RESOURCE_QUOTA,
    SECRET,
    SERVICE,
    STORAGE_CLASS,
    ClusterClient,
    Kind,
    Refused,
    Selection,
)


@dataclass(frozen=True, slots=True)
class Case:
    """What is asked about. `taken`: what it has of its namespace already, when it is there and is changed."""

    harbor: HarborName
    spec: HarborSpec
    pieces: tuple[Piece, ...]
    now: Micros
    taken: Amounts | None = None

    @property
    def namespace(self) -> str:
        return self.harbor.place.namespace


async def requirements(client: ClusterClient, case: Case) -> list[Row]:
    """The rows about this Harbor; nothing is changed."""
    there = await _row(Check.NAMESPACE, _namespace(client, case))
    if there.failure is not None and there.sure:
        return [there]
    wanted: list[tuple[Check, Awaitable[Row]]] = [(Check.QUOTA, _quota(client, case))]
    spec = case.spec
    if spec.storage.mode is StorageMode.STORAGE_CLASS and spec.storage.volume is not None:
        name = spec.storage.volume.storage_class
        wanted.append((Check.STORAGE_CLASS, _named(client, Check.STORAGE_CLASS, STORAGE_CLASS, name)))
    if spec.expose.mode is ExposeMode.INGRESS and spec.expose.ingress_class:
        name = spec.expose.ingress_class
        wanted.append((Check.INGRESS_CLASS, _named(client, Check.INGRESS_CLASS, INGRESS_CLASS, name)))
    if spec.expose.mode is ExposeMode.NODE_PORT and spec.expose.node_port:
        wanted.append((Check.NODE_PORT, _node_port(client, case)))
    if spec.expose.https and spec.expose.tls_secret:
        wanted.append((Check.TLS, _tls(client, case)))
    rows = await asyncio.gather(*(_row(check, question) for check, question in wanted))
    return [there, *rows, *await _objects(client, case)]


async def node_port_free(client: ClusterClient, port: int, namespace: str = "default") -> bool:
    """By a dry run of a Service; the dry run does not look at the range. Raises Refused."""
    probe = {
        "apiVersion": "v1",
        "kind": SERVICE.kind,
        "metadata": {"name": f"kangaroo-preflight-{port}", "namespace": namespace},
        "spec": {"type": "NodePort", "ports": [{"port": 80, "nodePort": port}]},
    }
    try:
        await client.create(SERVICE, probe, dry_run=True)
    except Refused as refusal:
        if _port_taken(refusal):
            return False
        raise
    return True


async def _namespace(client: ClusterClient, case: Case) -> Row:
    try:
        found = await client.get(NAMESPACE, case.namespace)
    except Refused as refusal:
        if refusal.code is Code.NOT_FOUND:
            return Row(Check.NAMESPACE, Hindrance(Obstacle.NAMESPACE_MISSING, namespace=case.namespace))
        raise
    if found["metadata"].get("deletionTimestamp"):
        return Row(Check.NAMESPACE, Hindrance(Obstacle.NAMESPACE_ENDING, namespace=case.namespace))
    return Row(Check.NAMESPACE, seen=case.namespace)


async def _quota(client: ClusterClient, case: Case) -> Row:
    quotas = (await client.list(RESOURCE_QUOTA, Selection(namespace=case.namespace))).items
    needed = need(case.spec)
    if case.taken is not None:
        needed = {name: max(amount - case.taken.get(name, 0), amount * 0) for name, amount in needed.items()}
    faults = quota_faults(needed, quotas)
    if not faults:
        amounts = ", ".join(f"{name} {written(name, amount)}" for name, amount in needed.items() if amount)
        return Row(Check.QUOTA, seen=amounts)
    first = faults[0]
    if isinstance(first, Lack):
        short = {"quota": first.quota, "resource": first.resource, "needed": first.needed, "left": first.left}
        return Row(Check.QUOTA, Hindrance(Obstacle.QUOTA_SHORT, **short))
    return Row(Check.QUOTA, Hindrance(Obstacle.QUOTA_UNSAID, quota=first.quota, resource=first.resource))


async def _named(client: ClusterClient, check: Check, kind: Kind, name: str) -> Row:
    known = sorted(str(one["metadata"]["name"]) for one in (await client.list(kind)).items)
    if name in known:
        return Row(check, seen=name)
    missing = {
        Check.STORAGE_CLASS: Obstacle.STORAGE_CLASS_MISSING,
        Check.INGRESS_CLASS: Obstacle.INGRESS_CLASS_MISSING,
    }
    return Row(check, Hindrance(missing[check], name=name, known=", ".join(known) or "-"))


async def _node_port(client: ClusterClient, case: Case) -> Row:
    port = case.spec.expose.node_port
    if port not in NODE_PORTS:
        return Row(Check.NODE_PORT, Hindrance(Obstacle.NODE_PORT_RANGE, port=port))
    try:
        await _dry_run(client, case, Piece(SERVICE, service(case.harbor, case.spec)))
    except Refused as refusal:
        if _port_taken(refusal):
            return Row(Check.NODE_PORT, Hindrance(Obstacle.NODE_PORT_TAKEN, port=port), origin=Origin.CLUSTER)
        raise
    return Row(Check.NODE_PORT, seen=str(port), origin=Origin.CLUSTER)


async def _tls(client: ClusterClient, case: Case) -> Row:
    name, host = case.spec.expose.tls_secret, case.spec.expose.host
    try:
        secret = await client.get(SECRET, name, case.namespace)
    except Refused as refusal:
        if refusal.code is Code.NOT_FOUND:
            return Row(Check.TLS, Hindrance(Obstacle.TLS_MISSING, name=name, namespace=case.namespace))
        raise
    found = certificate_of(secret)
    if found.until < case.now:
        return Row(Check.TLS, Hindrance(Obstacle.TLS_EXPIRED, name=name, until=rfc3339(found.until)))
    if not found.is_for(host):
        names = ", ".join(found.names) or "-"
        return Row(Check.TLS, Hindrance(Obstacle.TLS_NAMES, name=name, names=names, host=host))
    return Row(Check.TLS, seen=f"{', '.join(found.names)} until {rfc3339(found.until)}")


async def _objects(client: ClusterClient, case: Case) -> list[Row]:
    """What schema, admission and permissions say. What others have asked already is not told twice."""
    found = [
        row
        for row in await asyncio.gather(*(_tried(client, case, one) for one in case.pieces))
        if row is not None
    ]
    return found or [Row(Check.OBJECTS, seen=f"{len(case.pieces)} objects", origin=Origin.CLUSTER)]


async def _tried(client: ClusterClient, case: Case, piece: Piece) -> Row | None:
    try:
        await _dry_run(client, case, piece)
    except Refused as refusal:
        if webhook_failed(refusal) or _port_taken(refusal):
            return None
        if refusal.code is Code.NOT_FOUND and piece.kind.group not in ("", "apps"):
            return None  # the cluster does not know the kind: the environment says so
        what = f"{piece.kind.kind} {piece.name}"
        failure = Hindrance(Obstacle.REFUSED, what=what, detail=refusal.said)
        return Row(Check.OBJECTS, failure, origin=Origin.CLUSTER)
    except Failure as error:
        return row_of(Check.OBJECTS, error)
    return None


async def _dry_run(client: ClusterClient, case: Case, piece: Piece) -> None:
    """As it will be made: over what is ours, beside what is not. Raises Refused."""
    try:
        await client.create(piece.kind, piece.object, dry_run=True)
    except Refused as refusal:
        if refusal.word != "AlreadyExists":
            raise
        there = await client.get(piece.kind, piece.name, case.namespace)
        if not is_ours(there, case.harbor):
            raise
        await client.apply(piece.kind, piece.object, force=True, dry_run=True)


def _port_taken(refusal: Refused) -> bool:
    return "already allocated" in refusal.said


async def _row(check: Check, question: Awaitable[Row]) -> Row:
    try:
        return await question
    except Failure as error:
        return row_of(check, error)

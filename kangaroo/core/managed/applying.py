"""Puts the objects of a Harbor into its cluster, all or none, and takes them away."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from kangaroo.base.errors import Code, Failure
from kangaroo.core.managed.composing import Piece, is_ours
from kangaroo.core.managed.kinds import CERTIFICATE, HARBOR_CLUSTER, ISSUER
from kangaroo.core.managed.names import HarborName
from kangaroo.kube.contract import (
    CONFIG_MAP,
    DEPLOYMENT,
    PERSISTENT_VOLUME_CLAIM,
    SECRET,
    SERVICE,
    ClusterClient,
    Kind,
    Object,
    Refused,
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Made:
    kind: Kind
    name: str
    uid: str


async def create_all(client: ClusterClient, harbor: HarborName, pieces: Sequence[Piece]) -> None:
    """In order; then everything is given its owner. What was made is taken away again when a piece is refused.

    Raises CONFLICT when an object of another owner has one of the names, and whatever the cluster says.
    """
    made: list[_Made] = []
    try:
        answers = [await _create(client, harbor, piece, made) for piece in pieces]
        uid = next(str(one["metadata"]["uid"]) for one in answers if one["kind"] == HARBOR_CLUSTER.kind)
        await _own(client, harbor, pieces, uid)
    except BaseException:
        await _take_back(client, harbor, made)
        raise


async def reserve_port(client: ClusterClient, harbor: HarborName, service: Object) -> int:
    """The number a Service was given; the Service stays, and keeps it. Raises Refused."""
    answer = await _create(client, harbor, Piece(SERVICE, service), [])
    return int(answer["spec"]["ports"][0]["nodePort"])


async def release_port(client: ClusterClient, harbor: HarborName) -> None:
    """Nothing came of it."""
    await _remove(client, harbor, SERVICE, harbor.front)


async def apply_all(client: ClusterClient, harbor: HarborName, pieces: Sequence[Piece], uid: str) -> None:
    """Over what is there. Raises Refused."""
    for piece in pieces:
        await client.apply(piece.kind, piece.owned_by(uid, harbor).object, force=True)


async def remove_all(client: ClusterClient, harbor: HarborName, *, keep_data: bool) -> None:
    """The HarborCluster first: the operator must not mend what goes. Raises Failure."""
    names: list[tuple[Kind, str]] = [(HARBOR_CLUSTER, harbor.name), *leftovers(harbor)]
    if not keep_data:
        names.append((PERSISTENT_VOLUME_CLAIM, harbor.volume))
    for kind, name in names:
        await _remove(client, harbor, kind, name)


def leftovers(harbor: HarborName) -> list[tuple[Kind, str]]:
    """What may be there besides; collected with the HarborCluster, or not."""
    secrets = (harbor.admin_secret, harbor.database_secret, harbor.cache_secret, harbor.storage_secret)
    return [
        *((kind, harbor.front) for kind in (SERVICE, DEPLOYMENT, CONFIG_MAP)),
        (CERTIFICATE, harbor.certificate),
        (ISSUER, harbor.issuer),
        *((SECRET, name) for name in secrets),
    ]


async def _create(client: ClusterClient, harbor: HarborName, piece: Piece, made: list[_Made]) -> Object:
    """What is ours already (a volume that was kept, the rest of an attempt that died) is taken over.

    By an apply, not a create: what a create sets an apply that leaves it out would not take away.
    """
    there = await _there(client, harbor, piece.kind, piece.name)
    if there is not None and not is_ours(there, harbor):
        what = f"{piece.kind.kind} {piece.name} in namespace {harbor.place.namespace}"
        raise Failure(Code.CONFLICT, what=what)
    answer = await client.apply(piece.kind, piece.object, force=True)
    if there is None:
        made.append(_Made(piece.kind, piece.name, str(answer["metadata"]["uid"])))
    return answer


async def _there(client: ClusterClient, harbor: HarborName, kind: Kind, name: str) -> Object | None:
    try:
        return await client.get(kind, name, harbor.place.namespace)
    except Refused as refusal:
        if refusal.code is Code.NOT_FOUND:
            return None
        raise


async def _own(client: ClusterClient, harbor: HarborName, pieces: Sequence[Piece], uid: str) -> None:
    for piece in pieces:
        if piece.owned:
            await client.apply(piece.kind, piece.owned_by(uid, harbor).object, force=True)


async def _take_back(client: ClusterClient, harbor: HarborName, made: Sequence[_Made]) -> None:
    """Only the very objects that were made, the last one first. What cannot be removed now is told in the log."""
    for one in reversed(made):
        try:
            await client.delete(one.kind, one.name, harbor.place.namespace, uid=one.uid)
        except Failure as failure:
            if failure.code is not Code.NOT_FOUND:
                log.warning(
                    "not taken back",
                    harbor=str(harbor),
                    what=f"{one.kind.kind} {one.name}",
                    error=str(failure),
                )


async def _remove(client: ClusterClient, harbor: HarborName, kind: Kind, name: str) -> None:
    """Nobody else's. Somebody may be quicker: what is gone is gone."""
    there = await _there(client, harbor, kind, name)
    if there is None or not is_ours(there, harbor):
        return
    try:
        await client.delete(kind, name, harbor.place.namespace, uid=str(there["metadata"]["uid"]))
    except Refused as refusal:
        if refusal.code is not Code.NOT_FOUND:
            raise

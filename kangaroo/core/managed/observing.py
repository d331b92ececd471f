"""One look at a Harbor in its cluster."""

import asyncio

from kangaroo.base.errors import Code, Failure
from kangaroo.core.managed.kinds import HARBOR_CLUSTER
from kangaroo.core.managed.names import HarborName
from kangaroo.core.managed.standing import Resource, Seen, pods_of
from kangaroo.kube.contract import POD, ClusterClient, Refused, Selection


async def observe(client: ClusterClient, harbor: HarborName) -> Seen:
    """Whatever goes wrong is in it. Who may not see pods sees the rest."""
    try:
        resource, pods = await asyncio.gather(resource_of(client, harbor), _pods(client, harbor))
    except Failure as failure:
        return Seen(failure=failure)
    return Seen(resource, pods_of(pods, harbor))


async def resource_of(client: ClusterClient, harbor: HarborName) -> Resource | None:
    """None: there is none. Raises Failure."""
    try:
        return Resource.of(await client.get(HARBOR_CLUSTER, harbor.name, harbor.place.namespace))
    except Refused as refusal:
        if refusal.code is Code.NOT_FOUND:
            return None
        raise


async def _pods(client: ClusterClient, harbor: HarborName) -> list[dict[str, object]]:
    try:
        return (await client.list(POD, Selection(namespace=harbor.place.namespace))).items
    except Refused as refusal:
        if refusal.word == "Forbidden":
            return []
        raise

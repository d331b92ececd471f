"""Whether a cluster can be used: it answers, the account is accepted, and may do what we need of it."""

import asyncio
import time
from collections.abc import Awaitable
from dataclasses import dataclass, replace

from kangaroo.base.errors import Failure
from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.core.instances.health import Finding
from kangaroo.kube.contract import (
    ACCESS_REVIEW,
    NAMESPACE,
    NODE,
    SECRET,
    SERVICE_ACCOUNT,
    ClusterClient,
    Kind,
    Refused,
)

Rights = tuple[tuple[Kind, tuple[str, ...]], ...]
RIGHTS: Rights = (
    (NAMESPACE, ("get", "list", "watch")),
    (SECRET, ("get", "list", "watch", "create", "patch", "delete")),
)
"""What pull secrets take, in all namespaces."""
ATTACHING: Rights = ((SERVICE_ACCOUNT, ("get", "list", "watch", "patch")),)
"""What it takes besides to enter them in service accounts, which is not always wanted."""


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a cluster brought. `identity` is the same for whoever looks at the same cluster.

    `nodes` is None where the account may not count them; `restriction` is what keeps it from being all that it could.
    """

    finding: Finding
    nodes: int | None = None
    identity: str = ""
    restriction: InstanceFailure | None = None

    def told(self) -> Finding:
        """For its health: where nothing is wrong, what is restricted."""
        return self.finding if self.finding.failure else replace(self.finding, failure=self.restriction)


async def identified(client: ClusterClient) -> Look:
    """All that can be wrong with a cluster, or what it is."""
    nodes, identity, lacking = None, "", list[str]()

    async def ask() -> str:
        nonlocal nodes, identity, lacking
        version = await client.version()
        if missing := await _missing(client, RIGHTS):
            raise InstanceFailure(Reason.CLUSTER_RIGHTS, missing=", ".join(missing))
        system, nodes, lacking = await asyncio.gather(
            client.get(NAMESPACE, "kube-system"), counted(client), _missing(client, ATTACHING)
        )
        identity = str(system["metadata"]["uid"])
        return version

    finding = await _found(ask())
    restriction = InstanceFailure(Reason.CLUSTER_ACCOUNTS, missing=", ".join(lacking)) if lacking else None
    return Look(finding, nodes, identity, restriction)


async def probed(client: ClusterClient) -> Look:
    """Whether it works now."""
    nodes = None

    async def ask() -> str:
        nonlocal nodes
        version, nodes, _ = await asyncio.gather(client.version(), counted(client), client.count(NAMESPACE))
        return version

    finding = await _found(ask())
    return Look(finding, nodes)


async def _missing(client: ClusterClient, rights: Rights) -> list[str]:
    """As in "watch namespaces", in the same order; empty when there are all."""
    wanted = [(kind, verb) for kind, verbs in rights for verb in verbs]
    allowed = await asyncio.gather(*(_may(client, kind, verb) for kind, verb in wanted))
    return [f"{verb} {kind.plural}" for (kind, verb), may in zip(wanted, allowed, strict=True) if not may]


async def _may(client: ClusterClient, kind: Kind, verb: str) -> bool:
    asked = {"group": kind.group, "resource": kind.plural, "verb": verb}
    review = {
        "apiVersion": ACCESS_REVIEW.api_version,
        "kind": ACCESS_REVIEW.kind,
        "spec": {"resourceAttributes": asked},
    }
    answer = await client.create(ACCESS_REVIEW, review)
    return bool(answer.get("status", {}).get("allowed"))


async def counted(client: ClusterClient) -> int | None:
    """Its nodes. That one may not see them is no failure."""
    try:
        return await client.count(NODE)
    except Refused as refusal:
        if refusal.word == "Forbidden":
            return None
        raise


async def _found(question: Awaitable[str]) -> Finding:
    start = time.perf_counter_ns()
    failure, version = None, None
    try:
        version = await question
    except Failure as error:
        failure = error
    return Finding(failure, version, (time.perf_counter_ns() - start) // 1000)

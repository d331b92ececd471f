"""The kinds of tasks of this subject, and asking for them: of what is asked for twice before it begins, one is done."""

from collections.abc import Iterable

import msgspec

from kangaroo.jobs import Queue
from kangaroo.store.meta.database import Transaction

WORKSPACE = "PULL_SECRETS_WORKSPACE"
CLUSTER = "PULL_SECRETS_CLUSTER"
INSTANCE_CHANGED = "PULL_SECRETS_INSTANCE_CHANGED"
SPACE_CHANGED = "PULL_SECRETS_SPACE_CHANGED"
CLUSTER_REGISTERED = "PULL_SECRETS_CLUSTER_REGISTERED"
TEND = "PULL_SECRETS_TEND"
COMPARE = "PULL_SECRETS_COMPARE"
_PATIENCE = 1000  # attempts: whatever fails may be away for days


class OfWorkspace(msgspec.Struct):
    """Work out what its namespaces are to have. `verify`: ask the instances whether their robots are there."""

    workspace: int
    verify: bool = False


class InCluster(msgspec.Struct):
    """Make it so in the namespaces of a workspace in one cluster, as far as they are due."""

    cluster: int
    workspace: int


def key_of(workspace: int) -> str:
    """One at a time for a workspace."""
    return f"{WORKSPACE} {workspace}"


async def ask_workspace(
    queue: Queue, transaction: Transaction, workspace: int, *, verify: bool = False
) -> None:
    key = key_of(workspace)
    await queue.enqueue(
        transaction,
        WORKSPACE,
        OfWorkspace(workspace, verify),
        dedup=f"{key} {verify}" if verify else key,
        concurrency_key=key,
        max_attempts=_PATIENCE,
    )


async def ask_clusters(queue: Queue, transaction: Transaction, places: Iterable[tuple[int, int]]) -> None:
    """`places`: cluster and workspace. A cluster that is away keeps no other waiting."""
    for cluster, workspace in places:
        key = f"{CLUSTER} {cluster} {workspace}"
        await queue.enqueue(
            transaction, CLUSTER, InCluster(cluster, workspace), dedup=key, concurrency_key=key
        )

"""Clients of clusters: one per cluster and process, kept while it is used, made anew when the kubeconfig changed.

A client that is replaced is closed when nobody uses it any more.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from kangaroo.base.clock import Micros
from kangaroo.base.reasons import InstanceFailure
from kangaroo.core.access.secrets import Cipher
from kangaroo.core.clusters.values import Cluster, Connect
from kangaroo.kube.contract import ClusterClient
from kangaroo.kube.kubeconfig import Kubeconfig

IDLE_SECONDS = 600.0
_PURPOSE = "kubeconfig of a cluster"
Report = Callable[[Cluster, InstanceFailure], Awaitable[None]]


@dataclass(slots=True)
class _Open:
    client: ClusterClient
    made_for: Micros
    users: int = 0
    used_at: float = 0.0


class Opener:
    """`report` learns of every use that failed because of the cluster."""

    def __init__(self, connect: Connect, cipher: Cipher) -> None:
        self._connect = connect
        self._cipher = cipher
        self._open: dict[int, _Open] = {}
        self._retired: list[_Open] = []
        self.report: Report | None = None

    def sealed(self, kubeconfig: Kubeconfig) -> str:
        """What may be kept of it."""
        return self._cipher.encrypt(kubeconfig.to_json(), _PURPOSE)

    def kubeconfig(self, cluster: Cluster) -> Kubeconfig:
        """Raises INTERNAL when it was encrypted with another key."""
        return Kubeconfig.from_json(self._cipher.decrypt(cluster.reach.kubeconfig, _PURPOSE))

    def connect(self, kubeconfig: Kubeconfig) -> ClusterClient:
        """A client that is not kept: the caller closes it."""
        return self._connect(kubeconfig)

    @asynccontextmanager
    async def use(self, cluster: Cluster) -> AsyncIterator[ClusterClient]:
        """Its client, for those who have decided already; it stays open to the end of the block.

        `cluster` must be as the database has it now: by its `updated_at` a change is noticed.
        """
        kept = self._kept(cluster)
        kept.users += 1
        try:
            await self._close_retired()
            yield kept.client
        except InstanceFailure as failure:
            if self.report is not None:
                await self.report(cluster, failure)
            raise
        finally:
            kept.users -= 1
            kept.used_at = time.monotonic()
            await self._close_retired()

    async def drop(self, cluster: int) -> None:
        """It is no more, or no longer the same."""
        self._retire(cluster)
        await self._close_retired()

    async def close(self) -> None:
        for cluster in list(self._open):
            self._retire(cluster)
        await self._close_retired()

    def _kept(self, cluster: Cluster) -> _Open:
        now = time.monotonic()
        for other, kept in list(self._open.items()):
            if not kept.users and other != cluster.id and now - kept.used_at > IDLE_SECONDS:
                self._retire(other)
        found = self._open.get(cluster.id)
        if found is not None and found.made_for == cluster.updated_at:
            return found
        self._retire(cluster.id)
        found = _Open(self.connect(self.kubeconfig(cluster)), cluster.updated_at)
        self._open[cluster.id] = found
        return found

    def _retire(self, cluster: int) -> None:
        kept = self._open.pop(cluster, None)
        if kept is not None:
            self._retired.append(kept)

    async def _close_retired(self) -> None:
        """Those nobody uses."""
        over = [kept for kept in self._retired if not kept.users]
        self._retired = [kept for kept in self._retired if kept.users]
        for kept in over:
            await kept.client.close()

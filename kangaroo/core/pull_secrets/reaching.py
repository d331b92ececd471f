"""Calls to one cluster, sixteen at a time; one that cannot be reached is left alone for a while, so that a thousand
namespaces of it do not wait for a thousand time limits."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeVar

from kangaroo.base.clock import SECOND
from kangaroo.base.errors import Failure
from kangaroo.core.pull_secrets.rules import AWAY, unreachable
from kangaroo.kube.contract import ClusterClient, Kind, Object, Refused
from kangaroo.store.meta.clusters import ClusterRow

T = TypeVar("T")
AT_ONCE = 16
Use = Callable[[ClusterRow], AbstractAsyncContextManager[ClusterClient]]


class Reaching:
    """Of this process."""

    def __init__(self, use: Use) -> None:
        self.use = use
        self._turns: dict[int, asyncio.Semaphore] = {}
        self._away: dict[int, tuple[float, Failure]] = {}

    @asynccontextmanager
    async def turn(self, cluster: int) -> AsyncIterator[None]:
        """Inside, the cluster may be called. Raises at once what the last call to it failed with, if it is away."""
        async with self._turns.setdefault(cluster, asyncio.Semaphore(AT_ONCE)):
            until, failure = self._away.get(cluster, (0.0, None))
            if failure is not None and time.monotonic() < until:
                raise failure
            try:
                yield
            except Failure as failure:
                if unreachable(failure):
                    self._away[cluster] = time.monotonic() + AWAY / SECOND * 0.8, failure
                raise
            self._away.pop(cluster, None)


async def found(client: ClusterClient, kind: Kind, name: str, namespace: str = "") -> Object | None:
    """None where there is none."""
    try:
        return await client.get(kind, name, namespace)
    except Refused as refused:
        if refused.word != "NotFound":
            raise
        return None

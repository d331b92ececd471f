"""Follows one kind of object in one cluster: list, watch from there, and again when that breaks, for ever.

What a handler is told is the difference to what it was told before, however the informer came to know it: an object
that vanished while the connection was away is told as DELETED when it is back. Everything is listed anew every few
minutes, which repairs whatever went wrong unseen. An answer that a version is forgotten (410), a server that is gone,
a stream that is cut: all end in a new listing, with growing, jittered pauses while it fails.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Literal

import structlog

from kangaroo.base.errors import Failure
from kangaroo.kube.contract import ANY, Change, ClusterClient, Kind, Object, Selection

Key = tuple[str, str]
"""Namespace (empty for what has none) and name."""
What = Literal["ADDED", "MODIFIED", "DELETED"]
Handle = Callable[[Change], Awaitable[None]]
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """In seconds. A watch is asked for `window` and then for the next one; `longest` bounds the pause between
    attempts."""

    relist: float = 300.0
    window: float = 30.0
    shortest: float = 0.2
    longest: float = 4.0


class Informer:
    """`objects` is what the cluster has, for reading only, without managedFields; complete once `synced` is set.

    A handler that raises is told the same again after the next listing.
    """

    def __init__(
        self,
        client: ClusterClient,
        kind: Kind,
        handle: Handle,
        which: Selection = ANY,
        pace: Pace | None = None,
    ) -> None:
        self._client = client
        self._handle = handle
        self._which = which
        self._pace = pace or Pace()
        self._started = time.monotonic()
        self._version = ""
        self.kind = kind
        self.objects: dict[Key, Object] = {}
        self.synced = asyncio.Event()
        self.heard_at = self._started
        self.failure: Failure | None = None

    @property
    def silence(self) -> float:
        """Seconds since the cluster last said anything: an event, a bookmark, a listing."""
        return time.monotonic() - self.heard_at

    async def run(self) -> None:
        """Until it is cancelled."""
        pause = self._pace.shortest
        while True:
            begun = time.monotonic()
            try:
                await self._list()
                self.failure = None
                await self._follow(begun + self._pace.relist)
                pause = self._pace.shortest
                continue
            except Failure as failure:
                self.failure = failure
                log.info("watch interrupted", kind=self.kind.plural, reason=str(failure))
            if time.monotonic() - begun > self._pace.longest * 2:  # it had worked for a while
                pause = self._pace.shortest
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311
            pause = min(pause * 2, self._pace.longest)

    async def _list(self) -> None:
        listing = await self._client.list(self.kind, self._which)
        self._heard(listing.version)
        there = {_key(one): one for one in listing.items}
        for key in [key for key in self.objects if key not in there]:
            await self._tell("DELETED", key, self.objects[key])
        for key, found in there.items():
            known = self.objects.get(key)
            if known is not None and _uid(known) != _uid(found):
                await self._tell("DELETED", key, known)
                known = None
            if known is None:
                await self._tell("ADDED", key, found)
            elif _version(known) != _version(found):
                await self._tell("MODIFIED", key, found)
        self.synced.set()

    async def _follow(self, end: float) -> None:
        """Window after window, from the last version seen."""
        while time.monotonic() < end:
            changes = self._client.watch(self.kind, self._which, self._version, seconds=self._pace.window)
            async with aclosing(changes) as following:
                async for change in following:
                    self._heard(_version(change.object))
                    if change.type != "BOOKMARK":
                        await self._take(change)

    async def _take(self, change: Change) -> None:
        key = _key(change.object)
        known = self.objects.get(key)
        if change.type == "DELETED":
            if known is not None:
                await self._tell("DELETED", key, change.object)
        elif known is None:
            await self._tell("ADDED", key, change.object)
        else:
            await self._tell("MODIFIED", key, change.object)

    async def _tell(self, what: What, key: Key, found: Object) -> None:
        found.get("metadata", {}).pop("managedFields", None)
        before = self.objects.pop(key, None)
        if what != "DELETED":
            self.objects[key] = found
        try:
            await self._handle(Change(what, found))
        except Exception:
            log.exception("handler failed", kind=self.kind.plural, namespace=key[0], name=key[1], change=what)
            self._forget(what, key, before)

    def _forget(self, what: What, key: Key, before: Object | None) -> None:
        """As if it had not been seen, so that the next listing tells it again."""
        self.objects.pop(key, None)
        if what == "DELETED" and before is not None:
            self.objects[key] = before

    def _heard(self, version: str) -> None:
        self._version = version or self._version
        self.heard_at = time.monotonic()


def _key(found: Object) -> Key:
    metadata = found["metadata"]
    return metadata.get("namespace", ""), metadata["name"]


def _uid(found: Object) -> str:
    return str(found["metadata"].get("uid", ""))


def _version(found: Object) -> str:
    return str(found["metadata"].get("resourceVersion", ""))

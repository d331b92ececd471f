"""When those who watch a cluster last heard of it, as it is kept beside their lease; and when that is too long ago."""

from dataclasses import dataclass

import msgspec

from kangaroo.base.clock import SECOND, Micros
from kangaroo.store.meta.clusters_watches import WatchRow

STALE_AFTER: Micros = 60 * SECOND
"""A watch that is well says something at least every 30 s."""


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """Of one informer: what it follows, when it last heard of it, how many objects it knows, what hinders it."""

    what: str
    at: Micros
    objects: int = 0
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Silence:
    """Too long a one."""

    what: str
    seconds: int
    detail: str


def written(heard: list[Heard]) -> str:
    return msgspec.json.encode(heard).decode()


def heard_of(watch: WatchRow | None) -> list[Heard]:
    return [] if watch is None else msgspec.json.decode(watch.informers, type=list[Heard])


def silence(watch: WatchRow | None, since: Micros, now: Micros, longest: Micros) -> Silence | None:
    """The longest one, if it is longer than `longest`; `since` is when watching could begin."""
    if watch is None or watch.lease_until < now:
        begun = since if watch is None else max(since, watch.lease_until)
        if now - begun <= longest:
            return None
        return Silence("everything", (now - begun) // SECOND, "no process watches this cluster")
    heard = heard_of(watch)
    if not heard:
        return None
    last = min(heard, key=lambda one: one.at)
    if now - last.at <= longest:
        return None
    return Silence(last.what, (now - last.at) // SECOND, last.failure or "the connection is silent")

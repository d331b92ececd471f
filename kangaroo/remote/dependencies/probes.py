"""One call for all kinds of dependency; the wiring says who answers for each."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic

from kangaroo.remote.dependencies.contract import (
    PostgresTarget,
    Prober,
    RedisTarget,
    Row,
    S3Target,
    T_contra,
    Target,
)


@dataclass(frozen=True)
class Late(Generic[T_contra]):
    """One whose driver is loaded when it is first asked: drivers cost some 40 MB each, and few ask."""

    make: Callable[[], Prober[T_contra]]

    async def probe(self, target: T_contra) -> list[Row]:
        return await self.make().probe(target)


@dataclass(frozen=True, slots=True)
class Probes:
    postgres: Prober[PostgresTarget]
    redis: Prober[RedisTarget]
    s3: Prober[S3Target]

    async def probe(self, target: Target) -> list[Row]:
        """The rows of one, up to the first that is broken."""
        match target:
            case PostgresTarget():
                return await self.postgres.probe(target)
            case RedisTarget():
                return await self.redis.probe(target)
            case S3Target():
                return await self.s3.probe(target)

    async def probe_all(self, targets: Sequence[Target]) -> list[list[Row]]:
        """At the same time; answers in the order of the targets."""
        return await asyncio.gather(*map(self.probe, targets))

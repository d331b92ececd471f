"""Whether database, cache and storage can be used: asked from this server, or by a Job inside the cluster.

What this server cannot reach the cluster may reach all the same, so DNS and connections that fail here say nothing;
a password that is refused is wrong from everywhere.
"""

import hashlib
from collections.abc import Mapping, Sequence

import msgspec

from kangaroo.core.managed.ends import Ends
from kangaroo.core.managed.reasons import Hindrance, Obstacle
from kangaroo.core.managed.resolving import only_inside
from kangaroo.core.managed.rows import Check, Origin, Row
from kangaroo.remote.dependencies.contract import PostgresTarget, RedisTarget, Step, Target, broken
from kangaroo.remote.dependencies.contract import Row as ProbeRow

_REACHING = frozenset({Step.DNS, Step.TCP, Step.SENTINEL})


def targets_of(ends: Ends) -> dict[Check, Target]:
    """What there is to ask; what the operator makes is not there yet."""
    every = {Check.DATABASE: ends.database, Check.CACHE: ends.cache, Check.STORAGE: ends.storage}
    return {check: target for check, target in every.items() if target is not None}


def fingerprint(targets: Mapping[Check, Target]) -> str:
    """The same for the same targets with the same secrets."""
    text = msgspec.json.encode({str(check): _plain(target) for check, target in targets.items()})
    return hashlib.sha256(text).hexdigest()


def hosts_of(target: Target) -> list[str]:
    if isinstance(target, PostgresTarget):
        return [target.address.host]
    if isinstance(target, RedisTarget):
        return [address.host for address in target.addresses]
    return (
        [target.endpoint.partition("://")[2].partition(":")[0].partition("/")[0]] if target.endpoint else []
    )


def seen_from_here(target: Target) -> bool:
    """Whether asking from this server can be worth anything."""
    return not any(map(only_inside, hosts_of(target)))


def rows_of(check: Check, probed: Sequence[ProbeRow], origin: Origin) -> Row:
    """One row of ours from the steps of a probe."""
    failure = broken(probed)
    if failure is None:
        seen = ", ".join(f"{one.step} {one.seen}".strip() for one in probed)
        return Row(check, seen=seen, origin=origin)
    if origin is Origin.SERVER and probed[-1].step in _REACHING:
        return Row(check, Hindrance(Obstacle.UNSEEN, detail=failure.message()), origin=origin, sure=False)
    return Row(check, failure, origin=origin)


def unseen(check: Check, target: Target) -> Row:
    detail = ", ".join(hosts_of(target))
    return Row(check, Hindrance(Obstacle.UNSEEN, detail=detail), sure=False)


def _plain(target: Target) -> dict[str, str]:
    return {name: str(getattr(target, name)) for name in target.__slots__}

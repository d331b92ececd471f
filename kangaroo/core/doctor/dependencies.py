"""`doctor deps`: what a Harbor needs, asked as it would ask: each a chain of its own, all at the same time."""

import asyncio
from collections.abc import AsyncIterator, Sequence

from kangaroo.core.doctor.links import Link
from kangaroo.core.doctor.rows import Outcome, Row
from kangaroo.core.doctor.troubles import Ailment, Trouble
from kangaroo.core.managed.passwords import Fault, postgres_fault, redis_fault, s3_fault
from kangaroo.remote.dependencies.contract import PostgresTarget, RedisTarget, S3Target, Step, Target
from kangaroo.remote.dependencies.contract import Row as Found
from kangaroo.remote.dependencies.probes import Probes

_POSTGRES = [Step.DNS, Step.TCP, Step.TLS, Step.LOGIN, Step.DATABASE, Step.PERMISSION]
_REDIS = [Step.DNS, Step.TCP, Step.LOGIN, Step.MODE, Step.DATABASE, Step.PERMISSION]
_SENTINELS = [Step.DNS, Step.TCP, Step.SENTINEL, *_REDIS]
_S3 = [Step.DNS, Step.TCP, Step.TLS, Step.LOGIN, Step.BUCKET, Step.PERMISSION]


async def examine(probes: Probes, targets: Sequence[Target]) -> AsyncIterator[Row]:
    """In the order of the targets; a chain is told when its last link was looked at."""
    looking = [asyncio.create_task(probes.probe(target)) for target in targets]
    try:
        for target, answer in zip(targets, looking, strict=True):
            for row in _chain(target, await answer):
                yield row
    finally:
        for one in looking:
            one.cancel()
        await asyncio.gather(*looking, return_exceptions=True)


def part_of(target: Target) -> str:
    """Which of them, as people would point at it; no password is in it."""
    match target:
        case PostgresTarget():
            return f"PostgreSQL {target.address}/{target.database}"
        case RedisTarget():
            places = ", ".join(map(str, target.addresses))
            return f"Redis {places} {target.sentinel_master}".strip()
        case S3Target():
            return f"S3 {target.endpoint or 'AWS'} {target.bucket}"


def _chain(target: Target, found: list[Found]) -> list[Row]:
    part = part_of(target)
    rows = [_row(part, one) for one in found]
    if found and not found[-1].ok:
        return rows + [Row(link, Outcome.NOT_REACHED, part) for link in _after(target, found)]
    return [*rows, _password(target, part)]


def _row(part: str, found: Found) -> Row:
    outcome = Outcome.OK if found.ok else Outcome.BROKEN
    return Row(Link[found.step], outcome, part, found.seen, found.failure)


def _after(target: Target, found: list[Found]) -> list[Link]:
    """The links behind the broken one. What the walk left out on its way (TLS) is not missed."""
    match target:
        case PostgresTarget():
            plan = _POSTGRES
        case RedisTarget():
            plan = _SENTINELS if target.sentinel_master else _REDIS
        case S3Target():
            plan = _S3
    times = [one.step for one in found].count(found[-1].step)
    places = [place for place, step in enumerate(plan) if step is found[-1].step]
    rest = plan[places[times - 1] + 1 :]
    return [*(Link[step] for step in rest), Link.PASSWORD]


def _password(target: Target, part: str) -> Row:
    """A password that the server takes may still break a part of Harbor."""
    match target:
        case PostgresTarget():
            what, fault = "PostgreSQL", postgres_fault(target.password)
        case RedisTarget():
            what, fault = "Redis", redis_fault(target.password)
        case S3Target():
            what, fault = "S3", s3_fault(target.secret_key)
    if fault is None:
        return Row(Link.PASSWORD, Outcome.OK, part)
    return Row(Link.PASSWORD, Outcome.BROKEN, part, failure=_unusable(what, fault))


def _unusable(what: str, fault: Fault) -> Ailment:
    return Ailment(Trouble.PASSWORD_UNUSABLE, what=what, character=fault.character, component=fault.component)

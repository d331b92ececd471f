"""What a policy of sync must be, and what a change makes of one. Pure."""

from dataclasses import dataclass, replace

from kangaroo.base.errors import Code, Failure
from kangaroo.core.projects import patterns
from kangaroo.jobs import cron
from kangaroo.remote.policies import Endpoint, ReplicationFilter, ReplicationPolicy, Trigger

LONGEST_NAME, LONGEST_TEXT = 255, 1024
CHANGEABLE_FILTERS = frozenset({"name", "tag"})
ITSELF = 0  # where a target's id is asked for: the instance whose policy it is


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyChange:
    """None leaves as it is. `source` and `target` are ids of targets, or ITSELF; `speed` in KB/s, unlimited unless
    above 0. `cron` counts where `trigger` is SCHEDULED."""

    name: str | None = None
    description: str | None = None
    trigger: Trigger | None = None
    cron: str = ""
    filters: tuple[ReplicationFilter, ...] | None = None
    source: int | None = None
    target: int | None = None
    target_space: str | None = None
    enabled: bool | None = None
    override: bool | None = None
    speed: int | None = None


def changed(held: ReplicationPolicy, change: PolicyChange) -> ReplicationPolicy:
    """Without its ends. Filters of other types than a change can name stay. Raises INVALID_FIELD, BAD_REQUEST."""
    policy = replace(
        held,
        name=held.name if change.name is None else change.name,
        description=held.description if change.description is None else change.description,
        target_space=held.target_space if change.target_space is None else change.target_space,
        enabled=held.enabled if change.enabled is None else change.enabled,
        override=held.override if change.override is None else change.override,
        speed=held.speed if change.speed is None else _limit(change.speed),
    )
    if change.trigger is not None:
        timed = change.cron if change.trigger is Trigger.SCHEDULED else ""
        policy = replace(policy, trigger=change.trigger, cron=timed)
    if change.filters is not None:
        others = tuple(one for one in held.filters if one.type not in CHANGEABLE_FILTERS)
        policy = replace(policy, filters=change.filters + others)
    _check(policy)
    return policy


def ends(held: ReplicationPolicy, change: PolicyChange) -> tuple[int, int]:
    """Ids of source and target. Raises INVALID_FIELD unless exactly one of them is another registry."""
    source = _id(held.source) if change.source is None else change.source
    target = _id(held.target) if change.target is None else change.target
    if (source == ITSELF) is (target == ITSELF):
        reason = "one end is this registry, the other one of its targets: give exactly one id"
        raise Failure(Code.INVALID_FIELD, field="srcRegistry, destRegistry", reason=reason)
    return source, target


def _check(policy: ReplicationPolicy) -> None:
    if not (0 < len(policy.name) <= LONGEST_NAME and policy.name.isprintable()):
        raise _wrong("name", f"use 1 to {LONGEST_NAME} printable characters")
    if len(policy.description) > LONGEST_TEXT:
        raise _wrong("description", f"it is longer than {LONGEST_TEXT}")
    if len(policy.target_space) > LONGEST_NAME or not policy.target_space.isprintable():
        raise _wrong("destNamespace", f"use at most {LONGEST_NAME} printable characters")
    if policy.trigger is Trigger.SCHEDULED:
        if not policy.cron:
            raise _wrong("trigger.cron", "a schedule needs one")
        cron.parse(policy.cron)
    types = [one.type for one in policy.filters if one.type in CHANGEABLE_FILTERS]
    if len(types) != len(set(types)):
        raise _wrong("filters", "at most one by name and one by tag")
    for one in policy.filters:
        if one.type in CHANGEABLE_FILTERS:
            patterns.check(one.values[0])


def _limit(speed: int) -> int | None:
    return speed if speed > 0 else None


def _id(end: Endpoint | None) -> int:
    return ITSELF if end is None else end.id


def _wrong(field: str, reason: str) -> Failure:
    return Failure(Code.INVALID_FIELD, field=field, reason=reason)

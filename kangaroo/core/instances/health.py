"""How an instance is, from one probe to the next: pure.

    checking ──► healthy ◄──► degraded ──► unhealthy        checking: nothing is known of it (yet)
        └────────────────────────────────────▲              degraded: it answers but not for everything, or it failed
                                                                      once or twice in a way that often passes

What will not heal by itself (a wrong password, an unknown authority) makes it unhealthy at once. While it changes it
is looked at every five seconds; the longer nothing changes, the more rarely, down to once a minute.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import msgspec

from kangaroo.base.clock import SECOND, Micros
from kangaroo.base.errors import Code, Failure
from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.base.texts import Language
from kangaroo.store.meta.instances import HealthRow

SOON: Micros = 5 * SECOND
STEADY: Micros = 60 * SECOND
PATIENCE = 3  # failures in a row that make a healthy one unhealthy
PARTLY = frozenset(  # it is there, but …
    {Reason.UNHEALTHY, Reason.RATE_LIMITED, Reason.WATCH_STALE, Reason.CLUSTER_ACCOUNTS}
)


class State(StrEnum):
    CHECKING = "checking"
    HEALTHY = "healthy"
    DEGRADED = "degraded"
    UNHEALTHY = "unhealthy"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look at an instance brought: `failure` None is all well. `version` None: it was not asked for."""

    failure: Failure | None = None
    version: str | None = None
    duration: Micros = 0


@dataclass(frozen=True, slots=True)
class Told:
    """A reason for people."""

    message: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Cause:
    """A reason as it is kept: its word, and what its sentences are filled with."""

    word: str = ""
    facts: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, failure: Failure | None) -> "Cause":
        if failure is None:
            return cls()
        word = failure.reason.name if isinstance(failure, InstanceFailure) else failure.code.name
        return cls(word, {name: _plain(value) for name, value in failure.facts.items()})

    def json(self) -> str:
        return msgspec.json.encode(self.facts).decode()

    def told(self, language: Language) -> Told:
        if not self.word:
            return Told()
        try:
            if self.word in Reason.__members__:
                failure = InstanceFailure(Reason[self.word], **self.facts)
                return Told(failure.message(language), failure.remedy(language))
            return Told(Failure(Code[self.word], **self.facts).message(language))
        except (KeyError, TypeError):  # an older or newer version of us wrote it
            return Told(self.word)


def cause_of(reason: str, facts: str) -> Cause:
    """From a row."""
    return Cause(reason, msgspec.json.decode(facts, type=dict[str, Any]))


def unchecked(now: Micros) -> HealthRow:
    return HealthRow(State.CHECKING, transition_at=now, next_at=now)


def after(health: HealthRow, finding: Finding, now: Micros) -> HealthRow:
    """How the instance is now that this was found."""
    cause = Cause.of(finding.failure)
    failures = 0 if finding.failure is None else health.failures + 1
    state = _state(health, finding.failure, failures)
    transition_at = health.transition_at if state == health.state else now
    return replace(
        health,
        state=state,
        reason=cause.word,
        facts=cause.json(),
        version=health.version if finding.version is None else finding.version,
        transition_at=transition_at,
        probed_at=now,
        next_at=now + pause(now - transition_at),
        failures=failures,
    )


def pause(unchanged: Micros) -> Micros:
    """How long to wait with the next look, when nothing has changed for so long."""
    return min(max(unchanged // 2, SOON), STEADY)


def _state(health: HealthRow, failure: Failure | None, failures: int) -> State:
    if failure is None:
        return State.HEALTHY
    if isinstance(failure, InstanceFailure) and failure.reason in PARTLY:
        return State.DEGRADED
    was_well = health.state in (State.HEALTHY, State.DEGRADED)
    return State.DEGRADED if was_well and failure.code.heals and failures < PATIENCE else State.UNHEALTHY


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else str(value)

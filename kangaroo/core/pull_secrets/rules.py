"""What to do about the Secret of a namespace, and what an answer of the cluster means. Pure.

pending ──► applied          conflict, forbidden, failed: looked at again and again, until they are not
   ▲           │             terminating: the namespace is going; nobody needs to do anything
   └───────────┘             pending: it will be done, or the namespace does not exist (yet)
"""

from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto
from typing import Any

import msgspec

from kangaroo.base.clock import SECOND, Micros
from kangaroo.base.errors import Code, Failure
from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.base.texts import TEXTS, Language, sentence
from kangaroo.core.pull_secrets.objects import TYPE, Wanted, ours
from kangaroo.kube.contract import Object, Refused

SOON: Micros = 2 * SECOND
AWAY: Micros = 5 * SECOND  # a cluster that does not answer is asked again after this
STEADY: Micros = 60 * SECOND


class State(StrEnum):
    PENDING = "pending"
    APPLIED = "applied"
    CONFLICT = "conflict"
    FORBIDDEN = "forbidden"
    TERMINATING = "terminating"
    FAILED = "failed"


class Step(Enum):
    NOTHING = auto()
    CREATE = auto()
    UPDATE = auto()  # our own, by force
    ADOPT = auto()  # somebody else's, by force, because we were told to
    REPLACE = auto()  # what cannot be changed is deleted and made anew
    CONFLICT = auto()


@dataclass(frozen=True, slots=True)
class Standing:
    """How the secret of a namespace stands: `reason` is a word of `base.reasons` or a key of `base.texts`."""

    state: State
    reason: str = ""
    facts: dict[str, Any] = field(default_factory=dict)

    def told(self, language: Language) -> str:
        return told(self.reason, self.facts, language)

    def json(self) -> str:
        return msgspec.json.encode(self.facts).decode()


APPLIED = Standing(State.APPLIED)


def decide(seen: Object | None, wanted: Wanted, *, overwrite: bool = False) -> Step:
    """What has to happen so that `wanted` stands where `seen` does."""
    if seen is None:
        return Step.CREATE
    own = ours(seen, wanted.installation)
    if own and wanted.stands_in(seen):
        return Step.NOTHING
    if not own and not overwrite:
        return Step.CONFLICT
    if seen.get("type") != TYPE or seen.get("immutable"):
        return Step.REPLACE
    return Step.UPDATE if own else Step.ADOPT


def standing_of(failure: Failure) -> Standing:
    """What a failed call says of the namespace it was about."""
    if isinstance(failure, InstanceFailure):
        return Standing(State.FAILED, failure.reason.name, _plain(failure.facts))
    if not isinstance(failure, Refused):
        return Standing(State.FAILED, failure.text, _plain(failure.facts))
    if any(cause.reason == "NamespaceTerminating" for cause in failure.causes):
        return Standing(State.TERMINATING, "pull_secret_terminating")
    if failure.word == "NotFound" and failure.kind == "namespaces":
        return Standing(State.PENDING, "pull_secret_no_namespace")
    state = State.FORBIDDEN if failure.word == "Forbidden" else State.FAILED
    return Standing(state, "cluster_refused", {"word": failure.word, "message": failure.said})


def conflict_of(seen: Object) -> Standing:
    """Whose it may be, as far as its object tells."""
    fields = seen["metadata"].get("managedFields") or []
    managers = sorted({one.get("manager", "") for one in fields} - {""})
    facts = {"type": seen.get("type", "?"), "managers": ", ".join(managers) or "?"}
    return Standing(State.CONFLICT, "pull_secret_foreign", facts)


def next_look(standing: Standing, failures: int, now: Micros) -> Micros:
    """When to look again although nothing happens. `failures` are those in a row."""
    if standing.state is State.TERMINATING:
        return now + STEADY
    return now + min(SOON << min(failures, 10), STEADY)


def told(reason: str, facts: dict[str, Any], language: Language) -> str:
    try:
        if reason in Reason.__members__:
            return InstanceFailure(Reason[reason], **facts).message(language)
        if reason in TEXTS:
            return sentence(reason, language, **facts)
    except (KeyError, TypeError):  # an older or newer version of us wrote it
        pass
    return reason


def unreachable(failure: Failure) -> bool:
    """Whether it says that the whole cluster is away, so that the next namespace need not be tried."""
    return isinstance(failure, InstanceFailure) or (
        not isinstance(failure, Refused) and failure.code is Code.UNAVAILABLE
    )


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
        for name, value in facts.items()
    }

"""The literals of group Replications, and what they stand for."""

from collections.abc import Mapping
from typing import TypeVar

from kangaroo.base.errors import Code, Failure
from kangaroo.core.sync import TARGET_TYPES, State, Trigger
from kangaroo.entrypoints.platform.shapes import Word

W = TypeVar("W", bound=Word)
V = TypeVar("V")


class TargetType(Word):
    UNSPECIFIED = "NATIVE_REGISTRY_UNSPECIFIED"
    DOCKER_REGISTRY = "NATIVE_REGISTRY_DOCKER_REGISTRY"
    HARBOR = "NATIVE_REGISTRY_HARBOR"
    JFROG = "NATIVE_REGISTRY_JFROG_ARTIFACTORY"


class TargetStatus(Word):
    UNSPECIFIED = "UNSPECIFIED"
    HEALTHY = "HEALTHY"
    UNHEALTHY = "UNHEALTHY"


class CredentialType(Word):
    UNSPECIFIED = "UNSPECIFIED"
    BASIC = "BASIC"
    OAUTH = "OAUTH"
    SECRET = "SECRET"  # noqa: S105 - a word


class CreateType(Word):
    UNSPECIFIED = "UNSPECIFIED"
    INTEGRATION = "INTEGRATION"
    NATIVE = "NATIVE"


class FilterType(Word):
    UNSPECIFIED = "UNSPECIFIED"
    NAME = "NAME"
    TAG = "TAG"


class Decoration(Word):
    UNSPECIFIED = "DECORATION_UNSPECIFIED"
    MATCHES = "DECORATION_MATCHES"
    EXCLUDES = "DECORATION_EXCLUDES"


class TriggerMode(Word):
    UNSPECIFIED = "TRIGGER_MODEL_UNSPECIFIED"
    MANUAL = "TRIGGER_MODEL_MANUAL"
    SCHEDULE = "TRIGGER_MODEL_SCHEDULE"
    EVENT_BASED = "TRIGGER_MODEL_EVENT_BASED"


class ExecutionStatus(Word):
    UNSPECIFIED = "STATUS_UNSPECIFIED"
    STOPPED = "STATUS_STOPPED"
    SUCCEED = "STATUS_SUCCEED"
    FAILED = "STATUS_FAILED"
    IN_PROGRESS = "STATUS_IN_PROGRESS"


class TaskStatus(Word):
    UNSPECIFIED = "STATUS_UNSPECIFIED"
    STOPPED = "STATUS_STOPPED"
    SUCCEED = "STATUS_SUCCEED"
    FAILED = "STATUS_FAILED"
    PENDING = "STATUS_PENDING"
    IN_PROGRESS = "STATUS_IN_PROGRESS"


class Operation(Word):
    UNSPECIFIED = "OPERATION_UNSPECIFIED"
    DELETE = "OPERATION_DELETE"
    COPY = "OPERATION_COPY"


TARGETS = {TargetType[kind.name]: word for kind, word in TARGET_TYPES.items()}
CREDENTIALS = {
    CredentialType.BASIC: "basic",
    CredentialType.OAUTH: "oauth",
    CredentialType.SECRET: "secret",
}
FILTERS = {FilterType.NAME: "name", FilterType.TAG: "tag"}
TRIGGERS = {
    TriggerMode.MANUAL: Trigger.MANUAL,
    TriggerMode.SCHEDULE: Trigger.SCHEDULED,
    TriggerMode.EVENT_BASED: Trigger.EVENT,
}
EXECUTION_STATES = {
    State.PENDING: ExecutionStatus.IN_PROGRESS,
    State.RUNNING: ExecutionStatus.IN_PROGRESS,
    State.SUCCEEDED: ExecutionStatus.SUCCEED,
    State.FAILED: ExecutionStatus.FAILED,
    State.STOPPED: ExecutionStatus.STOPPED,
    State.UNKNOWN: ExecutionStatus.UNSPECIFIED,
}
TASK_STATES = {
    State.PENDING: TaskStatus.PENDING,
    State.RUNNING: TaskStatus.IN_PROGRESS,
    State.SUCCEEDED: TaskStatus.SUCCEED,
    State.FAILED: TaskStatus.FAILED,
    State.STOPPED: TaskStatus.STOPPED,
    State.UNKNOWN: TaskStatus.UNSPECIFIED,
}
OPERATIONS = {"copy": Operation.COPY, "deletion": Operation.DELETE, "delete": Operation.DELETE}
_ASKED_STATES = {
    TaskStatus.PENDING: State.PENDING,
    TaskStatus.IN_PROGRESS: State.RUNNING,
    TaskStatus.SUCCEED: State.SUCCEEDED,
    TaskStatus.FAILED: State.FAILED,
    TaskStatus.STOPPED: State.STOPPED,
}


def said(table: Mapping[W, V], word: W) -> V | None:
    """None for the word of those who say nothing."""
    return table.get(word)


def word_of(table: Mapping[W, V], value: V, unknown: W) -> W:
    return next((word for word, one in table.items() if one == value), unknown)


def state_of(text: str) -> State | None:
    """Of a query, where it is a plain text: the word, with or without its prefix. Raises BAD_REQUEST."""
    return _asked(_ASKED_STATES, "STATUS_", text, "status")


def trigger_of(text: str) -> Trigger | None:
    """As `state_of`."""
    return _asked(TRIGGERS, "TRIGGER_MODEL_", text, "trigger")


def _asked(table: Mapping[W, V], prefix: str, text: str, name: str) -> V | None:
    short = text.upper().removeprefix(prefix)
    if short in ("", "UNSPECIFIED"):
        return None
    found = next((value for word, value in table.items() if word == prefix + short), None)
    if found is None:
        words = ", ".join(table)
        raise Failure(Code.BAD_REQUEST, reason=f"{name} {text[:40]!r} is none of {words}")
    return found

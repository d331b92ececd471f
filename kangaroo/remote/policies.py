"""Values of the contract about what an instance does by itself: robots, scanners, retention, replication."""

from dataclasses import dataclass, field
from enum import StrEnum

from kangaroo.base.actors import Grant
from kangaroo.base.clock import Micros


class State(StrEnum):
    """Of an execution or a task."""

    PENDING = "pending"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    STOPPED = "stopped"
    UNKNOWN = "unknown"  # the registry has a word we do not know

    @property
    def over(self) -> bool:
        return self in (State.SUCCEEDED, State.FAILED, State.STOPPED)


class Trigger(StrEnum):
    MANUAL = "manual"
    SCHEDULED = "scheduled"
    EVENT = "event"


# --- robots -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RobotSpec:
    """`name` is without the prefix that the registry puts before it; `days` None never expires.

    The robot is of the space its grants name when there is one grant and `system` is off, else of the system.
    """

    name: str
    grants: tuple[Grant, ...]
    days: int | None = None
    description: str = ""
    system: bool = True
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class Robot:
    """`username` is what it signs in with. `secret` is there only where it was just made."""

    id: int
    username: str
    expires: Micros | None
    disabled: bool = False
    description: str = ""
    grants: tuple[Grant, ...] = ()
    secret: str = field(default="", repr=False)


# --- scanning ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scanner:
    """Without its credential."""

    id: str
    name: str
    url: str
    healthy: bool
    disabled: bool = False
    default: bool = False
    adapter: str = ""
    vendor: str = ""
    version: str = ""
    description: str = ""
    skip_verify: bool = False
    internal_address: bool = False
    created: Micros | None = None
    updated: Micros | None = None


# --- retention --------------------------------------------------------------


class Template(StrEnum):
    """Which artifacts a rule keeps."""

    ALWAYS = "always"
    LATEST_PUSHED = "latestPushedK"
    LATEST_PULLED = "latestPulledN"
    LATEST_ACTIVE = "latestActiveK"
    DAYS_SINCE_PUSH = "nDaysSinceLastPush"
    DAYS_SINCE_PULL = "nDaysSinceLastPull"


@dataclass(frozen=True, slots=True)
class Selector:
    """A doublestar pattern over names; `excludes` turns it round; `untagged` counts those without a tag in."""

    pattern: str
    excludes: bool = False
    untagged: bool = True


@dataclass(frozen=True, slots=True)
class RetentionRule:
    template: Template
    parameter: int = 0
    images: tuple[Selector, ...] = (Selector("**"),)
    tags: tuple[Selector, ...] = (Selector("**"),)
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class RetentionPolicy:
    """What no rule keeps is deleted. `space_id` is the space's; `cron` has six fields, empty is by hand only."""

    space_id: int
    rules: tuple[RetentionRule, ...]
    cron: str = ""
    id: int = 0


@dataclass(frozen=True, slots=True)
class RetentionExecution:
    id: int
    policy_id: int
    state: State
    trigger: Trigger
    dry_run: bool
    started: Micros | None = None
    ended: Micros | None = None


@dataclass(frozen=True, slots=True)
class RetentionTask:
    """One image of an execution: of `total` artifacts, `retained` were kept."""

    id: int
    image: str
    state: State
    total: int
    retained: int
    started: Micros | None = None
    ended: Micros | None = None


# --- replication ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A registry that the instance copies from or to. `type` is the instance's word: harbor, docker-registry, …

    `id` 0 is the instance itself. `access_secret` never comes back; empty leaves it as it is.
    """

    name: str
    type: str
    url: str
    id: int = 0
    access_key: str = ""
    access_secret: str = field(default="", repr=False)
    credential_type: str = "basic"
    insecure: bool = False
    description: str = ""
    healthy: bool = False
    created: Micros | None = None


@dataclass(frozen=True, slots=True)
class ReplicationFilter:
    """`type` is name, tag, label or resource; labels have several values."""

    type: str
    values: tuple[str, ...]
    excludes: bool = False


@dataclass(frozen=True, slots=True)
class ReplicationPolicy:
    """`source` or `target` is the instance itself (None): it pulls or pushes. `speed` in KB/s, None is unlimited."""

    name: str
    source: Endpoint | None
    target: Endpoint | None
    trigger: Trigger = Trigger.MANUAL
    cron: str = ""
    filters: tuple[ReplicationFilter, ...] = ()
    target_space: str = ""
    description: str = ""
    enabled: bool = True
    override: bool = True
    speed: int | None = None
    id: int = 0
    created: Micros | None = None
    updated: Micros | None = None


@dataclass(frozen=True, slots=True)
class ReplicationExecution:
    """Counts are of tasks."""

    id: int
    policy_id: int
    state: State
    trigger: Trigger
    status_text: str = ""
    total: int = 0
    succeeded: int = 0
    failed: int = 0
    running: int = 0
    stopped: int = 0
    started: Micros | None = None
    ended: Micros | None = None


@dataclass(frozen=True, slots=True)
class ReplicationTask:
    """`operation` is copy or deletion."""

    id: int
    execution_id: int
    state: State
    operation: str
    resource_type: str
    source: str
    target: str
    job_id: str = ""
    started: Micros | None = None
    ended: Micros | None = None


@dataclass(frozen=True, slots=True)
class ExecutionFilter:
    """None matches all."""

    policy_id: int | None = None
    state: State | None = None
    trigger: Trigger | None = None


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """None and empty match all."""

    state: State | None = None
    resource_type: str = ""

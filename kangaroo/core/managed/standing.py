"""How a managed Harbor is, told from what its cluster and its instance show: pure.

The operator calls a Harbor unhealthy while its pods are still starting, and says of outside databases, caches and
storages that they are ready without ever asking them (harbor-operator, controllers/goharbor/harborcluster). So
three things are looked at apart: the HarborCluster, its pods, and the instance that it becomes here.

    CREATING ──► HEALTHY ◄──► UPDATING      a rollout that takes longer than PATIENCE, or a pod that cannot start,
        └────────► UNHEALTHY ◄────┘         ends the waiting
    DELETING ──► (gone)                     UNKNOWN: nobody can tell
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from kangaroo.base.clock import SECOND, Micros
from kangaroo.base.errors import Failure
from kangaroo.core.instances import State as InstanceState
from kangaroo.core.managed.names import HarborName
from kangaroo.core.managed.reasons import Hindrance, Obstacle
from kangaroo.kube.contract import Object

PATIENCE: Micros = 900 * SECOND  # for a rollout
SILENCE: Micros = 120 * SECOND  # until the operator has said a first word
UNCHANGED: Micros = 20 * SECOND  # a change that the operator does not answer changed nothing
_COUNTED = ("CacheReady", "DatabaseReady", "StorageReady", "ServiceReady")
_NO_IMAGE = frozenset({"ImagePullBackOff", "ErrImagePull", "InvalidImageName", "ErrImageNeverPull"})
_CRASHES = frozenset(
    {"CrashLoopBackOff", "CreateContainerConfigError", "CreateContainerError", "RunContainerError"}
)


class Phase(StrEnum):
    """What was last done to it; RUNNING once that has come about."""

    CREATING = "CREATING"
    UPDATING = "UPDATING"
    RUNNING = "RUNNING"
    DELETING = "DELETING"


class State(StrEnum):
    CREATING = "CREATING"
    UPDATING = "UPDATING"
    DELETING = "DELETING"
    HEALTHY = "HEALTHY"
    UNHEALTHY = "UNHEALTHY"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Condition:
    type: str
    status: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Pod:
    """`waiting`: why a container does not run; `restarts` of all its containers."""

    name: str
    phase: str
    ready: bool
    waiting: str = ""
    detail: str = ""
    restarts: int = 0


@dataclass(frozen=True, slots=True)
class Resource:
    """The HarborCluster. `revision` is the operator's, and changes with each of its words; 0 before the first."""

    uid: str
    word: str
    revision: int
    conditions: tuple[Condition, ...]

    @classmethod
    def of(cls, found: Object) -> "Resource":
        status = found.get("status") or {}
        conditions = tuple(
            Condition(
                str(one.get("type", "")),
                str(one.get("status", "")),
                str(one.get("reason", "")),
                str(one.get("message", "")),
            )
            for one in status.get("conditions") or ()
        )
        revision = status.get("revision") or 0
        return cls(found["metadata"].get("uid", ""), status.get("status", ""), int(revision), conditions)

    def has(self, type_: str, status: str = "True") -> bool:
        return any(one.type == type_ and one.status == status for one in self.conditions)

    @property
    def ready(self) -> bool:
        return self.word == "healthy" and not self.has("InProgress") and not self.false

    @property
    def false(self) -> Condition | None:
        """The first of those that count which is not as it should be."""
        return next((one for one in self.conditions if one.type in _COUNTED and one.status == "False"), None)


@dataclass(frozen=True, slots=True)
class Seen:
    """One look. `resource` None: there is none; `failure`: the cluster could not be asked."""

    resource: Resource | None = None
    pods: tuple[Pod, ...] = ()
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """Where it stands in its life. `revision`: the operator's when it was last changed."""

    phase: Phase
    since: Micros
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Joined:
    """Its instance: None of the two before it is one; `failure`: why it is not, or is not well."""

    state: InstanceState | None = None
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """`settled`: what was last done to it has come about (without its becoming an instance)."""

    state: State
    failure: Failure | None = None
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """`joined` as far as it is known."""

    harbor: HarborName
    course: Course
    now: Micros
    joined: Joined = field(default_factory=Joined)

    @property
    def waited(self) -> Micros:
        return self.now - self.course.since


def judge(seen: Seen, moment: Moment) -> Standing:
    course = moment.course
    if course.phase is Phase.DELETING:
        return Standing(State.DELETING, seen.failure)
    if seen.failure is not None:
        return Standing(State.UNKNOWN, seen.failure)
    if seen.resource is None:
        if course.phase is Phase.CREATING and moment.waited < SILENCE:
            return Standing(State.CREATING)
        return Standing(State.UNHEALTHY, Hindrance(Obstacle.RESOURCE_GONE))
    if _answered(seen.resource, moment) and seen.resource.ready:
        return _joined(seen, moment)
    return _rolling(seen.resource, seen.pods, moment)


def pods_of(found: Sequence[Object], harbor: HarborName) -> tuple[Pod, ...]:
    """Those of this Harbor among the pods of its namespace; not those that are going away."""
    names = (harbor.parts, f"{harbor.front}-")
    return tuple(
        _pod(one)
        for one in sorted(found, key=lambda one: str(one["metadata"]["name"]))
        if one["metadata"]["name"].startswith(names) and not one["metadata"].get("deletionTimestamp")
    )


def _answered(resource: Resource, moment: Moment) -> bool:
    """The operator's word is about what we last said, not about what was before."""
    course = moment.course
    if course.phase is not Phase.UPDATING or resource.revision != course.revision:
        return True
    return moment.waited > UNCHANGED


def _joined(seen: Seen, moment: Moment) -> Standing:
    joined = moment.joined
    if joined.state in (InstanceState.HEALTHY, InstanceState.DEGRADED):
        return Standing(State.HEALTHY, settled=True)
    if joined.state is InstanceState.UNHEALTHY:
        return Standing(State.UNHEALTHY, joined.failure or _trouble(seen.pods, moment), settled=True)
    waiting = moment.waited < PATIENCE
    return Standing(State.CREATING if waiting else State.UNHEALTHY, joined.failure, settled=True)


def _rolling(resource: Resource, pods: Sequence[Pod], moment: Moment) -> Standing:
    phase = moment.course.phase
    trouble = _trouble(pods, moment)
    if trouble is not None:
        return Standing(State.UNHEALTHY, trouble)
    if not resource.revision and not resource.conditions and moment.waited > SILENCE:
        return Standing(State.UNKNOWN, Hindrance(Obstacle.OPERATOR_SILENT, seconds=moment.waited // SECOND))
    rolls = resource.has("InProgress") or phase is not Phase.RUNNING or resource.word == "provisioning"
    if rolls and (phase is Phase.RUNNING or moment.waited < PATIENCE):
        return Standing(State.CREATING if phase is Phase.CREATING else State.UPDATING)
    if (false := resource.false) is not None:
        detail = f"{false.reason} {false.message}".strip() or "-"
        return Standing(
            State.UNHEALTHY, Hindrance(Obstacle.CONDITION_FALSE, condition=false.type, detail=detail)
        )
    return Standing(State.UNHEALTHY, Hindrance(Obstacle.SLOW, seconds=moment.waited // SECOND))


def _trouble(pods: Sequence[Pod], moment: Moment) -> Hindrance | None:
    """What no waiting mends. Our nginx cannot start before the Services it hands on to."""
    namespace = moment.harbor.place.namespace
    starting = moment.course.phase is Phase.CREATING and moment.waited < PATIENCE
    for pod in pods:
        if pod.waiting in _NO_IMAGE:
            return Hindrance(Obstacle.POD_IMAGE, pod=pod.name, detail=pod.detail or pod.waiting)
        ours = pod.name.startswith(moment.harbor.front)
        if pod.waiting in _CRASHES and not (starting and (ours or pod.restarts < 5)):
            detail = pod.detail or pod.waiting
            return Hindrance(Obstacle.POD_CRASHES, pod=pod.name, namespace=namespace, detail=detail)
        if pod.waiting == "Unschedulable":
            return Hindrance(Obstacle.POD_PENDING, pod=pod.name, detail=pod.detail)
    return None


def _pod(found: Object) -> Pod:
    status = found.get("status") or {}
    containers = [*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())]
    waiting: Object = next(
        (one["state"]["waiting"] for one in containers if (one.get("state") or {}).get("waiting")), {}
    )
    conditions = {one.get("type"): one for one in status.get("conditions") or ()}
    scheduled = conditions.get("PodScheduled", {})
    if not waiting and scheduled.get("reason") == "Unschedulable":
        waiting = scheduled
    return Pod(
        name=found["metadata"]["name"],
        phase=status.get("phase", ""),
        ready=conditions.get("Ready", {}).get("status") == "True",
        waiting=waiting.get("reason", ""),
        detail=str(waiting.get("message", ""))[:500],
        restarts=sum(int(one.get("restartCount", 0)) for one in containers),
    )

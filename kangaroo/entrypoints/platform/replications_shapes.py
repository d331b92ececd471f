"""Sync as group Replications shows and takes it: targets, policies, runs and their tasks.

Beyond what the published description has: `otherFilters` of a policy, made over there, for which it has no words.
"""

import msgspec

from kangaroo.base.errors import Code, Failure
from kangaroo.core.sync import (
    Endpoint,
    PolicyChange,
    ReplicationExecution,
    ReplicationFilter,
    ReplicationPolicy,
    ReplicationTask,
    TargetChange,
)
from kangaroo.entrypoints.platform.replications_words import (
    CREDENTIALS,
    EXECUTION_STATES,
    FILTERS,
    OPERATIONS,
    TARGETS,
    TASK_STATES,
    TRIGGERS,
    CreateType,
    CredentialType,
    Decoration,
    ExecutionStatus,
    FilterType,
    Operation,
    TargetStatus,
    TargetType,
    TaskStatus,
    TriggerMode,
    said,
    word_of,
)
from kangaroo.entrypoints.platform.shapes import Body, Shape, int64, seconds

_UNLIMITED = -1


class TargetCredential(Shape):
    """Without the secret."""

    access_key: str
    access_secret: str
    type: CredentialType


class Target(Shape):
    id: str
    type: TargetType
    name: str
    url: str
    native_registry_credential: TargetCredential
    insecure: bool
    description: str
    status: TargetStatus
    creation_time: str


class Filter(Shape):
    type: FilterType
    value: str
    decoration: Decoration


class Trigger(Shape):
    cron: str
    type: TriggerMode


class Policy(Shape):
    """An end that is null is the registry itself. `speed` in KB/s, -1 is unlimited."""

    dest_registry: Target | None
    src_registry: Target | None
    enabled: bool
    creation_time: str
    update_time: str
    speed: str
    id: str
    override: bool
    name: str
    description: str
    dest_namespace: str
    filters: list[Filter]
    other_filters: list[str]
    trigger: Trigger


class Execution(Shape):
    """Counts are of tasks."""

    end_time: str
    failed: str
    id: str
    in_progress: str
    policy_id: str
    start_time: str
    status: ExecutionStatus
    status_text: str
    stopped: str
    succeed: str
    total: str
    trigger: TriggerMode


class Task(Shape):
    dest_resource: str
    end_time: str
    execution_id: str
    id: str
    job_id: str
    operation: Operation
    resource_type: str
    src_resource: str
    start_time: str
    status: TaskStatus


class GivenCredential(Body):
    access_key: str | None = None
    access_secret: str | None = None
    type: CredentialType = CredentialType.UNSPECIFIED


class GivenTarget(Body):
    """What is left out stays, where there is something."""

    type: TargetType = TargetType.UNSPECIFIED
    name: str | None = None
    url: str | None = None
    native_registry_credential: GivenCredential = msgspec.field(default_factory=GivenCredential)
    insecure: bool | None = None
    description: str | None = None

    def change(self) -> TargetChange:
        credential = self.native_registry_credential
        return TargetChange(
            name=self.name,
            type=said(TARGETS, self.type),
            url=self.url,
            access_key=credential.access_key,
            access_secret=credential.access_secret,
            credential_type=said(CREDENTIALS, credential.type),
            insecure=self.insecure,
            description=self.description,
        )


class CreateTarget(Body):
    create_type: CreateType = CreateType.UNSPECIFIED
    integration_registry: tuple[str, ...] = ()
    native_registry: GivenTarget = msgspec.field(default_factory=GivenTarget)


class UpdateTarget(Body):
    native_registry: GivenTarget = msgspec.field(default_factory=GivenTarget)


class GivenFilter(Body):
    type: FilterType = FilterType.UNSPECIFIED
    value: str = ""
    decoration: Decoration = Decoration.UNSPECIFIED

    def filter(self) -> ReplicationFilter:
        """Raises INVALID_FIELD."""
        word = said(FILTERS, self.type)
        if word is None:
            raise Failure(Code.INVALID_FIELD, field="filters.type", reason="say NAME or TAG")
        return ReplicationFilter(word, (self.value,), self.decoration is Decoration.EXCLUDES)


class GivenTrigger(Body):
    cron: str = ""
    type: TriggerMode = TriggerMode.UNSPECIFIED


class GivenEnd(Body):
    """As answers have one; only the id counts, 0 is the registry itself."""

    id: int = 0


class _GivenPolicy(Body):
    name: str | None = None
    description: str | None = None
    trigger: GivenTrigger | None = None
    filters: tuple[GivenFilter, ...] | None = None
    enabled: bool | None = None
    override: bool | None = None
    dest_namespace: str | None = None
    speed: int | None = None

    def with_ends(self, source: int | None, target: int | None) -> PolicyChange:
        """Filters without a value take everything, as if they were not there. Raises INVALID_FIELD."""
        filters = None
        if self.filters is not None:
            filters = tuple(one.filter() for one in self.filters if one.value)
        return PolicyChange(
            name=self.name,
            description=self.description,
            trigger=None if self.trigger is None else said(TRIGGERS, self.trigger.type),
            cron="" if self.trigger is None else self.trigger.cron,
            filters=filters,
            source=source,
            target=target,
            target_space=self.dest_namespace,
            enabled=self.enabled,
            override=self.override,
            speed=self.speed,
        )


class CreatePolicy(_GivenPolicy):
    src_registry_id: int = 0
    dest_registry_id: int = 0

    def change(self) -> PolicyChange:
        return self.with_ends(self.src_registry_id, self.dest_registry_id)


class UpdatePolicy(_GivenPolicy):
    """What is left out stays; of the two ends, one that is given says that the other is the registry itself."""

    src_registry: GivenEnd | None = None
    dest_registry: GivenEnd | None = None

    def change(self) -> PolicyChange:
        if self.src_registry is None and self.dest_registry is None:
            return self.with_ends(None, None)
        return self.with_ends((self.src_registry or GivenEnd()).id, (self.dest_registry or GivenEnd()).id)


class StartExecution(Body):
    policy_id: int = 0


def target_of(one: Endpoint) -> Target:
    return Target(
        id=int64(one.id),
        type=word_of(TARGETS, one.type, TargetType.UNSPECIFIED),
        name=one.name,
        url=one.url,
        native_registry_credential=TargetCredential(
            access_key=one.access_key,
            access_secret="",
            type=word_of(CREDENTIALS, one.credential_type, CredentialType.UNSPECIFIED),
        ),
        insecure=one.insecure,
        description=one.description,
        status=TargetStatus.HEALTHY if one.healthy else TargetStatus.UNHEALTHY,
        creation_time=seconds(one.created),
    )


def policy_of(one: ReplicationPolicy) -> Policy:
    known = [each for each in one.filters if each.type in FILTERS.values()]
    others = [each for each in one.filters if each.type not in FILTERS.values()]
    return Policy(
        dest_registry=None if one.target is None else target_of(one.target),
        src_registry=None if one.source is None else target_of(one.source),
        enabled=one.enabled,
        creation_time=seconds(one.created),
        update_time=seconds(one.updated),
        speed=int64(_UNLIMITED if one.speed is None else one.speed),
        id=int64(one.id),
        override=one.override,
        name=one.name,
        description=one.description,
        dest_namespace=one.target_space,
        filters=[_filter(each) for each in known],
        other_filters=[
            f"{each.type}{'!=' if each.excludes else '='}{','.join(each.values)}" for each in others
        ],
        trigger=Trigger(cron=one.cron, type=word_of(TRIGGERS, one.trigger, TriggerMode.UNSPECIFIED)),
    )


def execution_of(one: ReplicationExecution) -> Execution:
    return Execution(
        end_time=seconds(one.ended),
        failed=int64(one.failed),
        id=int64(one.id),
        in_progress=int64(one.running),
        policy_id=int64(one.policy_id),
        start_time=seconds(one.started),
        status=EXECUTION_STATES[one.state],
        status_text=one.status_text,
        stopped=int64(one.stopped),
        succeed=int64(one.succeeded),
        total=int64(one.total),
        trigger=word_of(TRIGGERS, one.trigger, TriggerMode.UNSPECIFIED),
    )


def task_of(one: ReplicationTask) -> Task:
    return Task(
        dest_resource=one.target,
        end_time=seconds(one.ended),
        execution_id=int64(one.execution_id),
        id=int64(one.id),
        job_id=one.job_id,
        operation=OPERATIONS.get(one.operation.lower(), Operation.UNSPECIFIED),
        resource_type=one.resource_type,
        src_resource=one.source,
        start_time=seconds(one.started),
        status=TASK_STATES[one.state],
    )


def _filter(one: ReplicationFilter) -> Filter:
    decoration = Decoration.EXCLUDES if one.excludes else Decoration.MATCHES
    return Filter(
        type=word_of(FILTERS, one.type, FilterType.UNSPECIFIED),
        value=next(iter(one.values), ""),
        decoration=decoration,
    )

"""Retention policies and their runs as group Retention shows and takes them.

Beyond what the published description has: `tagSelectors` of a rule. Without them a client cannot say which tags a rule
is for, and a rule it sends back keeps those it had. `LATEST_ACTIVE` has no word there: it is a rule without a template
whose only parameter is `latestActiveK`.
"""

import msgspec

from kangaroo.base.errors import Code, Failure
from kangaroo.core.retention import (
    Draft,
    RetentionExecution,
    RetentionPolicy,
    RetentionRule,
    RetentionTask,
    RuleDraft,
    Selector,
    State,
    Template,
    Trigger,
)
from kangaroo.entrypoints.platform.shapes import Body, Shape, Word, int64, seconds


class TemplateWord(Word):
    UNSPECIFIED = "RETENTION_RULE_TEMPLATE_UNSPECIFIED"
    DAYS_SINCE_PULL = "N_DAYS_SINCE_LAST_PULL"
    DAYS_SINCE_PUSH = "N_DAYS_SINCE_LAST_PUSH"
    ALWAYS = "TYPE_ALWAYS"
    LATEST_PULLED = "LATEST_PULLED_N"
    LATEST_PUSHED = "LATEST_PUSHED_K"


class Decoration(Word):
    UNSPECIFIED = "RETENTION_DECORATION_UNSPECIFIED"
    MATCHES = "REPO_MATCHES"
    EXCLUDES = "REPO_EXCLUDES"


class TagDecoration(Word):
    UNSPECIFIED = "TAG_DECORATION_UNSPECIFIED"
    MATCHES = "TAG_MATCHES"
    EXCLUDES = "TAG_EXCLUDES"


class TriggerKind(Word):
    UNSPECIFIED = "RETENTION_RULE_TRIGGER_KIND_UNSPECIFIED"
    MANUAL = "MANUAL"
    SCHEDULED = "SCHEDULED"


class RunStatus(Word):
    UNSPECIFIED = "RETENTION_EXECUTION_STATUS_UNSPECIFIED"
    RUNNING = "RETENTION_EXECUTION_STATUS_RUNNING"
    STOPPED = "RETENTION_EXECUTION_STATUS_STOPPED"
    SUCCEED = "RETENTION_EXECUTION_STATUS_SUCCEED"
    ERROR = "RETENTION_EXECUTION_STATUS_ERROR"


class RunTrigger(Word):
    MANUAL = "RETENTION_EXECUTION_TRIGGER_MANUAL"
    SCHEDULED = "RETENTION_EXECUTION_TRIGGER_SCHEDULED"


TEMPLATES: dict[TemplateWord, Template] = {
    TemplateWord.DAYS_SINCE_PULL: Template.DAYS_SINCE_PULL,
    TemplateWord.DAYS_SINCE_PUSH: Template.DAYS_SINCE_PUSH,
    TemplateWord.ALWAYS: Template.ALWAYS,
    TemplateWord.LATEST_PULLED: Template.LATEST_PULLED,
    TemplateWord.LATEST_PUSHED: Template.LATEST_PUSHED,
}
_WORDS = {template: word for word, template in TEMPLATES.items()}
STATES = {
    State.PENDING: RunStatus.RUNNING,
    State.RUNNING: RunStatus.RUNNING,
    State.SUCCEEDED: RunStatus.SUCCEED,
    State.FAILED: RunStatus.ERROR,
    State.STOPPED: RunStatus.STOPPED,
    State.UNKNOWN: RunStatus.UNSPECIFIED,
}


class SelectorShape(Shape):
    decoration: Decoration
    extras: str
    kind: str
    pattern: str


class TagSelectorShape(Shape):
    """`untagged`: those without a tag count in."""

    decoration: TagDecoration
    kind: str
    pattern: str
    untagged: bool


class RuleShape(Shape):
    action: str
    disabled: bool
    params: dict[str, str]
    scope_selectors: list[SelectorShape]
    tag_selectors: list[TagSelectorShape]
    template: TemplateWord


class Scope(Shape):
    level: str
    ref: str


class Settings(Shape):
    cron: str


class TriggerShape(Shape):
    kind: TriggerKind
    settings: Settings


class Policy(Shape):
    algorithm: str
    id: str
    rules: list[RuleShape]
    scope: Scope
    trigger: TriggerShape


class Execution(Shape):
    dry_run: bool
    end_time: str
    id: str
    policy_id: str
    start_time: str
    status: RunStatus
    trigger: RunTrigger


class Task(Shape):
    """One image of a run: of `total` artifacts `retained` were kept and `deleted` went, or would have in a dry run."""

    id: str
    repository: str
    status: RunStatus
    total: str
    retained: str
    deleted: str
    start_time: str
    end_time: str


class GivenSelector(Body):
    decoration: Decoration = Decoration.UNSPECIFIED
    kind: str = ""
    pattern: str = "**"

    def selector(self) -> Selector:
        return Selector(self.pattern, self.decoration is Decoration.EXCLUDES)


class GivenTagSelector(Body):
    decoration: TagDecoration = TagDecoration.UNSPECIFIED
    kind: str = ""
    pattern: str = "**"
    untagged: bool = True

    def selector(self) -> Selector:
        return Selector(self.pattern, self.decoration is TagDecoration.EXCLUDES, self.untagged)


class GivenRule(Body):
    action: str = ""
    disabled: bool = False
    params: dict[str, int] = msgspec.field(default_factory=dict)
    scope_selectors: tuple[GivenSelector, ...] = ()
    tag_selectors: tuple[GivenTagSelector, ...] | None = None
    template: TemplateWord = TemplateWord.UNSPECIFIED

    def draft(self) -> RuleDraft:
        """Raises INVALID_FIELD."""
        if self.action not in ("", "retain"):
            raise _wrong("action", "rules retain: what no rule retains is deleted")
        template = TEMPLATES.get(self.template)
        if template is None and self.params.keys() == {Template.LATEST_ACTIVE}:
            template = Template.LATEST_ACTIVE
        if template is None:
            raise _wrong("template", "say which one it is")
        needed = set() if template is Template.ALWAYS else {str(template)}
        if self.params.keys() != needed:
            told = f"give {template} and nothing else" if needed else "this template has none"
            raise _wrong("params", told)
        return RuleDraft(
            template=template,
            parameter=next(iter(self.params.values()), 0),
            images=tuple(one.selector() for one in self.scope_selectors or (GivenSelector(),)),
            tags=None if self.tag_selectors is None else tuple(one.selector() for one in self.tag_selectors),
            disabled=self.disabled,
        )


class GivenScope(Body):
    level: str = ""
    ref: int = 0


class GivenSettings(Body):
    cron: str = ""


class GivenTrigger(Body):
    kind: TriggerKind = TriggerKind.UNSPECIFIED
    settings: GivenSettings = msgspec.field(default_factory=GivenSettings)


class GivenPolicy(Body):
    algorithm: str = ""
    id: int = 0
    rules: tuple[GivenRule, ...] = ()
    scope: GivenScope = msgspec.field(default_factory=GivenScope)
    trigger: GivenTrigger = msgspec.field(default_factory=GivenTrigger)

    def draft(self) -> Draft:
        """Raises INVALID_FIELD."""
        if self.algorithm not in ("", "or"):
            raise _wrong("algorithm", "or is the only one")
        if self.scope.level not in ("", "project"):
            raise _wrong("scope.level", "project is the only one")
        cron = self.trigger.settings.cron
        timed = self.trigger.kind is TriggerKind.SCHEDULED or (
            self.trigger.kind is TriggerKind.UNSPECIFIED and bool(cron)
        )
        return Draft(tuple(one.draft() for one in self.rules), timed, cron)


class GivenRetention(Body):
    retention: GivenPolicy = msgspec.field(default_factory=GivenPolicy)


class GivenRun(Body):
    dry_run: bool = False


def policy_of(one: RetentionPolicy) -> Policy:
    kind = TriggerKind.SCHEDULED if one.cron else TriggerKind.MANUAL
    return Policy(
        algorithm="or",
        id=int64(one.id),
        rules=[_rule(rule) for rule in one.rules],
        scope=Scope(level="project", ref=int64(one.space_id)),
        trigger=TriggerShape(kind=kind, settings=Settings(cron=one.cron)),
    )


def execution_of(one: RetentionExecution) -> Execution:
    return Execution(
        dry_run=one.dry_run,
        end_time=seconds(one.ended),
        id=int64(one.id),
        policy_id=int64(one.policy_id),
        start_time=seconds(one.started),
        status=STATES[one.state],
        trigger=RunTrigger.SCHEDULED if one.trigger is Trigger.SCHEDULED else RunTrigger.MANUAL,
    )


def task_of(one: RetentionTask) -> Task:
    return Task(
        id=int64(one.id),
        repository=one.image,
        status=STATES[one.state],
        total=int64(one.total),
        retained=int64(one.retained),
        deleted=int64(one.total - one.retained),
        start_time=seconds(one.started),
        end_time=seconds(one.ended),
    )


def _rule(one: RetentionRule) -> RuleShape:
    always = one.template is Template.ALWAYS
    return RuleShape(
        action="retain",
        disabled=one.disabled,
        params={} if always else {str(one.template): int64(one.parameter)},
        scope_selectors=[_selector(selector) for selector in one.images],
        tag_selectors=[_tag_selector(selector) for selector in one.tags],
        template=_WORDS.get(one.template, TemplateWord.UNSPECIFIED),
    )


def _selector(one: Selector) -> SelectorShape:
    decoration = Decoration.EXCLUDES if one.excludes else Decoration.MATCHES
    return SelectorShape(decoration=decoration, extras="", kind="doublestar", pattern=one.pattern)


def _tag_selector(one: Selector) -> TagSelectorShape:
    decoration = TagDecoration.EXCLUDES if one.excludes else TagDecoration.MATCHES
    return TagSelectorShape(
        decoration=decoration, kind="doublestar", pattern=one.pattern, untagged=one.untagged
    )


def _wrong(field: str, reason: str) -> Failure:
    return Failure(Code.INVALID_FIELD, field=f"retention.{field}", reason=reason)

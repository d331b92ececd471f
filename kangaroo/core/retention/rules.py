"""What a retention policy must be. Pure.

A rule says what is kept, not what goes; rules are independent of each other, and what none of them keeps is deleted.
So a rule that keeps nothing is refused: it could only be a mistake.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from kangaroo.base.errors import Code, Failure
from kangaroo.core.projects import patterns
from kangaroo.jobs import cron
from kangaroo.remote.policies import RetentionPolicy, RetentionRule, Selector, Template

MOST_RULES = 15
LARGEST = 2**31 - 1
EVERYTHING = (Selector("**"),)


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """A rule as somebody wrote it. `tags` None: he did not say, as in clients that know no selectors of tags."""

    template: Template
    parameter: int = 0
    images: tuple[Selector, ...] = EVERYTHING
    tags: tuple[Selector, ...] | None = None
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """`scheduled` with `cron`, or by hand only."""

    rules: tuple[RuleDraft, ...]
    scheduled: bool = False
    cron: str = ""


def policy(draft: Draft, space: int, held: RetentionPolicy | None = None) -> RetentionPolicy:
    """What becomes of it for a space. A rule that does not speak of tags has those of the rule in `held` that keeps
    the same of the same images, else all tags. Raises INVALID_FIELD, BAD_REQUEST (a pattern, a schedule)."""
    if len(draft.rules) > MOST_RULES:
        raise _wrong("rules", f"{len(draft.rules)} of them: at most {MOST_RULES} are allowed")
    kept = () if held is None else held.rules
    rules = tuple(_rule(one, kept) for one in draft.rules)
    for number, rule in enumerate(rules, 1):
        _check(number, rule)
    if len({(one.template, one.parameter, one.images, one.tags) for one in rules}) < len(rules):
        raise _wrong("rules", "two of them are the same")
    if draft.scheduled:
        if not draft.cron:
            raise _wrong("trigger.settings.cron", "a schedule needs one")
        cron.parse(draft.cron)
    return RetentionPolicy(
        space, rules, draft.cron if draft.scheduled else "", 0 if held is None else held.id
    )


def _rule(draft: RuleDraft, held: Iterable[RetentionRule]) -> RetentionRule:
    tags = draft.tags
    if tags is None:
        same = (one.tags for one in held if (one.template, one.images) == (draft.template, draft.images))
        tags = next(same, EVERYTHING)
    return RetentionRule(draft.template, draft.parameter, draft.images, tags, draft.disabled)


def _check(number: int, rule: RetentionRule) -> None:
    field = f"rules[{number}]"
    if rule.template is not Template.ALWAYS and not 0 < rule.parameter <= LARGEST:
        raise _wrong(f"{field}.params.{rule.template}", f"use 1 to {LARGEST}: 0 would keep nothing")
    if not rule.images or not rule.tags:
        raise _wrong(field, "it needs a selector of images and one of tags")
    for selector in (*rule.images, *rule.tags):
        if not selector.pattern:
            raise _wrong(field, "a pattern is empty; ** stands for everything")
        patterns.check(selector.pattern)


def _wrong(field: str, reason: str) -> Failure:
    return Failure(Code.INVALID_FIELD, field=f"retention.{field}", reason=reason)

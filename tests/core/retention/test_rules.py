"""Retention policies are what was asked for, or refused with what is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kangaroo.base.errors import Failure
from kangaroo.core.retention import MOST_RULES, Draft, RuleDraft, Selector, Template
from kangaroo.core.retention import rules as of
from kangaroo.remote.policies import RetentionPolicy, RetentionRule

SELECTORS = st.builds(
    Selector, st.sampled_from(["**", "app/**", "v*", "{a,b}"]), st.booleans(), st.booleans()
)
SOME = st.lists(SELECTORS, min_size=1, max_size=3).map(tuple)
DRAFTS = st.builds(
    RuleDraft,
    st.sampled_from(Template),
    st.integers(1, of.LARGEST),
    SOME,
    st.none() | SOME,
    st.booleans(),
)
LATEST = RuleDraft(Template.LATEST_PUSHED, 3)


def key(rule: RuleDraft | RetentionRule) -> tuple[object, ...]:
    return rule.template, rule.parameter, rule.images, rule.tags or of.EVERYTHING


@given(st.lists(DRAFTS, max_size=MOST_RULES, unique_by=key))
def test_a_new_policy_says_what_was_written(drafts: list[RuleDraft]) -> None:
    made = of.policy(Draft(tuple(drafts)), 7)
    assert (made.space_id, made.id, made.cron) == (7, 0, "")
    assert [key(rule) for rule in made.rules] == [key(draft) for draft in drafts]
    assert [rule.disabled for rule in made.rules] == [draft.disabled for draft in drafts]


@given(st.lists(DRAFTS, max_size=MOST_RULES, unique_by=key))
def test_sending_back_what_was_read_changes_nothing(drafts: list[RuleDraft]) -> None:
    held = of.policy(Draft(tuple(drafts)), 7)
    again = Draft(tuple(RuleDraft(*(getattr(one, name) for name in FIELDS)) for one in held.rules))
    assert of.policy(again, 7, held) == held


FIELDS = ("template", "parameter", "images", "tags", "disabled")


def test_unsaid_tags_are_those_of_the_rule_that_keeps_the_same() -> None:
    tags = (Selector("dev-*", excludes=True),)
    elsewhere = (Selector("base/**"),)
    held = RetentionPolicy(
        7,
        (
            RetentionRule(Template.LATEST_PUSHED, 9, images=elsewhere),
            RetentionRule(Template.LATEST_PUSHED, 9, tags=tags),
        ),
        id=5,
    )
    asked = Draft((LATEST, RuleDraft(Template.LATEST_PULLED, 3)))
    made = of.policy(asked, 7, held)
    assert [rule.tags for rule in made.rules] == [tags, of.EVERYTHING]
    assert made.id == 5


@pytest.mark.parametrize(
    "draft",
    [
        Draft(tuple(RuleDraft(Template.LATEST_PUSHED, number) for number in range(1, MOST_RULES + 2))),
        Draft((LATEST, LATEST)),
        Draft((RuleDraft(Template.LATEST_PUSHED, 0),)),
        Draft((RuleDraft(Template.DAYS_SINCE_PULL, of.LARGEST + 1),)),
        Draft((RuleDraft(Template.ALWAYS, 0, ()),)),
        Draft((RuleDraft(Template.ALWAYS, 0, of.EVERYTHING, ()),)),
        Draft((RuleDraft(Template.ALWAYS, 0, (Selector("[a"),)),)),
        Draft((RuleDraft(Template.ALWAYS, 0, of.EVERYTHING, (Selector(""),)),)),
        Draft((LATEST,), scheduled=True),
        Draft((LATEST,), scheduled=True, cron="0 0 3 * *"),
    ],
)
def test_wrong_ones(draft: Draft) -> None:
    with pytest.raises(Failure) as caught:
        of.policy(draft, 7)
    assert caught.value.message("en")
    assert caught.value.message("zh")


def test_by_hand_only_there_is_no_schedule() -> None:
    assert of.policy(Draft((LATEST,), cron="nonsense"), 7).cron == ""
    assert of.policy(Draft((LATEST,), scheduled=True, cron="@daily"), 7).cron == "@daily"

"""Which tags a set of rules keeps, and what a rule may look like."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kangaroo.base.errors import Code
from kangaroo.core.projects.patterns import matches
from kangaroo.core.projects.rules import Rule, Selector, checked_json, immutable
from tests.core.projects.conftest import refused

GLOBS = st.sampled_from(["**", "*", "a", "a*", "{a,b}", "v[0-9]", "a/**"])
NAMES = st.sampled_from(["a", "b", "ab", "v1", "a/b", "latest"])


def rule(
    tag: str = "**", repository: str = "**", *, tags: str = "matches", repositories: str = "repoMatches"
) -> Rule:
    return Rule(
        tag_selectors=(Selector("doublestar", tags, tag),),
        scope_selectors={"repository": (Selector("doublestar", repositories, repository),)},
    )


@given(GLOBS, GLOBS, st.booleans(), st.booleans(), NAMES, NAMES)
def test_a_rule_keeps_what_both_its_selectors_mean(
    tag_glob: str, repository_glob: str, tags: bool, repositories: bool, repository: str, tag: str
) -> None:
    one = rule(
        tag_glob,
        repository_glob,
        tags="matches" if tags else "excludes",
        repositories="repoMatches" if repositories else "repoExcludes",
    )
    expected = matches(repository_glob, repository) is repositories and matches(tag_glob, tag) is tags
    assert immutable([one], repository, tag) is expected
    assert immutable([rule("none"), one], repository, tag) is expected
    assert not immutable([], repository, tag)


def test_the_same_rule_is_the_same_text() -> None:
    assert checked_json(rule()) == checked_json(rule())
    assert checked_json(rule()) != checked_json(rule(tags="excludes"))
    assert msgspec.json.decode(checked_json(rule("{a,b}")), type=Rule) == rule("{a,b}")


@pytest.mark.parametrize(
    "bad",
    [
        Rule(tag_selectors=(), scope_selectors=rule().scope_selectors),
        Rule(tag_selectors=rule().tag_selectors, scope_selectors={}),
        Rule(tag_selectors=rule().tag_selectors, scope_selectors={"repository": ()}),
        rule(""),
        rule("["),
        rule(repository="{"),
        rule(tags="repoMatches"),
        rule(repositories="matches"),
        Rule(tag_selectors=(Selector("regex", "matches", ".*"),), scope_selectors=rule().scope_selectors),
        Rule(tag_selectors=rule().tag_selectors * 60, scope_selectors=rule().scope_selectors),
    ],
)
def test_rules_that_are_none(bad: Rule) -> None:
    with refused(Code.BAD_REQUEST):
        checked_json(bad)

"""Which tags are immutable: pure. A rule names repositories and tags by patterns, in the shape of Harbor's API."""

from collections.abc import Sequence

import msgspec

from kangaroo.base.errors import Code, Failure
from kangaroo.core.projects import patterns

_TAGS = {"matches": True, "excludes": False}
_REPOSITORIES = {"repoMatches": True, "repoExcludes": False}
_MAX_BYTES = 2000  # of a rule as JSON: a key of the database, where no rule stands twice


class Selector(msgspec.Struct, frozen=True):
    """`decoration` says whether what the pattern takes is meant, or all the rest."""

    kind: str
    decoration: str
    pattern: str


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """Of several selectors only the first counts, as in Harbor. `scope_selectors` has the key `repository`."""

    tag_selectors: tuple[Selector, ...]
    scope_selectors: dict[str, tuple[Selector, ...]]
    action: str = "immutable"
    template: str = "immutable_template"
    priority: int = 0


def checked_json(rule: Rule) -> str:
    """As it is kept: the same text for the same rule. Raises BAD_REQUEST with what is wrong with it."""
    for selectors, decorations in (
        (rule.tag_selectors, _TAGS),
        (rule.scope_selectors.get("repository", ()), _REPOSITORIES),
    ):
        if not selectors:
            raise Failure(Code.BAD_REQUEST, reason="a rule needs a tag selector and a repository selector")
        for selector in selectors:
            _check(selector, decorations)
    text = msgspec.json.encode(rule, order="deterministic").decode()
    if len(text.encode()) > _MAX_BYTES:
        raise Failure(Code.BAD_REQUEST, reason="the rule is too long")
    return text


def immutable(rules: Sequence[Rule], repository: str, tag: str) -> bool:
    """`repository` without its project; the rules are those of the project, disabled ones left out."""
    return any(
        _selects(rule.scope_selectors["repository"][0], _REPOSITORIES, repository)
        and _selects(rule.tag_selectors[0], _TAGS, tag)
        for rule in rules
    )


def _selects(selector: Selector, decorations: dict[str, bool], name: str) -> bool:
    return patterns.matches(selector.pattern, name) is decorations[selector.decoration]


def _check(selector: Selector, decorations: dict[str, bool]) -> None:
    if selector.kind != "doublestar":
        raise Failure(Code.BAD_REQUEST, reason=f"invalid kind {selector.kind!r}, should be doublestar")
    if selector.decoration not in decorations:
        reason = f"invalid decoration {selector.decoration!r}, should be {' or '.join(decorations)}"
        raise Failure(Code.BAD_REQUEST, reason=reason)
    if not selector.pattern:
        raise Failure(Code.BAD_REQUEST, reason="a selector needs a pattern")
    patterns.check(selector.pattern)

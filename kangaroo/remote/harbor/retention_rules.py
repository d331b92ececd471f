"""JSON of Harbor's retention policies."""

from typing import Any

import msgspec

from kangaroo.base.errors import Code, Failure
from kangaroo.remote.policies import RetentionPolicy, RetentionRule, Selector, Template


class _Selector(msgspec.Struct):
    pattern: str = "**"
    decoration: str = ""
    extras: str = ""

    def value(self) -> Selector:
        excludes = self.decoration.lower().endswith("excludes")
        return Selector(
            self.pattern, excludes, untagged='"untagged":false' not in self.extras.replace(" ", "")
        )


class _Rule(msgspec.Struct):
    template: str
    disabled: bool = False
    params: dict[str, Any] | None = None
    tag_selectors: list[_Selector] | None = None
    scope_selectors: dict[str, list[_Selector]] | None = None

    def value(self) -> RetentionRule:
        if self.template not in set(Template):
            raise Failure(Code.UNSUPPORTED, reason=f"the retention rule {self.template!r}")
        numbers = [value for value in (self.params or {}).values() if isinstance(value, int)]
        images = (self.scope_selectors or {}).get("repository", ())
        return RetentionRule(
            template=Template(self.template),
            parameter=numbers[0] if numbers else 0,
            images=tuple(selector.value() for selector in images),
            tags=tuple(selector.value() for selector in self.tag_selectors or ()),
            disabled=self.disabled,
        )


class _Settings(msgspec.Struct):
    cron: str | None = None


class _Trigger(msgspec.Struct):
    settings: _Settings | None = None


class _Scope(msgspec.Struct):
    ref: int = 0


class Policy(msgspec.Struct):
    id: int = 0
    rules: list[_Rule] | None = None
    trigger: _Trigger | None = None
    scope: _Scope | None = None

    def value(self) -> RetentionPolicy:
        settings = self.trigger.settings if self.trigger else None
        return RetentionPolicy(
            space_id=self.scope.ref if self.scope else 0,
            rules=tuple(rule.value() for rule in self.rules or ()),
            cron=(settings.cron or "") if settings else "",
            id=self.id,
        )


def to_json(policy: RetentionPolicy) -> dict[str, Any]:
    body: dict[str, Any] = {
        "algorithm": "or",
        "scope": {"level": "project", "ref": policy.space_id},
        "trigger": {"kind": "Schedule", "settings": {"cron": policy.cron}},
        "rules": [_rule(rule) for rule in policy.rules],
    }
    return {"id": policy.id, **body} if policy.id else body


def _rule(rule: RetentionRule) -> dict[str, Any]:
    return {
        "action": "retain",
        "disabled": rule.disabled,
        "template": rule.template,
        "params": {} if rule.template is Template.ALWAYS else {rule.template: rule.parameter},
        "tag_selectors": [
            {**_selector(one, "matches", "excludes"), "extras": f'{{"untagged":{str(one.untagged).lower()}}}'}
            for one in rule.tags
        ],
        "scope_selectors": {
            "repository": [_selector(one, "repoMatches", "repoExcludes") for one in rule.images]
        },
    }


def _selector(selector: Selector, matches: str, excludes: str) -> dict[str, str]:
    decoration = excludes if selector.excludes else matches
    return {"kind": "doublestar", "decoration": decoration, "pattern": selector.pattern}

"""Tag immutable: rules of a project that keep tags as they are."""

from typing import Any

import msgspec
from litestar import Response, delete, get, post, put

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import ProjectName
from kangaroo.base.query import ListQuery
from kangaroo.core.projects import KeptRule, Rule, Selector
from kangaroo.core.services import Services
from kangaroo.entrypoints.harbor.answers import created, done, listed
from kangaroo.entrypoints.harbor.shapes import Body, Int64, Shape
from kangaroo.entrypoints.http.framework import AnyRequest, Given

_ALL = "/projects/{project_name_or_id:str}/immutabletagrules"
_ONE = "/projects/{project_name_or_id:str}/immutabletagrules/{immutable_rule_id:str}"


class SelectorBody(Body):
    kind: str = ""
    decoration: str = ""
    pattern: str = ""

    @property
    def selector(self) -> Selector:
        return Selector(self.kind, self.decoration, self.pattern)


class RuleBody(Body):
    id: Int64 = 0
    priority: Int64 = 0
    disabled: bool = False
    action: str = ""
    template: str = ""
    tag_selectors: list[SelectorBody] = msgspec.field(default_factory=list)
    scope_selectors: dict[str, list[SelectorBody]] = msgspec.field(default_factory=dict)

    @property
    def rule(self) -> Rule:
        return Rule(
            priority=self.priority,
            action=self.action or "immutable",
            template=self.template or "immutable_template",
            tag_selectors=tuple(one.selector for one in self.tag_selectors),
            scope_selectors={
                scope: tuple(one.selector for one in some) for scope, some in self.scope_selectors.items()
            },
        )


class RuleShape(Shape):
    tag_selectors: tuple[Selector, ...]
    scope_selectors: dict[str, tuple[Selector, ...]]
    id: int = 0
    priority: int = 0
    disabled: bool = False
    action: str = ""
    template: str = ""


@get(_ALL)
async def list_all(
    actor: Given[Actor],
    services: Given[Services],
    project: Given[ProjectName],
    request: AnyRequest,
    listing: Given[ListQuery],
) -> Response[Any]:
    found = await services.projects.immutability.page(actor, project, listing)
    return listed(request, listing.window, [_shape(rule) for rule in found.items], found.total)


@post(_ALL)
async def create(
    actor: Given[Actor],
    services: Given[Services],
    project: Given[ProjectName],
    request: AnyRequest,
    data: RuleBody,
) -> Response[Any]:
    identity = await services.projects.immutability.create(actor, project, data.rule, disabled=data.disabled)
    return created(request, identity)


@put(_ONE)
async def update(
    actor: Given[Actor],
    services: Given[Services],
    project: Given[ProjectName],
    immutable_rule_id: Int64,
    data: RuleBody,
) -> Response[bytes]:
    if data.id not in (0, immutable_rule_id):
        reason = "the immutable_rule_id doesn't match the id in the payload body of ImmutableRule"
        raise Failure(Code.BAD_REQUEST, reason=reason)
    await services.projects.immutability.update(
        actor, project, immutable_rule_id, data.rule, disabled=data.disabled
    )
    return done()


@delete(_ONE, status_code=200)
async def delete_one(
    actor: Given[Actor], services: Given[Services], project: Given[ProjectName], immutable_rule_id: Int64
) -> Response[bytes]:
    await services.projects.immutability.delete(actor, project, immutable_rule_id)
    return done()


def _shape(found: KeptRule) -> RuleShape:
    return RuleShape(
        id=found.id,
        priority=found.rule.priority,
        disabled=found.disabled,
        action=found.rule.action,
        template=found.rule.template,
        tag_selectors=found.rule.tag_selectors,
        scope_selectors=found.rule.scope_selectors,
    )


HANDLERS = (list_all, create, update, delete_one)

"""Rules that make tags immutable, as text: what they mean is core's business."""

from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update

from kangaroo.base.clock import Micros
from kangaroo.base.paging import Page
from kangaroo.base.query import ListQuery
from kangaroo.store.meta.database import ACCESS, Row, Selects, Transaction
from kangaroo.store.meta.listing import FlagKey, Listing, MomentKey, NumberKey
from kangaroo.store.meta.schema.tenancy import immutable_rules
from kangaroo.store.meta.statements import Query, parameter

_OF_PROJECT = immutable_rules.c.project_id == parameter("project")
_MINE = (_OF_PROJECT, immutable_rules.c.id == parameter("id"))
_SOURCE = select(*immutable_rules.c).where(_OF_PROJECT)
_LISTING = Listing(
    _SOURCE,
    {
        "id": NumberKey(immutable_rules.c.id),
        "disabled": FlagKey(immutable_rules.c.disabled),
        "creation_time": MomentKey(immutable_rules.c.created_at),
    },
    order=(immutable_rules.c.id.asc(),),
    identity=immutable_rules.c.id,
)
_ENABLED = Query(
    select(immutable_rules.c.rule)
    .where(_OF_PROJECT, immutable_rules.c.disabled.is_(False))
    .order_by(immutable_rules.c.id)
)
_ADD = Query(
    insert(immutable_rules)
    .values(
        project_id=parameter("project"),
        disabled=parameter("disabled"),
        rule=parameter("rule"),
        created_at=parameter("now"),
    )
    .returning(immutable_rules.c.id)
)
_CHANGE = Query(
    update(immutable_rules).where(*_MINE).values(disabled=parameter("disabled"), rule=parameter("rule"))
)
_REMOVE = Query(delete(immutable_rules).where(*_MINE))


@dataclass(frozen=True, slots=True)
class RuleRow:
    """`rule` is JSON."""

    id: int
    project_id: int
    disabled: bool
    rule: str


def _rule(row: Row) -> RuleRow:
    return RuleRow(row["id"], row["project_id"], bool(row["disabled"]), row["rule"])


async def page(selects: Selects, project: int, query: ListQuery) -> Page[RuleRow]:
    rows, total = await _LISTING.page(selects, query, project=project)
    return Page([_rule(row) for row in rows], total)


async def enabled(selects: Selects, project: int) -> list[str]:
    return [row["rule"] for row in await selects.all(_ENABLED, project=project)]


async def add(transaction: Transaction, project: int, rule: str, *, disabled: bool, now: Micros) -> int:
    """Raises Duplicate for the same rule twice, Dangling when the project is gone."""
    identity: int = await transaction.scalar(_ADD, project=project, rule=rule, disabled=disabled, now=now)
    await transaction.changed(ACCESS)
    return identity


async def change(transaction: Transaction, project: int, rule_id: int, rule: str, *, disabled: bool) -> bool:
    """False without such a rule of this project. Raises Duplicate."""
    done = await transaction.run(_CHANGE, project=project, id=rule_id, rule=rule, disabled=disabled)
    await transaction.changed(ACCESS)
    return done == 1


async def remove(transaction: Transaction, project: int, rule_id: int) -> bool:
    done = await transaction.run(_REMOVE, project=project, id=rule_id)
    await transaction.changed(ACCESS)
    return done == 1

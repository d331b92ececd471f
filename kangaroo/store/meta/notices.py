"""The audit log: rows are added with what they tell of, listed by the newest, and forgotten when they are old."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, literal_column, select

from kangaroo.base.clock import Micros
from kangaroo.base.paging import Page
from kangaroo.base.query import ListQuery
from kangaroo.store.meta.database import Row, Selects, Transaction
from kangaroo.store.meta.listing import FlagKey, Listing, MomentKey, NumberKey, TextKey
from kangaroo.store.meta.schema.registry import repositories
from kangaroo.store.meta.schema.tenancy import audit_logs
from kangaroo.store.meta.statements import Query, parameter

BATCH = 1000  # rows forgotten in one transaction: on SQLite all other writers wait for it
_STATED = {
    "at": parameter("now"),
    "actor": parameter("who"),
    "operation": parameter("what"),
    "resource_type": parameter("kind"),
    "resource": parameter("name"),
    "description": parameter("text"),
    "succeeded": parameter("good"),
}
_ADD = Query(insert(audit_logs).values(project_id=parameter("project"), **_STATED))
_ADD_OF_REPOSITORY = Query(
    insert(audit_logs).from_select(
        [*_STATED, "project_id"],
        select(
            *(value.label(f"given_{name}") for name, value in _STATED.items()), repositories.c.project_id
        ).where(repositories.c.id == parameter("repository")),
    )
)
_OLD = (
    select(audit_logs.c.id)
    .where(audit_logs.c.at < parameter("before"))
    .order_by(audit_logs.c.at)
    .limit(literal_column(str(BATCH)))
)
_FORGET = Query(delete(audit_logs).where(audit_logs.c.id.in_(_OLD)))
_LISTING = Listing(
    select(*audit_logs.c),
    {
        "id": NumberKey(audit_logs.c.id),
        "project_id": NumberKey(audit_logs.c.project_id),
        "username": TextKey(audit_logs.c.actor),
        "operation": TextKey(audit_logs.c.operation),
        "resource_type": TextKey(audit_logs.c.resource_type),
        "resource": TextKey(audit_logs.c.resource),
        "operation_description": TextKey(audit_logs.c.description),
        "operation_result": FlagKey(audit_logs.c.succeeded),
        "op_time": MomentKey(audit_logs.c.at),
    },
    order=(audit_logs.c.id.desc(),),
    identity=audit_logs.c.id,
)


@dataclass(frozen=True, slots=True)
class Notice:
    """Who did what, or tried to. `project` 0: it concerns the whole system."""

    actor: str
    operation: str
    resource_type: str
    resource: str
    project: int
    description: str
    succeeded: bool
    at: Micros
    id: int = 0


@dataclass(frozen=True, slots=True)
class Extent:
    """Which rows a list is of: those of the `projects` (None: of everything), and of these operations and types
    of resources, if any are given; then only what succeeded.
    """

    projects: Collection[int] | None = None
    operations: Sequence[str] = ()
    resource_types: Sequence[str] = ()


async def add(transaction: Transaction, notice: Notice) -> None:
    await transaction.run(_ADD, project=notice.project, **_values(notice))


async def add_of_repository(transaction: Transaction, notice: Notice, repository: int) -> None:
    """With the project that the repository is in."""
    await transaction.run(_ADD_OF_REPOSITORY, repository=repository, **_values(notice))


async def page(selects: Selects, query: ListQuery, extent: Extent) -> Page[Notice]:
    rows, total = await _LISTING.page(selects, query, _conditions(extent))
    return Page([_notice(row) for row in rows], total)


async def forget(transaction: Transaction, before: Micros) -> int:
    """At most BATCH of the rows older than that; how many they were."""
    return await transaction.run(_FORGET, before=before)


def _conditions(extent: Extent) -> list[ColumnElement[bool]]:
    made: list[ColumnElement[bool]] = []
    if extent.projects is not None:
        made.append(audit_logs.c.project_id.in_(sorted(extent.projects)))
    if extent.operations:
        made.append(audit_logs.c.operation.in_(extent.operations))
        made.append(audit_logs.c.resource_type.in_(extent.resource_types))
        made.append(audit_logs.c.succeeded.is_(True))
    return made


def _values(notice: Notice) -> dict[str, Any]:
    return {
        "now": notice.at,
        "who": notice.actor,
        "what": notice.operation,
        "kind": notice.resource_type,
        "name": notice.resource,
        "text": notice.description,
        "good": notice.succeeded,
    }


def _notice(row: Row) -> Notice:
    return Notice(
        row["actor"],
        row["operation"],
        row["resource_type"],
        row["resource"],
        row["project_id"],
        row["description"],
        bool(row["succeeded"]),
        row["at"],
        row["id"],
    )

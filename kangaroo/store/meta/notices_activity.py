"""How much was pushed and pulled, day by day: counted in the audit log, within its index by time."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Integer, cast, func, select, true

from kangaroo.base.clock import SECOND, Micros
from kangaroo.store.meta.database import Selects
from kangaroo.store.meta.schema.tenancy import audit_logs
from kangaroo.store.meta.statements import Query, parameter

DAY: Micros = 86_400 * SECOND
_day = cast((audit_logs.c.at - parameter("since")) // DAY, Integer).label("day")
_COUNTS = (
    select(_day, audit_logs.c.operation, func.count().label("number"))
    .where(
        audit_logs.c.at >= parameter("since"),
        audit_logs.c.resource_type == "artifact",
        audit_logs.c.operation.in_(("create", "pull")),
        audit_logs.c.succeeded.is_(True),
    )
    .group_by(_day, audit_logs.c.operation)
)


@dataclass(frozen=True, slots=True)
class Day:
    """What was done in the day that begins at `at`."""

    at: Micros
    pushes: int
    pulls: int


async def by_day(selects: Selects, since: Micros, days: int, projects: Collection[int] | None) -> list[Day]:
    """`days` of them from `since` on, those without anything among them; of these projects, or of all (None)."""
    where = true() if projects is None else audit_logs.c.project_id.in_(sorted(projects))
    rows = await selects.all(Query(_COUNTS.where(where)), since=since)
    counts = {(row["day"], row["operation"]): row["number"] for row in rows}
    return [
        Day(since + day * DAY, counts.get((day, "create"), 0), counts.get((day, "pull"), 0))
        for day in range(days)
    ]

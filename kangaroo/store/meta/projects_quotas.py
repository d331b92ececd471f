"""Quotas as administrators see them: one per project, under the project's id."""

from dataclasses import dataclass

from sqlalchemy import BigInteger, case, func, literal, select

from kangaroo.base.clock import Micros
from kangaroo.base.names import ProjectName
from kangaroo.base.paging import Page
from kangaroo.base.query import ListQuery
from kangaroo.store.meta.database import Row, Selects
from kangaroo.store.meta.listing import Listing, MomentKey, NumberKey
from kangaroo.store.meta.schema.access import projects, quotas, users
from kangaroo.store.meta.statements import Query, parameter

_LARGEST = literal(2**63 - 1, BigInteger)
_SOURCE = select(
    quotas.c.project_id,
    projects.c.name,
    func.coalesce(users.c.username, "").label("owner"),
    quotas.c.hard,
    quotas.c.used,
    projects.c.created_at,
    quotas.c.updated_at,
).select_from(
    quotas.join(projects, projects.c.id == quotas.c.project_id).outerjoin(
        users, users.c.id == projects.c.owner_id
    )
)
_GET = Query(_SOURCE.where(quotas.c.project_id == parameter("project")))
_LISTING = Listing(
    _SOURCE,
    {
        "id": NumberKey(quotas.c.project_id),
        "reference_id": NumberKey(quotas.c.project_id),
        "hard.storage": NumberKey(case((quotas.c.hard < 0, _LARGEST), else_=quotas.c.hard)),
        "used.storage": NumberKey(quotas.c.used),
        "creation_time": MomentKey(projects.c.created_at),
        "update_time": MomentKey(quotas.c.updated_at),
    },
    order=(projects.c.created_at.desc(),),
    identity=quotas.c.project_id,
)


@dataclass(frozen=True, slots=True)
class ProjectQuota:
    """Bytes; `hard` -1 is unlimited."""

    project_id: int
    project: ProjectName
    owner: str
    hard: int
    used: int
    created_at: Micros
    updated_at: Micros


def _quota(row: Row) -> ProjectQuota:
    return ProjectQuota(
        row["project_id"],
        ProjectName(row["name"]),
        row["owner"],
        row["hard"],
        row["used"],
        row["created_at"],
        row["updated_at"],
    )


async def get(selects: Selects, project: int) -> ProjectQuota | None:
    row = await selects.one(_GET, project=project)
    return None if row is None else _quota(row)


async def page(selects: Selects, query: ListQuery) -> Page[ProjectQuota]:
    """The newest project first, unless asked otherwise; unlimited sorts as the largest."""
    rows, total = await _LISTING.page(selects, query)
    return Page([_quota(row) for row in rows], total)

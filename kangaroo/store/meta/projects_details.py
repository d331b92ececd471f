"""Projects as people see them: with owner, metadata, allowlist, the number of their repositories, and the roles of
who looks. One statement for the projects of a page, one for their metadata, one for the roles."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select

from kangaroo.base.clock import Micros
from kangaroo.base.names import ProjectName
from kangaroo.base.paging import Page
from kangaroo.base.query import ListQuery
from kangaroo.store.meta.allowlists import Allowlist, allowlist_of
from kangaroo.store.meta.database import Row, Selects
from kangaroo.store.meta.listing import FlagKey, Listing, MomentKey, NumberKey, TextKey
from kangaroo.store.meta.schema.access import members, project_metadata, projects, quotas, users
from kangaroo.store.meta.schema.registry import repositories
from kangaroo.store.meta.schema.tenancy import cve_allowlists, group_members
from kangaroo.store.meta.statements import Query, parameter

_IDS_AT_ONCE = 10_000  # both databases limit how many parameters a statement has

_repositories = (
    select(func.count())
    .where(repositories.c.project_id == projects.c.id, repositories.c.listed.is_(True))
    .scalar_subquery()
)
_owner: Any = func.coalesce(users.c.username, "")
_SOURCE = select(
    projects.c.id,
    projects.c.name,
    projects.c.public,
    projects.c.owner_id,
    _owner.label("owner"),
    projects.c.created_at,
    projects.c.updated_at,
    _repositories.label("repositories"),
    cve_allowlists.c["items"].label("cve_items"),
    cve_allowlists.c.expires_at.label("cve_expires_at"),
    cve_allowlists.c.created_at.label("cve_created_at"),
    cve_allowlists.c.updated_at.label("cve_updated_at"),
).select_from(
    projects.outerjoin(users, users.c.id == projects.c.owner_id).outerjoin(
        cve_allowlists, cve_allowlists.c.project_id == projects.c.id
    )
)
_GET = Query(_SOURCE.where(projects.c.name == parameter("name")))
_LISTING = Listing(
    _SOURCE,
    {
        "name": TextKey(projects.c.name),
        "public": FlagKey(projects.c.public),
        "owner": TextKey(_owner),
        "owner_id": NumberKey(projects.c.owner_id),
        "project_id": NumberKey(projects.c.id),
        "creation_time": MomentKey(projects.c.created_at),
        "update_time": MomentKey(projects.c.updated_at),
    },
    order=(projects.c.name.asc(),),
    identity=projects.c.id,
)
_METADATA = Query(
    select(project_metadata.c.project_id, project_metadata.c.key, project_metadata.c.value)
    .where(project_metadata.c.project_id.in_(bindparam("projects", expanding=True)))
    .order_by(project_metadata.c.key)
)
_groups = select(group_members.c.group_id).where(group_members.c.user_id == parameter("user"))
_ROLES = Query(
    select(members.c.project_id, members.c.role).where(
        members.c.project_id.in_(bindparam("projects", expanding=True)),
        or_(
            and_(members.c.entity_type == "u", members.c.entity_id == parameter("user")),
            and_(members.c.entity_type == "g", members.c.entity_id.in_(_groups)),
        ),
    )
)
_MEMBERS = Query(
    select(members.c.role, func.count())
    .where(members.c.project_id == parameter("project"))
    .group_by(members.c.role)
)
_TOTALS = Query(
    select(quotas.c.hard, quotas.c.used, _repositories.label("repositories"))
    .select_from(projects.join(quotas, quotas.c.project_id == projects.c.id))
    .where(projects.c.id == parameter("project"))
)


@dataclass(frozen=True, slots=True)
class ProjectDetails:
    """`metadata` has `public` among its keys; `roles` are Harbor's ids, as rows have them. `owner_id` 0 and no
    `owner`: a robot or the system made it."""

    id: int
    name: ProjectName
    owner_id: int
    owner: str
    metadata: Mapping[str, str]
    allowlist: Allowlist
    repositories: int
    roles: Sequence[int]
    created_at: Micros
    updated_at: Micros


@dataclass(frozen=True, slots=True)
class Totals:
    """Bytes; `hard` -1 is unlimited."""

    repositories: int
    hard: int
    used: int


async def get(selects: Selects, name: ProjectName, user: int) -> ProjectDetails | None:
    """`user` is the row of who looks; 0 has no roles."""
    row = await selects.one(_GET, name=name)
    return None if row is None else (await _described(selects, [row], user))[0]


async def page(
    selects: Selects, query: ListQuery, user: int, *, also: frozenset[int] | None
) -> Page[ProjectDetails]:
    """The public projects and `also` those with these ids; None: all there are. By name."""
    where: list[ColumnElement[bool]] = []
    if also is not None:
        where.append(or_(projects.c.public.is_(True), projects.c.id.in_(sorted(also))))
    rows, total = await _LISTING.page(selects, query, where)
    return Page(await _described(selects, rows, user), total)


async def metadata(selects: Selects, project: int) -> dict[str, str]:
    """Without `public`, which is a column of the project."""
    rows = await selects.all(_METADATA, projects=[project])
    return {row["key"]: row["value"] for row in rows}


async def members_by_role(selects: Selects, project: int) -> dict[int, int]:
    return {row[0]: row[1] for row in await selects.all(_MEMBERS, project=project)}


async def totals(selects: Selects, project: int) -> Totals | None:
    row = await selects.one(_TOTALS, project=project)
    return None if row is None else Totals(row["repositories"], row["hard"], row["used"])


async def _described(selects: Selects, rows: Sequence[Row], user: int) -> list[ProjectDetails]:
    facts: dict[int, dict[str, str]] = {row["id"]: {"public": _word(row["public"])} for row in rows}
    roles: dict[int, list[int]] = {row["id"]: [] for row in rows}
    for ids in _portions(list(facts)):
        for found in await selects.all(_METADATA, projects=ids):
            facts[found["project_id"]][found["key"]] = found["value"]
        for found in await selects.all(_ROLES, projects=ids, user=user) if user else ():
            roles[found["project_id"]].append(found["role"])
    return [_details(row, facts[row["id"]], roles[row["id"]]) for row in rows]


def _details(row: Row, facts: Mapping[str, str], roles: Sequence[int]) -> ProjectDetails:
    return ProjectDetails(
        id=row["id"],
        name=ProjectName(row["name"]),
        owner_id=row["owner_id"],
        owner=row["owner"],
        metadata=facts,
        allowlist=allowlist_of(row, row["id"], "cve_"),
        repositories=row["repositories"],
        roles=roles,
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


def _word(public: Any) -> str:
    return "true" if public else "false"


def _portions(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), _IDS_AT_ONCE):
        yield ids[start : start + _IDS_AT_ONCE]

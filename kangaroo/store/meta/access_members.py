"""Who belongs to a project, in which role. Entity `u` is a user, `g` a group of users."""

from dataclasses import dataclass

from sqlalchemy import and_, bindparam, delete, func, insert, select, update

from kangaroo.base.clock import Micros
from kangaroo.base.paging import Page, Window
from kangaroo.base.query import Contains, ListQuery
from kangaroo.store.meta.database import ACCESS, Row, Selects, Transaction
from kangaroo.store.meta.listing import Listing, TextKey
from kangaroo.store.meta.schema.access import members, users
from kangaroo.store.meta.schema.tenancy import user_groups
from kangaroo.store.meta.statements import Query

_MINE = and_(members.c.project_id == bindparam("project"), members.c.id == bindparam("id"))
_NAME = func.coalesce(users.c.username, user_groups.c.name)
_SELECT = select(
    members.c.id,
    members.c.project_id,
    members.c.entity_type,
    members.c.entity_id,
    _NAME.label("name"),
    members.c.role,
).select_from(
    members.outerjoin(users, and_(members.c.entity_type == "u", users.c.id == members.c.entity_id)).outerjoin(
        user_groups, and_(members.c.entity_type == "g", user_groups.c.id == members.c.entity_id)
    )
)
_GET = Query(_SELECT.where(_MINE))
_LISTING = Listing(
    _SELECT.where(members.c.project_id == bindparam("project")),
    {"entity_name": TextKey(_NAME)},
    order=(_NAME.asc(),),
    identity=members.c.id,
)
_ADD = Query(
    insert(members)
    .values(
        project_id=bindparam("project"),
        entity_type=bindparam("kind"),
        entity_id=bindparam("entity"),
        role=bindparam("role"),
        created_at=bindparam("now"),
    )
    .returning(members.c.id)
)
_SET_ROLE = Query(update(members).where(_MINE).values(role=bindparam("role")))
_DELETE = Query(delete(members).where(_MINE))


@dataclass(frozen=True, slots=True)
class Member:
    """`role` is Harbor's id of it."""

    id: int
    project_id: int
    entity_type: str
    entity_id: int
    name: str
    role: int


def _member(row: Row) -> Member:
    return Member(
        row["id"],
        row["project_id"],
        row["entity_type"],
        row["entity_id"],
        row["name"],
        row["role"],
    )


async def get(selects: Selects, project: int, member: int) -> Member | None:
    row = await selects.one(_GET, project=project, id=member)
    return None if row is None else _member(row)


async def page(selects: Selects, project: int, window: Window, *, name: str) -> Page[Member]:
    """By name; `name` is a part of it, whatever its case, empty for all."""
    query = ListQuery(window=window)
    if name:
        query = query.where("entity_name", Contains(name))
    rows, total = await _LISTING.page(selects, query, project=project)
    return Page([_member(row) for row in rows], total)


async def add_user(transaction: Transaction, project: int, user: int, role: int, now: Micros) -> int:
    """Raises Duplicate when the user is a member already, Dangling when the project is gone."""
    values = {"project": project, "kind": "u", "entity": user, "role": role, "now": now}
    identity: int = await transaction.scalar(_ADD, **values)
    await transaction.changed(ACCESS)
    return identity


async def add_group(transaction: Transaction, project: int, group: int, role: int, now: Micros) -> int:
    """The same for a group."""
    values = {"project": project, "kind": "g", "entity": group, "role": role, "now": now}
    identity: int = await transaction.scalar(_ADD, **values)
    await transaction.changed(ACCESS)
    return identity


async def set_role(transaction: Transaction, project: int, member: int, role: int) -> bool:
    """False without such a member of this project."""
    done = await transaction.run(_SET_ROLE, project=project, id=member, role=role)
    await transaction.changed(ACCESS)
    return done == 1


async def remove(transaction: Transaction, project: int, member: int) -> bool:
    done = await transaction.run(_DELETE, project=project, id=member)
    await transaction.changed(ACCESS)
    return done == 1

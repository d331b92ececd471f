"""Who belongs to a project, in which role. Entity `u` is a user; `g`, a group, has no table yet."""

from dataclasses import dataclass

from sqlalchemy import BigInteger, and_, bindparam, delete, func, insert, select, update

from kangaroo.base.clock import Micros
from kangaroo.base.paging import Page, Window
from kangaroo.store.meta.access_users import containing
from kangaroo.store.meta.database import ACCESS, Row, Selects, Transaction
from kangaroo.store.meta.schema.access import members, users
from kangaroo.store.meta.statements import Query

_MINE = and_(members.c.project_id == bindparam("project"), members.c.id == bindparam("id"))
_COLUMNS = (
    members.c.id,
    members.c.project_id,
    members.c.entity_type,
    members.c.entity_id,
    users.c.username,
    members.c.role,
)
_SELECT = select(*_COLUMNS).select_from(
    members.join(users, and_(members.c.entity_type == "u", users.c.id == members.c.entity_id))
)
_MATCHES = and_(
    members.c.project_id == bindparam("project"),
    func.lower(users.c.username).like(func.lower(bindparam("name")), escape="\\"),
)
_GET = Query(_SELECT.where(_MINE))
_LIST = Query(
    _SELECT.where(_MATCHES)
    .order_by(users.c.username)
    .limit(bindparam("limit", type_=BigInteger))
    .offset(bindparam("offset", type_=BigInteger))
)
_COUNT = Query(_SELECT.with_only_columns(func.count()).where(_MATCHES))
_ADD = Query(
    insert(members)
    .values(
        project_id=bindparam("project"),
        entity_type="u",
        entity_id=bindparam("user"),
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
        row["username"],
        row["role"],
    )


async def get(selects: Selects, project: int, member: int) -> Member | None:
    row = await selects.one(_GET, project=project, id=member)
    return None if row is None else _member(row)


async def page(selects: Selects, project: int, window: Window, *, name: str) -> Page[Member]:
    """By name; `name` is a part of it, whatever its case, empty for all."""
    pattern = containing(name)
    total: int = await selects.scalar(_COUNT, project=project, name=pattern)
    rows = await selects.all(
        _LIST, project=project, name=pattern, limit=window.size or total, offset=window.offset
    )
    return Page([_member(row) for row in rows], total)


async def add_user(transaction: Transaction, project: int, user: int, role: int, now: Micros) -> int:
    """Raises Duplicate when the user is a member already, Dangling when the project is gone."""
    identity: int = await transaction.scalar(_ADD, project=project, user=user, role=role, now=now)
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

"""Roles of the platform and of workspaces: custom ones, and who holds which, users and groups alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import and_, case, delete, func, insert, or_, select, update

from kangaroo.base.clock import Micros
from kangaroo.base.paging import Page
from kangaroo.base.query import ListQuery
from kangaroo.store.meta.database import ACCESS, Row, Selects, Transaction
from kangaroo.store.meta.listing import Listing, TextKey
from kangaroo.store.meta.schema.access import users
from kangaroo.store.meta.schema.platform import platform_roles, role_bindings
from kangaroo.store.meta.schema.tenancy import group_members, user_groups
from kangaroo.store.meta.statements import Query, parameter

_USER, _WORKSPACE = parameter("user"), parameter("workspace")
_groups = select(group_members.c.group_id).where(group_members.c.user_id == _USER)
OF_USER = or_(
    and_(role_bindings.c.entity_type == "u", role_bindings.c.entity_id == _USER),
    and_(role_bindings.c.entity_type == "g", role_bindings.c.entity_id.in_(_groups)),
)
"""The bindings of the user `:user` and of all his groups."""

_scope_of = case((role_bindings.c.workspace_id == 0, "platform"), else_="workspace")
_custom = and_(platform_roles.c.name == role_bindings.c.role, platform_roles.c.scope == _scope_of)
_HELD = Query(
    select(role_bindings.c.role, platform_roles.c.points)
    .select_from(role_bindings.outerjoin(platform_roles, _custom))
    .where(role_bindings.c.workspace_id == _WORKSPACE, OF_USER)
)
_HELD_EVERYWHERE = Query(
    select(role_bindings.c.workspace_id, role_bindings.c.role, platform_roles.c.points)
    .select_from(role_bindings.outerjoin(platform_roles, _custom))
    .where(role_bindings.c.workspace_id != 0, OF_USER)
    .order_by(role_bindings.c.workspace_id)
)
_SYSADMINS = Query(
    select(users.c.username)
    .where(or_(users.c.sysadmin, users.c.group_sysadmin))
    .order_by(users.c.username)
    .limit(parameter("count"))
)
_USER_EXISTS = Query(select(users.c.id).where(users.c.id == _USER))

_name: Any = func.coalesce(users.c.username, user_groups.c.name)
_MEMBERS = Listing(
    select(
        role_bindings.c.id,
        role_bindings.c.entity_type,
        role_bindings.c.entity_id,
        role_bindings.c.role,
        role_bindings.c.created_at,
        _name.label("name"),
    )
    .select_from(
        role_bindings.outerjoin(
            users, and_(role_bindings.c.entity_type == "u", users.c.id == role_bindings.c.entity_id)
        ).outerjoin(
            user_groups,
            and_(role_bindings.c.entity_type == "g", user_groups.c.id == role_bindings.c.entity_id),
        )
    )
    .where(role_bindings.c.workspace_id == _WORKSPACE, _name.is_not(None)),
    {"name": TextKey(_name), "role": TextKey(role_bindings.c.role)},
    order=(_name.asc(),),
    identity=role_bindings.c.id,
)
_ADD = Query(
    insert(role_bindings)
    .values(
        workspace_id=_WORKSPACE,
        entity_type=parameter("kind"),
        entity_id=parameter("entity"),
        role=parameter("role"),
        created_at=parameter("now"),
    )
    .returning(role_bindings.c.id)
)
_BINDING = and_(role_bindings.c.workspace_id == _WORKSPACE, role_bindings.c.id == parameter("id"))
_CHANGE = Query(update(role_bindings).where(_BINDING).values(role=parameter("role")))
_REMOVE = Query(delete(role_bindings).where(_BINDING))
_GET = Query(
    select(role_bindings.c.entity_type, role_bindings.c.entity_id, role_bindings.c.role).where(_BINDING)
)
_CLEAR = Query(delete(role_bindings).where(role_bindings.c.workspace_id == _WORKSPACE))
_HOLDERS = Query(
    select(func.count())
    .select_from(role_bindings)
    .where(role_bindings.c.role == parameter("name"), _scope_of == parameter("scope"))
)

_USER_NAMED = Query(select(users.c.id).where(users.c.username == parameter("name")))
_GROUP_NAMED = Query(select(user_groups.c.id).where(user_groups.c.name == parameter("name")))

_CUSTOM = select(platform_roles.c.name, platform_roles.c.points, platform_roles.c.created_at).where(
    platform_roles.c.scope == parameter("scope")
)
_CUSTOM_ALL = Query(_CUSTOM.order_by(platform_roles.c.name))
_CUSTOM_ONE = Query(_CUSTOM.where(platform_roles.c.name == parameter("name")))
_ROLE = and_(platform_roles.c.scope == parameter("scope"), platform_roles.c.name == parameter("name"))
_DEFINE = Query(
    insert(platform_roles).values(
        scope=parameter("scope"),
        name=parameter("name"),
        points=parameter("points"),
        created_at=parameter("now"),
    )
)
_REDEFINE = Query(update(platform_roles).where(_ROLE).values(points=parameter("points")))
_FORGET = Query(delete(platform_roles).where(_ROLE))


@dataclass(frozen=True, slots=True)
class Held:
    """A role somebody holds; `points` only of a custom one."""

    role: str
    points: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Member:
    """`kind`: u user, g group. `id` is that of the membership."""

    id: int
    kind: str
    entity: int
    name: str
    role: str
    created_at: Micros


@dataclass(frozen=True, slots=True)
class CustomRole:
    name: str
    points: tuple[str, ...]
    created_at: Micros


async def held(selects: Selects, workspace: int, user: int) -> list[Held]:
    """By the user and by his groups; `workspace` 0 is the platform."""
    rows = await selects.all(_HELD, workspace=workspace, user=user)
    return [Held(row["role"], None if row["points"] is None else _points(row["points"])) for row in rows]


async def held_everywhere(selects: Selects, user: int) -> dict[int, list[Held]]:
    """By workspace, the platform left out."""
    found: dict[int, list[Held]] = {}
    for row in await selects.all(_HELD_EVERYWHERE, user=user):
        points = None if row["points"] is None else _points(row["points"])
        found.setdefault(row["workspace_id"], []).append(Held(row["role"], points))
    return found


async def sysadmins(selects: Selects, count: int) -> list[str]:
    """The names of some system administrators."""
    return [row["username"] for row in await selects.all(_SYSADMINS, count=count)]


async def user_exists(selects: Selects, user: int) -> bool:
    return await selects.one(_USER_EXISTS, user=user) is not None


async def members(selects: Selects, workspace: int, query: ListQuery) -> Page[Member]:
    """By name. Those whose user or group is gone are not there."""
    rows, total = await _MEMBERS.page(selects, query, workspace=workspace)
    return Page([_member(row) for row in rows], total)


async def member(selects: Selects, workspace: int, identity: int) -> tuple[str, int, str] | None:
    """Kind, entity and role."""
    row = await selects.one(_GET, workspace=workspace, id=identity)
    return None if row is None else (row["entity_type"], row["entity_id"], row["role"])


async def add_member(
    transaction: Transaction, workspace: int, who: tuple[str, int], role: str, now: Micros
) -> int:
    """Raises Duplicate when he has a role there."""
    kind, entity = who
    identity: int = await transaction.scalar(
        _ADD, workspace=workspace, kind=kind, entity=entity, role=role, now=now
    )
    await transaction.changed(ACCESS)
    return identity


async def change_member(transaction: Transaction, workspace: int, identity: int, role: str) -> None:
    await transaction.run(_CHANGE, workspace=workspace, id=identity, role=role)
    await transaction.changed(ACCESS)


async def remove_member(transaction: Transaction, workspace: int, identity: int) -> None:
    await transaction.run(_REMOVE, workspace=workspace, id=identity)
    await transaction.changed(ACCESS)


async def remove_members(transaction: Transaction, workspace: int) -> None:
    await transaction.run(_CLEAR, workspace=workspace)
    await transaction.changed(ACCESS)


async def user_named(selects: Selects, name: str) -> int | None:
    found: int | None = await selects.scalar(_USER_NAMED, name=name)
    return found


async def groups_named(selects: Selects, name: str) -> list[int]:
    """A name may stand in several directories."""
    return [row["id"] for row in await selects.all(_GROUP_NAMED, name=name)]


async def custom(selects: Selects, scope: str) -> list[CustomRole]:
    """By name."""
    rows: Sequence[Row] = await selects.all(_CUSTOM_ALL, scope=scope)
    return [CustomRole(row["name"], _points(row["points"]), row["created_at"]) for row in rows]


async def is_custom(selects: Selects, scope: str, name: str) -> bool:
    return await selects.one(_CUSTOM_ONE, scope=scope, name=name) is not None


async def define(transaction: Transaction, scope: str, name: str, points: Sequence[str], now: Micros) -> None:
    """Raises Duplicate."""
    await transaction.run(_DEFINE, scope=scope, name=name, points=_json(points), now=now)


async def redefine(transaction: Transaction, scope: str, name: str, points: Sequence[str]) -> bool:
    """False without such a role. Who holds it has the new points at once."""
    done = await transaction.run(_REDEFINE, scope=scope, name=name, points=_json(points))
    await transaction.changed(ACCESS)
    return done == 1


async def holders(selects: Selects, scope: str, name: str) -> int:
    """How many users and groups hold a role."""
    found: int = await selects.scalar(_HOLDERS, scope=scope, name=name)
    return found


async def forget(transaction: Transaction, scope: str, name: str) -> bool:
    return await transaction.run(_FORGET, scope=scope, name=name) == 1


def _points(text: str) -> tuple[str, ...]:
    return msgspec.json.decode(text, type=tuple[str, ...])


def _json(points: Sequence[str]) -> str:
    return msgspec.json.encode(list(points), enc_hook=str).decode()


def _member(row: Row) -> Member:
    return Member(
        row["id"], row["entity_type"], row["entity_id"], row["name"], row["role"], row["created_at"]
    )

"""Groups of users, as identity providers name them, and who was in which when he last signed in."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from kangaroo.base.clock import Micros
from kangaroo.base.paging import Page, Window
from kangaroo.base.query import Contains, ListQuery, equal
from kangaroo.store.meta.database import ACCESS, Row, Selects, Transaction
from kangaroo.store.meta.listing import Listing, NumberKey, TextKey
from kangaroo.store.meta.schema.access import members
from kangaroo.store.meta.schema.platform import role_bindings
from kangaroo.store.meta.schema.tenancy import group_members, user_groups
from kangaroo.store.meta.statements import Query, parameter

_ID = user_groups.c.id == parameter("id")
_SOURCE = select(user_groups.c.id, user_groups.c.name, user_groups.c.kind, user_groups.c.ldap_dn)
_LISTING = Listing(
    _SOURCE,
    {
        "name": TextKey(user_groups.c.name),
        "kind": NumberKey(user_groups.c.kind),
        "ldap_dn": TextKey(user_groups.c.ldap_dn),
    },
    order=(user_groups.c.name.asc(),),
    identity=user_groups.c.id,
)
_GET = Query(_SOURCE.where(_ID))
_KIND = user_groups.c.kind == parameter("kind")
_OF_DNS = Query(
    _SOURCE.where(_KIND, user_groups.c.ldap_dn.in_(bindparam("keys", expanding=True))).order_by(
        user_groups.c.id
    )
)
_NAMED = Query(
    _SOURCE.where(_KIND, user_groups.c.name.in_(bindparam("keys", expanding=True))).order_by(user_groups.c.id)
)
_NEW = {
    "name": parameter("name"),
    "kind": parameter("kind"),
    "ldap_dn": parameter("dn"),
    "created_at": parameter("now"),
    "updated_at": parameter("now"),
}
_ADD = Query(insert(user_groups).values(_NEW).returning(user_groups.c.id))
_MAKE = Query(upsert(user_groups).values(_NEW).on_conflict_do_nothing())
_RENAME = Query(update(user_groups).where(_ID).values(name=parameter("name"), updated_at=parameter("now")))
_DELETE = Query(delete(user_groups).where(_ID))
_LEAVE_PROJECTS = Query(
    delete(members).where(members.c.entity_type == "g", members.c.entity_id == parameter("id"))
)
_LEAVE_WORKSPACES = Query(
    delete(role_bindings).where(
        role_bindings.c.entity_type == "g", role_bindings.c.entity_id == parameter("id")
    )
)
_OF_USER = Query(select(group_members.c.group_id).where(group_members.c.user_id == parameter("user")))
_JOIN = Query(
    upsert(group_members)
    .values(group_id=parameter("group"), user_id=parameter("user"))
    .on_conflict_do_nothing()
)
_LEAVE = Query(
    delete(group_members).where(
        group_members.c.user_id == parameter("user"),
        group_members.c.group_id.in_(bindparam("groups", expanding=True)),
    )
)


@dataclass(frozen=True, slots=True)
class UserGroup:
    """`kind` is Harbor's: 1 LDAP, 2 HTTP, 3 OIDC. `ldap_dn` in lower case; empty unless the kind is LDAP."""

    id: int
    name: str
    kind: int
    ldap_dn: str


def _group(row: Row) -> UserGroup:
    return UserGroup(row["id"], row["name"], row["kind"], row["ldap_dn"])


async def get(selects: Selects, group: int) -> UserGroup | None:
    row = await selects.one(_GET, id=group)
    return None if row is None else _group(row)


async def of_dns(selects: Selects, kind: int, dns: Sequence[str]) -> list[UserGroup]:
    """The oldest first."""
    rows = await selects.all(_OF_DNS, kind=kind, keys=dns) if dns else ()
    return [_group(row) for row in rows]


async def named(selects: Selects, kind: int, names: Sequence[str]) -> list[UserGroup]:
    """The oldest first."""
    rows = await selects.all(_NAMED, kind=kind, keys=names) if names else ()
    return [_group(row) for row in rows]


async def page(
    selects: Selects, window: Window, *, name: str = "", kind: int = 0, dn: str = ""
) -> Page[UserGroup]:
    """By name; `name` is a part of it, whatever its case. Empty and 0 stand for all."""
    query = ListQuery(window=window)
    if name:
        query = query.where("name", Contains(name))
    if kind:
        query = query.where("kind", equal(kind))
    if dn:
        query = query.where("ldap_dn", equal(dn))
    rows, total = await _LISTING.page(selects, query)
    return Page([_group(row) for row in rows], total)


async def add(transaction: Transaction, name: str, kind: int, dn: str, now: Micros) -> int:
    """Raises Duplicate."""
    identity: int = await transaction.scalar(_ADD, name=name, kind=kind, dn=dn, now=now)
    return identity


async def make(transaction: Transaction, name: str, kind: int, dn: str, now: Micros) -> None:
    """Unless it is there."""
    await transaction.run(_MAKE, name=name, kind=kind, dn=dn, now=now)


async def rename(transaction: Transaction, group: int, name: str, now: Micros) -> bool:
    """False without such a group. Raises Duplicate."""
    return await transaction.run(_RENAME, id=group, name=name, now=now) == 1


async def remove(transaction: Transaction, group: int) -> bool:
    """With the roles it held in projects, in workspaces and in the platform."""
    await transaction.run(_LEAVE_PROJECTS, id=group)
    await transaction.run(_LEAVE_WORKSPACES, id=group)
    done = await transaction.run(_DELETE, id=group)
    await transaction.changed(ACCESS)
    return done == 1


async def of_user(selects: Selects, user: int) -> frozenset[int]:
    return frozenset(row["group_id"] for row in await selects.all(_OF_USER, user=user))


async def set_of_user(
    transaction: Transaction, user: int, *, join: Collection[int], leave: Collection[int]
) -> None:
    if join:
        await transaction.many(_JOIN, [{"group": group, "user": user} for group in sorted(join)])
    if leave:
        await transaction.run(_LEAVE, user=user, groups=sorted(leave))
    await transaction.changed(ACCESS)

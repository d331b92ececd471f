"""Users, as people manage them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, literal, select, update

from kangaroo.base.clock import Micros
from kangaroo.base.paging import Page
from kangaroo.base.query import ListQuery
from kangaroo.store.meta.database import ACCESS, Row, Selects, Transaction
from kangaroo.store.meta.listing import FlagKey, Listing, MomentKey, NumberKey, TextKey
from kangaroo.store.meta.schema.access import members, users
from kangaroo.store.meta.schema.platform import role_bindings
from kangaroo.store.meta.statements import Query

ADMIN_ID = 1
_ID = users.c.id == bindparam("id")
_COLUMNS = (
    users.c.id,
    users.c.username,
    users.c.email,
    users.c.realname,
    users.c.comment,
    users.c.sysadmin,
    users.c.group_sysadmin,
    users.c.created_at,
    users.c.updated_at,
)
_GET = Query(select(*_COLUMNS).where(_ID))
_LISTING = Listing(
    select(*_COLUMNS),
    {
        "user_id": NumberKey(users.c.id),
        "username": TextKey(users.c.username),
        "email": TextKey(users.c.email),
        "realname": TextKey(users.c.realname),
        "comment": TextKey(users.c.comment),
        "sysadmin_flag": FlagKey(users.c.sysadmin),
        "creation_time": MomentKey(users.c.created_at),
        "update_time": MomentKey(users.c.updated_at),
    },
    order=(users.c.username.asc(),),
    identity=users.c.id,
)
_ID_OF = Query(select(users.c.id).where(users.c.username == bindparam("username")))
_ID_OF_EMAIL = Query(select(users.c.id).where(users.c.email == bindparam("email")))
_NEW: dict[str, Any] = {
    "username": bindparam("username"),
    "email": bindparam("email"),
    "realname": bindparam("realname"),
    "comment": bindparam("comment"),
    "password_hash": bindparam("secret"),
    "created_at": bindparam("now"),
    "updated_at": bindparam("now"),
}
_ADD = Query(insert(users).values(**_NEW).returning(users.c.id))
_ADD_ADMIN = Query(insert(users).values(id=ADMIN_ID, sysadmin=True, **_NEW))
# PostgreSQL counts ids by a sequence that an explicit id does not move.
_ADMIN_COUNTED = Query(
    select(literal(ADMIN_ID)), pg=select(func.setval(func.pg_get_serial_sequence("users", "id"), ADMIN_ID))
)
_SET_PROFILE = Query(
    update(users)
    .where(_ID)
    .values(
        email=bindparam("email"),
        realname=bindparam("realname"),
        comment=bindparam("comment"),
        updated_at=bindparam("now"),
    )
)
_SET_PASSWORD = Query(
    update(users).where(_ID).values(password_hash=bindparam("secret"), updated_at=bindparam("now"))
)
_SET_SYSADMIN = Query(
    update(users).where(_ID).values(sysadmin=bindparam("sysadmin"), updated_at=bindparam("now"))
)
_DELETE = Query(delete(users).where(_ID))
_LEAVE_WORKSPACES = Query(
    delete(role_bindings).where(
        role_bindings.c.entity_type == "u", role_bindings.c.entity_id == bindparam("id")
    )
)
_LEAVE_PROJECTS = Query(
    delete(members).where(members.c.entity_type == "u", members.c.entity_id == bindparam("id"))
)


@dataclass(frozen=True, slots=True)
class Profile:
    """What a user may say of himself. `email` None: not known."""

    email: str | None
    realname: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class User:
    """`group_sysadmin`: a group made him a sysadmin; `sysadmin`: a person did."""

    id: int
    username: str
    profile: Profile
    sysadmin: bool
    group_sysadmin: bool
    created_at: Micros
    updated_at: Micros


def _user(row: Row) -> User:
    profile = Profile(row["email"], row["realname"], row["comment"])
    return User(
        row["id"],
        row["username"],
        profile,
        bool(row["sysadmin"]),
        bool(row["group_sysadmin"]),
        row["created_at"],
        row["updated_at"],
    )


async def get(selects: Selects, user: int) -> User | None:
    row = await selects.one(_GET, id=user)
    return None if row is None else _user(row)


async def id_of(selects: Selects, username: str) -> int | None:
    found: int | None = await selects.scalar(_ID_OF, username=username)
    return found


async def id_of_email(selects: Selects, email: str) -> int | None:
    found: int | None = await selects.scalar(_ID_OF_EMAIL, email=email)
    return found


async def page(selects: Selects, query: ListQuery) -> Page[User]:
    """By name, unless `query` says otherwise; it names Harbor's fields."""
    rows, total = await _LISTING.page(selects, query)
    return Page([_user(row) for row in rows], total)


async def add(transaction: Transaction, username: str, profile: Profile, secret: str, now: Micros) -> int:
    """Raises Duplicate when the name or the address is taken."""
    identity: int = await transaction.scalar(_ADD, **_new(username, profile, secret, now))
    await transaction.changed(ACCESS)
    return identity


async def add_admin(transaction: Transaction, username: str, secret: str, now: Micros) -> None:
    """The first user. Raises Duplicate when there is one."""
    await transaction.run(_ADD_ADMIN, **_new(username, Profile(None), secret, now))
    await transaction.all(_ADMIN_COUNTED)
    await transaction.changed(ACCESS)


def _new(username: str, profile: Profile, secret: str, now: Micros) -> dict[str, str | int | None]:
    return {
        "username": username,
        "email": profile.email,
        "realname": profile.realname,
        "comment": profile.comment,
        "secret": secret,
        "now": now,
    }


async def set_profile(transaction: Transaction, user: int, profile: Profile, now: Micros) -> bool:
    """False without such a user. Raises Duplicate when the address is taken."""
    done = await transaction.run(
        _SET_PROFILE,
        id=user,
        email=profile.email,
        realname=profile.realname,
        comment=profile.comment,
        now=now,
    )
    await transaction.changed(ACCESS)
    return done == 1


async def set_password(transaction: Transaction, user: int, secret: str, now: Micros) -> bool:
    done = await transaction.run(_SET_PASSWORD, id=user, secret=secret, now=now)
    await transaction.changed(ACCESS)
    return done == 1


async def set_sysadmin(transaction: Transaction, user: int, sysadmin: bool, now: Micros) -> bool:
    done = await transaction.run(_SET_SYSADMIN, id=user, sysadmin=sysadmin, now=now)
    await transaction.changed(ACCESS)
    return done == 1


async def remove(transaction: Transaction, user: int) -> bool:
    """With the roles held in projects, in workspaces and in the platform."""
    await transaction.run(_LEAVE_PROJECTS, id=user)
    await transaction.run(_LEAVE_WORKSPACES, id=user)
    done = await transaction.run(_DELETE, id=user)
    await transaction.changed(ACCESS)
    return done == 1

"""What a permission decision and a sign-in need to know: one statement each, on an index."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
from sqlalchemy import and_, bindparam, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.sql.elements import ColumnElement

from kangaroo.base.actors import Grant
from kangaroo.base.clock import Micros
from kangaroo.store.meta.database import Row, Selects, Transaction
from kangaroo.store.meta.schema.access import login_failures, members, projects, robots, users
from kangaroo.store.meta.schema.base import Id
from kangaroo.store.meta.schema.tenancy import external_identities, group_members
from kangaroo.store.meta.statements import Query

_NAMED = projects.c.name == bindparam("project")
_PLACE = (projects.c.id.label("place"), projects.c.public)
_PROJECT = Query(select(*_PLACE).where(_NAMED))
_SYSADMIN = or_(users.c.sysadmin, users.c.group_sysadmin).label("sysadmin")


def _memberships(user: ColumnElement[int]) -> ColumnElement[bool]:
    """Those of the user and of all his groups."""
    groups = select(group_members.c.group_id).where(group_members.c.user_id == user)
    return or_(
        and_(members.c.entity_type == "u", members.c.entity_id == user),
        and_(members.c.entity_type == "g", members.c.entity_id.in_(groups)),
    )


_USER_IN = Query(
    select(_SYSADMIN, *_PLACE, members.c.role)
    .select_from(
        users.outerjoin(projects, _NAMED).outerjoin(
            members, and_(members.c.project_id == projects.c.id, _memberships(bindparam("id", type_=Id)))
        )
    )
    .where(users.c.id == bindparam("id", type_=Id))
)
_ROBOT_IN = Query(
    select(
        robots.c.project_id.label("home"),
        robots.c.permissions,
        robots.c.disabled,
        robots.c.expires_at,
        *_PLACE,
    )
    .select_from(robots.outerjoin(projects, _NAMED))
    .where(robots.c.id == bindparam("id"))
)
_USER = select(
    users.c.id,
    users.c.username.label("name"),
    users.c.password_hash.label("secret"),
    users.c.created_at,
    _SYSADMIN,
    external_identities.c.provider,
    external_identities.c.cli_secret,
).select_from(users.outerjoin(external_identities, external_identities.c.user_id == users.c.id))
_USER_NAMED = Query(_USER.where(users.c.username == bindparam("name")))
_USER_WITH_EMAIL = Query(_USER.where(users.c.email == bindparam("email")))
_USER_WITH_ID = Query(_USER.where(users.c.id == bindparam("id")))
_ROBOT_NAMED = Query(
    select(
        robots.c.id,
        robots.c.name,
        robots.c.secret_hash.label("secret"),
        robots.c.created_at,
        robots.c.disabled,
        robots.c.expires_at,
    ).where(robots.c.name == bindparam("name"))
)
_PROJECTS_OF_USER = Query(select(members.c.project_id).where(_memberships(bindparam("id", type_=Id))))
_IN_ROLE = Query(
    select(members.c.id)
    .where(_memberships(bindparam("id", type_=Id)), members.c.role == bindparam("role"))
    .limit(1)
)

_PRINCIPAL = login_failures.c.principal == bindparam("principal")
_FAILURES = Query(select(login_failures.c.failures, login_failures.c.blocked_until).where(_PRINCIPAL))
_COUNT_FAILURE = Query(
    upsert(login_failures)
    .values(principal=bindparam("principal"), failures=1, blocked_until=0)
    .on_conflict_do_update(
        index_elements=[login_failures.c.principal], set_={"failures": login_failures.c.failures + 1}
    )
    .returning(login_failures.c.failures)
)
_BLOCK = Query(update(login_failures).where(_PRINCIPAL).values(blocked_until=bindparam("until")))
_FORGIVE = Query(delete(login_failures).where(_PRINCIPAL))
_FORGET_FAILURES = Query(delete(login_failures).where(login_failures.c.blocked_until < bindparam("before")))
_GRANTS = msgspec.json.Decoder(tuple[Grant, ...])


@dataclass(frozen=True, slots=True)
class Place:
    """A project as decisions see it."""

    id: int
    public: bool


@dataclass(frozen=True, slots=True)
class UserIn:
    """A user, seen from a project (None: there is no such project)."""

    sysadmin: bool
    roles: frozenset[int]
    place: Place | None


@dataclass(frozen=True, slots=True)
class RobotIn:
    """A robot, seen from a project. `home` is the project it belongs to, None for a robot of the system."""

    home: int | None
    grants: tuple[Grant, ...]
    disabled: bool
    expires_at: Micros | None
    place: Place | None


@dataclass(frozen=True, slots=True)
class UserRow:
    """Who may sign in. The secrets are hashes, empty when there is none. `provider` (ldap, oidc) says who else
    knows this user; empty: nobody.
    """

    id: int
    name: str
    secret: str = field(repr=False)
    since: Micros
    sysadmin: bool
    provider: str
    cli_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RobotRow:
    """The same of a robot; `name` without the prefix."""

    id: int
    name: str
    secret: str = field(repr=False)
    since: Micros
    disabled: bool
    expires_at: Micros | None


def grants_of(text: str) -> tuple[Grant, ...]:
    return _GRANTS.decode(text)


async def place(selects: Selects, project: str) -> Place | None:
    row = await selects.one(_PROJECT, project=project)
    return None if row is None else _place(row)


async def user_in(selects: Selects, user: int, project: str) -> UserIn | None:
    rows: Sequence[Row] = await selects.all(_USER_IN, id=user, project=project)
    if not rows:
        return None
    roles = frozenset(row["role"] for row in rows if row["role"] is not None)
    return UserIn(bool(rows[0]["sysadmin"]), roles, _place(rows[0]))


async def robot_in(selects: Selects, robot: int, project: str) -> RobotIn | None:
    row = await selects.one(_ROBOT_IN, id=robot, project=project)
    if row is None:
        return None
    grants = grants_of(row["permissions"])
    return RobotIn(row["home"], grants, bool(row["disabled"]), row["expires_at"], _place(row))


def _place(row: Row) -> Place | None:
    return None if row["place"] is None else Place(row["place"], bool(row["public"]))


async def user_named(selects: Selects, name: str) -> UserRow | None:
    return _user(await selects.one(_USER_NAMED, name=name))


async def user_with_email(selects: Selects, email: str) -> UserRow | None:
    return _user(await selects.one(_USER_WITH_EMAIL, email=email))


async def user_with_id(selects: Selects, user: int) -> UserRow | None:
    return _user(await selects.one(_USER_WITH_ID, id=user))


def _user(row: Row | None) -> UserRow | None:
    if row is None:
        return None
    return UserRow(
        row["id"],
        row["name"],
        row["secret"],
        row["created_at"],
        bool(row["sysadmin"]),
        row["provider"] or "",
        row["cli_secret"] or "",
    )


async def robot_named(selects: Selects, name: str) -> RobotRow | None:
    row = await selects.one(_ROBOT_NAMED, name=name)
    if row is None:
        return None
    disabled = bool(row["disabled"])
    return RobotRow(row["id"], row["name"], row["secret"], row["created_at"], disabled, row["expires_at"])


async def projects_of_user(selects: Selects, user: int) -> frozenset[int]:
    """Those in which the user, or a group of his, has a role."""
    return frozenset(row["project_id"] for row in await selects.all(_PROJECTS_OF_USER, id=user))


async def has_role(selects: Selects, user: int, role: int) -> bool:
    """In any project."""
    return await selects.one(_IN_ROLE, id=user, role=role) is not None


async def failures(selects: Selects, principal: str) -> tuple[int, Micros]:
    """How often in a row this principal failed to sign in, and until when it is blocked."""
    row = await selects.one(_FAILURES, principal=principal)
    return (0, 0) if row is None else (row["failures"], row["blocked_until"])


async def count_failure(transaction: Transaction, principal: str) -> int:
    failed: int = await transaction.scalar(_COUNT_FAILURE, principal=principal)
    return failed


async def block(transaction: Transaction, principal: str, until: Micros) -> None:
    await transaction.run(_BLOCK, principal=principal, until=until)


async def forgive(transaction: Transaction, principal: str) -> None:
    await transaction.run(_FORGIVE, principal=principal)


async def forget_failures(transaction: Transaction, before: Micros) -> None:
    """Those of principals not blocked since `before`."""
    await transaction.run(_FORGET_FAILURES, before=before)

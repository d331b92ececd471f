"""API tokens of users: only their hashes."""

from dataclasses import dataclass

from sqlalchemy import and_, delete, func, insert, or_, select, update

from kangaroo.base.clock import Micros
from kangaroo.base.paging import Page, Window
from kangaroo.base.query import ListQuery
from kangaroo.store.meta.database import Selects, Transaction
from kangaroo.store.meta.listing import Listing, TextKey
from kangaroo.store.meta.schema.access import users
from kangaroo.store.meta.schema.platform import api_tokens
from kangaroo.store.meta.statements import Query, parameter

_OWN = api_tokens.c.user_id == parameter("user")
_LISTING = Listing(
    select(
        api_tokens.c.id,
        api_tokens.c.name,
        api_tokens.c.expires_at,
        api_tokens.c.used_at,
        api_tokens.c.created_at,
    ).where(_OWN),
    {"name": TextKey(api_tokens.c.name)},
    order=(api_tokens.c.name.asc(),),
    identity=api_tokens.c.id,
)
_BEARER = Query(
    select(
        api_tokens.c.id,
        api_tokens.c.expires_at,
        api_tokens.c.used_at,
        users.c.id.label("user"),
        users.c.username,
        or_(users.c.sysadmin, users.c.group_sysadmin).label("sysadmin"),
    )
    .join(users, users.c.id == api_tokens.c.user_id)
    .where(api_tokens.c.secret_hash == parameter("secret"))
)
_COUNT = Query(select(func.count()).select_from(api_tokens).where(_OWN))
_ADD = Query(
    insert(api_tokens)
    .values(
        user_id=parameter("user"),
        name=parameter("name"),
        secret_hash=parameter("secret"),
        expires_at=parameter("expires_at"),
        created_at=parameter("now"),
    )
    .returning(api_tokens.c.id)
)
_USED = Query(update(api_tokens).where(api_tokens.c.id == parameter("id")).values(used_at=parameter("now")))
_REMOVE = Query(delete(api_tokens).where(and_(_OWN, api_tokens.c.id == parameter("id"))))


@dataclass(frozen=True, slots=True)
class ApiToken:
    """Everything but the secret, which only its owner has."""

    id: int
    name: str
    expires_at: Micros | None
    used_at: Micros | None
    created_at: Micros


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who bears a token."""

    token: int
    expires_at: Micros | None
    used_at: Micros | None
    user: int
    name: str
    sysadmin: bool


async def bearer(selects: Selects, secret: str) -> Bearer | None:
    """By the hash."""
    row = await selects.one(_BEARER, secret=secret)
    if row is None:
        return None
    times = (row["id"], row["expires_at"], row["used_at"])
    return Bearer(*times, row["user"], row["username"], bool(row["sysadmin"]))


async def page(selects: Selects, user: int, window: Window) -> Page[ApiToken]:
    rows, total = await _LISTING.page(selects, ListQuery((), (), window), user=user)
    tokens = [
        ApiToken(row["id"], row["name"], row["expires_at"], row["used_at"], row["created_at"]) for row in rows
    ]
    return Page(tokens, total)


async def count(selects: Selects, user: int) -> int:
    found: int = await selects.scalar(_COUNT, user=user)
    return found


async def add(
    transaction: Transaction, user: int, name: str, secret: str, expires_at: Micros | None, now: Micros
) -> int:
    """Raises Duplicate when the user has a token of this name."""
    identity: int = await transaction.scalar(
        _ADD, user=user, name=name, secret=secret, expires_at=expires_at, now=now
    )
    return identity


async def used(transaction: Transaction, token: int, now: Micros) -> None:
    await transaction.run(_USED, id=token, now=now)


async def remove(transaction: Transaction, user: int, token: int) -> bool:
    """False when the user has no such token."""
    return await transaction.run(_REMOVE, user=user, id=token) == 1

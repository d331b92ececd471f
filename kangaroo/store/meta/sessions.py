"""Sessions of people in a browser, by the hash of the cookie: who reads the table can be nobody by it."""

from dataclasses import dataclass

from sqlalchemy import delete, insert, or_, select, update

from kangaroo.base.clock import Micros
from kangaroo.store.meta.database import Selects, Transaction
from kangaroo.store.meta.schema.access import users
from kangaroo.store.meta.schema.tenancy import sessions
from kangaroo.store.meta.statements import Query, parameter

_ID = sessions.c.id == parameter("id")
_GET = Query(
    select(
        sessions.c.created_at,
        sessions.c.expires_at,
        users.c.id.label("user"),
        users.c.username,
        or_(users.c.sysadmin, users.c.group_sysadmin).label("sysadmin"),
    )
    .join(users, users.c.id == sessions.c.user_id)
    .where(_ID)
)
_ADD = Query(
    insert(sessions).values(
        id=parameter("id"),
        user_id=parameter("user"),
        created_at=parameter("now"),
        expires_at=parameter("until"),
    )
)
_PROLONG = Query(update(sessions).where(_ID).values(expires_at=parameter("until")))
_END = Query(delete(sessions).where(_ID))
_END_OF_USER = Query(delete(sessions).where(sessions.c.user_id == parameter("user")))
_FORGET = Query(delete(sessions).where(sessions.c.expires_at < parameter("before")))


@dataclass(frozen=True, slots=True)
class Session:
    """With its user."""

    user: int
    username: str
    sysadmin: bool
    started: Micros
    until: Micros


async def get(selects: Selects, identity: str) -> Session | None:
    row = await selects.one(_GET, id=identity)
    if row is None:
        return None
    return Session(row["user"], row["username"], bool(row["sysadmin"]), row["created_at"], row["expires_at"])


async def add(transaction: Transaction, identity: str, user: int, now: Micros, until: Micros) -> None:
    """Raises Dangling when the user is gone."""
    await transaction.run(_ADD, id=identity, user=user, now=now, until=until)


async def prolong(transaction: Transaction, identity: str, until: Micros) -> None:
    await transaction.run(_PROLONG, id=identity, until=until)


async def end(transaction: Transaction, identity: str) -> None:
    await transaction.run(_END, id=identity)


async def end_of_user(transaction: Transaction, user: int) -> None:
    await transaction.run(_END_OF_USER, user=user)


async def forget(transaction: Transaction, before: Micros) -> None:
    """Those that were over by then."""
    await transaction.run(_FORGET, before=before)

"""Who users are at an identity provider, and what such a user has here: the secret of his command-line tools."""

from dataclasses import dataclass

from sqlalchemy import insert, select, update

from kangaroo.base.clock import Micros
from kangaroo.store.meta.database import ACCESS, Row, Selects, Transaction
from kangaroo.store.meta.schema.access import users
from kangaroo.store.meta.schema.tenancy import external_identities as identities
from kangaroo.store.meta.statements import Query, parameter

_USER = identities.c.user_id == parameter("user")
_SELECT = select(
    identities.c.user_id,
    identities.c.provider,
    identities.c.subject,
    identities.c.created_at,
    identities.c.updated_at,
    users.c.group_sysadmin,
).join(users, users.c.id == identities.c.user_id)
_GET = Query(_SELECT.where(_USER))
_OF_SUBJECT = Query(
    _SELECT.where(
        identities.c.provider == parameter("provider"), identities.c.subject == parameter("subject")
    )
)
_NAMED = Query(_SELECT.where(users.c.username == parameter("username")))
_ADD = Query(
    insert(identities).values(
        user_id=parameter("user"),
        provider=parameter("provider"),
        subject=parameter("subject"),
        created_at=parameter("now"),
        updated_at=parameter("now"),
    )
)
_SET_SUBJECT = Query(
    update(identities).where(_USER).values(subject=parameter("subject"), updated_at=parameter("now"))
)
_SET_CLI_SECRET = Query(
    update(identities).where(_USER).values(cli_secret=parameter("secret"), updated_at=parameter("now"))
)
_SET_GROUP_SYSADMIN = Query(
    update(users).where(users.c.id == parameter("user")).values(group_sysadmin=parameter("sysadmin"))
)


@dataclass(frozen=True, slots=True)
class Identity:
    """`provider` is ldap or oidc; `group_sysadmin` is what its groups last made of the user."""

    user: int
    provider: str
    subject: str
    created_at: Micros
    updated_at: Micros
    group_sysadmin: bool


def _identity(row: Row | None) -> Identity | None:
    if row is None:
        return None
    return Identity(
        row["user_id"],
        row["provider"],
        row["subject"],
        row["created_at"],
        row["updated_at"],
        bool(row["group_sysadmin"]),
    )


async def get(selects: Selects, user: int) -> Identity | None:
    return _identity(await selects.one(_GET, user=user))


async def of_subject(selects: Selects, provider: str, subject: str) -> Identity | None:
    return _identity(await selects.one(_OF_SUBJECT, provider=provider, subject=subject))


async def named(selects: Selects, username: str) -> Identity | None:
    return _identity(await selects.one(_NAMED, username=username))


async def add(transaction: Transaction, user: int, provider: str, subject: str, now: Micros) -> None:
    """Raises Duplicate when somebody else is this subject."""
    await transaction.run(_ADD, user=user, provider=provider, subject=subject, now=now)
    await transaction.changed(ACCESS)


async def set_subject(transaction: Transaction, user: int, subject: str, now: Micros) -> None:
    """Raises Duplicate when somebody else is this subject."""
    await transaction.run(_SET_SUBJECT, user=user, subject=subject, now=now)


async def set_cli_secret(transaction: Transaction, user: int, secret: str, now: Micros) -> bool:
    """`secret` is a hash. False when the user is known to no provider."""
    done = await transaction.run(_SET_CLI_SECRET, user=user, secret=secret, now=now)
    await transaction.changed(ACCESS)
    return done == 1


async def set_group_sysadmin(transaction: Transaction, user: int, sysadmin: bool) -> None:
    await transaction.run(_SET_GROUP_SYSADMIN, user=user, sysadmin=sysadmin)
    await transaction.changed(ACCESS)

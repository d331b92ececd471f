"""From names and ids to those who bear them, and back to what everybody else calls them: actors."""

from dataclasses import dataclass, field

from kangaroo.base.actors import Actor, ActorKind
from kangaroo.base.clock import Micros
from kangaroo.core.access.configuration import Configuration
from kangaroo.store.meta import access as rows
from kangaroo.store.meta.access_users import ADMIN_ID
from kangaroo.store.meta.database import Database

NEVER: Micros = 1 << 62
ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Account:
    """An actor with what proves it: `secret` is a hash, empty if there is none. `since` tells apart who bears
    a name one after the other; `until` is when the account ends, 0 if it may not be used at all.
    """

    actor: Actor
    secret: str = field(repr=False)
    since: Micros
    until: Micros


class Accounts:
    def __init__(self, database: Database, configuration: Configuration) -> None:
        self._database = database
        self._configuration = configuration

    async def is_robot(self, name: str) -> bool:
        return name.startswith((await self._configuration.values()).robot_name_prefix)

    async def in_directory(self, name: str) -> bool:
        """Is it the LDAP directory that knows this one's password?"""
        return name != ADMIN and (await self._configuration.values()).auth_mode == "ldap_auth"

    async def named(self, name: str) -> Account | None:
        """By the name others know him by; a robot's begins with the prefix."""
        prefix = (await self._configuration.values()).robot_name_prefix
        if name.startswith(prefix):
            return await self._robot(name, prefix)
        return await self._user(await rows.user_named(self._database.lookup, name))

    async def signing_in(self, name: str) -> Account | None:
        """A user by what he may type for his name: the name, or where passwords are ours the e-mail address."""
        found = await self.named(name)
        if found is None and "@" in name and await self._mode() == "db_auth":
            found = await self._user(await rows.user_with_email(self._database.lookup, name))
        return found

    async def user(self, user: int) -> Account | None:
        return await self._user(await rows.user_with_id(self._database.lookup, user))

    async def _mode(self) -> str:
        return (await self._configuration.values()).auth_mode

    async def _robot(self, name: str, prefix: str) -> Account | None:
        row = await rows.robot_named(self._database.lookup, name.removeprefix(prefix))
        if row is None:
            return None
        until = 0 if row.disabled else NEVER if row.expires_at is None else row.expires_at
        return Account(Actor(ActorKind.ROBOT, row.id, name), row.secret, row.since, until)

    async def _user(self, row: rows.UserRow | None) -> Account | None:
        if row is None:
            return None
        actor = Actor(ActorKind.USER, row.id, row.name, row.sysadmin)
        return Account(actor, _secret(row, await self._mode()), row.since, NEVER)


def _secret(row: rows.UserRow, mode: str) -> str:
    """The first administrator's is always ours; other people's only where nobody else knows them. Who comes
    through an OpenID provider may have another for tools that know no browser.
    """
    if mode == "db_auth" or row.id == ADMIN_ID:
        return row.secret
    return row.cli_secret if mode == "oidc_auth" and row.provider == "oidc" else ""


def is_oneself(actor: Actor, user: int) -> bool:
    """What a token was issued for does not make its bearer the whole person."""
    return actor.kind is ActorKind.USER and actor.id == user and actor.scopes is None

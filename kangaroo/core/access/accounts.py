"""From names and ids to those who bear them, and back to what everybody else calls them: actors."""

from dataclasses import dataclass, field

from kangaroo.base.actors import Actor, ActorKind
from kangaroo.base.clock import Micros
from kangaroo.core.access.configuration import Configuration
from kangaroo.store.meta import access as rows
from kangaroo.store.meta.database import Database

NEVER: Micros = 1 << 62


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

    async def named(self, name: str) -> Account | None:
        """By the name one signs in with; a robot's begins with the prefix."""
        prefix = (await self._configuration.values()).robot_name_prefix
        if name.startswith(prefix):
            return await self._robot(name, prefix)
        return _user(await rows.user_named(self._database.lookup, name))

    async def user(self, user: int) -> Account | None:
        return _user(await rows.user_with_id(self._database.lookup, user))

    async def _robot(self, name: str, prefix: str) -> Account | None:
        row = await rows.robot_named(self._database.lookup, name.removeprefix(prefix))
        if row is None:
            return None
        until = 0 if row.disabled else NEVER if row.expires_at is None else row.expires_at
        return Account(Actor(ActorKind.ROBOT, row.id, name), row.secret, row.since, until)


def _user(row: rows.UserRow | None) -> Account | None:
    if row is None:
        return None
    return Account(Actor(ActorKind.USER, row.id, row.name, row.sysadmin), row.secret, row.since, NEVER)

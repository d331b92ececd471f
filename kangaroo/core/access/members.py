"""Who belongs to a project: users in one role each."""

from kangaroo.base.actors import Actor
from kangaroo.base.clock import Clock
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import ProjectName
from kangaroo.base.paging import Page, Window
from kangaroo.core.access.accounts import Account, Accounts
from kangaroo.core.access.decisions import Decisions
from kangaroo.core.access.roles import Role
from kangaroo.store.meta import access_members as rows
from kangaroo.store.meta.access_members import Member
from kangaroo.store.meta.database import Dangling, Database, Duplicate


class Members:
    """Every method raises UNAUTHORIZED, FORBIDDEN and PROJECT_UNKNOWN as `Decisions.require` does."""

    def __init__(self, database: Database, clock: Clock, decisions: Decisions, accounts: Accounts) -> None:
        self._database = database
        self._clock = clock
        self._decisions = decisions
        self._accounts = accounts

    async def add(self, actor: Actor, project: ProjectName, user: int | str, role: int) -> int:
        """The membership's id; `user` is an id or a name. Raises BAD_REQUEST (no such role), NOT_FOUND,
        CONFLICT.
        """
        place = await self._decisions.require(actor, "member", "create", project)
        known = _role(role)
        account = await self._account(user)
        try:
            async with self._database.write() as transaction:
                return await rows.add_user(transaction, place.id, account.actor.id, known, self._clock())
        except Duplicate as error:
            what = f"member {account.actor.name} of project {project}"
            raise Failure(Code.CONFLICT, what=what) from error
        except Dangling as error:
            raise Failure(Code.PROJECT_UNKNOWN, project=project) from error

    async def get(self, actor: Actor, project: ProjectName, member: int) -> Member:
        """Raises NOT_FOUND."""
        place = await self._decisions.require(actor, "member", "read", project)
        found = await rows.get(self._database.lookup, place.id, member)
        if found is None:
            raise _unknown(member)
        return found

    async def page(
        self, actor: Actor, project: ProjectName, window: Window, *, name: str = ""
    ) -> Page[Member]:
        """By name; `name` is a part to look for."""
        place = await self._decisions.require(actor, "member", "list", project)
        async with self._database.read() as snapshot:
            return await rows.page(snapshot, place.id, window, name=name)

    async def set_role(self, actor: Actor, project: ProjectName, member: int, role: int) -> None:
        """Raises BAD_REQUEST (no such role), NOT_FOUND."""
        place = await self._decisions.require(actor, "member", "update", project)
        known = _role(role)
        async with self._database.write() as transaction:
            if not await rows.set_role(transaction, place.id, member, known):
                raise _unknown(member)

    async def remove(self, actor: Actor, project: ProjectName, member: int) -> None:
        """Raises NOT_FOUND."""
        place = await self._decisions.require(actor, "member", "delete", project)
        async with self._database.write() as transaction:
            if not await rows.remove(transaction, place.id, member):
                raise _unknown(member)

    async def _account(self, user: int | str) -> Account:
        if isinstance(user, int):
            found = await self._accounts.user(user)
        else:
            found = None if await self._accounts.is_robot(user) else await self._accounts.named(user)
        if found is None:
            raise Failure(Code.NOT_FOUND, what=f"user {user}")
        return found


def _role(role: int) -> Role:
    try:
        return Role(role)
    except ValueError as error:
        raise Failure(Code.BAD_REQUEST, reason=f"there is no role {role}: use 1 to 5") from error


def _unknown(member: int) -> Failure:
    return Failure(Code.NOT_FOUND, what=f"member {member}")

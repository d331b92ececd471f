"""Who belongs to a project: users and groups of users, in one role each."""

from typing import Literal

from kangaroo.base.actors import Actor
from kangaroo.base.clock import Clock
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import ProjectName
from kangaroo.base.paging import Page, Window
from kangaroo.core.access.accounts import Account, Accounts
from kangaroo.core.access.decisions import Decisions
from kangaroo.core.access.directory import People
from kangaroo.core.access.groups import GroupRef, Groups
from kangaroo.core.access.journal import Deed
from kangaroo.core.access.roles import Role
from kangaroo.core.access.rules import ProjectFacts
from kangaroo.store.meta import access_members as rows
from kangaroo.store.meta.access_members import Member
from kangaroo.store.meta.database import Dangling, Database, Duplicate, Transaction

_ENTITIES = {"u": "user", "g": "group"}


class Members:
    """Every method raises UNAUTHORIZED, FORBIDDEN and PROJECT_UNKNOWN as `Decisions.require` does."""

    def __init__(
        self, database: Database, clock: Clock, decisions: Decisions, newcomers: "Newcomers"
    ) -> None:
        self._database = database
        self._clock = clock
        self._decisions = decisions
        self._newcomers = newcomers

    async def add(self, actor: Actor, project: ProjectName, user: int | str, role: int) -> int:
        """The membership's id; `user` is an id or a name, also of somebody only the directory knows so far.

        Raises BAD_REQUEST (no such role), NOT_FOUND, CONFLICT.
        """
        place = await self._decisions.require(actor, "member", "create", project)
        known = _role(role)
        found = await self._newcomers.user(user)
        try:
            async with self._database.write() as transaction:
                identity = await rows.add_user(transaction, place.id, found.id, known, self._clock())
                await self._record(transaction, actor, _deed("create_member", "user", found.name, place))
        except Duplicate as error:
            raise _already(found.name, project) from error
        except Dangling as error:
            raise Failure(Code.PROJECT_UNKNOWN, project=project) from error
        return identity

    async def add_group(self, actor: Actor, project: ProjectName, group: GroupRef, role: int) -> int:
        """The same for a group, which is made unless it is there. Raises BAD_REQUEST, NOT_FOUND, CONFLICT."""
        place = await self._decisions.require(actor, "member", "create", project)
        known = _role(role)
        found = await self._newcomers.groups.resolve(actor, group)
        try:
            async with self._database.write() as transaction:
                identity = await rows.add_group(transaction, place.id, found.id, known, self._clock())
                await self._record(transaction, actor, _deed("create_member", "group", found.name, place))
        except Duplicate as error:
            raise _already(found.name, project) from error
        except Dangling as error:
            raise Failure(Code.PROJECT_UNKNOWN, project=project) from error
        return identity

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
            found = await rows.get(transaction, place.id, member)
            if found is None or not await rows.set_role(transaction, place.id, member, known):
                raise _unknown(member)
            deed = _deed("update_member", _ENTITIES[found.entity_type], found.name, place)
            await self._record(transaction, actor, deed)

    async def remove(self, actor: Actor, project: ProjectName, member: int) -> None:
        """Raises NOT_FOUND."""
        place = await self._decisions.require(actor, "member", "delete", project)
        async with self._database.write() as transaction:
            found = await rows.get(transaction, place.id, member)
            if found is None or not await rows.remove(transaction, place.id, member):
                raise _unknown(member)
            deed = _deed("delete_member", _ENTITIES[found.entity_type], found.name, place)
            await self._record(transaction, actor, deed)

    async def _record(self, transaction: Transaction, actor: Actor, deed: Deed) -> None:
        await self._decisions.journal.record(transaction, actor.name, deed)


class Newcomers:
    """Whom clients name as members: found here, or where people and groups are known."""

    def __init__(self, accounts: Accounts, people: People, groups: Groups) -> None:
        self._accounts = accounts
        self._people = people
        self.groups = groups

    async def user(self, user: int | str) -> Actor:
        """Raises NOT_FOUND."""
        found: Account | None = None
        if isinstance(user, int):
            found = await self._accounts.user(user)
        elif not await self._accounts.is_robot(user):
            found = await self._accounts.named(user)
            if found is None and await self._accounts.in_directory(user):
                found = await self._accounts.user(await self._people.admit(user))
        if found is None:
            raise Failure(Code.NOT_FOUND, what=f"user {user}")
        return found.actor


def _deed(
    event: Literal["create_member", "update_member", "delete_member"],
    entity: str,
    name: str,
    place: ProjectFacts,
) -> Deed:
    """In Harbor's words."""
    operation, where = event.partition("_")[0], "from" if event == "delete_member" else "in"
    text = f"{operation} {entity} member {name} {where} project {place.name}"
    return Deed(event, name, place.id, text)


def _already(name: str, project: ProjectName) -> Failure:
    return Failure(Code.CONFLICT, what=f"member {name} of project {project}")


def _role(role: int) -> Role:
    try:
        return Role(role)
    except ValueError as error:
        raise Failure(Code.BAD_REQUEST, reason=f"there is no role {role}: use 1 to 5") from error


def _unknown(member: int) -> Failure:
    return Failure(Code.NOT_FOUND, what=f"member {member}")

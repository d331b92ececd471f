"""Groups of users: known to an identity provider, they hold roles in projects like users do."""

from dataclasses import dataclass

from kangaroo.base.actors import Actor
from kangaroo.base.clock import Clock
from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Page, Window
from kangaroo.core.access.configuration import Configuration
from kangaroo.core.access.decisions import Decisions
from kangaroo.core.access.directory import People, canonical_dn
from kangaroo.core.access.external import HTTP_GROUP, LDAP_GROUP, OIDC_GROUP
from kangaroo.core.access.journal import Deed
from kangaroo.store.meta import groups as rows
from kangaroo.store.meta.database import Database, Duplicate
from kangaroo.store.meta.groups import UserGroup

_KINDS = frozenset({LDAP_GROUP, HTTP_GROUP, OIDC_GROUP})
_KIND_OF_MODE = {"ldap_auth": LDAP_GROUP, "oidc_auth": OIDC_GROUP}
_LONGEST_NAME = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRef:
    """A group as clients speak of it: by id, by DN, or by name and kind. `name` beside a DN is what a new group
    is to be called.
    """

    id: int = 0
    ldap_dn: str = ""
    name: str = ""
    kind: int = 0


class Groups:
    """Every public method raises UNAUTHORIZED and FORBIDDEN as `Decisions.require` does."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        decisions: Decisions,
        configuration: Configuration,
        people: People,
    ) -> None:
        self._database = database
        self._clock = clock
        self._decisions = decisions
        self._configuration = configuration
        self._people = people

    async def create(self, actor: Actor, name: str, kind: int, ldap_dn: str = "") -> int:
        """Its id. Raises BAD_REQUEST (also for a DN the directory does not know), CONFLICT."""
        await self._decisions.require(actor, "user-group", "create")
        _check_name(name)
        if kind not in _KINDS:
            raise Failure(Code.BAD_REQUEST, reason=f"there is no group type {kind}: use 1, 2 or 3")
        if kind == LDAP_GROUP and not await self._people.groups(dn=ldap_dn):
            raise Failure(Code.BAD_REQUEST, reason=f"LDAP Group DN is not found: DN:{ldap_dn}")
        return await self._add(actor, name, kind, canonical_dn(ldap_dn) if kind == LDAP_GROUP else "")

    async def get(self, actor: Actor, group: int) -> UserGroup:
        """Raises NOT_FOUND."""
        await self._decisions.require(actor, "user-group", "read")
        return await self._found(group)

    async def page(
        self, actor: Actor, window: Window, *, name: str = "", ldap_dn: str = ""
    ) -> Page[UserGroup]:
        """By name; `name` is a part to look for. Where a directory knows the people, only its groups."""
        await self._decisions.require(actor, "user-group", "list")
        kind = LDAP_GROUP if (await self._configuration.values()).auth_mode == "ldap_auth" else 0
        async with self._database.read() as snapshot:
            return await rows.page(snapshot, window, name=name, kind=kind, dn=canonical_dn(ldap_dn))

    async def search(self, actor: Actor, name: str, window: Window) -> Page[UserGroup]:
        """For anybody signed in: to make a group a member one has to find it. Raises BAD_REQUEST without a name."""
        if not actor.known:
            raise Failure(Code.UNAUTHORIZED)
        if not name:
            raise Failure(Code.BAD_REQUEST, reason="need to provide groupname to search user group")
        async with self._database.read() as snapshot:
            return await rows.page(snapshot, window, name=name)

    async def rename(self, actor: Actor, group: int, name: str) -> None:
        """Raises BAD_REQUEST, NOT_FOUND, CONFLICT."""
        await self._decisions.require(actor, "user-group", "update")
        _check_name(name)
        try:
            async with self._database.write() as transaction:
                if not await rows.rename(transaction, group, name, self._clock()):
                    raise _unknown(group)
                await self._decisions.journal.record(transaction, actor.name, Deed("update_user-group", name))
        except Duplicate as error:
            raise Failure(Code.CONFLICT, what=f"user group {name}") from error

    async def delete(self, actor: Actor, group: int) -> None:
        """With the roles it holds. Raises NOT_FOUND."""
        await self._decisions.require(actor, "user-group", "delete")
        async with self._database.write() as transaction:
            found = await rows.get(transaction, group)
            if found is None or not await rows.remove(transaction, group):
                raise _unknown(group)
            deed = Deed("delete_user-group", found.name)
            await self._decisions.journal.record(transaction, actor.name, deed)

    async def resolve(self, actor: Actor, ref: GroupRef) -> UserGroup:
        """For whoever has decided already that it may get a role: the group, made unless it is there.

        Raises NOT_FOUND for an id, BAD_REQUEST when nobody can know such a group.
        """
        if ref.id:
            return await self._found(ref.id)
        if ref.ldap_dn:
            return await self._of_dn(actor, ref)
        mode = (await self._configuration.values()).auth_mode
        kind = ref.kind or _KIND_OF_MODE.get(mode, 0)
        found = await rows.named(self._database.lookup, kind, [ref.name])
        if found:
            return found[0]
        if _KIND_OF_MODE.get(mode) != kind or kind == LDAP_GROUP:
            raise Failure(Code.BAD_REQUEST, reason=f"there is no group {ref.name} of type {kind}")
        _check_name(ref.name)
        return await self._found(await self._made(actor, ref.name, kind, ""))

    async def _of_dn(self, actor: Actor, ref: GroupRef) -> UserGroup:
        dn = canonical_dn(ref.ldap_dn)
        if known := await rows.of_dns(self._database.lookup, LDAP_GROUP, [dn]):
            return known[0]
        found = await self._people.groups(dn=ref.ldap_dn)
        if not found:
            raise Failure(Code.BAD_REQUEST, reason=f"LDAP Group DN is not found: DN:{ref.ldap_dn}")
        name = ref.name or found[0].name[:_LONGEST_NAME]
        _check_name(name)
        return await self._found(await self._made(actor, name, LDAP_GROUP, dn))

    async def _made(self, actor: Actor, name: str, kind: int, dn: str) -> int:
        try:
            return await self._add(actor, name, kind, dn)
        except Failure:  # by another request at the same moment
            lookup = self._database.lookup
            there = await (rows.of_dns(lookup, kind, [dn]) if dn else rows.named(lookup, kind, [name]))
            if not there:
                raise
            return there[0].id

    async def _add(self, actor: Actor, name: str, kind: int, dn: str) -> int:
        try:
            async with self._database.write() as transaction:
                identity = await rows.add(transaction, name, kind, dn, self._clock())
                await self._decisions.journal.record(transaction, actor.name, Deed("create_user-group", name))
        except Duplicate as error:
            raise Failure(Code.CONFLICT, what=f"user group {name}") from error
        return identity

    async def _found(self, group: int) -> UserGroup:
        found = await rows.get(self._database.lookup, group)
        if found is None:
            raise _unknown(group)
        return found


def _check_name(name: str) -> None:
    if not 0 < len(name) <= _LONGEST_NAME or not name.isprintable():
        raise Failure(Code.BAD_REQUEST, reason="a group's name has 1 to 255 printable characters")


def _unknown(group: int) -> Failure:
    return Failure(Code.NOT_FOUND, what=f"user group {group}")

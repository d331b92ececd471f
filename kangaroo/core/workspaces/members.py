"""Who belongs to a workspace, and who holds a role of the platform: users and groups in one role each."""

from typing import Literal

from kangaroo.base.actors import Actor
from kangaroo.base.clock import Clock
from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Page, Window
from kangaroo.base.query import Contains, Filter, ListQuery
from kangaroo.core.access.journal import Deed
from kangaroo.core.instances.points import PLATFORM
from kangaroo.core.workspaces.authority import Authority
from kangaroo.core.workspaces.revoking import Revoking
from kangaroo.core.workspaces.roles import ADMIN, BUILT_IN, scope_of
from kangaroo.store.meta import roles as rows
from kangaroo.store.meta import workspaces
from kangaroo.store.meta.database import Database, Duplicate, Selects, Transaction
from kangaroo.store.meta.roles import Member

Kind = Literal["user", "group"]


class Members:
    """Where a workspace is asked for, PLATFORM stands for the roles of the platform.

    Those of a workspace are decided by its administrators and by those of the system, the others by the latter alone:
    every method raises UNAUTHORIZED, FORBIDDEN and NOT_FOUND (no such workspace).
    """

    def __init__(self, database: Database, clock: Clock, authority: Authority, revoking: Revoking) -> None:
        self._database = database
        self._clock = clock
        self._authority = authority
        self._revoking = revoking

    async def page(self, actor: Actor, workspace: int, window: Window, fuzzy: str = "") -> Page[Member]:
        """By name; for all members of the workspace."""
        if not await self._authority(actor, workspace):
            await self._require(actor, workspace)
        filters = (Filter("name", Contains(fuzzy)),) if fuzzy else ()
        async with self._database.read() as snapshot:
            return await rows.members(snapshot, workspace, ListQuery(filters, (), window))

    async def add(self, actor: Actor, workspace: int, kind: Kind, name: str, role: str) -> int:
        """The membership's id. Raises INVALID_FIELD (no such role), NOT_FOUND (nobody of this name), CONFLICT."""
        await self._require(actor, workspace)
        entity = await self._named(kind, name)
        try:
            async with self._database.write() as transaction:
                await self._hold(transaction, workspace)
                await _check_role(transaction, workspace, role)
                made = await rows.add_member(transaction, workspace, entity, role, self._clock())
                deed = Deed("create_workspace-member", f"{_place(workspace)}: {kind} {name} as {role}")
                await self._authority.record(transaction, actor, deed)
                return made
        except Duplicate as error:
            raise Failure(Code.CONFLICT, what=f"{kind} {name} as a member") from error

    async def set_role(self, actor: Actor, workspace: int, member: int, role: str) -> None:
        """Raises INVALID_FIELD (no such role), NOT_FOUND."""
        await self._require(actor, workspace)
        async with self._database.write() as transaction:
            await self._hold(transaction, workspace)
            await _check_role(transaction, workspace, role)
            await _check_there(transaction, workspace, member)
            await rows.change_member(transaction, workspace, member, role)
            await self._revoking.of_those_who_lost(transaction, workspace)
            deed = Deed("update_workspace-member", f"{_place(workspace)}: {member} to {role}")
            await self._authority.record(transaction, actor, deed)

    async def remove(self, actor: Actor, workspace: int, member: int) -> None:
        """With the credentials he was given there. Raises NOT_FOUND."""
        await self._require(actor, workspace)
        async with self._database.write() as transaction:
            await _check_there(transaction, workspace, member)
            await rows.remove_member(transaction, workspace, member)
            await self._revoking.of_those_who_lost(transaction, workspace)
            deed = Deed("delete_workspace-member", f"{_place(workspace)}: {member}")
            await self._authority.record(transaction, actor, deed)

    async def _require(self, actor: Actor, workspace: int) -> None:
        if not await self._authority.manages(actor, workspace):
            await self._authority.require_admin(actor, _place(workspace))
        if workspace != PLATFORM:
            await self._authority.exists(workspace)

    async def _named(self, kind: Kind, name: str) -> tuple[str, int]:
        selects = self._database.lookup
        if kind == "user":
            user = await rows.user_named(selects, name)
            found = [] if user is None else [user]
        else:
            found = await rows.groups_named(selects, name)
        if not found:
            raise Failure(Code.NOT_FOUND, what=f"{kind} {name[:255]}")
        if len(found) > 1:
            reason = f"{len(found)} groups have the name {name}: rename one"
            raise Failure(Code.INVALID_FIELD, field="memberName", reason=reason)
        return kind[0], found[0]

    async def _hold(self, transaction: Transaction, workspace: int) -> None:
        if workspace != PLATFORM and not await workspaces.hold(transaction, workspace):
            raise Failure(Code.NOT_FOUND, what=f"workspace {workspace}")


async def _check_role(selects: Selects, workspace: int, role: str) -> None:
    scope = scope_of(workspace)
    if role == ADMIN:
        reason = "nobody is given this role: make the user a system administrator"
        raise Failure(Code.INVALID_FIELD, field="roleName", reason=reason)
    if role not in BUILT_IN[scope] and not await rows.is_custom(selects, scope, role):
        reason = f"there is no role {role[:80]} of scope {scope}"
        raise Failure(Code.INVALID_FIELD, field="roleName", reason=reason)


async def _check_there(selects: Selects, workspace: int, member: int) -> None:
    if await rows.member(selects, workspace, member) is None:
        raise Failure(Code.NOT_FOUND, what=f"member {member}")


def _place(workspace: int) -> str:
    return f"members of workspace {workspace}" if workspace else "roles of the platform"

"""Workspaces themselves: making, finding, renaming and ending them."""

from kangaroo.base.actors import Actor, ActorKind
from kangaroo.base.clock import Clock
from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Page, Window
from kangaroo.base.query import Contains, Filter, ListQuery
from kangaroo.core.access.journal import Deed
from kangaroo.core.instances.points import PLATFORM, Point
from kangaroo.core.workspaces.authority import Authority
from kangaroo.core.workspaces.revoking import Revoking
from kangaroo.store.meta import bindings
from kangaroo.store.meta import roles as role_rows
from kangaroo.store.meta import workspaces as rows
from kangaroo.store.meta.database import Dangling, Database, Duplicate, Transaction
from kangaroo.store.meta.workspaces import Resources, Workspace

_LONGEST_NAME, _LONGEST_TEXT = 63, 1000
_SHOWN = 20  # resources that a refusal names


class Directory:
    def __init__(self, database: Database, clock: Clock, authority: Authority, revoking: Revoking) -> None:
        self._database = database
        self._clock = clock
        self._authority = authority
        self._revoking = revoking

    async def create(self, actor: Actor, name: str, description: str = "") -> Workspace:
        """Without members, its maker included. Raises UNAUTHORIZED, FORBIDDEN, INVALID_FIELD, CONFLICT."""
        await self._authority.require_admin(actor, "workspaces")
        _check(name, description)
        now = self._clock()
        try:
            async with self._database.write() as transaction:
                made = await rows.add(transaction, name, description, now)
                await self._authority.record(transaction, actor, Deed("create_workspace", name))
        except Duplicate as error:
            raise Failure(Code.CONFLICT, what=f"workspace {name}") from error
        return Workspace(made, name, description, now, now)

    async def get(self, actor: Actor, workspace: int) -> Workspace:
        """For its members, and for who sees all. Raises UNAUTHORIZED, FORBIDDEN, NOT_FOUND."""
        if not await self._sees_all(actor) and not await self._authority(actor, workspace):
            raise Failure(Code.FORBIDDEN, action="read", resource=f"workspace {workspace}")
        return await self._found(workspace)

    async def page(self, actor: Actor, window: Window, fuzzy: str = "") -> Page[Workspace]:
        """By name: one's own, and all of them for who may bind spaces to them. Raises UNAUTHORIZED."""
        everything = await self._sees_all(actor)
        filters = (Filter("name", Contains(fuzzy)),) if fuzzy else ()
        user = actor.id if actor.kind is ActorKind.USER and actor.scopes is None else 0
        async with self._database.read() as snapshot:
            return await rows.page(snapshot, ListQuery(filters, (), window), user, everything=everything)

    async def update(self, actor: Actor, workspace: int, name: str, description: str) -> Workspace:
        """Raises UNAUTHORIZED, FORBIDDEN, INVALID_FIELD, NOT_FOUND, CONFLICT."""
        await self._authority.require_admin(actor, "workspaces")
        _check(name, description)
        try:
            async with self._database.write() as transaction:
                if not await rows.change(transaction, workspace, name, description, self._clock()):
                    raise _unknown(workspace)
                await self._authority.record(transaction, actor, Deed("update_workspace", name))
        except Duplicate as error:
            raise Failure(Code.CONFLICT, what=f"workspace {name}") from error
        return await self._found(workspace)

    async def resources(self, actor: Actor, workspace: int) -> Resources:
        """What hangs on it. Raises as `get`."""
        await self.get(actor, workspace)
        async with self._database.read() as snapshot:
            return await rows.resources(snapshot, workspace)

    async def delete(self, actor: Actor, workspace: int) -> None:
        """With its members and the robots it was given. Raises REFERENCED, naming the registry resources that are
        still in it; UNAUTHORIZED, FORBIDDEN, NOT_FOUND.
        """
        await self._authority.require_admin(actor, "workspaces")
        try:
            async with self._database.write() as transaction:
                if not await rows.hold(transaction, workspace):
                    raise _unknown(workspace)
                await _check_empty(transaction, workspace)
                await bindings.remove_stale(transaction)
                await self._revoking.whole_workspace(transaction, workspace)
                await role_rows.remove_members(transaction, workspace)
                await rows.remove(transaction, workspace)
                await self._authority.record(transaction, actor, Deed("delete_workspace", str(workspace)))
        except Dangling as error:  # a space or namespace was bound to it meanwhile
            raise Failure(Code.REFERENCED, what=f"workspace {workspace}", by="a binding") from error

    async def _sees_all(self, actor: Actor) -> bool:
        if not actor.known:
            raise Failure(Code.UNAUTHORIZED)
        return Point.BIND_REGISTRY_SPACE in await self._authority(actor, PLATFORM)

    async def _found(self, workspace: int) -> Workspace:
        found = await rows.get(self._database.lookup, workspace)
        if found is None:
            raise _unknown(workspace)
        return found


async def _check_empty(transaction: Transaction, workspace: int) -> None:
    left = await rows.resources(transaction, workspace)
    names = [
        *(f"registry {name}" for name in left.instances),
        *(f"space {name}" for name in left.spaces),
        *(f"namespace {name}" for name in left.namespaces),
    ]
    if names:
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        raise Failure(Code.REFERENCED, what=f"workspace {workspace}", by=", ".join(names[:_SHOWN]) + more)


def _unknown(workspace: int) -> Failure:
    return Failure(Code.NOT_FOUND, what=f"workspace {workspace}")


def _check(name: str, description: str) -> None:
    if not (0 < len(name) <= _LONGEST_NAME and name.isprintable() and name == name.strip()):
        reason = f"use 1 to {_LONGEST_NAME} printable characters, none of them blank at the ends"
        raise Failure(Code.INVALID_FIELD, field="alias", reason=reason)
    if len(description) > _LONGEST_TEXT or "\0" in description:
        raise Failure(
            Code.INVALID_FIELD, field="description", reason=f"use at most {_LONGEST_TEXT} characters"
        )

"""Roles an installation makes for itself out of permission points."""

from collections.abc import Sequence
from dataclasses import dataclass

from kangaroo.base.actors import Actor
from kangaroo.base.clock import Clock
from kangaroo.base.errors import Code, Failure
from kangaroo.core.access.journal import Deed
from kangaroo.core.instances.points import Point
from kangaroo.core.workspaces.authority import Authority
from kangaroo.core.workspaces.revoking import Revoking
from kangaroo.core.workspaces.roles import BUILT_IN, Scope, checked, in_order
from kangaroo.store.meta import roles as rows
from kangaroo.store.meta.database import Database, Duplicate


@dataclass(frozen=True, slots=True)
class Role:
    name: str
    scope: Scope
    points: list[Point]
    built_in: bool = False


class CustomRoles:
    """Made and changed by system administrators: every method but `all` raises UNAUTHORIZED and FORBIDDEN."""

    def __init__(self, database: Database, clock: Clock, authority: Authority, revoking: Revoking) -> None:
        self._database = database
        self._clock = clock
        self._authority = authority
        self._revoking = revoking

    async def all(self, actor: Actor, scope: Scope) -> list[Role]:
        """The built-in ones first; for everybody who signed in. Raises UNAUTHORIZED."""
        if not actor.known:
            raise Failure(Code.UNAUTHORIZED)
        built_in = [Role(name, scope, in_order(points), True) for name, points in BUILT_IN[scope].items()]
        async with self._database.read() as snapshot:
            custom = await rows.custom(snapshot, scope)
        return built_in + [Role(one.name, scope, [Point(name) for name in one.points]) for one in custom]

    async def create(self, actor: Actor, scope: Scope, name: str, points: Sequence[str]) -> Role:
        """Raises INVALID_FIELD, CONFLICT."""
        await self._authority.require_admin(actor, "roles")
        wanted = checked(scope, points)
        if not (0 < len(name) <= 63 and name.isprintable() and name == name.strip()):
            raise Failure(Code.INVALID_FIELD, field="name", reason="use 1 to 63 printable characters")
        taken = Failure(Code.CONFLICT, what=f"role {name}")
        if name in BUILT_IN[scope]:
            raise taken
        try:
            async with self._database.write() as transaction:
                await rows.define(transaction, scope, name, wanted, self._clock())
                await self._authority.record(transaction, actor, Deed("create_role", name))
        except Duplicate as error:
            raise taken from error
        return Role(name, scope, wanted)

    async def update(self, actor: Actor, scope: Scope, name: str, points: Sequence[str]) -> Role:
        """In effect at once for who holds it. Raises INVALID_FIELD, NOT_FOUND."""
        await self._authority.require_admin(actor, "roles")
        wanted = checked(scope, points)
        async with self._database.write() as transaction:
            if not await rows.redefine(transaction, scope, name, wanted):
                raise Failure(Code.NOT_FOUND, what=f"role {name[:80]}")
            await self._authority.record(transaction, actor, Deed("update_role", name))
            if scope == "workspace":
                await self._revoking.of_those_who_lost(transaction)
        return Role(name, scope, wanted)

    async def delete(self, actor: Actor, scope: Scope, name: str) -> None:
        """Raises NOT_FOUND; REFERENCED while somebody holds it."""
        await self._authority.require_admin(actor, "roles")
        async with self._database.write() as transaction:
            if (held := await rows.holders(transaction, scope, name)) and name not in BUILT_IN[scope]:
                raise Failure(Code.REFERENCED, what=f"role {name}", by=f"{held} members")
            if not await rows.forget(transaction, scope, name):
                raise Failure(Code.NOT_FOUND, what=f"role {name[:80]}")
            await self._authority.record(transaction, actor, Deed("delete_role", name))

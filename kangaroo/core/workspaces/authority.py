"""Who holds which permission point: asked anew at every decision, so that a role taken away counts at once."""

from collections.abc import Iterable

from kangaroo.base.actors import Actor, ActorKind
from kangaroo.base.errors import Code, Failure
from kangaroo.core.access import Access
from kangaroo.core.access.journal import Deed
from kangaroo.core.instances.points import EVERY_POINT, PLATFORM, PLATFORM_POINTS, Point, require
from kangaroo.core.workspaces.roles import BUILT_IN, OF_SCOPE, Scope, scope_of
from kangaroo.store.meta import roles as rows
from kangaroo.store.meta import workspaces
from kangaroo.store.meta.database import Database, Selects, Transaction
from kangaroo.store.meta.roles import Held


class Authority:
    """Is the `Points` that lower subjects ask: `await authority(actor, workspace)`."""

    def __init__(self, database: Database, access: Access) -> None:
        self._database = database
        self._access = access

    async def __call__(self, actor: Actor, workspace: int = PLATFORM) -> frozenset[Point]:
        """Of the platform, or in a workspace: none there for who is not a member, administrators included.

        Robots hold none, nor does a registry token: it was issued for less.
        """
        if actor.kind is ActorKind.SYSTEM:
            return EVERY_POINT
        if actor.kind is not ActorKind.USER or actor.scopes is not None:
            return frozenset()
        points = await self.of_user(self._database.lookup, actor.id, workspace)
        if workspace == PLATFORM and await self.is_admin(actor):
            return points | PLATFORM_POINTS
        return points

    async def of_user(self, selects: Selects, user: int, workspace: int) -> frozenset[Point]:
        """By roles alone."""
        return points_of(scope_of(workspace), await rows.held(selects, workspace, user))

    async def is_admin(self, actor: Actor) -> bool:
        """A system administrator, now."""
        if actor.kind is ActorKind.SYSTEM:
            return True
        subject = await self._access.subject(actor)
        return actor.kind is ActorKind.USER and actor.scopes is None and subject.active and subject.sysadmin

    async def require(self, actor: Actor, point: Point, workspace: int = PLATFORM) -> None:
        """Raises UNAUTHORIZED (to strangers), FORBIDDEN; NOT_FOUND for no such workspace, to administrators."""
        try:
            await require(self, actor, point, workspace)
        except Failure as failure:
            if failure.code is Code.FORBIDDEN and workspace and await self.is_admin(actor):
                await self.exists(workspace)
            raise

    async def require_admin(self, actor: Actor, what: str) -> None:
        """For what no point stands for: workspaces themselves and roles. Raises UNAUTHORIZED, FORBIDDEN."""
        if await self.is_admin(actor):
            return
        if not actor.known:
            raise Failure(Code.UNAUTHORIZED)
        raise Failure(Code.FORBIDDEN, action="manage", resource=what)

    async def manages(self, actor: Actor, workspace: int) -> bool:
        """Whether he may decide who belongs to it: its administrators, and those of the system."""
        if await self.is_admin(actor):
            return True
        if actor.kind is not ActorKind.USER or actor.scopes is not None:
            return False
        held = await rows.held(self._database.lookup, workspace, actor.id)
        return any(_everything(scope_of(workspace), one) for one in held)

    async def record(self, transaction: Transaction, actor: Actor, deed: Deed) -> None:
        """In the audit log, with the change it tells of."""
        await self._access.journal.record(transaction, actor.name, deed)

    async def exists(self, workspace: int) -> None:
        """Raises NOT_FOUND."""
        if await workspaces.get(self._database.lookup, workspace) is None:
            raise Failure(Code.NOT_FOUND, what=f"workspace {workspace}")


def points_of(scope: Scope, held: Iterable[Held]) -> frozenset[Point]:
    """What several roles hold together. A custom role has no points of the other scope, whatever its row says."""
    found: frozenset[Point] = frozenset()
    for one in held:
        built_in = BUILT_IN[scope].get(one.role)
        custom = frozenset(Point(name) for name in one.points or () if name in OF_SCOPE[scope])
        found |= built_in if built_in is not None else custom
    return found


def _everything(scope: Scope, held: Held) -> bool:
    return points_of(scope, [held]) == OF_SCOPE[scope]

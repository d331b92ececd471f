"""Which instances there are, for those who may know: found by name, listed."""

from kangaroo.base.actors import Actor, ActorKind
from kangaroo.base.clock import Clock
from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Page, Window
from kangaroo.core.instances.points import PLATFORM, PLATFORM_POINTS, Point, Points, require
from kangaroo.core.instances.values import Instance, Which, Wish
from kangaroo.store.meta import instances as rows
from kangaroo.store.meta.database import Database
from kangaroo.store.meta.instances import Wanted

_IN_PLATFORM = {
    "create": Point.CREATE_REGISTRY_INTEGRATION,
    "read": Point.GET_REGISTRY_INTEGRATION,
    "update": Point.UPDATE_REGISTRY_INTEGRATION,
    "delete": Point.DELETE_REGISTRY_INTEGRATION,
}
_IN_WORKSPACE = {
    "create": Point.CREATE_CONNECTED_REGISTRY,
    "read": Point.GET_CONNECTED_REGISTRY,
    "update": Point.UPDATE_CONNECTED_REGISTRY,
    "delete": Point.DELETE_CONNECTED_REGISTRY,
}


class Directory:
    """Every method raises UNAUTHORIZED and FORBIDDEN as `points.require` does."""

    def __init__(self, database: Database, points: Points, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self.points = points

    async def require(self, actor: Actor, which: Which, point: Point) -> Instance:
        """The instance, for who holds this point where it is registered. Raises NOT_FOUND."""
        await require(self.points, actor, point, which.workspace)
        return await self._known(which)

    async def decide(self, actor: Actor, point: Point, workspace: int = PLATFORM) -> None:
        """For what has no subject of its own yet."""
        await require(self.points, actor, point, workspace)

    async def held(self, actor: Actor, workspace: int = PLATFORM) -> list[Point]:
        """The points the actor holds there, for screens that grey out the rest. Raises UNAUTHORIZED."""
        if not actor.known:
            raise Failure(Code.UNAUTHORIZED)
        points = await self.points(actor, workspace)
        return [point for point in Point if point in points and (point in PLATFORM_POINTS) is (not workspace)]

    async def get(self, actor: Actor, which: Which) -> Instance:
        """Raises NOT_FOUND."""
        await self._decide(actor, "read", which.workspace)
        return await self._known(which)

    async def seen_from(self, actor: Actor, which: Which, point: Point) -> Instance:
        """The workspace's own instance of this name, or else the platform's, for who holds this point in the
        workspace. Raises NOT_FOUND."""
        await require(self.points, actor, point, which.workspace)
        own = await rows.find(self._database.lookup, which.workspace, which.name)
        return own or await self._known(Which(which.name))

    async def page(self, actor: Actor, wish: Wish, window: Window) -> Page[Instance]:
        """By name, whatever their state is. Raises NOT_FOUND for an unknown `besides`."""
        await self._decide(actor, "read", wish.workspace)
        besides = 0 if wish.besides is None else (await self._known(Which(wish.besides, wish.workspace))).id
        integration = "" if wish.integration is None else str(wish.integration)
        wanted = Wanted(wish.workspace, wish.fuzzy, integration, sorted(map(str, wish.kinds)), besides)
        async with self._database.read() as snapshot:
            return await rows.page(snapshot, wanted, window)

    async def everything(self, actor: Actor) -> list[Instance]:
        """The platform's and those of all workspaces, for who acts for the system."""
        if actor.kind is not ActorKind.SYSTEM:
            raise Failure(Code.FORBIDDEN, action="list", resource="registries of all workspaces")
        async with self._database.read() as snapshot:
            return await rows.everything(snapshot)

    async def _decide(self, actor: Actor, action: str, workspace: int) -> None:
        points = _IN_PLATFORM if workspace == PLATFORM else _IN_WORKSPACE
        await require(self.points, actor, points[action], workspace)

    async def _known(self, which: Which) -> Instance:
        found = await rows.find(self._database.lookup, which.workspace, which.name)
        if found is None:
            raise unknown(which)
        return found


def unknown(which: Which) -> Failure:
    return Failure(Code.NOT_FOUND, what=f"registry {which.name}")

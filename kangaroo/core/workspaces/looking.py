"""Looking at instances from a workspace, or from nowhere: who looks, at what, and which spaces show."""

from dataclasses import dataclass

import structlog

from kangaroo.base.actors import Actor
from kangaroo.base.clock import Clock
from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Page, Window
from kangaroo.core.access.journal import Deed
from kangaroo.core.instances import PLATFORM, Instance, InstanceName, Opener, Point
from kangaroo.core.workspaces.authority import Authority
from kangaroo.core.workspaces.rules import Facts, Sight, sight
from kangaroo.jobs import Queue
from kangaroo.store.meta import bindings
from kangaroo.store.meta import instances as rows
from kangaroo.store.meta import workspaces_seen as seen
from kangaroo.store.meta.database import Database
from kangaroo.store.meta.workspaces_seen import InstanceSeen

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Outlook:
    """From which workspace; None is nowhere. `glass`: why an administrator looks who is no member of it."""

    workspace: int | None
    glass: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """An instance as somebody sees it."""

    instance: Instance
    facts: Facts
    sight: Sight


class Looking:
    def __init__(
        self, database: Database, queue: Queue, authority: Authority, opener: Opener, clock: Clock
    ) -> None:
        self.database = database
        self.queue = queue
        self.authority = authority
        self.opener = opener
        self.clock = clock

    async def at(
        self, actor: Actor, outlook: Outlook, name: InstanceName, point: Point = Point.GET_IMAGE
    ) -> View:
        """Raises UNAUTHORIZED, FORBIDDEN, and NOT_FOUND for an instance that does not show from there."""
        member = await self._decide(actor, outlook, str(name), point)
        selects = self.database.lookup
        instance = await rows.find(selects, PLATFORM, name)
        if instance is None and outlook.workspace is not None:
            instance = await rows.find(selects, outlook.workspace, name)
        if instance is None:
            raise Failure(Code.NOT_FOUND, what=f"registry {name}")
        bound: frozenset[str] = frozenset()
        if outlook.workspace is not None and instance.workspace == PLATFORM:
            bound = await bindings.of_workspace(selects, instance.id, outlook.workspace)
        facts = Facts(instance.workspace, outlook.workspace, member, bound, not member)
        return View(instance, facts, sight(facts))

    async def instances(
        self, actor: Actor, outlook: Outlook, window: Window, fuzzy: str = "", *, own: bool = True
    ) -> Page[InstanceSeen]:
        """By name: the platform's, and (`own`) those of the workspace. Unhealthy ones stay, with their reason."""
        await self._decide(actor, outlook, "", Point.GET_IMAGE)
        async with self.database.read() as snapshot:
            return await seen.instances_seen(snapshot, outlook.workspace, window, fuzzy, own=own)

    async def _decide(self, actor: Actor, outlook: Outlook, what: str, point: Point) -> bool:
        """Whether he is a member; False: the glass was broken. From nowhere there is nothing to be a member of."""
        if outlook.workspace is None:
            if not actor.known:
                raise Failure(Code.UNAUTHORIZED)
            return True
        if (
            outlook.glass
            and point is Point.GET_IMAGE
            and point not in await self.authority(actor, outlook.workspace)
        ):
            await self._break_glass(actor, outlook.workspace, what, outlook.glass)
            return False
        await self.authority.require(actor, point, outlook.workspace)
        return True

    async def _break_glass(self, actor: Actor, workspace: int, what: str, reason: str) -> None:
        await self.authority.require_admin(actor, f"workspace {workspace}")
        await self.authority.exists(workspace)
        text = f"break the glass to look into workspace {workspace}, {what or 'its instances'}: {reason}"
        log.warning("glass broken", actor=actor.name, workspace=workspace, instance=what, reason=reason)
        async with self.database.write() as transaction:
            await self.authority.record(
                transaction, actor, Deed("login_workspace", str(workspace), text=text)
            )

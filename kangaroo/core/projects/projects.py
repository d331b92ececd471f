"""Making and finding projects."""

from kangaroo.base.actors import SYSTEM, Actor, ActorKind
from kangaroo.base.clock import Clock, now
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import ProjectName
from kangaroo.core.access import Access
from kangaroo.store.meta import projects as rows
from kangaroo.store.meta.database import Database, Duplicate

LIBRARY = ProjectName("library")


class Projects:
    def __init__(self, database: Database, access: Access, clock: Clock = now) -> None:
        self._database = database
        self._access = access
        self._clock = clock

    async def create(self, actor: Actor, name: ProjectName, *, public: bool = False, hard: int = -1) -> int:
        """The new project's id; its maker becomes its administrator. `hard` is the quota in bytes, -1 unlimited.

        Raises CONFLICT when the name is taken.
        """
        await self._access.require(actor, "project", "create")
        owner = actor.id if actor.kind is ActorKind.USER else 0
        try:
            async with self._database.write() as transaction:
                identity = await rows.add(
                    transaction, name, owner=owner, public=public, hard=hard, now=self._clock()
                )
                if owner:
                    await self._access.make_project_admin(transaction, identity, owner)
        except Duplicate as error:
            raise Failure(Code.CONFLICT, what=f"project {name}") from error
        return identity

    async def bootstrap(self) -> None:
        """The public project every registry starts with."""
        if await rows.find(self._database.lookup, LIBRARY) is None:
            await self.create(SYSTEM, LIBRARY, public=True)

"""Which clusters there are, for those who may know. Administrators manage them; who holds a point of managed Harbor in
the platform sees them."""

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Page
from kangaroo.base.query import ListQuery
from kangaroo.core.clusters.names import ClusterName
from kangaroo.core.clusters.values import Cluster
from kangaroo.core.instances.points import Point
from kangaroo.core.workspaces import Authority
from kangaroo.store.meta import clusters as rows
from kangaroo.store.meta.database import Database


class Directory:
    """Every method raises UNAUTHORIZED and FORBIDDEN."""

    def __init__(self, database: Database, authority: Authority) -> None:
        self._database = database
        self._authority = authority

    async def get(self, actor: Actor, name: ClusterName) -> Cluster:
        """Raises NOT_FOUND."""
        await self._see(actor)
        return await self._known(name)

    async def with_id(self, actor: Actor, identity: int) -> Cluster:
        """As events and bindings name it. Raises NOT_FOUND."""
        await self._see(actor)
        found = await rows.with_id(self._database.lookup, identity)
        if found is None:
            raise Failure(Code.NOT_FOUND, what=f"cluster {identity}")
        return found

    async def page(self, actor: Actor, query: ListQuery) -> Page[Cluster]:
        """By name unless asked otherwise; keys: name, created_at."""
        await self._see(actor)
        async with self._database.read() as snapshot:
            return await rows.page(snapshot, query)

    async def _see(self, actor: Actor) -> None:
        await self._authority.require(actor, Point.GET_MANAGED_HARBOR)

    async def _manage(self, actor: Actor) -> None:
        await self._authority.require_admin(actor, "clusters")

    async def _known(self, name: ClusterName) -> Cluster:
        found = await rows.find(self._database.lookup, name)
        if found is None:
            raise unknown(name)
        return found


def unknown(name: str) -> Failure:
    return Failure(Code.NOT_FOUND, what=f"cluster {name}")

"""How much a project may hold: what administrators see and set. Booking is the ledger's business."""

from collections.abc import Mapping

from kangaroo.base.actors import Actor
from kangaroo.base.clock import Clock
from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Page
from kangaroo.base.query import ListQuery
from kangaroo.core.access import Access
from kangaroo.core.access.journal import Deed
from kangaroo.store.meta import projects, projects_quotas
from kangaroo.store.meta.database import Database
from kangaroo.store.meta.projects_quotas import ProjectQuota

UNLIMITED = -1
_STORAGE = "storage"  # the only thing there is a quota of


class Quotas:
    """A quota's id is its project's. Every method raises UNAUTHORIZED and FORBIDDEN as `Access.require` does."""

    def __init__(self, database: Database, access: Access, clock: Clock) -> None:
        self._database = database
        self._access = access
        self._clock = clock

    async def page(self, actor: Actor, query: ListQuery) -> Page[ProjectQuota]:
        """Sorts by used.storage and hard.storage, too."""
        await self._access.require(actor, "quota", "list")
        async with self._database.read() as snapshot:
            return await projects_quotas.page(snapshot, query)

    async def get(self, actor: Actor, quota: int) -> ProjectQuota:
        """Raises NOT_FOUND."""
        await self._access.require(actor, "quota", "read")
        found = await projects_quotas.get(self._database.lookup, quota)
        if found is None:
            raise _unknown(quota)
        return found

    async def update(self, actor: Actor, quota: int, hard: Mapping[str, int]) -> None:
        """Bytes by resource; there is only `storage`. Less than is used stops further pushes, and nothing else.

        Raises BAD_REQUEST, NOT_FOUND.
        """
        await self._access.require(actor, "quota", "update")
        if not hard:
            raise Failure(Code.BAD_REQUEST, reason="hard required in body")
        for resource in hard:
            if resource != _STORAGE:
                raise Failure(Code.BAD_REQUEST, reason=f"resource {resource[:80]} not support")
        limit = checked_limit(hard[_STORAGE])
        async with self._database.write() as transaction:
            if not await projects.set_hard(transaction, quota, limit, self._clock()):
                raise _unknown(quota)
            name = str(await projects.name_of(transaction, quota))
            deed = Deed("update_quota", name, quota, f"update quota of project {name}: {limit}")
            await self._access.journal.record(transaction, actor.name, deed)


def checked_limit(storage: int) -> int:
    """Raises BAD_REQUEST."""
    if storage <= 0 and storage != UNLIMITED:
        raise Failure(Code.BAD_REQUEST, reason=f"invalid value for resource {_STORAGE}")
    return storage


def _unknown(quota: int) -> Failure:
    return Failure(Code.NOT_FOUND, what=f"quota {quota}")

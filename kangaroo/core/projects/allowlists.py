"""Vulnerabilities that do not keep an image from being pulled: of the system, and of projects that want their own."""

from collections.abc import Sequence

from kangaroo.base.actors import Actor
from kangaroo.base.clock import Clock, Micros
from kangaroo.base.errors import Code, Failure
from kangaroo.core.access import Access
from kangaroo.core.projects import keys
from kangaroo.store.meta import allowlists as rows
from kangaroo.store.meta import projects_details
from kangaroo.store.meta.allowlists import Allowlist
from kangaroo.store.meta.database import Database, Selects

_LONGEST_ID = 128
_MOST = 10_000


class Allowlists:
    """A project's own is set with the project (`Projects.update`)."""

    def __init__(self, database: Database, access: Access, clock: Clock) -> None:
        self._database = database
        self._access = access
        self._clock = clock

    async def system(self, actor: Actor) -> Allowlist:
        """For everybody who signed in. Raises UNAUTHORIZED."""
        if not actor.known:
            raise Failure(Code.UNAUTHORIZED)
        return await rows.get(self._database.lookup, rows.SYSTEM)

    async def set_system(self, actor: Actor, items: Sequence[str], expires_at: Micros | None) -> None:
        """Raises UNAUTHORIZED, FORBIDDEN, BAD_REQUEST."""
        await self._access.require(actor, "configuration", "update")
        checked = checked_items(items)
        async with self._database.write() as transaction:
            await rows.put(transaction, rows.SYSTEM, checked, expires_at, self._clock())

    async def effective(self, selects: Selects, project: int) -> frozenset[str]:
        """What counts in a project, for gates: the system's list unless it has its own; nothing when expired."""
        facts = await projects_details.metadata(selects, project)
        reuse = facts.get(keys.REUSE_SYSTEM_ALLOWLIST, "true") == "true"
        found = await rows.get(selects, rows.SYSTEM if reuse else project)
        expired = found.expires_at is not None and found.expires_at <= self._clock()
        return frozenset() if expired else frozenset(found.items)


def checked_items(items: Sequence[str]) -> tuple[str, ...]:
    """Raises BAD_REQUEST."""
    if len(items) > _MOST:
        raise Failure(Code.BAD_REQUEST, reason=f"more than {_MOST} CVE IDs in allowlist")
    seen: dict[str, None] = {}
    for item in items:
        if not item.strip() or len(item) > _LONGEST_ID:
            raise Failure(Code.BAD_REQUEST, reason=f"empty or overlong CVE ID in allowlist: {item[:80]!r}")
        if item in seen:
            raise Failure(Code.BAD_REQUEST, reason=f"duplicate CVE ID in allowlist: {item}")
        seen[item] = None
    return tuple(seen)

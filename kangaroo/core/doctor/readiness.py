"""Whether the server can serve now: the parts it cannot do without."""

import asyncio
from collections.abc import Awaitable

from kangaroo.base.errors import Code, Failure
from kangaroo.jobs import History
from kangaroo.store.content.contract import ContentStore
from kangaroo.store.meta.database import Database


class Readiness:
    def __init__(self, database: Database, content: ContentStore, history: History) -> None:
        self._database = database
        self._content = content
        self._history = history

    async def readiness(self) -> dict[str, str]:
        """Each part the server cannot do without: empty when it works, else the reason."""
        checks = {"database": self.database(), "storage": self.storage(), "job worker": self.worker()}
        reasons = await asyncio.gather(*(_reason(check) for check in checks.values()))
        return dict(zip(checks, reasons, strict=True))

    async def database(self) -> None:
        """Raises UNAVAILABLE."""
        await self._database.check()

    async def storage(self) -> None:
        """Raises UNAVAILABLE, STORAGE_FULL."""
        await self._content.check()

    async def worker(self) -> int:
        """How many there are. Raises UNAVAILABLE for none."""
        found = len(await self._history.workers())
        if not found:
            raise Failure(Code.UNAVAILABLE, what="the job worker", reason="none has been seen lately")
        return found


async def _reason(check: Awaitable[object]) -> str:
    try:
        await check
    except Failure as failure:
        return str(failure)
    return ""

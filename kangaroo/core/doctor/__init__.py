"""What is wrong and what to do about it: checks over everything below."""

import asyncio
from collections.abc import Awaitable

from kangaroo.base.errors import Code, Failure
from kangaroo.jobs import History
from kangaroo.store.content.contract import ContentStore
from kangaroo.store.meta.database import Database


class Doctor:
    def __init__(self, database: Database, content: ContentStore, history: History) -> None:
        self._database = database
        self._content = content
        self._history = history

    async def readiness(self) -> dict[str, str]:
        """Each part the server cannot do without: empty when it works, else the reason."""
        checks = {
            "database": self._database.check(),
            "storage": self._content.check(),
            "job worker": self._worker(),
        }
        reasons = await asyncio.gather(*(_reason(check) for check in checks.values()))
        return dict(zip(checks, reasons, strict=True))

    async def _worker(self) -> None:
        if not await self._history.workers():
            raise Failure(Code.UNAVAILABLE, what="the job worker", reason="none has been seen lately")


async def _reason(check: Awaitable[None]) -> str:
    try:
        await check
    except Failure as failure:
        return str(failure)
    return ""

"""Guessing must be slow: after three failures in a row a principal waits, longer each time, on every server.

The count stands in the database, so several processes share it. It is written on a failure and on the success
that ends a row of them, never on an ordinary sign-in.
"""

import logging

from kangaroo.base.clock import SECOND, Clock, Micros
from kangaroo.base.errors import Code, Failure
from kangaroo.core.access.journal import Deed, Journal
from kangaroo.store.meta import access as rows
from kangaroo.store.meta.database import Database

FREE_FAILURES = 3
SHORTEST: Micros = 3 * SECOND // 2
LONGEST: Micros = 300 * SECOND
_FORGOTTEN_AFTER: Micros = 3600 * SECOND
_log = logging.getLogger(__name__)


class Throttle:
    def __init__(self, database: Database, clock: Clock, journal: Journal) -> None:
        self._database = database
        self._clock = clock
        self._journal = journal

    async def check(self, principal: str) -> int:
        """Failures so far. Raises TOO_MANY_REQUESTS while the principal has to wait, whatever it knows."""
        failures, until = await rows.failures(self._database.lookup, principal)
        wait = until - self._clock()
        if wait > 0:
            seconds = -(-wait // SECOND)
            raise Failure(Code.TOO_MANY_REQUESTS, retry_after=seconds, seconds=seconds)
        return failures

    async def failed(self, principal: str, source: str) -> None:
        """One failure more. `source` is where it came from, for the logs."""
        now = self._clock()
        async with self._database.write() as transaction:
            failures = await rows.count_failure(transaction, principal)
            await rows.block(transaction, principal, now + delay(failures))
            await rows.forget_failures(transaction, now - _FORGOTTEN_AFTER)
            text = f"login from {source}" if source else "login"
            deed = Deed("login_user", principal, text=text, succeeded=False)
            await self._journal.record(transaction, principal, deed)
        if failures >= FREE_FAILURES:
            _log.warning("sign-in from %r failed %d times in a row for one principal", source, failures)

    async def succeeded(self, principal: str) -> None:
        async with self._database.write() as transaction:
            await rows.forgive(transaction, principal)


def delay(failures: int) -> Micros:
    """How long to wait after so many failures in a row."""
    if failures < FREE_FAILURES:
        return 0
    return min(SHORTEST << min(failures - FREE_FAILURES, 16), LONGEST)

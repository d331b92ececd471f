"""Sessions of people in a browser. The cookie is random; the database keeps its hash, and until when it is good.

A session ends when nobody used it for `session_timeout`, a day after its start (or one timeout, if that is
longer), and at once when its user signs out, gets a new password or is removed.
"""

import hashlib
import secrets
from contextlib import suppress

from kangaroo.base.actors import Actor, ActorKind
from kangaroo.base.clock import SECOND, Clock, Micros
from kangaroo.base.errors import Code, Failure
from kangaroo.core.access.configuration import Configuration
from kangaroo.core.access.journal import Deed, Journal
from kangaroo.store.meta import sessions as rows
from kangaroo.store.meta.database import Dangling, Database

DAY: Micros = 86_400 * SECOND
_MINUTE: Micros = 60 * SECOND
_LONGEST_COOKIE = 128


class Sessions:
    def __init__(
        self, database: Database, clock: Clock, configuration: Configuration, journal: Journal
    ) -> None:
        self._database = database
        self._clock = clock
        self._configuration = configuration
        self._journal = journal

    async def begin(self, actor: Actor) -> str:
        """The cookie. Raises UNAUTHORIZED: only people have sessions, and only who showed a password."""
        if actor.kind is not ActorKind.USER or actor.scopes is not None:
            raise Failure(Code.UNAUTHORIZED)
        cookie, now = secrets.token_urlsafe(32), self._clock()
        until = now + await self._timeout()
        try:
            async with self._database.write() as transaction:
                await rows.add(transaction, _identity(cookie), actor.id, now, until)
                await rows.forget(transaction, now)
                await self._journal.record(
                    transaction, actor.name, Deed("login_user", actor.name, text="login")
                )
        except Dangling as error:
            raise Failure(Code.UNAUTHORIZED) from error
        return cookie

    async def holder(self, cookie: str) -> Actor | None:
        """Whose it is; using it near its end makes it last longer. None when it is none, or no more."""
        if not 0 < len(cookie) <= _LONGEST_COOKIE:
            return None
        identity = _identity(cookie)
        found = await rows.get(self._database.lookup, identity)
        now = self._clock()
        if found is None or found.until <= now:
            return None
        timeout = await self._timeout()
        until = min(now + timeout, found.started + max(timeout, DAY))
        if until - found.until >= timeout // 2:
            with suppress(Failure):  # the disk is full: it is good for its present time all the same
                async with self._database.write() as transaction:
                    await rows.prolong(transaction, identity, until)
        return Actor(ActorKind.USER, found.user, found.username, found.sysadmin)

    async def end(self, cookie: str) -> None:
        """If there is such a session."""
        async with self._database.write() as transaction:
            if (found := await rows.get(transaction, _identity(cookie))) is None:
                return
            await rows.end(transaction, _identity(cookie))
            deed = Deed("logout_user", found.username, text="logout")
            await self._journal.record(transaction, found.username, deed)

    async def _timeout(self) -> Micros:
        return (await self._configuration.values()).session_timeout * _MINUTE


def _identity(cookie: str) -> str:
    return hashlib.sha256(cookie.encode("utf-8", "surrogateescape")).hexdigest()

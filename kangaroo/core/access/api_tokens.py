"""Tokens people make for their programs: shown once, kept as a hash, good for everything their owner may do."""

from dataclasses import dataclass, field

from kangaroo.base.actors import Actor, ActorKind
from kangaroo.base.clock import SECOND, Clock, Micros
from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Page, Window
from kangaroo.core.access.journal import Deed, Journal
from kangaroo.core.access.passwords import hash_secret, random_secret
from kangaroo.store.meta import tokens as rows
from kangaroo.store.meta.database import Database, Duplicate
from kangaroo.store.meta.tokens import ApiToken

PREFIX = "kgr_"  # so that scanners for leaked secrets know one, and the door tells it from a registry token
MOST = 100  # of one user
LONGEST_DAYS = 3650
_DAY: Micros = 86_400 * SECOND
_USED_AGAIN: Micros = 60 * SECOND  # `used_at` is only that exact: not every request is to write


@dataclass(frozen=True, slots=True)
class NewToken:
    token: ApiToken
    secret: str = field(repr=False)


class ApiTokens:
    """Of the user who asks; robots have secrets of their own and get none."""

    def __init__(self, database: Database, clock: Clock, journal: Journal) -> None:
        self._database = database
        self._clock = clock
        self._journal = journal

    async def create(self, actor: Actor, name: str, days: int = 0) -> NewToken:
        """With its secret: this once. `days` 0 is for ever. Raises INVALID_FIELD, CONFLICT, PRECONDITION."""
        user = _user(actor)
        if not (0 < len(name) <= 255 and name.isprintable() and name == name.strip()):
            raise Failure(Code.INVALID_FIELD, field="name", reason="use 1 to 255 printable characters")
        if not 0 <= days <= LONGEST_DAYS:
            reason = f"use 1 to {LONGEST_DAYS}, or 0 for ever"
            raise Failure(Code.INVALID_FIELD, field="days", reason=reason)
        secret, now = PREFIX + random_secret(), self._clock()
        until = now + days * _DAY if days else None
        try:
            async with self._database.write() as transaction:
                if await rows.count(transaction, user) >= MOST:
                    raise Failure(Code.PRECONDITION, reason=f"you have {MOST} tokens: revoke one first")
                made = await rows.add(transaction, user, name, hash_secret(secret), until, now)
                await self._journal.record(transaction, actor.name, Deed("create_api-token", name))
        except Duplicate as error:
            raise Failure(Code.CONFLICT, what=f"API token {name}") from error
        return NewToken(ApiToken(made, name, until, None, now), secret)

    async def page(self, actor: Actor, window: Window) -> Page[ApiToken]:
        """By name."""
        user = _user(actor)
        async with self._database.read() as snapshot:
            return await rows.page(snapshot, user, window)

    async def revoke(self, actor: Actor, token: int) -> None:
        """Raises NOT_FOUND."""
        user = _user(actor)
        async with self._database.write() as transaction:
            if not await rows.remove(transaction, user, token):
                raise Failure(Code.NOT_FOUND, what=f"API token {token}")
            await self._journal.record(transaction, actor.name, Deed("delete_api-token", str(token)))

    async def authenticate(self, text: str) -> Actor:
        """Who bears it. Raises UNAUTHORIZED when it is none of ours, expired or revoked."""
        found = await rows.bearer(self._database.lookup, hash_secret(text))
        now = self._clock()
        if found is None or (found.expires_at is not None and found.expires_at <= now):
            raise Failure(Code.UNAUTHORIZED)
        if found.used_at is None or now - found.used_at >= _USED_AGAIN:
            async with self._database.write() as transaction:
                await rows.used(transaction, found.token, now)
        return Actor(ActorKind.USER, found.user, found.name, found.sysadmin)

    async def bearer_named(self, name: str, text: str) -> Actor | None:
        """The user of this name, if it is a token of his: clients of registries ask for a name and a password."""
        try:
            actor = await self.authenticate(text)
        except Failure as failure:
            if failure.code is not Code.UNAUTHORIZED:
                raise
            return None
        return actor if actor.name == name else None


def _user(actor: Actor) -> int:
    if not actor.known:
        raise Failure(Code.UNAUTHORIZED)
    if actor.kind is not ActorKind.USER or actor.scopes is not None:
        raise Failure(Code.FORBIDDEN, action="create", resource="API tokens")
    return actor.id

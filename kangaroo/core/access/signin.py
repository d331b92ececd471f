"""Names and passwords: people by argon2 or by the directory that knows them, robots by the hash of a random
secret; all throttled, all remembered.
"""

import hashlib
import hmac
import secrets
from typing import NoReturn

from kangaroo.base.actors import Actor
from kangaroo.base.clock import SECOND, Clock
from kangaroo.base.errors import Code, Failure
from kangaroo.core.access.accounts import Account, Accounts
from kangaroo.core.access.directory import People
from kangaroo.core.access.facts import Facts
from kangaroo.core.access.passwords import PROVED_SECONDS, Passwords, hash_secret
from kangaroo.core.access.throttle import Throttle

_LONGEST_NAME = 600  # project+name, each 255, and a prefix


class SignIn:
    def __init__(
        self, facts: Facts, accounts: Accounts, people: People, throttle: Throttle, clock: Clock
    ) -> None:
        self._clock = clock
        self._facts = facts
        self._accounts = accounts
        self._people = people
        self._throttle = throttle
        self.passwords = Passwords(clock)
        self._key = secrets.token_bytes(32)

    def cached(self, name: str, password: str) -> Actor | None:
        state = self._facts.fresh()
        entry = state.credentials.get(name)
        if entry is None or entry[2] <= state.at or entry[0] != self._proof(password):
            return None
        return entry[1]

    async def basic(self, name: str, password: str, source: str) -> Actor:
        if (known := self.cached(name, password)) is not None:
            return known
        if not _plausible(name, password):
            raise Failure(Code.UNAUTHORIZED)
        state = self._facts.fresh()
        if await self._accounts.is_robot(name):
            account = await self._robot(name, password, source)
        elif await self._accounts.in_directory(name):
            account = await self._elsewhere(name, password, source)
        else:
            account = await self._user(name, password, source)
        if name == account.actor.name:  # a failure under any of his names must reach what is remembered
            until = min(account.until, self._clock() + PROVED_SECONDS * SECOND)
            state.credentials.put(name, (self._proof(password), account.actor, until))
        return account.actor

    async def is_password_of(self, name: str, password: str, source: str) -> bool:
        """Of a user, who asks from `source`. A wrong one counts as a failed sign-in; raises
        TOO_MANY_REQUESTS.
        """
        try:
            await self._user(name, password, source)
        except Failure as failure:
            if failure.code is Code.UNAUTHORIZED:
                return False
            raise
        return True

    async def _user(self, name: str, password: str, source: str) -> Account:
        async with self.passwords.turn():  # so that at most two guesses are under way before one counts
            account = await self._accounts.signing_in(name)
            name = account.actor.name if account else name  # one throttle, whichever of his names he typed
            failures = await self._throttle.check(name)
            right = await self.passwords.verify(account.secret if account else "", password)
            if not right or account is None:
                await self._failed(name, source)
        if failures:
            await self._throttle.succeeded(name)
        return account

    async def _elsewhere(self, name: str, password: str, source: str) -> Account:
        principal = name.lower()  # directories are blind to case
        failures = await self._throttle.check(principal)
        user = await self._people.sign_in(name, password)
        account = None if user is None else await self._accounts.user(user)
        if account is None:
            await self._failed(principal, source)
        if failures:
            await self._throttle.succeeded(principal)
        return account

    async def _robot(self, name: str, secret: str, source: str) -> Account:
        account = await self._accounts.named(name)
        if account is None:
            raise Failure(Code.UNAUTHORIZED)
        failures = await self._throttle.check(name)
        if not hmac.compare_digest(account.secret, hash_secret(secret)):
            await self._failed(name, source)
        if account.until <= self._clock():
            raise Failure(Code.UNAUTHORIZED)
        if failures:
            await self._throttle.succeeded(name)
        return account

    async def _failed(self, name: str, source: str) -> NoReturn:
        self._facts.state.credentials.drop(name)
        await self._throttle.failed(name, source)
        raise Failure(Code.UNAUTHORIZED)

    def _proof(self, password: str) -> bytes:
        return hashlib.blake2b(password.encode("utf-8", "surrogatepass"), key=self._key).digest()


def _plausible(name: str, password: str) -> bool:
    """What can be a name and a password at all, so that the database and the hash need not refuse it."""
    try:
        password.encode()
    except UnicodeEncodeError:
        return False
    return 0 < len(name) <= _LONGEST_NAME and name.isprintable()

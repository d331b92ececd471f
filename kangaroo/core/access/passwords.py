"""Passwords of people: slow to guess (argon2id, OWASP's parameters), checked in threads, two at a time.

One check takes about 20 ms of a core and 19 MiB. So strangers who flood the door only fill a short queue, and
a password that has just been proved is not computed again for a minute.
"""

import asyncio
import hashlib
import re
import secrets
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from kangaroo.base.clock import SECOND, Clock, Micros
from kangaroo.base.errors import Code, Failure
from kangaroo.core.access.recent import Recent

AT_ONCE = 2
QUEUE = 64
PROVED_SECONDS = 60
LONGEST = 128
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_GOOD = re.compile(r"(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9]).{8,128}", re.DOTALL)


def check_strength(password: str) -> None:
    """Harbor's rule, for people's passwords and chosen robot secrets. Raises BAD_REQUEST."""
    if not _GOOD.fullmatch(password):
        raise Failure(Code.BAD_REQUEST, "password_weak")


def random_secret() -> str:
    """32 letters and digits that satisfy `check_strength`: 190 random bits."""
    alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    while True:
        secret = "".join(secrets.choice(alphabet) for _ in range(32))
        if _GOOD.fullmatch(secret):
            return secret


def hash_secret(secret: str) -> str:
    """For random secrets: nothing to guess, so a fast hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Passwords:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="argon2")
        self._waiting = 0
        self._key = secrets.token_bytes(32)
        self._proved: Recent[bytes, Micros] = Recent(10_000)
        self._nobody = _HASHER.hash(secrets.token_urlsafe())

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Inside, `verify` and `hash` may be called. Raises TOO_MANY_REQUESTS when the queue is full."""
        if self._waiting >= QUEUE:
            raise Failure(Code.TOO_MANY_REQUESTS, retry_after=2, seconds=2)
        self._waiting += 1
        try:
            await self._turns.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._turns.release()

    async def hash(self, password: str) -> str:
        return await asyncio.get_running_loop().run_in_executor(self._threads, _HASHER.hash, password)

    async def verify(self, stored: str, password: str) -> bool:
        """`stored` may be empty (nobody, or somebody without a password): False, in the same time."""
        proof = hashlib.blake2b(f"{stored}\0{password}".encode(), key=self._key, digest_size=16).digest()
        if (until := self._proved.get(proof)) is not None and self._clock() < until:
            return True
        if len(password) > LONGEST:
            return False
        loop = asyncio.get_running_loop()
        if not await loop.run_in_executor(self._threads, _matches, stored or self._nobody, password):
            return False
        if stored:
            self._proved.put(proof, self._clock() + PROVED_SECONDS * SECOND)
        return bool(stored)


def _matches(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False

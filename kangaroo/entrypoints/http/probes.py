"""`/healthz` and `/readyz`: whether this process lives; whether all it needs works, each part by name.

Probes ask often and from many places, and a check may write to the database: an answer is kept for a second.
"""

import asyncio
import time
from collections.abc import Mapping
from typing import Protocol

import msgspec

from kangaroo.entrypoints.http.asgi import Receive, Scope, Send, respond, text_header

KEPT_SECONDS = 1.0
PATIENCE_SECONDS = 5.0
_HEADERS = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
_ALIVE = b'{"status":"ok"}'


class Readiness(Protocol):
    async def readiness(self) -> Mapping[str, str]:
        """Every part by name (database, storage, job worker): empty when it works, else the reason."""
        ...


class Probes:
    """The two ASGI applications."""

    def __init__(self, parts: Readiness, *, patience: float = PATIENCE_SECONDS) -> None:
        self._parts = parts
        self._patience = patience
        self._asking = asyncio.Lock()
        self._answer: tuple[int, bytes] = (503, b"")
        self._until = 0.0

    async def healthz(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        await _answer(send, 200, _ALIVE)

    async def readyz(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        async with self._asking:
            if time.monotonic() >= self._until:
                self._answer = await self._ask()
                self._until = time.monotonic() + KEPT_SECONDS
        status, body = self._answer
        await _answer(send, status, body)

    async def _ask(self) -> tuple[int, bytes]:
        try:
            async with asyncio.timeout(self._patience):
                reasons = await self._parts.readiness()
        except TimeoutError:
            reasons = {"server": f"no answer within {self._patience:g} s"}
        parts = {
            name: {"ok": not reason, "reason": reason} if reason else {"ok": True}
            for name, reason in reasons.items()
        }
        ready = not any(reasons.values())
        answer = {"status": "ready" if ready else "unavailable", "parts": parts}
        return 200 if ready else 503, msgspec.json.encode(answer)


async def _answer(send: Send, status: int, body: bytes) -> None:
    await respond(send, status, [*_HEADERS, text_header(b"content-length", len(body))], body)

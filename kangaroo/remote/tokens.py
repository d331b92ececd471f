"""Signing in to `/v2`: what the registry asks for is learned from its first refusal; tokens are kept while they last.

Where a registry is reached by https, its token service must be too: the password goes there.
"""

import asyncio
import time
from dataclasses import dataclass
from urllib.parse import urlencode

import msgspec

from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.remote.answers import Answer
from kangaroo.remote.challenges import Basic, Bearer, basic, parse_challenge
from kangaroo.remote.transport import Transport
from kangaroo.remote.values import Credential

Scopes = tuple[str, ...]
_SECONDS_BEFORE_END = 10
_KEPT = 1000


class _Given(msgspec.Struct):
    token: str = ""
    access_token: str = ""
    expires_in: int = 60


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    until: float


class SignIn:
    """Of one credential at one registry. `scheme` is given where it is known beforehand."""

    def __init__(self, credential: Credential | None, scheme: Basic | None = None) -> None:
        self._credential = credential
        self._scheme: Basic | Bearer | None = scheme
        self._tokens: dict[Scopes, _Token] = {}
        self._one_asks = asyncio.Lock()

    @property
    def user(self) -> str:
        return self._credential.username if self._credential else "anonymous"

    async def headers(self, transport: Transport, scopes: Scopes) -> dict[str, str]:
        if isinstance(self._scheme, Basic):
            return basic(self._credential)
        if isinstance(self._scheme, Bearer):
            return {"Authorization": f"Bearer {await self._token(transport, self._scheme, scopes)}"}
        return {}

    def learn(self, answer: Answer, sent: dict[str, str], scopes: Scopes) -> bool:
        """From a refusal (401) of a request with the headers `sent`; whether trying again, once, makes sense."""
        if sent.get("Authorization", "").startswith("Bearer"):
            self._tokens.pop(scopes, None)  # it may have been too old
            return True
        asked = parse_challenge(", ".join(answer.headers.getall("WWW-Authenticate", [])))
        if sent or asked is None or (isinstance(asked, Basic) and self._credential is None):
            return False
        self._scheme = asked
        return True

    def refused(self, answer: Answer, sent: dict[str, str]) -> InstanceFailure:
        """Who has a token is known, and lacks a right; who has none is not known."""
        url = answer.origin
        if sent.get("Authorization", "").startswith("Bearer") and self._credential is not None:
            return InstanceFailure(Reason.FORBIDDEN, url=url, user=self.user, detail="no right to it")
        return InstanceFailure(Reason.UNAUTHORIZED, url=url, user=self.user)

    async def _token(self, transport: Transport, bearer: Bearer, scopes: Scopes) -> str:
        async with self._one_asks:
            held = self._tokens.get(scopes)
            if held is None or held.until <= time.monotonic():
                held = await self._asked(transport, bearer, scopes)
                if len(self._tokens) >= _KEPT:
                    self._tokens.clear()
                self._tokens[scopes] = held
            return held.text

    async def _asked(self, transport: Transport, bearer: Bearer, scopes: Scopes) -> _Token:
        origin = transport.origin
        if origin.startswith("https:") and not bearer.realm.startswith("https:"):
            detail = f"it wants the password sent in clear, to {bearer.realm[:200]}"
            raise InstanceFailure(Reason.BAD_ANSWER, url=origin, detail=detail)
        query = urlencode([("service", bearer.service), *(("scope", scope) for scope in scopes)])
        target = f"{bearer.realm}{'&' if '?' in bearer.realm else '?'}{query}"
        answer = await transport.call("GET", target, headers=basic(self._credential))
        if answer.status != 200:
            raise InstanceFailure(Reason.UNAUTHORIZED, url=origin, user=self.user)
        given = answer.json(_Given)
        life = max(given.expires_in - _SECONDS_BEFORE_END, given.expires_in / 2)
        return _Token(given.token or given.access_token, time.monotonic() + life)

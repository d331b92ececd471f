"""Requests to Artifactory's REST API, signed in with Basic."""

from kangaroo.remote.answers import Answer
from kangaroo.remote.challenges import basic
from kangaroo.remote.failures import refusal
from kangaroo.remote.transport import Transport
from kangaroo.remote.values import Credential

_GOOD = frozenset({200, 202, 204})


class Rest:
    """Paths are below the base URL, which ends in `/artifactory`."""

    def __init__(self, transport: Transport, credential: Credential | None) -> None:
        self.transport = transport
        self._credential = credential
        self.user = credential.username if credential else "anonymous"

    def hurried(self) -> "Rest":
        return Rest(self.transport.hurried(), self._credential)

    async def ask(self, method: str, path: str) -> Answer:
        return await self.transport.call(method, path, headers=basic(self._credential))

    async def good(self, method: str, path: str, what: str) -> Answer:
        answer = await self.ask(method, path)
        if answer.status not in _GOOD:
            raise refusal(answer, what, self.user)
        return answer

"""Requests to the registry API of OCI distribution (`/v2`), signed in as it asks; who uses it knows its paths."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Literal

from kangaroo.base.errors import Failure
from kangaroo.remote.answers import Answer, Stream
from kangaroo.remote.failures import refusal
from kangaroo.remote.names import ImageName
from kangaroo.remote.tokens import Scopes, SignIn
from kangaroo.remote.transport import Transport

Root = Callable[[ImageName], str]
Action = Literal["pull", "pull,push", "delete,pull"]


def standard_root(image: ImageName) -> str:
    return f"/v2/{image}"


def scope(image: ImageName, action: Action) -> Scopes:
    return (f"repository:{image}:{action}",)


class V2:
    """`root` gives the path of an image: registries that are several in one have several roots."""

    def __init__(self, transport: Transport, sign_in: SignIn, root: Root = standard_root) -> None:
        self.transport = transport
        self.root = root
        self._sign_in = sign_in

    def hurried(self) -> "V2":
        return V2(self.transport.hurried(), self._sign_in, self.root)

    async def call(
        self,
        method: str,
        target: str,
        scopes: Scopes,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """Any status below 500 but 401, which is raised as UNAUTHORIZED or FORBIDDEN."""
        again = True
        while True:
            signed = await self._signed(target, scopes)
            answer = await self.transport.call(
                method, target, headers={**(headers or {}), **signed}, body=body
            )
            if answer.status != 401:
                return answer
            if not (again and self._sign_in.learn(answer, signed, scopes)):
                raise self._sign_in.refused(answer, signed)
            again = False

    @asynccontextmanager
    async def open(self, target: str, scopes: Scopes, headers: Mapping[str, str]) -> AsyncIterator[Stream]:
        again = True
        while True:
            signed = await self._signed(target, scopes)
            async with self.transport.open(target, headers={**headers, **signed}) as stream:
                if stream.head.status != 401:
                    yield stream
                    return
                if not (again and self._sign_in.learn(stream.head, signed, scopes)):
                    raise self._sign_in.refused(stream.head, signed)
            again = False

    async def send(
        self, target: str, scopes: Scopes, headers: Mapping[str, str], body: AsyncIterator[bytes], size: int
    ) -> Answer:
        """PATCH, once, signed in by what was learned before."""
        signed = await self._signed(target, scopes)
        answer = await self.transport.send(
            "PATCH", target, headers={**headers, **signed}, body=body, size=size
        )
        if answer.status == 401:
            raise self._sign_in.refused(answer, signed)
        return answer

    def refusal(self, answer: Answer, what: str) -> Failure:
        return refusal(answer, what, self._sign_in.user)

    async def _signed(self, target: str, scopes: Scopes) -> dict[str, str]:
        if not self.transport.is_ours(target):
            return {}
        return await self._sign_in.headers(self.transport, scopes)

"""A client of one dialect, without a socket, whose every exchange is judged by the dialect's published description."""

import base64
from typing import Any, Protocol, Self

import msgspec

from tests import asgi


class Judge(Protocol):
    def problems(self, method: str, path: str, sent: object, answer: asgi.Response) -> list[str]: ...


class JudgedClient:
    """Paths that begin with a word are below the base. `judged=False` for what is meant to differ."""

    base: str
    judge: Judge

    def __init__(self, application: Any, *, judged: bool = True, **headers: str) -> None:
        self._application = application
        self._client = asgi.Client(application, **headers)
        self._judged = judged

    def signed_in(self, name: str, password: str) -> Self:
        """The same as somebody."""
        credentials = base64.b64encode(f"{name}:{password}".encode()).decode()
        return self.with_headers(authorization=f"Basic {credentials}")

    def with_headers(self, **headers: str) -> Self:
        return type(self)(self._application, judged=self._judged, **(self._client.headers | headers))

    def unjudged(self) -> Self:
        return type(self)(self._application, judged=False, **self._client.headers)

    async def __call__(
        self, method: str, path: str, json: object = None, *, body: bytes | None = None, **headers: str
    ) -> asgi.Response:
        url = path if path.startswith("/") else f"{self.base}/{path}"
        if json is not None:
            body = msgspec.json.encode(json)
            headers.setdefault("content_type", "application/json")
        answer = await self._client(method, url, body, **headers)
        if self._judged:
            found = self.judge.problems(method, url.partition("?")[0], json, answer)
            assert not found, f"{method} {url} → {answer.status} {answer.body[:400]!r}\n" + "\n".join(found)
        return answer

    async def ok(self, method: str, path: str, json: object = None, **headers: str) -> Any:
        """The JSON of a 200."""
        answer = await self(method, path, json, **headers)
        assert answer.status == 200, (path, answer.status, answer.body)
        return answer.json()

    async def get(self, path: str) -> Any:
        return await self.ok("GET", path)

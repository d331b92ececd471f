"""A client of the Harbor dialect, without a socket, whose every exchange is judged by Harbor's own description."""

import base64
from typing import Any

import msgspec

from tests import asgi
from tests.conformance import judge

BASE = "/api/v2.0"


class HarborClient:
    """Paths that begin with a word are below /api/v2.0. `judged=False` for what is meant to differ."""

    def __init__(self, application: Any, *, judged: bool = True, **headers: str) -> None:
        self._application = application
        self._client = asgi.Client(application, **headers)
        self._judged = judged

    def signed_in(self, name: str, password: str) -> "HarborClient":
        """The same as somebody."""
        credentials = base64.b64encode(f"{name}:{password}".encode()).decode()
        headers = self._client.headers | {"authorization": f"Basic {credentials}"}
        return HarborClient(self._application, judged=self._judged, **headers)

    def with_headers(self, **headers: str) -> "HarborClient":
        return HarborClient(self._application, judged=self._judged, **(self._client.headers | headers))

    async def __call__(
        self, method: str, path: str, json: object = None, *, body: bytes | None = None, **headers: str
    ) -> asgi.Response:
        url = path if path.startswith("/") else f"{BASE}/{path}"
        if json is not None:
            body = msgspec.json.encode(json)
            headers.setdefault("content_type", "application/json")
        answer = await self._client(method, url, body, **headers)
        if self._judged:
            found = judge.problems(method, url.partition("?")[0], json, answer)
            assert not found, f"{method} {url} → {answer.status} {answer.body[:400]!r}\n" + "\n".join(found)
        return answer

    async def get(self, path: str) -> Any:
        """The JSON of a 200."""
        answer = await self("GET", path)
        assert answer.status == 200, (path, answer.status, answer.body)
        return answer.json()

"""The platform's door for the story: its API as its people use it, and pushes as clients do them."""

import base64
import http.client
import json
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.e2e.clients import Layout
from tests.e2e.server import PASSWORD
from tests.guide.making import INDEX, MANIFEST, Made

PLATFORM, HARBOR = "/apis/kangaroo.io/v1alpha1", "/api/v2.0"


@dataclass(frozen=True)
class Door:
    """For one user; `authority` vouches for the server, which is reached by its port."""

    port: int
    authority: Path
    user: str = "admin"

    def as_(self, user: str) -> "Door":
        return Door(self.port, self.authority, user)

    def platform(self, method: str, path: str, body: object = None) -> Any:
        return self._json(method, f"{PLATFORM}/{path}", body)

    def harbor(self, method: str, path: str, body: object = None) -> Any:
        return self._json(method, f"{HARBOR}/{path}", body)

    def push(self, repository: str, tag: str, made: Made) -> None:
        for digest, content in made.blobs.items():
            status, _ = self._ask("HEAD", f"/v2/{repository}/blobs/{digest}")
            if status != 200:
                self._done("POST", f"/v2/{repository}/blobs/uploads/?digest={digest}", content)
        for one in made.others:
            self.push(repository, one.digest, one)
        self._done("PUT", f"/v2/{repository}/manifests/{quote(tag)}", made.content, made.media_type)

    def push_layout(self, repository: str, tag: str, layout: Layout) -> None:
        """An image of an OCI layout, with all its platforms."""
        self.push(repository, tag, _read(layout, layout.digest))

    def pull(self, repository: str, tag: str) -> None:
        self._done("GET", f"/v2/{repository}/manifests/{tag}")

    def _json(self, method: str, path: str, body: object) -> Any:
        content = b"" if body is None else json.dumps(body).encode()
        answer = self._done(method, path, content, "application/json")
        return json.loads(answer) if answer.startswith((b"{", b"[")) else None

    def _done(self, method: str, path: str, content: bytes = b"", media_type: str = "") -> bytes:
        status, answer = self._ask(method, path, content, media_type)
        assert status < 300, (method, path, status, answer)
        return answer

    def _ask(self, method: str, path: str, content: bytes = b"", media_type: str = "") -> tuple[int, bytes]:
        """Raises OSError."""
        basic = base64.b64encode(f"{self.user}:{PASSWORD}".encode()).decode()
        headers = {"Authorization": f"Basic {basic}", "Accept": f"{INDEX}, {MANIFEST}, */*"}
        if content:
            headers["Content-Type"] = media_type or "application/octet-stream"
        trust = ssl.create_default_context(cafile=str(self.authority))
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=trust, timeout=60)
        try:
            connection.request(method, path, content or None, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


def _read(layout: Layout, digest: str) -> Made:
    """Platforms whose manifests are not in the layout are left out."""
    content = layout.blob(digest)
    manifest = json.loads(content)
    others = [_read(layout, one["digest"]) for one in manifest.get("manifests", ())]
    parts = [one["digest"] for one in (manifest.get("config"), *manifest.get("layers", ())) if one]
    return Made(content, INDEX if others else MANIFEST, {one: layout.blob(one) for one in parts}, others)

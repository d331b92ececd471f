"""/v2 as a client speaks it, over real connections: log in, push, pull, delete."""

import json
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Self

import aiohttp

from kangaroo.base.media_types import OCI_CONFIG, OCI_MANIFEST
from tests.e2e.crash import LAYER, digest_of
from tests.e2e.server import PASSWORD

SERVICE = "harbor-registry"


@dataclass(frozen=True)
class Image:
    """A config and layers, and the manifest over them."""

    blobs: tuple[bytes, ...]

    @property
    def manifest(self) -> bytes:
        config, *layers = [{"digest": digest_of(blob), "size": len(blob)} for blob in self.blobs]
        whole: dict[str, Any] = {"schemaVersion": 2, "mediaType": OCI_MANIFEST}
        whole["config"] = {"mediaType": OCI_CONFIG, **config}
        whole["layers"] = [{"mediaType": LAYER, **layer} for layer in layers]
        return json.dumps(whole).encode()

    @property
    def digest(self) -> str:
        return digest_of(self.manifest)


def some_image(chance: random.Random, *sizes: int) -> Image:
    return Image((b'{"os": "linux"}', *(chance.randbytes(size) for size in sizes)))


@dataclass
class Answer:
    status: int
    headers: Any
    content: bytes


@dataclass
class Speaker:
    """`bearer` is what `log_in` got; nobody without. `statuses` counts all answers."""

    session: aiohttp.ClientSession
    url: str
    bearer: str = ""
    statuses: Counter[int] = field(default_factory=Counter)

    async def log_in(self, project: str, user: str = "admin", password: str = PASSWORD) -> Self:
        scope = f"repository:{project}/any:pull,push,delete"
        async with self.session.get(
            f"{self.url}/service/token",
            params={"service": SERVICE, "scope": scope},
            auth=aiohttp.BasicAuth(user, password),
        ) as answer:
            assert answer.status == 200, await answer.text()
            self.bearer = (await answer.json())["token"]
        return self

    async def __call__(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """`path` below /v2/, or as a Location has it."""
        url = self.url + (path if path.startswith("/") else f"/v2/{path}")
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.bearer:
            given["authorization"] = f"Bearer {self.bearer}"
        async with self.session.request(method, url, data=body, headers=given) as answer:
            self.statuses[answer.status] += 1
            return Answer(answer.status, answer.headers, await answer.read())

    async def push(self, repository: str, tag: str, image: Image) -> None:
        """As a client: only what is missing, small blobs in one request, large ones in two."""
        for blob in image.blobs:
            digest = digest_of(blob)
            if (await self("HEAD", f"{repository}/blobs/{digest}")).status == 200:
                continue
            if len(blob) < 100_000:
                answer = await self("POST", f"{repository}/blobs/uploads/?digest={digest}", blob)
            else:
                place = (await self("POST", f"{repository}/blobs/uploads/")).headers["Location"]
                answer = await self("PATCH", place, blob)
                assert answer.status == 202, answer
                answer = await self("PUT", f"{place}?digest={digest}")
            assert answer.status == 201, answer
        answer = await self("PUT", f"{repository}/manifests/{tag}", image.manifest, content_type=OCI_MANIFEST)
        assert answer.status == 201, answer
        assert answer.headers["Docker-Content-Digest"] == image.digest

    async def pull(self, repository: str, reference: str, image: Image) -> None:
        """Everything, byte by byte."""
        answer = await self("GET", f"{repository}/manifests/{reference}")
        assert (answer.status, answer.content) == (200, image.manifest)
        for blob in image.blobs:
            answer = await self("GET", f"{repository}/blobs/{digest_of(blob)}")
            assert answer.status == 200
            assert answer.content == blob

    async def status(self, repository: str, reference: str) -> int:
        return (await self("GET", f"{repository}/manifests/{reference}")).status

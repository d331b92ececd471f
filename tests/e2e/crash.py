"""Pushing, deleting and collecting while the server is killed, with a book of what it has promised.

A *promise* is an answer: 201 and 202 say that something is, or is gone, for good. A request whose answer never came
leaves a *doubt*, and then either outcome is right; but what is there must be whole in any case.
"""

import asyncio
import hashlib
import json
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from kangaroo.base.media_types import OCI_CONFIG, OCI_MANIFEST

MEBIBYTE = 1 << 20
NOISE = random.Random(1).randbytes(6 * MEBIBYTE)
MOST_IMAGES = 12  # of a pusher; more are deleted again
TRIES = 40
LAYER = "application/vnd.oci.image.layer.v1.tar"


class Doubt(Exception):
    """No answer, or one that says that the server could not do it now."""


@dataclass(frozen=True)
class Blob:
    """Bytes that can be made again at any time; `start` and `size` cut them out of the noise."""

    name: str
    start: int
    size: int

    @property
    def content(self) -> bytes:
        return f"{self.name}\n".encode() + NOISE[self.start : self.start + self.size]

    @property
    def digest(self) -> str:
        return digest_of(self.content)


@dataclass(frozen=True)
class Image:
    config: Blob
    layers: tuple[Blob, ...]

    @property
    def blobs(self) -> tuple[Blob, ...]:
        return (self.config, *self.layers)

    @property
    def manifest(self) -> bytes:
        def entry(media_type: str, blob: Blob) -> dict[str, Any]:
            return {"mediaType": media_type, "digest": blob.digest, "size": len(blob.content)}

        layers = [entry(LAYER, blob) for blob in self.layers]
        whole = {"schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": entry(OCI_CONFIG, self.config)}
        return json.dumps(whole | {"layers": layers}).encode()


def digest_of(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def some_size(chance: random.Random) -> int:
    """Mostly small, sometimes some MB."""
    most = chance.choices([4 << 10, 200 << 10, MEBIBYTE, 5 * MEBIBYTE], [40, 40, 15, 5])[0]
    return chance.randrange(most)


@dataclass
class Registry:
    """The server as clients see it; `url` changes when it starts again, `up` is set while it should answer."""

    session: aiohttp.ClientSession
    url: Callable[[], str]
    up: asyncio.Event
    counts: Counter[str] = field(default_factory=Counter)

    async def call(
        self, method: str, path: str, body: bytes | AsyncIterator[bytes] | None = None, **headers: str
    ) -> tuple[int, Any, bytes]:
        """Status, headers and body; Doubt without an answer."""
        await self.up.wait()
        target = path if path.startswith("http") else self.url() + path
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            async with self.session.request(method, target, data=body, headers=given) as answer:
                content = await answer.read()
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            self.counts["requests without an answer"] += 1
            await asyncio.sleep(0.02)
            raise Doubt from error
        if answer.status == 503:
            self.counts["answers 503"] += 1
            raise Doubt
        assert answer.status < 500, (method, path, answer.status, content)
        return answer.status, answer.headers, content


@dataclass
class Pusher:
    """Works in one repository. `images` says of each digest whether it must (True), may (None) or must not
    (False) be there; `tags` which digests a tag may have, None for no tag.
    """

    registry: Registry
    name: str
    neighbour: str
    chance: random.Random
    known: dict[str, Image] = field(default_factory=dict)
    images: dict[str, bool | None] = field(default_factory=dict)
    tags: dict[str, set[str | None]] = field(default_factory=dict)
    over: bool = False
    serial: int = 0

    @property
    def counts(self) -> Counter[str]:
        return self.registry.counts

    async def work(self) -> None:
        while not self.over:
            held = [digest for digest, there in self.images.items() if there]
            if len(held) > MOST_IMAGES or (held and self.chance.random() < 0.3):
                await self.delete(self.chance.choice(held))
            elif held and self.chance.random() < 0.1:
                await self.untag(self.chance.choice(list(self.tags)))
            else:
                await self.push()

    async def push(self) -> None:
        """Until it is acknowledged; a client gives up now and then, or when the collector is always faster."""
        image, tag = self.compose(), f"t{self.chance.randrange(5)}"
        digest = digest_of(image.manifest)
        for _ in range(TRIES):
            try:
                for blob in sorted(image.blobs, key=lambda blob: blob.size, reverse=True):
                    await self.offer(blob)
                if await self.put_manifest(image, digest, tag):
                    return
            except Doubt:
                if self.over or self.chance.random() < 0.2:
                    return
            self.counts["pushes begun again"] += 1
        self.counts["pushes given up"] += 1

    def compose(self) -> Image:
        self.serial += 1
        shared = [Blob(f"shared {number}", number * 1000, number * 30_000) for number in range(8)]
        own = Blob(f"{self.name} {self.serial}", self.chance.randrange(MEBIBYTE), some_size(self.chance))
        layers = [*self.chance.sample(shared, self.chance.randrange(3)), own]
        image = Image(Blob(f"config of {self.name} {self.serial}", 0, 100), tuple(layers))
        if self.known and self.chance.random() < 0.15:
            image = self.chance.choice(list(self.known.values()))  # pushed before, perhaps deleted since
        self.known[digest_of(image.manifest)] = image
        return image

    async def put_manifest(self, image: Image, digest: str, tag: str) -> bool:
        """False when a blob was collected before the manifest came."""
        self.images[digest] = self.images.get(digest) or None
        self.tags.setdefault(tag, {None}).add(digest)
        path = f"/v2/{self.name}/manifests/{tag}"
        status, _, said = await self.registry.call("PUT", path, image.manifest, content_type=OCI_MANIFEST)
        if status == 201:
            self.images[digest], self.tags[tag] = True, {digest}
            self.counts["pushes acknowledged"] += 1
        else:
            assert b"MANIFEST_BLOB_UNKNOWN" in said, (status, said)
        return status == 201

    async def offer(self, blob: Blob) -> None:
        """As clients do: ask, mount, or send in one of the ways there are."""
        call, uploads = self.registry.call, f"/v2/{self.name}/blobs/uploads/"
        if self.chance.random() < 0.2:
            status, _, _ = await call("HEAD", f"/v2/{self.name}/blobs/{blob.digest}")
            if status == 200:
                return
        if self.chance.random() < 0.2:
            status, _, _ = await call("POST", f"{uploads}?mount={blob.digest}&from={self.neighbour}")
            if status == 201:
                return
        if self.chance.random() < 0.4:
            status, _, said = await call("POST", f"{uploads}?digest={blob.digest}", blob.content)
            assert status == 201, (status, said)
        else:
            await self.upload(blob)
        self.counts["blobs acknowledged"] += 1
        self.counts["bytes acknowledged"] += len(blob.content)

    async def upload(self, blob: Blob) -> None:
        """A session: in one piece, in chunks, or as a stream. After a doubt it goes on where the server is."""
        status, headers, _ = await self.registry.call("POST", f"/v2/{self.name}/blobs/uploads/")
        assert status == 202
        place, content, promised = headers["Location"], blob.content, 0
        for _ in range(TRIES):
            try:
                if promised == 0 and self.chance.random() < 0.3:
                    at = 0
                else:
                    at = promised = await self.send(place, content, promised)
                status, _, said = await self.registry.call(
                    "PUT", f"{place}?digest={blob.digest}", content[at:]
                )
                if status == 201:
                    return
                assert status in (400, 404, 416), (status, said)
                break  # the last request had arrived, or it still writes; once more from the beginning
            except Doubt:
                if self.chance.random() < 0.3:
                    raise
            promised = await self.resume(place, promised)
        raise Doubt

    async def send(self, place: str, content: bytes, at: int) -> int:
        """All but the end; returns how much the server says it has."""
        streamed = self.chance.random() < 0.3
        while at < len(content) - 1:
            end = min(len(content), at + self.chance.randrange(1, MEBIBYTE))
            body: bytes | AsyncIterator[bytes] = content[at:end]
            headers = {"content_range": f"{at}-{end - 1}"}
            if streamed:
                body, headers = pieces(content[at:end]), {}
            status, answered, said = await self.registry.call("PATCH", place, body, **headers)
            if status != 202:
                raise Doubt(said)
            at = end
            assert answered["Range"] == f"0-{at - 1}"
            if self.chance.random() < 0.2:
                break
        return at

    async def resume(self, place: str, promised: int) -> int:
        """Bytes survive the death of the server: at least those it said it had."""
        status, headers, _ = await self.registry.call("GET", place)
        if status == 404:  # the session has ended: its last request had been done
            raise Doubt
        has = int(headers["Range"].removeprefix("0-")) + 1
        assert has >= promised, f"{has} bytes of {promised} are left"
        self.counts["uploads resumed"] += 1
        return 0 if has == 1 and promised == 0 else has

    async def delete(self, digest: str) -> None:
        self.images[digest] = None
        for possible in self.tags.values():
            if digest in possible:
                possible.add(None)
        try:
            status, _, said = await self.registry.call("DELETE", f"/v2/{self.name}/manifests/{digest}")
        except Doubt:
            return
        assert status == 202, (status, said)
        self.images[digest] = False
        for possible in self.tags.values():
            possible.discard(digest)
        self.counts["deletes acknowledged"] += 1

    async def untag(self, tag: str) -> None:
        possible = self.tags[tag]
        absent = None in possible
        possible.add(None)
        try:
            status, _, said = await self.registry.call("DELETE", f"/v2/{self.name}/manifests/{tag}")
        except Doubt:
            return
        assert status == 202 or (status == 404 and absent), (status, said)
        self.tags[tag] = {None}

    async def check(self) -> None:
        """Everything as promised, byte by byte; afterwards there are no doubts left."""
        for digest, there in list(self.images.items()):
            status, _, content = await self.registry.call("GET", f"/v2/{self.name}/manifests/{digest}")
            assert status in ({200} if there else {200, 404} if there is None else {404}), (
                digest,
                there,
                status,
            )
            self.images[digest] = status == 200
            if status == 200:
                assert content == self.known[digest].manifest
                await self.check_blobs(self.known[digest])
        for tag, possible in self.tags.items():
            status, headers, _ = await self.registry.call("HEAD", f"/v2/{self.name}/manifests/{tag}")
            found = headers["Docker-Content-Digest"] if status == 200 else None
            assert found in possible, (tag, found, possible)
            self.tags[tag] = {found}

    async def check_blobs(self, image: Image) -> None:
        for blob in image.blobs:
            status, _, content = await self.registry.call("GET", f"/v2/{self.name}/blobs/{blob.digest}")
            assert status == 200
            assert content == blob.content
            self.counts["bytes read back"] += len(content)


async def pieces(content: bytes) -> AsyncIterator[bytes]:
    """With no length, as a stream."""
    for at in range(0, len(content), 60_000):
        yield content[at : at + 60_000]

"""A registry whose time tests move, and the collector and fsck beside it."""

from dataclasses import dataclass, field, replace
from typing import Literal

from sqlalchemy import update

from kangaroo.app.wiring import Wired, assemble
from kangaroo.base.clock import SECOND, Micros, now
from kangaroo.base.digests import Digest
from kangaroo.base.media_types import OCI_MANIFEST
from kangaroo.base.names import RepositoryName
from kangaroo.core.gc import Freed, Fsck, Report
from kangaroo.entrypoints import oci
from kangaroo.store.meta import audit
from kangaroo.store.meta import registry as rows
from kangaroo.store.meta.database import CONTENT
from kangaroo.store.meta.schema.registry import repository_blobs
from kangaroo.store.meta.statements import Query, parameter
from tests.entrypoints.oci.registry import Registry

HOUR: Micros = 3600 * SECOND
GRACE: Micros = 2 * HOUR  # of the settings, unless told otherwise
_AGE = Query(update(repository_blobs).values(touched_at=repository_blobs.c.touched_at - parameter("by")))


@dataclass
class Notes:
    """Progress as a job has it, to be read by the test."""

    said: list[str] = field(default_factory=list)

    def progress(self, done: int, total: int = 0, text: str = "") -> None:
        assert not total or done <= total, text

    def log(self, level: Literal["debug", "info", "warning", "error"], message: str) -> None:
        self.said.append(message)

    async def check(self) -> None:
        pass


@dataclass
class Layers:
    """An image of a test: its manifest and what it refers to."""

    manifest: bytes
    config: bytes
    layers: list[bytes]

    @property
    def digest(self) -> Digest:
        return Digest.of(self.manifest)

    @property
    def blobs(self) -> list[bytes]:
        return [self.config, *self.layers]


class House(Registry):
    """`collector` grants the grace of the settings, `hasty` none."""

    def __init__(self, parts: Wired) -> None:
        super().__init__(oci.application(parts.services, ""), parts.services, parts.database)
        self.parts = parts
        self.collector = parts.services.collector
        without_grace = replace(parts.settings, gc_grace_minutes=0)
        self.hasty = assemble(without_grace, parts.database, parts.content).services.collector

    async def push(self, repository: str, tag: str, *layers: bytes) -> Layers:
        """An image of its own config, named after the tag, over these layers."""
        config = f'{{"os": "linux", "name": "{repository}:{tag}"}}'.encode()
        image = Layers(self.image_of(config, list(layers)), config, list(layers))
        for blob in image.blobs:
            await self.push_blob(repository, blob)
        assert await self.push_manifest(repository, tag, image.manifest) == 201
        return image

    async def push_manifest(self, repository: str, tag: str, manifest: bytes) -> int:
        answer = await self("PUT", f"/v2/{repository}/manifests/{tag}", manifest, content_type=OCI_MANIFEST)
        return answer.status

    async def delete(self, repository: str, reference: str) -> None:
        answer = await self("DELETE", f"/v2/{repository}/manifests/{reference}")
        assert answer.status == 202, answer.body

    async def has_blob(self, repository: str, content: bytes, method: str = "HEAD", **headers: str) -> bool:
        answer = await self(method, f"/v2/{repository}/blobs/{Digest.of(content)}", None, **headers)
        assert answer.status in (200, 404), answer.body
        assert answer.status == 404 or method == "HEAD" or answer.body == content
        return answer.status == 200

    async def pulls(self, repository: str, image: Layers) -> bool:
        """Whole, byte by byte."""
        got = await self("GET", f"/v2/{repository}/manifests/{image.digest}")
        whole = [await self.has_blob(repository, blob, "GET") for blob in image.blobs]
        return got.status == 200 and got.body == image.manifest and all(whole)

    async def age(self, by: Micros) -> None:
        """As if this time had passed since the last touch of any blob."""
        async with self.database.write() as transaction:
            await transaction.run(_AGE, by=by)
            await transaction.changed(CONTENT)

    async def collect(self, notes: Notes | None = None, *, dry_run: bool = False) -> Freed:
        return await self.collector.run(notes or Notes(), dry_run=dry_run)

    async def fsck(self, *, repair: bool = False, ahead: Micros = 0) -> Report:
        """`ahead` moves its clock."""
        checker = Fsck(self.database, self.parts.content, lambda: now() + ahead)
        return await checker.run(Notes(), repair=repair)

    async def stored(self) -> set[str]:
        """The locations of all content."""
        return {listed.name async for listed in self.parts.content.blobs()}

    async def location(self, content: bytes) -> str:
        found = await audit.location_of(self.database.lookup, Digest.of(content))
        assert found is not None
        return found

    async def touched(self, repository: str, content: bytes) -> Micros:
        found = await rows.blob(self.database.lookup, RepositoryName(repository), Digest.of(content))
        assert found is not None
        return found.touched_at


def size(*contents: bytes) -> int:
    return sum(map(len, contents))

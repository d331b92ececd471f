"""Images of an archive on their way into a registry: blobs first, then manifests, the named one last, so that whatever
fails leaves nothing but blobs nobody refers to, which the registry collects as it does after any push cut short.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from kangaroo.base.digests import Digest
from kangaroo.base.media_types import DOCKER_CONFIG, DOCKER_MANIFEST, OCI_CONFIG, OCI_MANIFEST
from kangaroo.base.names import Reference
from kangaroo.core.archives.images import Node, Saved
from kangaroo.core.archives.naming import Placed, Target
from kangaroo.core.archives.opening import compression
from kangaroo.core.archives.packing import Layer, compressed
from kangaroo.core.archives.spool import Spool, in_thread
from kangaroo.core.archives.steps import BlobSent, LayerPacked, Outcome, Tell
from kangaroo.core.archives.tar import Held
from kangaroo.core.registry.manifests import Descriptor
from kangaroo.remote.contract import Content, Source
from kangaroo.remote.names import ImageName


@dataclass(frozen=True, slots=True)
class _Types:
    manifest: str
    config: str
    layers: Mapping[str, str]


_DOCKER = _Types(
    DOCKER_MANIFEST, DOCKER_CONFIG, {"gzip": "application/vnd.docker.image.rootfs.diff.tar.gzip"}
)
_OCI = _Types(
    OCI_MANIFEST,
    OCI_CONFIG,
    {kind: f"application/vnd.oci.image.layer.v1.tar+{kind}" for kind in ("gzip", "zstd")},
)


class Pushing:
    """One archive's way into one registry. `folder` is for layers that are being compressed."""

    def __init__(self, content: Content, spool: Spool, folder: Path, tell: Tell) -> None:
        self._content = content
        self._spool = spool
        self._folder = folder
        self._tell = tell
        self._there: dict[Digest, ImageName] = {}
        self._packed: dict[Held, tuple[Digest, int]] = {}

    async def push(self, placed: Placed) -> Outcome:
        """Raises what the registry refuses, and ARCHIVE_INVALID."""
        match placed.image:
            case Node() as node:
                return await self._node(placed.target, node)
            case Saved() as saved:
                return await self._saved(placed.target, saved)

    async def _node(self, target: Target, top: Node) -> Outcome:
        for node in top.manifests():
            for blob in node.blobs:
                source = self._spool.source(blob.held)
                await self._blob(target.image, blob.digest, blob.held.size, source)
            reference: Reference = target.tag if node is top else node.digest
            digest = await self._content.put_manifest(target.image, reference, node.media_type, node.content)
        return Outcome(target, digest, top.size)

    async def _saved(self, target: Target, saved: Saved) -> Outcome:
        """With the manifest `docker push` would make, or OCI's where a layer is compressed as Docker's cannot be."""
        kinds = await in_thread(lambda: [compression(self._spool, held) for held in saved.layers])
        types = _OCI if "zstd" in kinds else _DOCKER
        config = _descriptor(types.config, await self._as_it_is(target.image, saved.config))
        layers = []
        for number, (held, diff_id, kind) in enumerate(
            zip(saved.layers, saved.diff_ids, kinds, strict=True), start=1
        ):
            pushed = await self._layer(target.image, Layer(number, held, diff_id), kind)
            layers.append(_descriptor(types.layers[kind or "gzip"], pushed))
        manifest = {"schemaVersion": 2, "mediaType": types.manifest, "config": config, "layers": layers}
        content = msgspec.json.format(msgspec.json.encode(manifest), indent=3)
        made = await self._content.put_manifest(target.image, target.tag, types.manifest, content)
        sizes = {one.digest: one.size for one in (config, *layers)}
        return Outcome(target, made, len(content) + sum(sizes.values()))

    async def _layer(self, image: ImageName, layer: Layer, kind: str) -> tuple[Digest, int]:
        if kind:
            return await self._as_it_is(image, layer.held)
        known = self._packed.get(layer.held)
        if known is not None and await self._has(image, *known):
            return known
        async with self._compressed(layer) as (packed, digest):
            source = packed.source(Held(0, packed.size))
            await self._blob(image, digest, packed.size, source)
            self._packed[layer.held] = digest, packed.size
            return digest, packed.size

    @asynccontextmanager
    async def _compressed(self, layer: Layer) -> AsyncIterator[tuple[Spool, Digest]]:
        def told(done: int) -> None:
            self._tell(LayerPacked(layer.number, done, layer.held.size))

        packed, digest = await compressed(self._spool, layer, self._folder, told)
        with packed:
            yield packed, digest

    async def _as_it_is(self, image: ImageName, held: Held) -> tuple[Digest, int]:
        digest = await in_thread(lambda: self._spool.digest(held))
        await self._blob(image, digest, held.size, self._spool.source(held))
        return digest, held.size

    async def _blob(self, image: ImageName, digest: Digest, size: int, source: Source) -> None:
        if await self._has(image, digest, size):
            return

        async def told(start: int) -> AsyncIterator[bytes]:
            done = start
            async for piece in source(start):
                yield piece
                done += len(piece)
                self._tell(BlobSent(digest, done, size))

        await self._content.put_blob(image, digest, size, told)
        self._there[digest] = image

    async def _has(self, image: ImageName, digest: Digest, size: int) -> bool:
        """It does, or takes it over from where this archive has just put it."""
        there = await self._content.blob_size(image, digest) == size
        origin = self._there.get(digest)
        if not there and origin is not None and origin != image:
            there = await self._content.mount(image, digest, origin)
        if there:
            self._there.setdefault(digest, image)
            self._tell(BlobSent(digest, size, size))
        return there


def _descriptor(media_type: str, pushed: tuple[Digest, int]) -> Descriptor:
    digest, size = pushed
    return Descriptor(media_type, str(digest), size)

"""What belongs to an image a registry has: its manifests, all of an index or one platform of it, and their blobs."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec

from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure
from kangaroo.base.media_types import DOCKER_CONFIG, OCI_CONFIG
from kangaroo.base.names import Reference
from kangaroo.core.registry.manifests import Descriptor, Manifest, parse
from kangaroo.remote.contract import Content
from kangaroo.remote.names import ImageName
from kangaroo.remote.values import Platform

IMAGES = frozenset({OCI_CONFIG, DOCKER_CONFIG})
UNKNOWN, USUAL = Platform(), Platform("linux", "amd64")
_MOST_MANIFESTS = 500
_CONFIG_LIMIT = 8 << 20
_ASKED_AT_ONCE = 8


class _Layers(msgspec.Struct):
    layers: list[Descriptor] | None = None


class _Config(msgspec.Struct):
    os: str = ""
    architecture: str = ""
    variant: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A manifest or an index, with the platform its index gives it."""

    media_type: str
    digest: Digest
    content: bytes
    manifest: Manifest
    platform: Platform = UNKNOWN

    @property
    def is_image(self) -> bool:
        config = self.manifest.config
        return config is not None and config.media_type in IMAGES

    def layers(self) -> list[Descriptor]:
        """In order, with repetitions."""
        return msgspec.json.decode(self.content, type=_Layers).layers or []


@dataclass(frozen=True, slots=True)
class Gathered:
    """`top` is what was asked for; `all` begins with it."""

    top: Picture
    all: tuple[Picture, ...]

    def images(self) -> list[Picture]:
        """Those that can run somewhere: what describes them (attestations) is for no platform."""
        return [one for one in self.all if one.is_image and one.platform.os != "unknown"]

    def usual(self) -> Picture | None:
        """What a program gets that can have one image only; None: nobody can say."""
        images = self.images()
        if len(images) == 1:
            return images[0]
        return next((one for one in images if matches(one.platform, USUAL)), None)


def parse_platform(text: str) -> Platform:
    """`os/architecture`, perhaps `/variant`. Raises INVALID_FIELD."""
    parts = text.split("/")
    if not 2 <= len(parts) <= 3 or not all(parts):
        reason = "use os/architecture or os/architecture/variant, as in linux/arm64"
        raise Failure(Code.INVALID_FIELD, field="platform", reason=reason)
    return Platform(*parts)


def shown(platform: Platform) -> str:
    return "/".join(part for part in (platform.os, platform.architecture, platform.variant) if part)


def matches(there: Platform, wanted: Platform) -> bool:
    """Any variant does where none is wanted."""
    same = (there.os, there.architecture) == (wanted.os, wanted.architecture)
    return same and wanted.variant in ("", there.variant)


class Gatherer:
    def __init__(self, content: Content, image: ImageName) -> None:
        self._content = content
        self._image = image

    async def gather(self, reference: Reference, platform: Platform | None) -> Gathered:
        """Raises MANIFEST_UNKNOWN, NOT_FOUND (no such platform), BLOB_UNKNOWN, MANIFEST_INVALID (a blob of another
        size than it says)."""
        top = await self._picture(reference)
        if platform is not None:
            top = await self._of_platform(top, platform)
        found: dict[Digest, Picture] = {}
        await self._below(top, found)
        gathered = Gathered(top, tuple(found.values()))
        await self._check(gathered)
        return gathered

    async def small_blob(self, blob: Descriptor) -> bytes:
        """In memory. Raises TOO_LARGE."""
        if blob.size > _CONFIG_LIMIT:
            raise Failure(Code.TOO_LARGE, what=f"the config {blob.digest}", limit=_CONFIG_LIMIT)
        pieces = self._content.blob(self._image, Digest.parse(blob.digest))
        return b"".join([piece async for piece in pieces])

    async def _picture(self, reference: Reference) -> Picture:
        found = await self._content.manifest(self._image, reference)
        return Picture(found.media_type, found.digest, found.content, parse(found.content, found.media_type))

    async def _of_platform(self, top: Picture, wanted: Platform) -> Picture:
        if not top.manifest.is_index:
            there = await self._platform_of(top)
            if matches(there, wanted):
                return replace(top, platform=there)
            raise self._no_platform(wanted, [there])
        for child in top.manifest.children:
            if matches(_platform(child), wanted):
                return replace(await self._picture(Digest.parse(child.digest)), platform=_platform(child))
        raise self._no_platform(wanted, [_platform(child) for child in top.manifest.children])

    async def _platform_of(self, picture: Picture) -> Platform:
        if picture.manifest.config is None or not picture.is_image:
            return UNKNOWN
        try:
            config = msgspec.json.decode(await self.small_blob(picture.manifest.config), type=_Config)
        except msgspec.DecodeError:
            return UNKNOWN
        return Platform(config.os, config.architecture, config.variant)

    def _no_platform(self, wanted: Platform, there: Sequence[Platform]) -> Failure:
        names = ", ".join(sorted({shown(one) or "unknown" for one in there}))
        return Failure(
            Code.NOT_FOUND, "archive_platform", image=self._image, platform=shown(wanted), there=names or "-"
        )

    async def _below(self, picture: Picture, found: dict[Digest, Picture]) -> None:
        """Children an index names and the registry does not have are left out: nobody can have them."""
        found[picture.digest] = picture
        if len(found) > _MOST_MANIFESTS:
            raise Failure(
                Code.TOO_LARGE, what=f"the index {picture.digest}, in manifests", limit=_MOST_MANIFESTS
            )
        for child in picture.manifest.children:
            digest = Digest.parse(child.digest)
            if digest in found:
                continue
            try:
                below = await self._picture(digest)
            except Failure as failure:
                if failure.code is not Code.MANIFEST_UNKNOWN:
                    raise
                continue
            await self._below(replace(below, platform=_platform(child)), found)

    async def _check(self, gathered: Gathered) -> None:
        """All blobs are there, so that nothing fails half-way that could be known before."""
        blobs = {blob.digest: blob for one in gathered.all for blob in one.manifest.blobs}
        free = asyncio.Semaphore(_ASKED_AT_ONCE)

        async def check(blob: Descriptor) -> None:
            async with free:
                size = await self._content.blob_size(self._image, Digest.parse(blob.digest))
            if size is None:
                raise Failure(Code.BLOB_UNKNOWN, digest=blob.digest, repository=self._image)
            if size != blob.size:
                reason = f"{blob.digest} has {size} bytes, the manifest says {blob.size}"
                raise Failure(Code.MANIFEST_INVALID, reason=reason)

        await asyncio.gather(*map(check, blobs.values()))


def _platform(child: Descriptor) -> Platform:
    """An entry's `platform` is somebody's JSON: what is no text is nothing."""
    said = {key: value for key, value in (child.platform or {}).items() if isinstance(value, str)}
    return Platform(said.get("os", ""), said.get("architecture", ""), said.get("variant", ""))

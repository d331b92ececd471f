"""Images of a registry that has nothing but `/v2`: lists are made from tags, and details from manifests and configs."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace

from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import Reference, Tag
from kangaroo.base.paging import Page, Window
from kangaroo.remote import pictures
from kangaroo.remote.content import V2Content
from kangaroo.remote.lacking import lacks
from kangaroo.remote.names import ImageName, SpaceName
from kangaroo.remote.together import together
from kangaroo.remote.values import (
    Artifact,
    BuildStep,
    Capability,
    Image,
    ImageOrder,
    Kind,
    Manifest,
    Platform,
    TagInfo,
)
from kangaroo.remote.windows import cut, like

Names = Callable[[SpaceName], Awaitable[list[ImageName]]]


class V2Images:
    """`names` lists what may be in a space; images without a tag are left out, as deleted ones stay in catalogs."""

    def __init__(self, kind: Kind, content: V2Content, names: Names) -> None:
        self.kind = kind
        self._content = content
        self._names = names

    async def page(
        self,
        space: SpaceName,
        window: Window,
        fuzzy: str = "",
        order: ImageOrder = ImageOrder.NAME,  # noqa: ARG002  there is nothing else to sort by
    ) -> Page[Image]:
        wanted = [image for image in await self._names(space) if like(fuzzy, image.name)]
        counted = await together(self._counted(image) for image in wanted)
        found = sorted((image for image in counted if image is not None), key=lambda image: image.name)
        return Page(list(cut(found, window)), len(found))

    async def get(self, image: ImageName) -> Image:
        found = await self._counted(image)
        if found is None:
            raise Failure(Code.NOT_FOUND, what=f"image {image}")
        return found

    async def delete(self, image: ImageName) -> None:
        for digest in await self._tagged(image, await self._tags(image)):
            await self._content.delete_manifest(image, digest)

    async def describe(self, image: ImageName, description: str) -> None:  # noqa: ARG002
        lacks(self.kind, Capability.DESCRIPTION)

    async def artifacts(self, image: ImageName, window: Window, fuzzy_tag: str = "") -> Page[Artifact]:
        tags = [tag for tag in await self._tags(image) if like(fuzzy_tag, tag)]
        found = await self._tagged(image, tags)
        shown = cut(list(found.items()), window)
        artifacts = await together(self._summary(image, digest, names) for digest, names in shown)
        return Page(artifacts, len(found))

    async def artifact(self, image: ImageName, reference: Reference) -> Artifact:
        manifest = await self._content.manifest(image, reference)
        tags = (await self._tagged(image, await self._tags(image))).get(manifest.digest, [])
        return await self._described(image, manifest, tags)

    async def delete_artifact(self, image: ImageName, digest: Digest) -> None:
        await self._content.delete_manifest(image, digest)

    async def history(self, image: ImageName, digest: Digest) -> list[BuildStep]:
        manifest = await self._content.manifest(image, digest)
        config = await pictures.config(self._content, image, manifest)
        return config.steps() if config else []

    async def _counted(self, image: ImageName) -> Image | None:
        """None: without a tag."""
        try:
            tags = await self._content.tags(image)
        except Failure as failure:
            if failure.code is Code.NOT_FOUND:
                return None
            raise
        return Image(image, artifacts=len(tags)) if tags else None

    async def _tags(self, image: ImageName) -> list[str]:
        """Newest names first, as far as names tell."""
        tags = await self._content.tags(image)
        if not tags:
            raise Failure(Code.NOT_FOUND, what=f"image {image}")
        return sorted(tags, reverse=True)

    async def _tagged(self, image: ImageName, tags: Iterable[str]) -> dict[Digest, list[str]]:
        """Tags by what they are on."""
        named = [Tag.parse(tag) for tag in tags]
        found: dict[Digest, list[str]] = {}
        digests = await together(self._digest(image, tag) for tag in named)
        for tag, digest in zip(named, digests, strict=True):
            if digest is not None:
                found.setdefault(digest, []).append(tag)
        return found

    async def _digest(self, image: ImageName, tag: Tag) -> Digest | None:
        """None: deleted since it was listed."""
        try:
            return (await self._content.head_manifest(image, tag)).digest
        except Failure as failure:
            if failure.code is Code.MANIFEST_UNKNOWN:
                return None
            raise

    async def _summary(self, image: ImageName, digest: Digest, tags: list[str]) -> Artifact:
        manifest = await self._content.manifest(image, digest)
        return await self._artifact(image, manifest, tags)

    async def _artifact(self, image: ImageName, manifest: Manifest, tags: list[str]) -> Artifact:
        return Artifact(
            digest=manifest.digest,
            media_type=manifest.media_type,
            size=await pictures.size(self._content, image, manifest),
            tags=tuple(TagInfo(tag) for tag in tags),
            children=pictures.children(manifest),
        )

    async def _described(self, image: ImageName, manifest: Manifest, tags: list[str]) -> Artifact:
        plain = await self._artifact(image, manifest, tags)
        config = await pictures.config(self._content, image, manifest)
        if config is None:
            return plain
        platform: Platform = config.value()
        return replace(plain, platform=platform, author=config.author, created=config.at)

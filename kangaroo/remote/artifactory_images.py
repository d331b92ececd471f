"""Images of an Artifactory: as any registry lists them, with the times and the deletion of its storage API."""

from dataclasses import replace

import msgspec

from kangaroo.base.clock import Micros
from kangaroo.base.digests import Digest
from kangaroo.base.media_types import INDEXES
from kangaroo.remote.artifactory_rest import Rest
from kangaroo.remote.content import V2Content
from kangaroo.remote.moments import moment
from kangaroo.remote.names import ImageName
from kangaroo.remote.together import together
from kangaroo.remote.v2_images import Names, V2Images
from kangaroo.remote.values import Artifact, Kind, Manifest, TagInfo


class _File(msgspec.Struct, rename="camel"):
    created: str = ""
    last_modified: str = ""


class _Use(msgspec.Struct, rename="camel"):
    """In milliseconds."""

    last_downloaded: int = 0


class ArtifactoryImages(V2Images):
    def __init__(self, rest: Rest, content: V2Content, names: Names) -> None:
        super().__init__(Kind.JFROG, content, names)
        self._rest = rest

    async def delete(self, image: ImageName) -> None:
        await self._rest.good("DELETE", _folder(image), f"image {image}")

    async def delete_artifact(self, image: ImageName, digest: Digest) -> None:
        """The folders of all its tags; a child of an index has one named by its digest."""
        tagged = await self._tagged(image, await self._tags(image))
        for folder in tagged.get(digest, [digest]):
            await self._rest.good("DELETE", f"{_folder(image)}/{folder}", f"artifact {digest} of {image}")

    async def _artifact(self, image: ImageName, manifest: Manifest, tags: list[str]) -> Artifact:
        plain = await super()._artifact(image, manifest, tags)
        file = "list.manifest.json" if manifest.media_type in INDEXES else "manifest.json"
        times = await together(self._times(f"/api/storage{_folder(image)}/{tag}/{file}") for tag in tags)
        return replace(
            plain,
            tags=tuple(TagInfo(tag, pushed) for tag, (pushed, _) in zip(tags, times, strict=True)),
            pushed=max((pushed for pushed, _ in times if pushed), default=None),
            pulled=max((pulled for _, pulled in times if pulled), default=None),
        )

    async def _times(self, path: str) -> tuple[Micros | None, Micros | None]:
        """When a file came and when it was last read; unknown where the credential may not ask."""
        info, use = await together([self._rest.ask("GET", path), self._rest.ask("GET", f"{path}?stats")])
        file = info.json(_File) if info.status == 200 else _File()
        milliseconds = use.json(_Use).last_downloaded if use.status == 200 else 0
        return moment(file.last_modified or file.created), milliseconds * 1000 or None


def _folder(image: ImageName) -> str:
    return f"/{image.space}/{image.name}"

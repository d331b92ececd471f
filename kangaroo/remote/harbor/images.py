"""Repositories and artifacts of a Harbor are its images."""

from urllib.parse import quote

import msgspec

from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import Reference
from kangaroo.base.paging import Page, Window
from kangaroo.remote.harbor.api import Api, contains, project_path, query, repository_path
from kangaroo.remote.harbor.artifacts import HarborArtifact
from kangaroo.remote.moments import moment
from kangaroo.remote.names import ImageName, SpaceName
from kangaroo.remote.values import Artifact, BuildStep, Image, ImageOrder
from kangaroo.remote.windows import cut, like

_SORT = {
    ImageOrder.NAME: "name",
    ImageOrder.PULLS: "pull_count",
    ImageOrder.PULLS_DESCENDING: "-pull_count",
    ImageOrder.UPDATED: "update_time",
    ImageOrder.UPDATED_DESCENDING: "-update_time",
}
_WITH = {"with_tag": "true", "with_scan_overview": "true", "with_accessory": "true"}


class _Repository(msgspec.Struct):
    name: str
    description: str = ""
    artifact_count: int = 0
    pull_count: int = 0
    creation_time: str | None = None
    update_time: str | None = None

    def value(self) -> Image:
        return Image(
            name=ImageName.split(self.name),
            artifacts=self.artifact_count,
            pulls=self.pull_count,
            updated=moment(self.update_time),
            created=moment(self.creation_time),
            description=self.description,
        )


class _Step(msgspec.Struct):
    created: str = ""
    created_by: str = ""
    comment: str = ""
    empty_layer: bool = False


class HarborImages:
    def __init__(self, api: Api) -> None:
        self._api = api

    async def page(
        self, space: SpaceName, window: Window, fuzzy: str = "", order: ImageOrder = ImageOrder.NAME
    ) -> Page[Image]:
        """Harbor looks for `fuzzy` in `space/name`: where it may be found in the space, we look for ourselves."""
        here = "/" in fuzzy or like(fuzzy, space)
        asked = query(q="" if here else contains("name", fuzzy), sort=_SORT[order])
        path = f"{project_path(space)}/repositories{asked}"
        found = await self._api.page(
            path, list[_Repository], Window(size=0) if here and fuzzy else window, f"space {space}"
        )
        images = [repository.value() for repository in found.items]
        if not (here and fuzzy):
            return Page(images, found.total)
        fitting = [image for image in images if like(fuzzy, image.name.name)]
        return Page(list(cut(fitting, window)), len(fitting))

    async def get(self, image: ImageName) -> Image:
        return (await self._api.get(repository_path(image), _Repository, f"image {image}")).value()

    async def delete(self, image: ImageName) -> None:
        await self._api.good("DELETE", repository_path(image), f"image {image}")

    async def describe(self, image: ImageName, description: str) -> None:
        await self._api.good("PUT", repository_path(image), f"image {image}", {"description": description})

    async def artifacts(self, image: ImageName, window: Window, fuzzy_tag: str = "") -> Page[Artifact]:
        asked = query(q=contains("tags", fuzzy_tag), **_WITH)
        path = f"{repository_path(image)}/artifacts{asked}"
        found = await self._api.page(path, list[HarborArtifact], window, f"image {image}")
        return Page([artifact.value() for artifact in found.items], found.total)

    async def artifact(self, image: ImageName, reference: Reference) -> Artifact:
        path = f"{_artifact(image, reference)}{query(**_WITH)}".rstrip("&")
        return (await self._api.get(path, HarborArtifact, f"artifact {reference} of {image}")).value()

    async def delete_artifact(self, image: ImageName, digest: Digest) -> None:
        await self._api.good("DELETE", _artifact(image, digest), f"artifact {digest} of {image}")

    async def history(self, image: ImageName, digest: Digest) -> list[BuildStep]:
        path = f"{_artifact(image, digest)}/additions/build_history"
        try:
            answer = await self._api.good("GET", path, f"artifact {digest} of {image}")
        except Failure as failure:
            if failure.code is Code.BAD_REQUEST:  # it has none
                return []
            raise
        steps = answer.rows(list[_Step])
        return [
            BuildStep(step.created_by, moment(step.created), step.comment, step.empty_layer) for step in steps
        ]


def _artifact(image: ImageName, reference: Reference) -> str:
    return f"{repository_path(image)}/artifacts/{quote(reference, safe=':')}"

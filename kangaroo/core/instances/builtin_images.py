"""Images of the built-in registry, as the contract has them."""

from typing import Any

import msgspec

from kangaroo.base.actors import Actor
from kangaroo.base.digests import Digest
from kangaroo.base.names import Reference
from kangaroo.base.paging import Page, Window
from kangaroo.base.query import Contains, ListQuery, Sort
from kangaroo.core.instances.builtin_terms import image_failures, image_of, project_of, repository_of
from kangaroo.core.registry import Child as ChildRow
from kangaroo.core.registry import Details, Registry, Repository, Shown, additions_of
from kangaroo.remote.moments import moment
from kangaroo.remote.names import ImageName, SpaceName
from kangaroo.remote.values import Accessory, Artifact, BuildStep, Child, Image, ImageOrder, Platform, TagInfo
from kangaroo.remote.windows import cut

_SORTS = {
    ImageOrder.NAME: Sort("name"),
    ImageOrder.PULLS: Sort("pull_count"),
    ImageOrder.PULLS_DESCENDING: Sort("pull_count", descending=True),
    ImageOrder.UPDATED: Sort("update_time"),
    ImageOrder.UPDATED_DESCENDING: Sort("update_time", descending=True),
}
_SHOWN = Details()


class _Platform(msgspec.Struct):
    os: str = ""
    architecture: str = ""
    variant: str = ""
    os_version: str = msgspec.field(name="os.version", default="")

    def value(self) -> Platform:
        return Platform(self.os, self.architecture, self.variant, self.os_version)


class _Descriptor(msgspec.Struct):
    platform: _Platform | None = None


class _Attributes(_Platform):
    author: str = ""
    created: str = ""


class _Step(msgspec.Struct):
    created: str = ""
    created_by: str = ""
    comment: str = ""
    empty_layer: bool = False


class BuiltInImages:
    def __init__(self, registry: Registry, actor: Actor) -> None:
        self._registry = registry
        self._actor = actor

    async def page(
        self, space: SpaceName, window: Window, fuzzy: str = "", order: ImageOrder = ImageOrder.NAME
    ) -> Page[Image]:
        project = project_of(space)
        query = ListQuery(sorts=(_SORTS[order],), window=window)
        if fuzzy:
            query = query.where("name", Contains(fuzzy))
        # Rows hold project and image in one name: what the project matches already says nothing of the image.
        whole = bool(fuzzy) and ("/" in fuzzy or fuzzy.lower() in f"{project}/")
        with image_failures():
            if not whole:
                found = await self._registry.catalogue.page(self._actor, project, query)
                return Page([_image(one) for one in found.items], found.total)
            found = await self._registry.catalogue.page(
                self._actor, project, ListQuery(query.filters, query.sorts, Window(size=0))
            )
        fitting = [one for one in found.items if fuzzy.lower() in one.name.image]
        return Page([_image(one) for one in cut(fitting, window)], len(fitting))

    async def get(self, image: ImageName) -> Image:
        with image_failures():
            return _image(await self._registry.catalogue.get(self._actor, repository_of(image)))

    async def delete(self, image: ImageName) -> None:
        with image_failures():
            await self._registry.catalogue.delete(self._actor, repository_of(image))

    async def describe(self, image: ImageName, description: str) -> None:
        with image_failures():
            await self._registry.catalogue.describe(self._actor, repository_of(image), description)

    async def artifacts(self, image: ImageName, window: Window, fuzzy_tag: str = "") -> Page[Artifact]:
        query = ListQuery(window=window)
        if fuzzy_tag:
            query = query.where("tags", Contains(fuzzy_tag))
        with image_failures():
            found = await self._registry.artifacts.page(self._actor, repository_of(image), query, _SHOWN)
        return Page([_artifact(one) for one in found.items], found.total)

    async def artifact(self, image: ImageName, reference: Reference) -> Artifact:
        with image_failures():
            return _artifact(
                await self._registry.artifacts.get(self._actor, repository_of(image), reference, _SHOWN)
            )

    async def delete_artifact(self, image: ImageName, digest: Digest) -> None:
        with image_failures():
            await self._registry.artifacts.delete(self._actor, repository_of(image), digest)

    async def history(self, image: ImageName, digest: Digest) -> list[BuildStep]:
        name = repository_of(image)
        with image_failures():
            found = await self._registry.artifacts.get(self._actor, name, digest, _SHOWN)
            if "build_history" not in additions_of(found.artifact):
                return []
            told = await self._registry.additions.get(self._actor, name, digest, "build_history")
        return [
            BuildStep(step.created_by, moment(step.created), step.comment, step.empty_layer)
            for step in _read(told.content, list[_Step])
        ]


def _image(row: Repository) -> Image:
    return Image(
        name=image_of(row.name),
        artifacts=row.artifacts,
        pulls=row.pull_count,
        updated=row.updated_at,
        created=row.created_at,
        description=row.description,
    )


def _artifact(shown: Shown) -> Artifact:
    row = shown.artifact
    attributes: _Attributes = _read(row.attributes, _Attributes)
    platform = attributes.value()
    return Artifact(
        digest=row.digest,
        media_type=row.manifest_media_type,
        size=row.size,
        tags=tuple(TagInfo(tag.name, tag.pushed_at) for tag in shown.tags),
        children=tuple(_child(one) for one in shown.children),
        accessories=tuple(
            Accessory(one.digest, one.kind, one.size, one.pushed_at) for one in shown.accessories
        ),
        pushed=row.pushed_at,
        pulled=row.pulled_at,
        platform=None if platform == Platform() else platform,
        author=attributes.author,
        created=moment(attributes.created),
    )


def _child(row: ChildRow) -> Child:
    described: _Descriptor = _read(row.descriptor, _Descriptor)
    return Child(row.digest, described.platform.value() if described.platform else Platform())


def _read(text: str | bytes, shape: Any) -> Any:
    """What somebody pushed: where it is not of the usual shape, it tells nothing."""
    try:
        return msgspec.json.decode(text, type=shape)
    except msgspec.ValidationError:
        return shape()

"""Any registry as it shows from a workspace, or from none."""

from urllib.parse import urlsplit

from kangaroo.base.actors import Actor
from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure
from kangaroo.base.media_types import INDEXES
from kangaroo.base.names import Reference
from kangaroo.base.paging import Page, Window
from kangaroo.core.instances import ImageName, Point, SpaceName
from kangaroo.core.services import Services
from kangaroo.core.workspaces import Artifact, Choice, Image, ImageOrder, Standpoint
from kangaroo.entrypoints.console import images_reading as reading
from kangaroo.entrypoints.console.images_values import Abilities, Child, Companion, Detail, Row, SpaceRow
from kangaroo.entrypoints.console.listing import Listing

_ORDERS = {
    "pulls": ImageOrder.PULLS,
    "-pulls": ImageOrder.PULLS_DESCENDING,
    "updated": ImageOrder.UPDATED,
    "-updated": ImageOrder.UPDATED_DESCENDING,
}


class SeenShelf:
    def __init__(self, services: Services, actor: Actor, place: Standpoint, host: str) -> None:
        self._workspaces = services.workspaces
        self._images = services.workspaces.images
        self._actor = actor
        self._place = place
        self._own_host = host

    async def host(self) -> str:
        view = await self._workspaces.looking.at(self._actor, self._place.outlook, self._place.instance)
        return urlsplit(view.instance.connection.url).netloc or self._own_host

    async def spaces(self, listing: Listing) -> Page[SpaceRow]:
        choice = Choice(listing.q, listing.flag("public"), listing.flag("bound") is True)
        page = await self._workspaces.spaces.page(
            self._actor, self._place.outlook, self._place.instance, listing.window, choice
        )
        return Page(
            [
                SpaceRow(one.space.name, one.space.public, one.space.images, one.bound, one.space.created)
                for one in page.items
            ],
            page.total,
        )

    async def images(self, listing: Listing, space: SpaceName) -> Page[Image]:
        order = _ORDERS.get(listing.sort, ImageOrder.NAME)
        return (await self._images.page(self._actor, self._place, space, listing.window, listing.q, order))[1]

    async def image(self, image: ImageName) -> Image:
        return (await self._images.get(self._actor, self._place, image))[1]

    async def artifacts(self, image: ImageName, listing: Listing) -> Page[Row]:
        _, page = await self._images.artifacts(self._actor, self._place, image, listing.window, listing.q)
        return Page([_row(one) for one in page.items], page.total)

    async def artifact(self, image: ImageName, reference: Reference) -> Detail:
        digest = reference if isinstance(reference, Digest) else await self._tagged(image, reference)
        _, found, steps = await self._images.artifact(self._actor, self._place, image, digest)
        content = (await self._images.manifest(self._actor, self._place, image, digest)).content
        manifest = reading.object_of(content)
        return Detail(
            row=_row(found),
            author=found.author,
            created=found.created,
            manifest=reading.pretty(content),
            layers=reading.layers_of(manifest, steps),
            children=[Child(one.digest, _platform(one.platform)) for one in found.children],
            companions=[Companion(one.digest, one.kind, one.size, one.pushed) for one in found.accessories],
            steps=steps,
            annotations=reading.annotations_of(manifest),
        )

    async def abilities(self, space: SpaceName) -> Abilities:  # noqa: ARG002 (another shelf asks by space)
        workspace = self._place.outlook.workspace
        if workspace is None:
            governs = Point.UPDATE_REGISTRY_SPACE in await self._workspaces.authority(self._actor)
            return Abilities(push=governs)
        points = await self._workspaces.authority(self._actor, workspace)
        return Abilities(
            describe=Point.UPDATE_IMAGE in points,
            delete=Point.DELETE_IMAGE in points,
            push=Point.CREATE_IMAGE in points,
            scan=Point.CREATE_IMAGE in points,
        )

    async def describe(self, image: ImageName, description: str) -> None:
        await self._images.describe(self._actor, self._place, image, description)

    async def delete(self, image: ImageName) -> None:
        await self._images.delete(self._actor, self._place, image)

    async def delete_artifact(self, image: ImageName, digest: Digest) -> None:
        await self._images.delete_artifact(self._actor, self._place, image, digest)

    async def _tagged(self, image: ImageName, tag: str) -> Digest:
        _, page = await self._images.artifacts(self._actor, self._place, image, Window(1, 100), tag)
        for one in page.items:
            if any(info.name == tag for info in one.tags):
                return one.digest
        raise Failure(Code.MANIFEST_UNKNOWN, reference=tag, repository=str(image))


def _row(found: Artifact) -> Row:
    platforms = [text for one in found.children if (text := _platform(one.platform))]
    own = _platform(found.platform)
    return Row(
        digest=found.digest,
        size=found.size,
        media_type=found.media_type,
        kind="IMAGE" if found.media_type in INDEXES or found.platform else "",
        tags=[tag.name for tag in found.tags],
        platforms=platforms or ([own] if own else []),
        signatures=reading.signatures(one.kind for one in found.accessories),
        pushed=found.pushed,
        pulled=found.pulled,
        scan=found.scan,
    )


def _platform(given: object) -> str:
    parts = [getattr(given, name, "") for name in ("os", "architecture", "variant")]
    return "/".join(part for part in parts if part)

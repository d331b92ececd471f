"""From where images are taken to be shown: one Protocol, and who implements it for whom.

The built-in registry without a workspace is looked at by one's roles in its spaces (`images_own`); everything else as a
workspace sees it, or from no workspace, where only public spaces show (`images_seen`).
"""

from typing import Protocol

from kangaroo.base.digests import Digest
from kangaroo.base.names import Reference
from kangaroo.base.paging import Page
from kangaroo.core.instances import BUILT_IN, ImageName, SpaceName
from kangaroo.core.workspaces import Image
from kangaroo.entrypoints.console.images_own import OwnShelf
from kangaroo.entrypoints.console.images_seen import SeenShelf
from kangaroo.entrypoints.console.images_values import Abilities, Corner, Detail, Row, SpaceRow
from kangaroo.entrypoints.console.listing import Listing
from kangaroo.entrypoints.console.visit import Visit


class Shelf(Protocol):
    """Every method raises as core does."""

    async def host(self) -> str:
        """As it stands in the names of its images."""
        ...

    async def spaces(self, listing: Listing) -> Page[SpaceRow]: ...
    async def images(self, listing: Listing, space: SpaceName) -> Page[Image]: ...
    async def image(self, image: ImageName) -> Image: ...
    async def artifacts(self, image: ImageName, listing: Listing) -> Page[Row]: ...
    async def artifact(self, image: ImageName, reference: Reference) -> Detail: ...
    async def abilities(self, space: SpaceName) -> Abilities: ...
    async def describe(self, image: ImageName, description: str) -> None: ...
    async def delete(self, image: ImageName) -> None: ...
    async def delete_artifact(self, image: ImageName, digest: Digest) -> None: ...


def shelf_of(visit: Visit, corner: Corner) -> Shelf:
    if corner.workspace is None and corner.registry == BUILT_IN:
        return OwnShelf(visit.services, visit.actor, visit.host)
    return SeenShelf(visit.services, visit.actor, corner.place, visit.host)

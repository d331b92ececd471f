"""The images one sees: registries and spaces, images in a space, artifacts of an image."""

from litestar import Router, get

from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Page as Part
from kangaroo.base.paging import Window
from kangaroo.core.instances import BUILT_IN, ImageName, SpaceName
from kangaroo.core.workspaces import InstanceSeen, Outlook
from kangaroo.entrypoints.console import (
    images_actions,
    images_archives,
    images_artifact,
    images_push,
    images_scans,
)
from kangaroo.entrypoints.console.images_given import IN_CORNER, both
from kangaroo.entrypoints.console.images_own import OwnShelf
from kangaroo.entrypoints.console.images_shelf import Shelf
from kangaroo.entrypoints.console.images_values import Corner, SpaceRow
from kangaroo.entrypoints.console.listing import Listing
from kangaroo.entrypoints.console.visit import Page, Visit
from kangaroo.entrypoints.http.framework import Given

_REGISTRIES = 100  # offered above a list


@get("/images")
async def everywhere(visit: Given[Visit], listing: Given[Listing]) -> Page:
    """All images of the built-in registry he sees, newest first; other registries are one click away."""
    corner = Corner(BUILT_IN)
    page = await OwnShelf(visit.services, visit.actor, visit.host).everywhere(listing)
    return await visit.page(
        "images/images.html",
        listing=listing,
        page=page,
        corner=corner,
        space=None,
        abilities=None,
        registries=await _registries(visit, corner),
    )


@get("/w/{workspace:str}/images")
async def of_workspace(visit: Given[Visit], corner: Given[Corner]) -> Page:
    return visit.go(corner.url())


@get(both("/{registry:str}"))
async def spaces(
    visit: Given[Visit], corner: Given[Corner], shelf: Given[Shelf], listing: Given[Listing]
) -> Page:
    """A registry that cannot be asked is shown with its reason, beside the others."""
    problem: Failure | None = None
    page: Part[SpaceRow] = Part([], 0)
    try:
        page = await shelf.spaces(listing)
    except Failure as failure:
        if not failure.code.heals and failure.code is not Code.PRECONDITION:
            raise
        problem = failure
    return await visit.page(
        "images/spaces.html",
        listing=listing,
        page=page,
        corner=corner,
        problem=problem,
        registries=await _registries(visit, corner),
    )


@get(both("/{registry:str}/{space:str}"))
async def images(
    visit: Given[Visit],
    corner: Given[Corner],
    shelf: Given[Shelf],
    listing: Given[Listing],
    space_name: Given[SpaceName],
) -> Page:
    page = await shelf.images(listing, space_name)
    return await visit.page(
        "images/images.html",
        listing=listing,
        page=page,
        corner=corner,
        space=space_name,
        abilities=await shelf.abilities(space_name),
        registries=[],
    )


@get(both("/{registry:str}/{space:str}/{image:str}"))
async def image(
    visit: Given[Visit],
    corner: Given[Corner],
    shelf: Given[Shelf],
    listing: Given[Listing],
    image_name: Given[ImageName],
) -> Page:
    found = await shelf.image(image_name)
    return await visit.page(
        "images/image.html",
        listing=listing,
        corner=corner,
        image=found,
        host=await shelf.host(),
        tab="description" if listing.filter("tab") == "description" else "artifacts",
        page=await shelf.artifacts(image_name, listing),
        abilities=await shelf.abilities(image_name.space),
        own=isinstance(shelf, OwnShelf),
    )


async def _registries(visit: Visit, corner: Corner) -> list[InstanceSeen]:
    page = await visit.services.workspaces.looking.instances(
        visit.actor, Outlook(corner.workspace), Window(1, _REGISTRIES)
    )
    return sorted(page.items, key=lambda one: (one.name != BUILT_IN, one.name))


HANDLERS = (
    everywhere,
    Router(
        "",
        dependencies=IN_CORNER,
        route_handlers=[
            of_workspace,
            spaces,
            images,
            image,
            *images_artifact.HANDLERS,
            *images_actions.HANDLERS,
            *images_push.HANDLERS,
            *images_archives.HANDLERS,
            *images_scans.HANDLERS,
        ],
    ),
)

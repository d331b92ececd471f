"""Group Image, the selector other modules build their pickers with: one level after the other, from a workspace or
from none, where only public spaces of the platform's instances show."""

from typing import Annotated

from litestar import Router, get
from litestar.params import Parameter

from kangaroo.base.paging import Window
from kangaroo.core.instances import ImageName, SpaceName
from kangaroo.core.workspaces import Choice
from kangaroo.entrypoints.http.framework import Given
from kangaroo.entrypoints.platform.images import FuzzyTag
from kangaroo.entrypoints.platform.images_given import SELECTING, At, Desk
from kangaroo.entrypoints.platform.images_shapes import (
    ArtifactShape,
    RegistrySecret,
    Repository,
    artifact_of,
    instance_of,
    repository_of,
)
from kangaroo.entrypoints.platform.shapes import Fuzzy, Listed, listed

_SPACES = "/select/registries/{registry:str}/projects"
_IMAGES = f"{_SPACES}/{{project:str}}/repositories"
OnlyPlatform = Annotated[bool, Parameter(query="global")]
Public = Annotated[bool | None, Parameter(query="public")]
OnlyBound = Annotated[bool, Parameter(query="onlyBind")]
All = Annotated[bool, Parameter(query="all")]


@get("/select/registries/summary", operation_id="Image_APIListRegistry")
async def registries(
    desk: Given[Desk], window: Given[Window], fuzzy: Fuzzy = "", only_platform: OnlyPlatform = False
) -> Listed[RegistrySecret]:
    looking = desk.workspaces.looking
    page = await looking.instances(desk.actor, desk.outlook, window, fuzzy, own=not only_platform)
    return listed(window, page, lambda one: instance_of(one, desk.view))


@get(_SPACES, operation_id="Image_APIListProject")
async def projects(
    at: Given[At],
    window: Given[Window],
    fuzzy: Fuzzy = "",
    public: Public = None,
    only_bound: OnlyBound = False,
    everything: All = False,
) -> Listed[str]:
    """Names. Without `public` both kinds; `all` takes no notice of it, nor does `onlyBind`."""
    choice = Choice(fuzzy, None if everything or only_bound else public, only_bound and not everything)
    page = await at.workspaces.spaces.page(at.actor, at.outlook, at.instance, window, choice)
    return listed(window, page, lambda one: str(one.space.name))


@get(_IMAGES, operation_id="Image_APIListRepositories")
async def repositories(
    at: Given[At], space: Given[SpaceName], window: Given[Window], fuzzy: Fuzzy = ""
) -> Listed[Repository]:
    inside, page = await at.workspaces.images.page(at.actor, at.place, space, window, fuzzy)
    return listed(window, page, lambda one: repository_of(one, inside))


@get(f"{_IMAGES}/{{repository:str}}/artifacts", operation_id="Image_APIListArtifacts")
async def artifacts(
    at: Given[At], image: Given[ImageName], window: Given[Window], fuzzy: FuzzyTag = ""
) -> Listed[ArtifactShape]:
    view, page = await at.workspaces.images.artifacts(at.actor, at.place, image, window, fuzzy)
    host = at.host(view.instance)
    return listed(window, page, lambda one: artifact_of(one, image, host))


HANDLERS = (
    Router("", dependencies=SELECTING, route_handlers=[registries, projects, repositories, artifacts]),
)

"""Group Image, the tenants' part: what shows in a workspace, and what its members do with it."""

from typing import Annotated

from litestar import Router, delete, get, put
from litestar.params import Parameter

from kangaroo.base.digests import Digest
from kangaroo.base.paging import Window
from kangaroo.core.instances import ImageName, SpaceName
from kangaroo.core.workspaces import Choice, ImageOrder
from kangaroo.entrypoints.http.framework import Given
from kangaroo.entrypoints.platform.images_given import IN_WORKSPACE, At, Desk
from kangaroo.entrypoints.platform.images_shapes import (
    ArtifactShape,
    BuildHistory,
    ProjectItem,
    RegistrySecret,
    Repository,
    TagInfo,
    artifact_of,
    history_of,
    instance_of,
    project_of,
    repository_of,
    tag_info_of,
)
from kangaroo.entrypoints.platform.shapes import Body, Empty, Fuzzy, Listed, Shape, Word, listed

_REGISTRIES = "/workspaces/{workspace:str}/registries"
_SPACES = f"{_REGISTRIES}/{{registry:str}}/projects"
_IMAGES = f"{_SPACES}/{{project:str}}/repositories"
ARTIFACTS = f"{_IMAGES}/{{repository:str}}/artifacts"
FuzzyTag = Annotated[str, Parameter(query="fuzzyTagName", max_length=255)]


class SortBy(Word):
    UNSPECIFIED = "unspecified"
    PULL_COUNT = "pull_count"
    UPDATE_TIME = "update_time"


class SortDir(Word):
    DESCENDING = "desc"
    ASCENDING = "asc"


class History(Shape):
    build_history: list[BuildHistory]


class Description(Shape):
    description: str


class GivenDescription(Body):
    description: str = ""


_ORDERS = {
    (SortBy.PULL_COUNT, SortDir.DESCENDING): ImageOrder.PULLS_DESCENDING,
    (SortBy.PULL_COUNT, SortDir.ASCENDING): ImageOrder.PULLS,
    (SortBy.UPDATE_TIME, SortDir.DESCENDING): ImageOrder.UPDATED_DESCENDING,
    (SortBy.UPDATE_TIME, SortDir.ASCENDING): ImageOrder.UPDATED,
}


@get(f"{_REGISTRIES}/summary", operation_id="Image_ListRegistry")
async def registries(desk: Given[Desk], window: Given[Window], fuzzy: Fuzzy = "") -> Listed[RegistrySecret]:
    """Unhealthy ones are among them, with their reason."""
    page = await desk.workspaces.looking.instances(desk.actor, desk.outlook, window, fuzzy)
    return listed(window, page, lambda one: instance_of(one, desk.view))


@get(_SPACES, operation_id="Image_ListProject")
async def projects(at: Given[At], window: Given[Window], fuzzy: Fuzzy = "") -> Listed[ProjectItem]:
    choice = Choice(fuzzy)
    page = await at.workspaces.spaces.page(at.actor, at.outlook, at.instance, window, choice)
    return listed(window, page, project_of)


@get(f"{_SPACES}/{{project:str}}", operation_id="Image_GetProject")
async def project(at: Given[At], space: Given[SpaceName]) -> ProjectItem:
    return project_of(await at.workspaces.spaces.get(at.actor, at.outlook, at.instance, space))


@get(_IMAGES, operation_id="Image_ListRepositories")
async def repositories(
    at: Given[At],
    space: Given[SpaceName],
    window: Given[Window],
    fuzzy: Fuzzy = "",
    sort_by: Annotated[SortBy, Parameter(query="sortBy")] = SortBy.UNSPECIFIED,
    sort_dir: Annotated[SortDir, Parameter(query="sortDir")] = SortDir.DESCENDING,
) -> Listed[Repository]:
    order = _ORDERS.get((sort_by, sort_dir), ImageOrder.NAME)
    inside, page = await at.workspaces.images.page(at.actor, at.place, space, window, fuzzy, order)
    return listed(window, page, lambda one: repository_of(one, inside))


@get(f"{_IMAGES}/{{repository:str}}", operation_id="Image_GetRepository")
async def repository(at: Given[At], image: Given[ImageName]) -> Repository:
    inside, found = await at.workspaces.images.get(at.actor, at.place, image)
    return repository_of(found, inside)


@put(f"{_IMAGES}/{{repository:str}}", operation_id="Image_UpdateRepositoryDescription")
async def describe(at: Given[At], image: Given[ImageName], data: GivenDescription) -> Description:
    await at.workspaces.images.describe(at.actor, at.place, image, data.description)
    return Description(description=data.description)


@delete(f"{_IMAGES}/{{repository:str}}", status_code=200, operation_id="Image_DeleteRepositories")
async def delete_repository(at: Given[At], image: Given[ImageName]) -> Empty:
    await at.workspaces.images.delete(at.actor, at.place, image)
    return Empty()


@get(ARTIFACTS, operation_id="Image_ListArtifacts")
async def artifacts(
    at: Given[At], image: Given[ImageName], window: Given[Window], fuzzy: FuzzyTag = ""
) -> Listed[ArtifactShape]:
    view, page = await at.workspaces.images.artifacts(at.actor, at.place, image, window, fuzzy)
    host = at.host(view.instance)
    return listed(window, page, lambda one: artifact_of(one, image, host))


@get(f"{ARTIFACTS}/history/{{digest:str}}", operation_id="Image_GetArtifactsInfoBuildHistory")
async def history(at: Given[At], image: Given[ImageName], artifact: Given[Digest]) -> History:
    steps = await at.workspaces.images.history(at.actor, at.place, image, artifact)
    return History(build_history=history_of(steps))


@get(f"{ARTIFACTS}/{{digest:str}}", operation_id="Image_GetArtifactsInfo")
async def artifact_(at: Given[At], image: Given[ImageName], artifact: Given[Digest]) -> TagInfo:
    view, found, steps = await at.workspaces.images.artifact(at.actor, at.place, image, artifact)
    return tag_info_of(found, steps, image, at.host(view.instance))


@delete(f"{ARTIFACTS}/{{digest:str}}", status_code=200, operation_id="Image_DeleteArtifacts")
async def delete_artifact(at: Given[At], image: Given[ImageName], artifact: Given[Digest]) -> Empty:
    await at.workspaces.images.delete_artifact(at.actor, at.place, image, artifact)
    return Empty()


HANDLERS = (
    Router(
        "",
        dependencies=IN_WORKSPACE,
        route_handlers=[
            registries,
            projects,
            project,
            repositories,
            repository,
            describe,
            delete_repository,
            artifacts,
            history,
            artifact_,
            delete_artifact,
        ],
    ),
)

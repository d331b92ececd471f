"""Tag search: projects and repositories by a part of their names."""

from litestar import get

from kangaroo.base.actors import Actor
from kangaroo.base.paging import Window
from kangaroo.base.query import Contains, ListQuery
from kangaroo.core.services import Services
from kangaroo.entrypoints.harbor import projects
from kangaroo.entrypoints.harbor.shapes import Shape
from kangaroo.entrypoints.http.framework import Given


class SearchRepository(Shape):
    repository_name: str
    project_name: str
    project_id: int
    project_public: bool = False
    pull_count: int = 0
    artifact_count: int = 0


class SearchShape(Shape):
    project: list[projects.ProjectShape]
    repository: list[SearchRepository]


@get("/search")
async def search(actor: Given[Actor], services: Given[Services], q: str) -> SearchShape:
    """Everything one sees, without pages, as Harbor's clients expect."""
    listing = ListQuery(window=Window(size=0)).where("name", Contains(q))
    places = await services.projects.page(actor, listing)
    repositories = await services.registry.catalogue.search(actor, q)
    return SearchShape(
        project=[projects.shown(one, detail=True) for one in places.items],
        repository=[
            SearchRepository(
                repository_name=str(one.name),
                project_name=str(one.name.project),
                project_id=one.project_id,
                project_public=public,
                pull_count=one.pull_count,
                artifact_count=one.artifacts,
            )
            for one, public in repositories
        ],
    )


HANDLERS = (search,)

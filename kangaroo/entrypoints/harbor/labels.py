"""Tag label: words for artifacts, global ones and those of a project."""

from typing import Any

from litestar import Response, delete, get, post, put

from kangaroo.base.actors import Actor
from kangaroo.base.query import Contains, ListQuery
from kangaroo.core.projects import Label, Wording
from kangaroo.core.services import Services
from kangaroo.entrypoints.harbor.answers import created, done, listed
from kangaroo.entrypoints.harbor.shapes import Body, Int64, Shape, time
from kangaroo.entrypoints.http.framework import AnyRequest, Given


class LabelBody(Body):
    name: str = ""
    description: str = ""
    color: str = ""
    scope: str = ""
    project_id: Int64 = 0

    @property
    def wording(self) -> Wording:
        return Wording(self.name, self.description, self.color)


class LabelShape(Shape):
    creation_time: str
    update_time: str
    id: int = 0
    name: str = ""
    description: str = ""
    color: str = ""
    scope: str = ""
    project_id: int = 0


def shown(found: Label) -> LabelShape:
    return LabelShape(
        id=found.id,
        name=found.wording.name,
        description=found.wording.description,
        color=found.wording.color,
        scope=found.scope,
        project_id=found.project_id,
        creation_time=time(found.created_at),
        update_time=time(found.updated_at),
    )


@get("/labels")
async def list_all(
    actor: Given[Actor],
    services: Given[Services],
    request: AnyRequest,
    listing: Given[ListQuery],
    project_id: Int64 = 0,
) -> Response[Any]:
    """`scope` (g or p) must be given, and `project_id` with p; `name` is a part of it."""
    if name := request.query_params.get("name"):
        listing = listing.where("name", Contains(name))
    scope = request.query_params.get("scope", "")
    found = await services.projects.labels.page(actor, scope, project_id, listing)
    return listed(request, listing.window, [shown(label) for label in found.items], found.total)


@post("/labels")
async def create(
    actor: Given[Actor], services: Given[Services], request: AnyRequest, data: LabelBody
) -> Response[Any]:
    identity = await services.projects.labels.create(actor, data.scope, data.project_id, data.wording)
    return created(request, identity)


@get("/labels/{label_id:str}")
async def get_one(actor: Given[Actor], services: Given[Services], label_id: Int64) -> LabelShape:
    return shown(await services.projects.labels.get(actor, label_id))


@put("/labels/{label_id:str}")
async def update(
    actor: Given[Actor], services: Given[Services], label_id: Int64, data: LabelBody
) -> Response[bytes]:
    await services.projects.labels.update(actor, label_id, data.wording)
    return done()


@delete("/labels/{label_id:str}", status_code=200)
async def delete_one(actor: Given[Actor], services: Given[Services], label_id: Int64) -> Response[bytes]:
    await services.projects.labels.delete(actor, label_id)
    return done()


HANDLERS = (list_all, create, get_one, update, delete_one)

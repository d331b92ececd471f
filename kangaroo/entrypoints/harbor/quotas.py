"""Tag quota: how much each project may hold, for administrators."""

from typing import Any

import msgspec
from litestar import Response, get, put

from kangaroo.base.actors import Actor
from kangaroo.base.query import ListQuery, equal
from kangaroo.core.projects import ProjectQuota
from kangaroo.core.services import Services
from kangaroo.entrypoints.harbor.answers import done, listed
from kangaroo.entrypoints.harbor.shapes import Body, Int64, Shape, time
from kangaroo.entrypoints.http.framework import AnyRequest, Given

_PROJECT = "project"  # the only kind of thing that has a quota


class QuotaShape(Shape):
    id: int
    ref: dict[str, int | str]
    hard: dict[str, int]
    used: dict[str, int]
    creation_time: str
    update_time: str


class QuotaBody(Body):
    hard: dict[str, Int64] = msgspec.field(default_factory=dict)


@get("/quotas")
async def list_all(
    actor: Given[Actor], services: Given[Services], request: AnyRequest, listing: Given[ListQuery]
) -> Response[Any]:
    """Only `reference` and `reference_id` filter: Harbor has no q here."""
    asked = request.query_params
    listing = ListQuery((), listing.sorts, listing.window)
    if reference_id := asked.get("reference_id"):
        listing = listing.where("reference_id", equal(reference_id))
    if asked.get("reference", _PROJECT) not in ("", _PROJECT):
        listing = listing.where("id", equal(0))  # which no quota has
    found = await services.projects.quotas.page(actor, listing)
    return listed(request, listing.window, [_shape(quota) for quota in found.items], found.total)


@get("/quotas/{id:str}")
async def get_one(actor: Given[Actor], services: Given[Services], id: Int64) -> QuotaShape:  # noqa: A002 - Harbor's name
    return _shape(await services.projects.quotas.get(actor, id))


@put("/quotas/{id:str}")
async def update(
    actor: Given[Actor],
    services: Given[Services],
    id: Int64,  # noqa: A002 - Harbor's name
    data: QuotaBody,
) -> Response[bytes]:
    await services.projects.quotas.update(actor, id, data.hard)
    return done()


def _shape(found: ProjectQuota) -> QuotaShape:
    return QuotaShape(
        id=found.project_id,
        ref={"id": found.project_id, "name": str(found.project), "owner_name": found.owner},
        hard={"storage": found.hard},
        used={"storage": found.used},
        creation_time=time(found.created_at),
        update_time=time(found.updated_at),
    )


HANDLERS = (list_all, get_one, update)

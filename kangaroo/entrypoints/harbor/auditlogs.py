"""Tag auditlog, and the logs of a project: one log in two forms, Harbor's present one and the older one."""

from typing import Any

from litestar import Response, get

from kangaroo.base.actors import Actor
from kangaroo.base.names import ProjectName
from kangaroo.base.query import ListQuery
from kangaroo.core.notices import Notice, View
from kangaroo.core.services import Services
from kangaroo.entrypoints.harbor.answers import listed
from kangaroo.entrypoints.harbor.shapes import Shape, time
from kangaroo.entrypoints.http.framework import AnyRequest, Given


class AuditLogShape(Shape):
    op_time: str
    id: int = 0
    username: str = ""
    resource: str = ""
    resource_type: str = ""
    operation: str = ""


class AuditLogExtShape(AuditLogShape, kw_only=True):
    operation_result: bool
    operation_description: str = ""


class EventTypeShape(Shape):
    event_type: str = ""


@get("/audit-logs")
async def list_old(
    actor: Given[Actor], services: Given[Services], request: AnyRequest, listing: Given[ListQuery]
) -> Response[Any]:
    found = await services.audit.page(actor, listing, View.CONTENT)
    return listed(request, listing.window, [shown(one) for one in found.items], found.total)


@get("/auditlog-exts")
async def list_all(
    actor: Given[Actor], services: Given[Services], request: AnyRequest, listing: Given[ListQuery]
) -> Response[Any]:
    found = await services.audit.page(actor, listing)
    return listed(request, listing.window, [shown_in_full(one) for one in found.items], found.total)


@get("/auditlog-exts/events")
async def list_events(actor: Given[Actor], services: Given[Services]) -> list[EventTypeShape]:
    return [EventTypeShape(event_type=one) for one in await services.audit.event_types(actor)]


@get("/projects/{project_name:str}/logs")
async def list_old_of_project(
    actor: Given[Actor],
    services: Given[Services],
    project: Given[ProjectName],
    request: AnyRequest,
    listing: Given[ListQuery],
) -> Response[Any]:
    found = await services.audit.page_of_project(actor, project, listing, View.CONTENT)
    return listed(request, listing.window, [shown(one) for one in found.items], found.total)


@get("/projects/{project_name:str}/auditlog-exts")
async def list_of_project(
    actor: Given[Actor],
    services: Given[Services],
    project: Given[ProjectName],
    request: AnyRequest,
    listing: Given[ListQuery],
) -> Response[Any]:
    found = await services.audit.page_of_project(actor, project, listing)
    return listed(request, listing.window, [shown_in_full(one) for one in found.items], found.total)


def shown(found: Notice) -> AuditLogShape:
    return AuditLogShape(
        id=found.id,
        username=found.actor,
        resource=found.resource,
        resource_type=found.resource_type,
        operation=found.operation,
        op_time=time(found.at),
    )


def shown_in_full(found: Notice) -> AuditLogExtShape:
    return AuditLogExtShape(
        id=found.id,
        username=found.actor,
        resource=found.resource,
        resource_type=found.resource_type,
        operation=found.operation,
        operation_description=found.description,
        operation_result=found.succeeded,
        op_time=time(found.at),
    )


HANDLERS = (list_old, list_all, list_events, list_old_of_project, list_of_project)

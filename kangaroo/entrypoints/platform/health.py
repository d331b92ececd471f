"""Ours: how an instance is and was, and `check now`; of the platform's and of a workspace's."""

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.types import Method, OperationIDCreator
from litestar.types.internal_types import PathParameterDefinition

from kangaroo.base.actors import Actor
from kangaroo.base.paging import Window
from kangaroo.core.instances import Which
from kangaroo.core.services import Services
from kangaroo.entrypoints.http.framework import Given
from kangaroo.entrypoints.platform.health_shapes import Health, HealthHistory, health_of, probe_of
from kangaroo.entrypoints.platform.shapes import listed
from kangaroo.entrypoints.platform.view import View

_PATHS = [
    "/registries/{registry:str}/health",
    "/workspaces/{workspace:str}/registries/{registry:str}/health",
]


def _named(verb: str) -> OperationIDCreator:
    """Of the platform's instances and of a workspace's."""

    def name(handler: HTTPRouteHandler, method: Method, path: list[str | PathParameterDefinition]) -> str:
        del handler, method
        return f"Registries_{verb}{'Workspace' if 'workspaces' in path else ''}Health"

    return name


@get(_PATHS, operation_id=_named("Get"))
async def history(
    actor: Given[Actor],
    services: Given[Services],
    window: Given[Window],
    view: Given[View],
    which: Given[Which],
) -> HealthHistory:
    """Newest first."""
    instance = await services.instances.get(actor, which)
    page = await services.instances.health.history(actor, which, window)
    probes = listed(window, page, lambda one: probe_of(one, view))
    return HealthHistory(health=health_of(instance, view), items=probes.items, pagination=probes.pagination)


@post(_PATHS, status_code=200, operation_id=_named("Check"))
async def check(
    actor: Given[Actor], services: Given[Services], view: Given[View], which: Given[Which]
) -> Health:
    """Answers when it has been looked at: within five seconds."""
    return health_of(await services.instances.health.check(actor, which), view)


HANDLERS = (history, check)

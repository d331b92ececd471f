"""Ours: how an instance is and was, and `check now`; of the platform's and of a workspace's."""

from litestar import get, post

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


@get(_PATHS)
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


@post(_PATHS, status_code=200)
async def check(
    actor: Given[Actor], services: Given[Services], view: Given[View], which: Given[Which]
) -> Health:
    """Answers when it has been looked at: within five seconds."""
    return health_of(await services.instances.health.check(actor, which), view)


HANDLERS = (history, check)

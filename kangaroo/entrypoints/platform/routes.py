"""The list of handlers: one module per group of the API, each with its own `HANDLERS`."""

from litestar import Router

from kangaroo.entrypoints.platform import (
    clusters,
    health,
    openapi,
    permissions,
    registries,
    statistics,
    workspace_registries,
)

BASE = "/apis/kangaroo.io/v1alpha1"
_GROUPS = (clusters, permissions, registries, workspace_registries, health, statistics)

HANDLERS = (
    Router(BASE, route_handlers=[handler for group in _GROUPS for handler in group.HANDLERS]),
    *openapi.HANDLERS,
)

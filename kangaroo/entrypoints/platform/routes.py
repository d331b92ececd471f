"""The list of handlers: one module per group of the API, each with its own `HANDLERS`."""

from litestar import Router

from kangaroo.entrypoints.platform import (
    archives,
    clusters,
    commands,
    doctor,
    harbors,
    harbors_checks,
    harbors_middleware,
    health,
    images,
    permissions,
    pull_secrets,
    registries,
    replications,
    replications_targets,
    retention,
    scanning,
    select,
    spaces,
    statistics,
    tokens,
    workspace_registries,
    workspaces,
    workspaces_members,
)

BASE = "/apis/kangaroo.io/v1alpha1"
_GROUPS = (
    clusters,
    permissions,
    registries,
    workspace_registries,
    health,
    statistics,
    commands,
    images,
    archives,
    scanning,
    retention,
    replications,
    replications_targets,
    select,
    spaces,
    tokens,
    workspaces,
    workspaces_members,
    harbors,
    harbors_checks,
    harbors_middleware,
    doctor,
    pull_secrets,
)

HANDLERS = (Router(BASE, route_handlers=[handler for group in _GROUPS for handler in group.HANDLERS]),)

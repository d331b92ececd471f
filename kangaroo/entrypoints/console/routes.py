"""The list of pages: one module per place, each with its own `HANDLERS`."""

from kangaroo.entrypoints.console import (
    account,
    account_tokens,
    administration_groups,
    administration_robots,
    administration_settings,
    administration_users,
    choices,
    clusters,
    clusters_namespaces,
    doctor,
    images,
    operations_audit,
    operations_jobs,
    overview,
    palette,
    registries,
    signin,
    spaces,
    workspaces,
)

_PLACES = (
    signin,
    choices,
    overview,
    images,
    palette,
    registries,
    spaces,
    workspaces,
    operations_audit,
    operations_jobs,
    administration_users,
    administration_groups,
    administration_robots,
    administration_settings,
    account,
    account_tokens,
    clusters,
    clusters_namespaces,
    doctor,
)

HANDLERS = tuple(handler for place in _PLACES for handler in place.HANDLERS)

"""The list of pages: one module per place, each with its own `HANDLERS`."""

from kangaroo.entrypoints.console import (
    account,
    account_tokens,
    administration_groups,
    administration_robots,
    administration_settings,
    administration_users,
    choices,
    doctor,
    images,
    operations_audit,
    operations_jobs,
    overview,
    palette,
    registries,
    signin,
)

_PLACES = (
    signin,
    choices,
    overview,
    images,
    palette,
    registries,
    operations_audit,
    operations_jobs,
    administration_users,
    administration_groups,
    administration_robots,
    administration_settings,
    account,
    account_tokens,
    doctor,
)

HANDLERS = tuple(handler for place in _PLACES for handler in place.HANDLERS)

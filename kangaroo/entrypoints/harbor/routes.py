"""The list of handlers: one module per swagger tag, each with its own `HANDLERS`."""

from litestar import Router

from kangaroo.entrypoints.harbor import (
    additions,
    allowlist,
    artifacts,
    configurations,
    health,
    immutable,
    labels,
    metadata,
    ping,
    projects,
    quotas,
    repositories,
    search,
    signin,
    statistics,
    systeminfo,
    tags,
    version,
)

_TAGS = (
    health,
    ping,
    systeminfo,
    allowlist,
    configurations,
    immutable,
    labels,
    metadata,
    projects,
    quotas,
    additions,
    artifacts,
    repositories,
    search,
    statistics,
    tags,
)

HANDLERS = (
    Router("/api/v2.0", route_handlers=[handler for tag in _TAGS for handler in tag.HANDLERS]),
    *version.HANDLERS,
    *signin.HANDLERS,
)

"""The list of handlers: one module per swagger tag, each with its own `HANDLERS`."""

from litestar import Router

from kangaroo.entrypoints.harbor import (
    additions,
    allowlist,
    artifacts,
    configurations,
    groups,
    health,
    immutable,
    labels,
    ldap,
    members,
    metadata,
    oidc,
    permissions,
    ping,
    projects,
    quotas,
    repositories,
    robots,
    search,
    signin,
    statistics,
    systeminfo,
    tags,
    users,
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
    groups,
    ldap,
    members,
    oidc,
    permissions,
    robots,
    users,
)

HANDLERS = (
    Router("/api/v2.0", route_handlers=[handler for tag in _TAGS for handler in tag.HANDLERS]),
    *version.HANDLERS,
    *signin.HANDLERS,
    *oidc.PAGES,
)

"""The list of handlers: one module per swagger tag, each with its own `HANDLERS`."""

from litestar import Router

from kangaroo.entrypoints.harbor import health, ping, signin, systeminfo, version

_TAGS = (health, ping, systeminfo)

HANDLERS = (
    Router("/api/v2.0", route_handlers=[handler for tag in _TAGS for handler in tag.HANDLERS]),
    *version.HANDLERS,
    *signin.HANDLERS,
)

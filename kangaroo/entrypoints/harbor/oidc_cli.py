"""Where the secret of command-line tools counts besides the registry: what another Harbor needs to replicate from us.

The list: goharbor/harbor src/server/middleware/security/oidc_cli.go.
"""

import re

from kangaroo.entrypoints.http.framework import AnyRequest

_BASE = "/api/v2.0"
_ALLOWED = {
    "GET": re.compile(
        rf"/api/version|{_BASE}/(?:systeminfo|labels|projects"
        r"|projects/[^/]+/repositories(?:/[^/]+/artifacts)?)"
    ),
    "POST": re.compile(rf"{_BASE}/projects"),
    "DELETE": re.compile(rf"{_BASE}/projects/[^/]+/repositories/[^/]+/artifacts/[^/]+/tags/[^/]+"),
}


def may(request: AnyRequest) -> bool:
    allowed = _ALLOWED.get(request.method)
    return allowed is not None and allowed.fullmatch(request.scope["path"].rstrip("/")) is not None

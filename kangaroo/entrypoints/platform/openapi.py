"""/apis/kangaroo.io/openapi.json: our own description of this API, made from the handlers.

There is no page to browse it: those Litestar has load their scripts from other sites.
"""

from functools import cache

import msgspec
from litestar import Litestar, Response, get
from litestar.openapi.config import OpenAPIConfig

from kangaroo import __version__
from kangaroo.entrypoints.platform.errors import AnyRequest

CONFIGURATION = OpenAPIConfig(
    title="Kangaroo",
    version=__version__,
    description="Many registries, tenants, one image list.",
    path="/apis/kangaroo.io",
    render_plugins=[],
    enabled_endpoints=set(),
)


@get("/apis/kangaroo.io/openapi.json", include_in_schema=False)
async def description(request: AnyRequest) -> Response[bytes]:
    return Response(_written(request.app), media_type="application/json")


@cache
def _written(framework: Litestar) -> bytes:
    return msgspec.json.encode(framework.openapi_schema.to_schema())


HANDLERS = (description,)

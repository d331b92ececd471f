"""/apis/kangaroo.io/openapi.json: our own description of this API, made from the handlers.

There is no page to browse it: those Litestar has load their scripts from other sites.
"""

import re
from typing import Any

from litestar import Request
from litestar.enums import MediaType
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

from kangaroo import __version__

_FAILURE = {
    "type": "object",
    "properties": {
        "code": {"type": "integer", "format": "int32"},
        "message": {"type": "string"},
        "details": {
            "type": "array",
            "items": {"type": "object", "properties": {"@type": {"type": "string"}}},
        },
    },
}
_DEFAULT = {
    "description": "A failure: google.rpc.Status with ErrorInfo (a stable reason) and perhaps Help.",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/google.rpc.Status"}}},
}
_LIST_OF = re.compile(rb"Listed_(?:[\w.]*\.)?(\w+)_(?=\W)")  # the framework's names of generic shapes
_METHODS = frozenset({"get", "post", "put", "delete", "head"})


class _Description(JsonRenderPlugin):
    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """Failures are ours, not the framework's."""
        described = {**openapi_schema, "paths": {}}
        for path, item in openapi_schema["paths"].items():
            described["paths"][path] = {
                key: _with_failure(value) if key in _METHODS else value for key, value in item.items()
            }
        schemas = {**openapi_schema["components"]["schemas"], "google.rpc.Status": _FAILURE}
        described["components"] = {**openapi_schema["components"], "schemas": schemas}
        return _LIST_OF.sub(rb"ListOf\1", super().render(request, described))


def _with_failure(operation: dict[str, Any]) -> dict[str, Any]:
    good = {status: told for status, told in operation["responses"].items() if status.startswith("2")}
    return {**operation, "responses": {**good, "default": _DEFAULT}}


CONFIGURATION = OpenAPIConfig(
    title="Kangaroo",
    version=__version__,
    description="Many registries, tenants, one image list.",
    path="/apis/kangaroo.io",
    render_plugins=[_Description(path="/openapi.json", media_type=MediaType.JSON)],
    components=Components(
        security_schemes={
            "token": SecurityScheme(type="http", scheme="bearer", description="An API token."),
            "password": SecurityScheme(type="http", scheme="basic", description="A user name and password."),
        }
    ),
    security=[{"token": []}, {"password": []}],
)

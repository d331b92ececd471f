"""Our own description of this API, made from the handlers: with groups, our failures, and names people can read."""

import re
from typing import Any

from litestar import Request
from litestar.openapi.plugins import JsonRenderPlugin

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


class Description(JsonRenderPlugin):
    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        described = {**openapi_schema, "paths": {}}
        for path, item in openapi_schema["paths"].items():
            described["paths"][path] = {
                key: _told(path, value) if key in _METHODS else value for key, value in item.items()
            }
        schemas = {**openapi_schema["components"]["schemas"], "google.rpc.Status": _FAILURE}
        described["components"] = {**openapi_schema["components"], "schemas": schemas}
        return _LIST_OF.sub(rb"ListOf\1", super().render(request, described))


def _told(path: str, operation: dict[str, Any]) -> dict[str, Any]:
    good = {status: told for status, told in operation["responses"].items() if status.startswith("2")}
    return {**operation, "tags": [_group(path, operation)], "responses": {**good, "default": _DEFAULT}}


def _group(path: str, operation: dict[str, Any]) -> str:
    """By the name of the operation, `Group_Name`; else by what its path begins with."""
    group, underscore, _ = operation["operationId"].partition("_")
    return str(group) if underscore else path.split("/")[4].capitalize()

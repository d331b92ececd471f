"""Kangaroo's published description (swagger 2.0, v0.22.0), as a judge of requests and answers.

Found where Harbor's is (`tests.conformance.swagger`). Stricter than the file: an answer has every field described,
for protobuf's JSON shows zeros too. What we have besides stands in `OURS`, by definition; nothing else may be there.
"""

import json
from functools import cache, cached_property
from typing import Any

import pytest
from jsonschema import Draft4Validator
from jsonschema.exceptions import best_match

from tests.conformance import swagger
from tests.conformance.swagger import METHODS, Operation

NAME = "kangaroo-v0.22.0.swagger.json"
BASE = "/apis/kangaroo.io/v1alpha1"

# Fields of ours, by definition: what a request may say, and an answer has besides.
OURS: dict[str, dict[str, Any]] = {
    "v1alpha1Registry": {"health": {"type": "object"}},
    "v1alpha1RegistryDetail": {"asOf": {"type": "string"}},
    "v1alpha1StatisticResponse": {"asOf": {"type": "string"}},
    "v1alpha1RegistrySecret": {
        "reason": {"type": "string"},
        "message": {"type": "string"},
        "lastTransitionTime": {"type": "string"},
    },
    "v1alpha1RetentionRule": {"tagSelectors": {"type": "array", "items": {"type": "object"}}},
    "v1alpha1Policy": {"otherFilters": {"type": "array", "items": {"type": "string"}}},
    "v1alpha1HarborCluster": {"trivyOffline": {"type": "boolean"}},
    "v1alpha1HarborClusterStatus": {"details": {"type": "object"}},
    "v1alpha1VerifyHarborOperatorResponse": {"rows": {"type": "array", "items": {"type": "object"}}},
    "v1alpha1VerifyPreEnvironmentResponse": {"rows": {"type": "array", "items": {"type": "object"}}},
    "v1alpha1CheckDependServiceResponse": {"rows": {"type": "array", "items": {"type": "object"}}},
    "v1alpha1RedisSummary": {
        "reason": {"type": "string"},
        "message": {"type": "string"},
        "remedy": {"type": "string"},
    },
    "v1alpha1GetPushCommandResponse": {
        "host": {"type": "string"},
        "username": {"type": "string"},
        "commands": {"type": "object"},
        "trust": {"type": "object"},
        "spaces": {"type": "array", "items": {"type": "string"}},
    },
}
OURS_IN_BODIES: dict[str, frozenset[str]] = {
    "Registries_CreateRegistry": frozenset({"ca", "insecure", "description"}),
    "Registries_UpdateRegistry": frozenset({"url", "ca", "insecure", "description"}),
    "Registries_CreateWorkspaceRegistry": frozenset({"ca", "insecure", "description"}),
    "Registries_UpdateWorkspaceRegistry": frozenset({"url", "ca", "insecure", "description"}),
    "Harbor_CreateHarborCluster": frozenset({"trivyOffline"}),
    "Harbor_UpdateHarborCluster": frozenset({"trivyOffline"}),
    "Harbor_DeleteHarborCluster": frozenset({"keepData"}),
}
# Operations of ours: what the published description has no words for, or had once and dropped.
OUR_OPERATIONS: frozenset[str] = frozenset(
    {
        "Image_UploadArchive",
        "Image_DownloadArchive",
        "Image_UploadRegistryArchive",
        "Image_DownloadRegistryArchive",
    }
)


class PlatformSwagger:
    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        named = document["definitions"]
        self._answers = {name: _answer_schema(name, one, named) for name, one in named.items()}
        self._requests = {name: _request_schema(one) for name, one in named.items()}

    @cached_property
    def operations(self) -> dict[str, Operation]:
        found = {}
        for path, item in self._document["paths"].items():
            for method in METHODS:
                if (definition := item.get(method)) is not None:
                    name, below = definition["operationId"], path.removeprefix(BASE)
                    parameters = tuple(definition.get("parameters", ()))
                    found[name] = Operation(
                        name, definition["tags"][0], method.upper(), below, definition, parameters
                    )
        return found

    def operation(self, method: str, path: str) -> Operation | None:
        """Of a request; `path` as it was sent, without the query. The more literal template wins."""
        parts = path.removeprefix(BASE).strip("/").split("/")
        fitting = [
            (template.count("{}"), one)
            for one in self.operations.values()
            if one.method == method and _fits(template := one.shape, parts)
        ]
        return min(fitting, key=lambda pair: pair[0])[1] if path.startswith(BASE) and fitting else None

    def answer_problems(self, operation: Operation, value: object) -> list[str]:
        schema = operation.definition["responses"]["200"]["schema"]
        return _problems({**_as_json_schema(schema), "definitions": self._answers}, value)

    def failure_problems(self, value: object) -> list[str]:
        return _problems({"$ref": "#/definitions/googlerpcStatus", "definitions": self._answers}, value)

    def request_problems(self, operation: Operation, value: object) -> list[str]:
        schema = operation.body_schema()
        if schema is None:
            return [] if value is None else ["a body where none is described"]
        ours = OURS_IN_BODIES.get(operation.id, frozenset())
        if isinstance(value, dict):
            value = {name: one for name, one in value.items() if name not in ours}
        return _problems({**_request_schema(schema), "definitions": self._requests}, value)


def _fits(template: str, parts: list[str]) -> bool:
    wanted = template.strip("/").split("/")
    return len(wanted) == len(parts) and all(
        one in ("{}", part) for one, part in zip(wanted, parts, strict=True)
    )


def _problems(schema: dict[str, Any], value: object) -> list[str]:
    deepest = (best_match(iter([error])) for error in Draft4Validator(schema).iter_errors(value))
    return [f"{'/'.join(map(str, one.absolute_path))}: {one.message[:300]}" for one in deepest]


def _answer_schema(name: str, schema: dict[str, Any], named: dict[str, Any]) -> dict[str, Any]:
    made = _as_json_schema(schema, named)
    if name == "protobufAny":
        return {"type": "object", "required": ["@type"]}
    if schema.get("type") == "object":
        made["required"] = sorted(schema.get("properties", {}))
        made["properties"] = {**made["properties"], **OURS.get(name, {})}
        made["additionalProperties"] = False
    return made


def _request_schema(schema: dict[str, Any]) -> dict[str, Any]:
    made = _as_json_schema(schema)
    if "properties" in schema:
        made["additionalProperties"] = False
    return made


def _as_json_schema(schema: dict[str, Any], named: dict[str, Any] | None = None) -> dict[str, Any]:
    """With `named`, a field that is a message may be null: it is not there."""
    if "$ref" in schema:
        target = schema["$ref"].rpartition("/")[2]
        is_message = named is not None and named[target].get("type") == "object"
        return {"anyOf": [schema, {"type": "null"}]} if is_message else {"$ref": schema["$ref"]}
    made: dict[str, Any] = {key: schema[key] for key in ("type", "enum") if key in schema}
    if schema.get("type") == "object":
        properties = schema.get("properties", {})
        made["properties"] = {name: _as_json_schema(one, named) for name, one in properties.items()}
        if isinstance(schema.get("additionalProperties"), dict):
            made["additionalProperties"] = _as_json_schema(schema["additionalProperties"], named)
    if "items" in schema:
        made["items"] = _as_json_schema(schema["items"])
    if schema.get("format") == "int64":
        made["pattern"] = "^-?[0-9]{1,19}$"
    if schema.get("format") == "int32":
        made |= {"minimum": -(2**31), "maximum": 2**31 - 1}
    return made


@cache
def load() -> PlatformSwagger | None:
    found = swagger.find()
    path = None if found is None else found.with_name(NAME)
    return PlatformSwagger(json.loads(path.read_text())) if path is not None and path.is_file() else None


def required() -> PlatformSwagger:
    """For tests that can do nothing without it."""
    found = load()
    if found is None:
        pytest.skip(f"{NAME} is neither at KANGAROO_SPEC nor in ../shared/spec")
    return found

"""Harbor's own description of its API (swagger 2.0), as a judge of requests and answers.

The file is not ours to keep: tests read it from `KANGAROO_SPEC` (the file or its folder), or from ../shared/spec.
Without it they are skipped, but never in CI.
"""

import os
import re
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft4Validator
from jsonschema import FormatChecker as Formats
from jsonschema.exceptions import best_match

NAME = "harbor-v2.0.swagger.yaml"
BASE = "/api/v2.0"
METHODS = ("get", "head", "post", "put", "patch", "delete")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z")
formats = Formats(())


def _is_time(value: object) -> bool:
    """Milliseconds and Z: what Harbor writes, not all that RFC 3339 allows."""
    return not isinstance(value, str) or bool(_TIME.fullmatch(value))


formats.checks("date-time")(_is_time)


@dataclass(frozen=True, slots=True)
class Operation:
    """One of the 203. `path` is below the base; `parameters` have their references resolved."""

    id: str
    tag: str
    method: str
    path: str
    definition: dict[str, Any] = field(repr=False, compare=False)
    parameters: tuple[dict[str, Any], ...] = field(repr=False, compare=False)

    @property
    def shape(self) -> str:
        """The path without the names of its parameters."""
        return re.sub(r"\{[^}]*\}", "{}", self.path.rstrip("/"))

    @property
    def produces(self) -> str:
        return str((self.definition.get("produces") or ["application/json"])[0])

    def body_schema(self) -> dict[str, Any] | None:
        return next((one["schema"] for one in self.parameters if one["in"] == "body"), None)


class Swagger:
    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._definitions = {name: _schema(one) for name, one in document["definitions"].items()}

    @cached_property
    def operations(self) -> dict[str, Operation]:
        found: dict[str, Operation] = {}
        for path, item in self._document["paths"].items():
            for method in METHODS:
                if (definition := item.get(method)) is not None:
                    parameters = tuple(self._resolved(one) for one in definition.get("parameters", ()))
                    name = definition["operationId"]
                    found[name] = Operation(
                        name, definition["tags"][0], method.upper(), path, definition, parameters
                    )
        return found

    @cached_property
    def _templates(self) -> dict[tuple[str, int], list[tuple[list[str], Operation]]]:
        found: dict[tuple[str, int], list[tuple[list[str], Operation]]] = {}
        for operation in self.operations.values():
            parts = operation.path.strip("/").split("/")
            found.setdefault((operation.method, len(parts)), []).append((parts, operation))
        return found

    def operation(self, method: str, path: str) -> Operation | None:
        """Of a request; `path` as it was sent, without the query. The more literal template wins."""
        below = path.removeprefix(BASE)
        parts = below.strip("/").split("/")
        fitting = [
            (sum(part.startswith("{") for part in template), operation)
            for template, operation in self._templates.get((method, len(parts)), ())
            if all(one.startswith("{") or one == part for one, part in zip(template, parts, strict=True))
        ]
        return min(fitting, key=lambda pair: pair[0])[1] if path.startswith(BASE) and fitting else None

    def response_schema(self, operation: Operation, status: int) -> dict[str, Any] | None:
        """None: no content is described. Raises KeyError when the status is not."""
        return self._resolved(operation.definition["responses"][str(status)]).get("schema")

    def problems(self, schema: dict[str, Any], value: object) -> list[str]:
        """What is wrong with a value, by its place."""
        whole = {**(schema if "$ref" in schema else _schema(schema)), "definitions": self._definitions}
        errors = Draft4Validator(whole, format_checker=formats).iter_errors(value)
        deepest = (best_match(iter([error])) for error in errors)
        return [f"{'/'.join(map(str, one.absolute_path))}: {one.message[:300]}" for one in deepest]

    def _resolved(self, thing: dict[str, Any]) -> dict[str, Any]:
        if "$ref" not in thing:
            return thing
        _, section, name = thing["$ref"].split("/")
        found: dict[str, Any] = self._document[section][name]
        return found


def _schema(schema: dict[str, Any]) -> dict[str, Any]:
    """Swagger's schema as JSON schema, as strict as Harbor's answers are and no stricter:

    an object has no other members than those described; one without any description is anything (Go's interface);
    an array without elements may be null (Go's nil slice), and so may what says `x-nullable`, and any reference to
    an object.
    """
    if "$ref" in schema:
        return {"anyOf": [{"$ref": schema["$ref"]}, {"type": "null"}]}
    if schema.get("type") == "object" and not {"properties", "additionalProperties"} & set(schema):
        return {}
    made = {name: value for name, value in schema.items() if name in _KEPT}
    if "properties" in schema:
        made["properties"] = {name: _schema(one) for name, one in schema["properties"].items()}
        made["additionalProperties"] = False
    if isinstance(schema.get("additionalProperties"), dict):
        made["additionalProperties"] = _schema(schema["additionalProperties"])
    if "items" in schema:
        made["items"] = _schema(schema["items"])
    kind = schema.get("type")
    if kind is not None:
        made["type"] = [kind, "null"] if kind == "array" or schema.get("x-nullable") else kind
    return made


_KEPT = (
    "format",
    "enum",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "required",
    "uniqueItems",
)


@cache
def find() -> Path | None:
    given = os.environ.get("KANGAROO_SPEC")
    place = Path(given) if given else Path(__file__).parents[3] / "shared" / "spec"
    path = place / NAME if place.is_dir() else place
    return path if path.is_file() else None


@cache
def load() -> Swagger | None:
    path = find()
    if path is None:
        return None
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return Swagger(yaml.load(path.read_text(), Loader=loader))


def required() -> Swagger:
    """For tests that can do nothing without it."""
    found = load()
    if found is None:
        reason = f"Harbor's {NAME} is neither at KANGAROO_SPEC nor in ../shared/spec"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found

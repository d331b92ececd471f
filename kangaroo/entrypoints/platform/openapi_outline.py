"""The description of our API as a person reads it: groups of operations, shapes as outlines, a curl line for each.

Pure: from the document of OpenAPI 3.1 to what the page shows.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]
METHODS = ("get", "post", "put", "delete")
_DEEPEST = 6  # levels of an outline; shapes may hold themselves
_LONGEST_BODY = 300  # characters in a curl line
_EXAMPLES: dict[str, object] = {"integer": 0, "number": 0, "boolean": False, "string": ""}


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    place: str
    kind: str
    told: str
    required: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """`body` and `answer` are outlines, empty where there is none; `told` is what the handler says of itself."""

    name: str
    method: str
    path: str
    told: str
    parameters: tuple[Parameter, ...]
    body: str
    answer: str
    curl: str


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    operations: tuple[Operation, ...]


def groups(document: Schema) -> list[Group]:
    """By name, their operations by path and in the order of METHODS."""
    shapes, found = Shapes(document["components"]["schemas"]), dict[str, list[Operation]]()
    for path, item in sorted(document["paths"].items()):
        for method in METHODS:
            if method in item:
                one = item[method]
                found.setdefault(one["tags"][0], []).append(_operation(path, method, one, shapes))
    return [Group(name, tuple(found[name])) for name in sorted(found)]


class Shapes:
    """The document's schemas, by name."""

    def __init__(self, schemas: Mapping[str, Schema]) -> None:
        self._schemas = schemas

    def resolved(self, schema: Schema) -> Schema:
        name = schema.get("$ref", "").rpartition("/")[2]
        return self._schemas[name] if name else schema

    def outline(self, schema: Schema, depth: int = 0) -> str:
        """JSON with types in the places of values."""
        found, indent = self.resolved(schema), "  " * (depth + 1)
        if choices := found.get("oneOf") or found.get("anyOf"):
            return " | ".join(self.outline(one, depth) for one in choices)
        if "enum" in found:
            return " | ".join(json.dumps(value) for value in found["enum"])
        if found.get("type") == "array":
            return f"[{self.outline(found.get('items', {}), depth)}]"
        if depth >= _DEEPEST and found.get("type") == "object":
            return "{…}"
        if properties := found.get("properties"):
            lines = (f'{indent}"{name}": {self.outline(one, depth + 1)}' for name, one in properties.items())
            return "{\n" + ",\n".join(lines) + "\n" + indent[2:] + "}"
        if isinstance(extra := found.get("additionalProperties"), dict):
            return f'{{"…": {self.outline(extra, depth + 1)}}}'
        return _type(found)

    def example(self, schema: Schema, depth: int = 0) -> object:
        """What somebody may begin with who writes a body."""
        found = self.resolved(schema)
        if choices := found.get("oneOf") or found.get("anyOf"):
            return self.example(choices[0], depth)
        if "enum" in found:
            return found["enum"][0]
        if properties := found.get("properties"):
            return (
                {name: self.example(one, depth + 1) for name, one in properties.items()} if depth < 2 else {}
            )
        kind = found.get("type")
        return [] if kind == "array" else _EXAMPLES.get(str(kind), {})


def _type(schema: Schema) -> str:
    kind = schema.get("type", "any")
    name = " | ".join(kind) if isinstance(kind, list) else str(kind)
    return f"{name} ({schema['format']})" if "format" in schema else name


def _operation(path: str, method: str, one: Schema, shapes: Shapes) -> Operation:
    body = one.get("requestBody", {}).get("content", {})
    answer = one["responses"].get("200", {}).get("content", {})
    return Operation(
        name=one["operationId"],
        method=method.upper(),
        path=path,
        told=one.get("description", ""),
        parameters=tuple(_parameters(one.get("parameters", ()), shapes)),
        body=_outlined(body, shapes),
        answer=_outlined(answer, shapes),
        curl=_curl(path, method, (body, answer), shapes),
    )


def _parameters(given: Sequence[Schema], shapes: Shapes) -> Iterator[Parameter]:
    """Those in the path only if there is more to say of them than that they are there."""
    for one in given:
        told = one.get("description", "")
        if told or one["in"] != "path":
            kind = shapes.outline(one["schema"]) + _bounds(one["schema"])
            yield Parameter(one["name"], one["in"], kind, told, one.get("required", False))


def _bounds(schema: Schema) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    return "" if low is None or high is None or high >= 2**31 - 1 else f" {low}…{high}"


def _outlined(content: Mapping[str, Schema], shapes: Shapes) -> str:
    for media_type, one in content.items():
        if media_type != "application/json":
            return media_type
        outline = shapes.outline(one.get("schema", {}))
        return "" if outline == "object" else outline
    return ""


def _curl(path: str, method: str, contents: tuple[Mapping[str, Schema], ...], shapes: Shapes) -> str:
    """`$KANGAROO` and `$TOKEN` are explained above all of them; names in capitals are to be filled in."""
    body, answer = contents
    parts = ["curl", '-H "Authorization: Bearer $TOKEN"']
    if method != "get":
        parts.append(f"-X {method.upper()}")
    for media_type, one in body.items():
        if media_type != "application/json":
            parts.append("-T FILE")
            continue
        example = json.dumps(shapes.example(one.get("schema", {})))
        given = f"'{example}'" if len(example) <= _LONGEST_BODY else "@body.json"
        parts.append(f"-H 'Content-Type: application/json' -d {given}")
    if answer and "application/json" not in answer:
        parts.append("-o FILE")
    filled = path.replace("{", "\0").replace("}", "\0").split("\0")
    place = "".join(part.upper() if number % 2 else part for number, part in enumerate(filled))
    return " ".join([*parts, f'"$KANGAROO{place}"'])

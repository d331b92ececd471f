"""Judges one exchange by Harbor's swagger: every test that talks to the Harbor dialect through
`tests.entrypoints.harbor.client` has each of its answers judged here.

What is held against an answer: a status of success that the operation does not know; content that is not of the
described shape, or of another media type; a failure that is not `{"errors":[{"code","message"}]}` and a newline.
"""

from typing import Any, Protocol

from tests.conformance import swagger

# Statuses anything may be refused with, whether or not the operation lists them.
ERRORS = frozenset({400, 401, 403, 404, 405, 409, 412, 413, 415, 416, 422, 429, 500, 503})


class Answer(Protocol):
    """What the judge looks at."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any: ...


def problems(method: str, path: str, sent: object, answer: Answer) -> list[str]:
    """Empty when all is well. `sent` is the JSON of the body, None without one."""
    spec = swagger.load()
    operation = None if spec is None else spec.operation(method, path)
    try:
        if answer.status >= 400:
            return _of_failure(method, answer)
        if spec is None or operation is None:
            return []
        return _of_success(spec, operation, sent, answer)
    except ValueError:
        return [f"no JSON: {answer.body[:200]!r}"]


def _of_success(
    spec: swagger.Swagger, operation: swagger.Operation, sent: object, answer: Answer
) -> list[str]:
    try:
        schema = spec.response_schema(operation, answer.status)
    except KeyError:
        return [f"{operation.id} knows no status {answer.status}"]
    found = _of_content(spec, operation, schema, answer)
    expected = operation.body_schema()
    if sent is not None and expected is not None:
        found += [f"request {problem}" for problem in spec.problems(expected, sent)]
    return found


def _of_failure(method: str, answer: Answer) -> list[str]:
    if answer.status not in ERRORS:
        return [f"status {answer.status} is no way to refuse"]
    if method == "HEAD":
        return [] if not answer.body else ["an answer to HEAD has no content"]
    if not answer.headers.get("content-type", "").startswith("application/json"):
        return [f"a failure of type {answer.headers.get('content-type')}"]
    match answer.json():
        case {"errors": [{"code": str(), "message": str()}]}:
            return [] if answer.body.endswith(b"\n") else ["a failure ends with a newline"]
    return [f"a failure of another shape: {answer.body[:200]!r}"]


def _of_content(
    spec: swagger.Swagger, operation: swagger.Operation, schema: dict[str, object] | None, answer: Answer
) -> list[str]:
    if schema is None:
        return [f"{operation.id} answers with nothing, not {answer.body[:80]!r}"] if answer.body else []
    if operation.produces != "application/json" or schema.get("type") in ("file", "string"):
        expected = operation.produces
        given = answer.headers.get("content-type", "")
        return [] if given.startswith(expected) else [f"{operation.id} answers {expected}, not {given}"]
    if not answer.headers.get("content-type", "").startswith("application/json"):
        return [f"{operation.id} answers JSON, not {answer.headers.get('content-type')}"]
    if schema.get("type") == "array" and answer.body == b"null":
        return ["a list without elements is [], never null"]
    return spec.problems(schema, answer.json())

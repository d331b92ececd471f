"""Judges one exchange by Kangaroo's published description: every test that talks to the platform dialect through
`tests.entrypoints.platform.client` has each of its answers judged here.
"""

from http import HTTPStatus
from typing import Any, Protocol

from tests.conformance import platform_swagger

# google.rpc's codes and the HTTP status grpc-gateway gives each (runtime.HTTPStatusFromCode).
STATUS = {
    1: 499,
    2: 500,
    3: 400,
    4: 504,
    5: 404,
    6: 409,
    7: 403,
    8: 429,
    9: 400,
    10: 409,
    11: 400,
    12: 501,
    13: 500,
    14: 503,
    15: 500,
    16: 401,
}


class Answer(Protocol):
    """What the judge looks at."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any: ...


def problems(method: str, path: str, sent: object, answer: Answer) -> list[str]:
    """Empty when all is well. `sent` is the JSON of the body, None without one."""
    spec = platform_swagger.load()
    if not answer.headers.get("content-type", "").startswith("application/json"):
        return [f"an answer of type {answer.headers.get('content-type')}"]
    if answer.status != HTTPStatus.OK:
        return _of_failure(answer) + ([] if spec is None else spec.failure_problems(answer.json()))
    operation = None if spec is None else spec.operation(method, path)
    if spec is None or operation is None:
        return []
    found = spec.answer_problems(operation, answer.json())
    return found + [f"request {problem}" for problem in spec.request_problems(operation, sent)]


def _of_failure(answer: Answer) -> list[str]:
    match answer.json():
        case {
            "code": int(code),
            "message": str(message),
            "details": [{"@type": kind, "reason": str(word)}, *_],
        }:
            wrong = []
            if STATUS.get(code) != answer.status:
                wrong.append(f"code {code} has status {STATUS.get(code)}, not {answer.status}")
            if not message or not word or not kind.endswith("google.rpc.ErrorInfo"):
                wrong.append("a failure without words")
            return wrong
    return [f"a failure of another shape: {answer.body[:200]!r}"]

"""Failures as google.rpc.Status, with the HTTP status grpc-gateway gives each code (runtime.HTTPStatusFromCode).

`details` hold a google.rpc.ErrorInfo (its `reason` is a stable word, its `metadata` the facts) and, where somebody
can do something about it, a google.rpc.Help.
"""

from collections.abc import Mapping, Sequence
from enum import Enum
from types import MappingProxyType
from typing import Any

import msgspec
import structlog
from litestar import Response
from litestar.exceptions import HTTPException, ValidationException

from kangaroo.base.errors import Code, Failure
from kangaroo.base.reasons import Explained
from kangaroo.base.texts import Language
from kangaroo.entrypoints.http.framework import AnyRequest
from kangaroo.entrypoints.http.language import language_of

DOMAIN = "kangaroo.io"
log = structlog.get_logger(__name__)

Detail = Mapping[str, Any]


class Grpc(Enum):
    """Code of google.rpc and its HTTP status."""

    INVALID_ARGUMENT = 3, 400
    NOT_FOUND = 5, 404
    ALREADY_EXISTS = 6, 409
    PERMISSION_DENIED = 7, 403
    RESOURCE_EXHAUSTED = 8, 429
    FAILED_PRECONDITION = 9, 400
    ABORTED = 10, 409
    OUT_OF_RANGE = 11, 400
    UNIMPLEMENTED = 12, 501
    INTERNAL = 13, 500
    UNAVAILABLE = 14, 503
    UNAUTHENTICATED = 16, 401


_BY_CODE = {
    Code.UNSUPPORTED: Grpc.FAILED_PRECONDITION,
    Code.REFERENCED: Grpc.ABORTED,  # somebody else has to let go of it first
    Code.BLOB_IN_USE: Grpc.FAILED_PRECONDITION,
    Code.METHOD_NOT_ALLOWED: Grpc.FAILED_PRECONDITION,
    Code.QUOTA_EXCEEDED: Grpc.RESOURCE_EXHAUSTED,
    Code.RANGE_INVALID: Grpc.OUT_OF_RANGE,
}
_BY_STATUS = {
    400: Grpc.INVALID_ARGUMENT,
    401: Grpc.UNAUTHENTICATED,
    403: Grpc.PERMISSION_DENIED,
    404: Grpc.NOT_FOUND,
    405: Grpc.UNIMPLEMENTED,
    409: Grpc.ALREADY_EXISTS,
    412: Grpc.FAILED_PRECONDITION,
    429: Grpc.RESOURCE_EXHAUSTED,
    503: Grpc.UNAVAILABLE,
}


def on_failure(request: AnyRequest, failure: Failure) -> Response[bytes]:
    grpc = _BY_CODE.get(failure.code) or _of_status(failure.code.status)
    if grpc is Grpc.INTERNAL:
        return on_error(request, failure)
    if grpc is Grpc.UNAVAILABLE:
        log.warning("request failed", path=request.scope["path"], reason=str(failure))
    headers = {} if failure.retry_after is None else {"Retry-After": str(failure.retry_after)}
    language = _language(request)
    details = [_info(failure.code.name, failure.facts)]
    if isinstance(failure, Explained):
        details = [_info(failure.cause.name, failure.facts), _help(failure.remedy(language))]
    return _answer(grpc, failure.message(language), details, headers)


def on_refusal(request: AnyRequest, error: HTTPException) -> Response[bytes]:
    """What the framework says: no such path, no such method, parameters or body that are not what they should be."""
    grpc = _of_status(error.status_code)
    if grpc is Grpc.INTERNAL:
        return on_error(request, error)
    message = error.detail
    if isinstance(error, ValidationException) and isinstance(error.extra, list):
        message = "; ".join(_one(extra) for extra in error.extra) or message
    return _answer(grpc, message, [_info(grpc.name)], dict(error.headers or {}))


def on_error(request: AnyRequest, error: Exception) -> Response[bytes]:
    """What nobody foresaw; what went wrong inside is nobody else's."""
    log.error("request failed", path=request.scope["path"], exc_info=error)
    message = Failure(Code.INTERNAL).message(_language(request))
    return _answer(Grpc.INTERNAL, message, [_info(Grpc.INTERNAL.name)], {})


def _language(request: AnyRequest) -> Language:
    return language_of(request.headers.get("accept-language", ""))


def _of_status(status: int) -> Grpc:
    return _BY_STATUS.get(status) or (Grpc.INTERNAL if status >= 500 else Grpc.INVALID_ARGUMENT)


def _one(extra: Mapping[str, Any]) -> str:
    where = extra.get("source", "")
    place = f" in {getattr(where, 'value', where)}" if where else ""
    return f"{extra.get('key', 'request')}{place}: {extra.get('message', '')}"


def _info(reason: str, facts: Mapping[str, Any] = MappingProxyType({})) -> Detail:
    return {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": reason,
        "domain": DOMAIN,
        "metadata": {name: str(value) for name, value in facts.items()},
    }


def _help(remedy: str) -> Detail:
    return {"@type": "type.googleapis.com/google.rpc.Help", "links": [{"description": remedy, "url": ""}]}


def _answer(grpc: Grpc, message: str, details: Sequence[Detail], headers: dict[str, str]) -> Response[bytes]:
    code, status = grpc.value
    body = msgspec.json.encode({"code": code, "message": message, "details": details})
    return Response(body, status_code=status, headers=headers, media_type="application/json")

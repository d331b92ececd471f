"""Failures in Harbor's words (goharbor/harbor src/lib/errors/const.go, src/lib/http/error.go)."""

from typing import Any

import msgspec
import structlog
from litestar import Response
from litestar.exceptions import HTTPException, ValidationException

from kangaroo.base.errors import Code, Failure
from kangaroo.entrypoints.http.framework import AnyRequest

_WORDS = {
    Code.DIGEST_INVALID: "DIGEST_INVALID",
    Code.MANIFEST_INVALID: "MANIFEST_INVALID",
    Code.UNSUPPORTED: "UNSUPPORTED",
    Code.DENIED: "DENIED",
    Code.QUOTA_EXCEEDED: "DENIED",
    Code.REFERENCED: "VIOLATE_FOREIGN_KEY_CONSTRAINT",
    Code.POLICY_VIOLATION: "PROJECTPOLICYVIOLATION",
}
_WORDS_BY_STATUS = {
    400: "BAD_REQUEST",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    409: "CONFLICT",
    412: "PRECONDITION",
    413: "REQUEST_ENTITY_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
    416: "BAD_REQUEST",
    422: "UNPROCESSABLE_ENTITY",
    429: "TOO_MANY_REQUEST",
}
_MEDIA_TYPE = "application/json; charset=utf-8"
_VALIDATION = "validation failure list:\n"
log = structlog.get_logger(__name__)


def on_failure(request: AnyRequest, failure: Failure) -> Response[bytes]:
    status = failure.code.status
    if status >= 500:
        log.warning("request failed", path=request.scope["path"], reason=str(failure))
    headers = {} if failure.retry_after is None else {"Retry-After": str(failure.retry_after)}
    message = failure.message()
    if failure.code is Code.INVALID_FIELD:
        message = _VALIDATION + message
    return _answer(request, status, _WORDS.get(failure.code), message, headers)


def on_refusal(request: AnyRequest, error: HTTPException) -> Response[bytes]:
    """What the framework says: no such path, no such method, parameters or body that are not what they should be."""
    status = 422 if error.status_code == 400 else error.status_code
    if status >= 500:
        return on_error(request, error)
    message = error.detail
    if isinstance(error, ValidationException) and isinstance(error.extra, list):
        message = "\n".join(_one(extra) for extra in error.extra)
    if status == 422:
        message = _VALIDATION + message
    return _answer(request, status, None, message, dict(error.headers or {}))


def on_error(request: AnyRequest, error: Exception) -> Response[bytes]:
    """What nobody foresaw."""
    log.error("request failed", path=request.scope["path"], exc_info=error)
    return _answer(request, 500, None, "", {})


def _one(extra: dict[str, Any]) -> str:
    """One of the framework's complaints; `source` is body, path, query or header."""
    source = extra.get("source")
    place = "" if source is None else f" in {getattr(source, 'value', source)}"
    return f"{extra.get('key', 'request')}{place}: {extra.get('message', '')}"


def _answer(
    request: AnyRequest, status: int, word: str | None, message: str, headers: dict[str, str]
) -> Response[bytes]:
    if status >= 500:
        word, message = "UNKNOWN", "internal server error"  # what went wrong inside is nobody else's
    error = {"code": word or _WORDS_BY_STATUS.get(status, "UNKNOWN"), "message": message}
    body = b"" if request.method == "HEAD" else msgspec.json.encode({"errors": [error]}) + b"\n"
    return Response(body, status_code=status, headers=headers, media_type=_MEDIA_TYPE)

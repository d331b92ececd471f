"""Failures in OCI's words (distribution-spec 1.1, "Error Codes"), where these differ from the table's own name."""

from kangaroo.base.errors import Code, Failure
from kangaroo.base.wire import to_json

_WORDS = {
    Code.BAD_REQUEST: "UNSUPPORTED",
    Code.NAME_INVALID: "NAME_INVALID",
    Code.TAG_INVALID: "MANIFEST_INVALID",
    Code.DIGEST_INVALID: "DIGEST_INVALID",
    Code.DIGEST_MISMATCH: "DIGEST_INVALID",
    Code.SIZE_INVALID: "SIZE_INVALID",
    Code.MANIFEST_INVALID: "MANIFEST_INVALID",
    Code.MANIFEST_BLOB_UNKNOWN: "MANIFEST_BLOB_UNKNOWN",
    Code.UPLOAD_INVALID: "BLOB_UPLOAD_INVALID",
    Code.UNAUTHORIZED: "UNAUTHORIZED",
    Code.FORBIDDEN: "UNAUTHORIZED",
    Code.DENIED: "DENIED",
    Code.QUOTA_EXCEEDED: "DENIED",
    Code.NOT_FOUND: "NAME_UNKNOWN",
    Code.PROJECT_UNKNOWN: "NAME_UNKNOWN",
    Code.REPOSITORY_UNKNOWN: "NAME_UNKNOWN",
    Code.MANIFEST_UNKNOWN: "MANIFEST_UNKNOWN",
    Code.BLOB_UNKNOWN: "BLOB_UNKNOWN",
    Code.UPLOAD_UNKNOWN: "BLOB_UPLOAD_UNKNOWN",
    Code.TAG_IMMUTABLE: "PRECONDITION",
    Code.TOO_LARGE: "MANIFEST_INVALID",
    Code.RANGE_INVALID: "BLOB_UPLOAD_INVALID",
    Code.TOO_MANY_REQUESTS: "TOOMANYREQUESTS",
    Code.INTERNAL: "UNKNOWN",
}


def status_of(failure: Failure) -> int:
    """OCI clients, as Harbor's, know refusal only as 401: a 403 would keep them from logging in with more rights."""
    return 401 if failure.code is Code.FORBIDDEN else failure.code.status


def body_of(failure: Failure) -> bytes:
    code = _WORDS.get(failure.code, failure.code.name)
    detail = {name: str(value) for name, value in failure.facts.items() if name != "reason"}
    return to_json({"errors": [{"code": code, "message": failure.message(), "detail": detail}]})

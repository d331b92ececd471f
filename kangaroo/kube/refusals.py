"""What an API server's answer of refusal means: its `Status` object in our words."""

from typing import Any

import msgspec

from kangaroo.base.errors import Code, Failure
from kangaroo.base.reasons import Reason
from kangaroo.kube.connection import Connection
from kangaroo.kube.contract import Cause, Object, Refused

_CODES = {
    400: Code.BAD_REQUEST,
    403: Code.FORBIDDEN,
    404: Code.NOT_FOUND,
    405: Code.UNSUPPORTED,
    406: Code.UNSUPPORTED,
    409: Code.CONFLICT,
    410: Code.PRECONDITION,
    413: Code.TOO_LARGE,
    415: Code.UNSUPPORTED,
    422: Code.INVALID_FIELD,
    500: Code.UNAVAILABLE,  # an admission webhook that does not answer says so with this
}
EXPIRED = "Expired"


def refusal(connection: Connection, status: int, body: bytes) -> Failure:
    """Of an answer with an error status."""
    if status == 401:
        return connection.failed(Reason.UNAUTHORIZED, user=connection.user)
    found = _status(body)
    if found is None and status == 404:  # of a group of the API nobody serves
        found = {"reason": "NotFound", "message": body[:200].decode(errors="replace").strip()}
    if found is not None and status in _CODES:
        return refused(found, status)
    said = str(found.get("message", "")) if found else body[:300].decode(errors="replace").strip()
    if status == 429:
        return connection.failed(Reason.RATE_LIMITED, seconds=_retry_after(found))
    if status >= 500:
        return connection.failed(Reason.SERVER_ERROR, status=status, detail=said[:300] or "no reason given")
    return connection.failed(Reason.BAD_ANSWER, detail=f"status {status}: {said}"[:300])


def refused(found: Object, status: int = 0) -> Refused:
    """Of a `Status`, which a watch sends as an event too."""
    status = status or int(found.get("code") or 500)
    details = found.get("details") or {}
    causes = [
        Cause(str(one.get("reason", "")), str(one.get("field", "")), str(one.get("message", "")))
        for one in details.get("causes") or ()
    ]
    return Refused(
        _CODES.get(status, Code.UNAVAILABLE),
        word=EXPIRED if status == 410 else str(found.get("reason") or f"status {status}"),
        message=str(found.get("message", ""))[:2000],
        kind=str(details.get("kind", "")),
        causes=causes,
    )


def _status(body: bytes) -> dict[str, Any] | None:
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return found if isinstance(found, dict) and found.get("kind") == "Status" else None


def _retry_after(found: dict[str, Any] | None) -> int:
    details = (found or {}).get("details") or {}
    seconds = details.get("retryAfterSeconds")
    return seconds if isinstance(seconds, int) and 0 < seconds < 3600 else 1

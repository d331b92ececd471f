"""The name of the request being answered, so that log lines, answers and complaints of users meet."""

import re
from contextvars import ContextVar

HEADER = b"x-request-id"
REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")

_ACCEPTED = re.compile(rb"[A-Za-z0-9._:/+=-]{1,128}")


def accepted(value: bytes) -> str | None:
    """The name a proxy gave, unless it could spoil a log."""
    return value.decode("ascii") if _ACCEPTED.fullmatch(value) else None

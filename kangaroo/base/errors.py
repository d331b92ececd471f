"""The table of everything that can go wrong. Core raises a row; each entrypoint renders it in its dialect.

A row says which HTTP status the failure has in dialects that speak HTTP, and whether it *heals*: a caller may retry
what heals, and must report what does not. The sentence for people stands in `base.texts` under the row's name, in
English and Chinese; `facts` fill its placeholders.
"""

from enum import Enum
from typing import Any, Self

from kangaroo.base.texts import Language, sentence


class Code(Enum):
    """One kind of failure: `status` is HTTP, `heals` says that the same request may succeed later."""

    status: int
    heals: bool

    def __new__(cls, status: int, heals: bool = False) -> Self:
        row = object.__new__(cls)
        row._value_ = len(cls.__members__) + 1
        row.status = status
        row.heals = heals
        return row

    BAD_REQUEST = 400
    NAME_INVALID = 400
    TAG_INVALID = 400
    DIGEST_INVALID = 400
    DIGEST_MISMATCH = 400
    SIZE_INVALID = 400
    MANIFEST_INVALID = 400
    MANIFEST_BLOB_UNKNOWN = 400
    UPLOAD_INVALID = 400
    ARCHIVE_INVALID = 400  # an image archive somebody uploads
    UNSUPPORTED = 400
    UNAUTHORIZED = 401
    FORBIDDEN = 403  # the role does not allow it
    DENIED = 403  # a policy does not allow it, whoever asks
    QUOTA_EXCEEDED = 403
    NOT_FOUND = 404
    PROJECT_UNKNOWN = 404
    REPOSITORY_UNKNOWN = 404
    MANIFEST_UNKNOWN = 404
    BLOB_UNKNOWN = 404
    UPLOAD_UNKNOWN = 404
    METHOD_NOT_ALLOWED = 405
    BLOB_IN_USE = 405
    CONFLICT = 409
    PRECONDITION = 412
    TAG_IMMUTABLE = 412
    REFERENCED = 412  # something else still needs it
    POLICY_VIOLATION = 412  # of the project: content trust, vulnerabilities
    TOO_LARGE = 413
    RANGE_INVALID = 416
    INVALID_FIELD = 422
    TOO_MANY_REQUESTS = 429, True
    INTERNAL = 500
    UNAVAILABLE = 503, True
    STORAGE_FULL = 503, True


class Failure(Exception):
    """A row of the table with its facts: `Failure(Code.BLOB_UNKNOWN, digest=d)`.

    `text` names another sentence of `base.texts` than the row's own; `retry_after` is in seconds.
    """

    def __init__(
        self, code: Code, text: str | None = None, *, retry_after: int | None = None, **facts: Any
    ) -> None:
        super().__init__(code.name)
        self.code = code
        self.text = text or code.name.lower()
        self.retry_after = retry_after if retry_after is not None or not code.heals else 5
        self.facts = facts

    def message(self, language: Language = "en") -> str:
        return sentence(self.text, language, **self.facts)

    def __str__(self) -> str:
        return self.message()

"""Names inside every blob store: which upload names are safe, and which digest a location holds.

The digest stands in the location, so that a folder or bucket says by itself what it keeps: anybody can verify
a blob with sha256sum, and metadata can be rebuilt from it.
"""

import re
import secrets

from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure

_UPLOAD = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._~-]{0,199}")
_LOCATION = re.compile(
    r"sha256/(?:[0-9a-f]{2}/)?[0-9a-f]{64}\.[0-9a-f]{16}"
    r"|sha512/(?:[0-9a-f]{2}/)?[0-9a-f]{128}\.[0-9a-f]{16}"
    r"|data/[0-9a-f]{32}"
)
BUSY = "another request is writing to this upload"
TAKEN = "an upload of this name was started before"


def upload_name(text: str) -> str:
    """The name itself, which cannot leave its folder; a name no upload can have is an unknown upload."""
    if not _UPLOAD.fullmatch(text):
        raise Failure(Code.UPLOAD_UNKNOWN, upload=text[:200])
    return text


def blob_location(text: str) -> str:
    """The location itself, which cannot leave its folder."""
    if not is_location(text):
        raise Failure(Code.NOT_FOUND, what=f"blob at {text[:250]!r}")
    return text


def location_without_digest() -> str:
    """For content that gets its place before it is known."""
    return f"data/{secrets.token_hex(16)}"


def digest_of(location: str) -> Digest | None:
    """What a blob was verified to be; None where the name does not say it (large content in S3)."""
    algorithm, _, name = blob_location(location).partition("/")
    if algorithm == "data":
        return None
    return Digest(f"{algorithm}:{name.rpartition('/')[2].partition('.')[0]}")


def is_location(text: str) -> bool:
    return _LOCATION.fullmatch(text) is not None


def nonce() -> str:
    """Makes two blobs of the same content two files."""
    return secrets.token_hex(8)

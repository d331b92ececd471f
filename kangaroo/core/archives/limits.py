"""How much of an archive is taken, so that no archive can fill the disk or the memory; and what is said of bad ones."""

from dataclasses import dataclass
from typing import Any

from kangaroo.base.errors import Code, Failure

FREE_BYTES = 64 << 20  # unpacked, whatever the ratio: small archives of zeros are nobody's attack


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bytes and numbers. `archive` holds for what is received and for what it unpacks to.

    `ratio`: of unpacked to received bytes, beyond the first `FREE_BYTES`. `depth`: of indexes within indexes.
    `understood`: bytes of all manifests and configs together.
    """

    archive: int
    manifest: int = 4 << 20
    config: int = 8 << 20
    understood: int = 64 << 20
    members: int = 50_000
    manifests: int = 2_000
    depth: int = 4
    ratio: int = 300


def invalid(text: str, **facts: Any) -> Failure:
    """ARCHIVE_INVALID with one of the sentences `archive_…`."""
    return Failure(Code.ARCHIVE_INVALID, f"archive_{text}", **facts)

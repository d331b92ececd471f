"""The Range header of downloads (RFC 9110, section 14)."""

import re

from kangaroo.base.errors import Code, Failure

_ONE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def parse_range(header: str | None, size: int) -> tuple[int, int] | None:
    """(start, length) of the part asked for; None: the whole.

    What is no single byte range is ignored, as the RFC says; one outside the content raises RANGE_INVALID.
    """
    match = _ONE.fullmatch(header.strip().lower()) if header else None
    if match is None or match.group(1) == match.group(2) == "":
        return None
    first, last = match.groups()
    if not first:
        length = min(int(last), size)
        if length == 0:
            raise Failure(Code.RANGE_INVALID, range=header, reason=f"the content has {size} bytes")
        return size - length, length
    start = int(first)
    end = min(int(last), size - 1) if last else size - 1
    if start >= size or (last and int(last) < start):
        raise Failure(Code.RANGE_INVALID, range=header, reason=f"the content has {size} bytes")
    return start, end - start + 1

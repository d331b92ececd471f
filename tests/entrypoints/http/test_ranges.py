"""Byte ranges as RFC 9110 has them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kangaroo.base.errors import Code, Failure
from kangaroo.entrypoints.http.ranges import parse_range

CONTENT = bytes(range(100))


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=10-19", (10, 10)),
        ("bytes=90-", (90, 10)),
        ("bytes=-5", (95, 5)),
        ("bytes=-500", (0, 100)),
        ("bytes=0-500", (0, 100)),
        ("BYTES=1-2", (1, 2)),
        (None, None),
        ("bytes=-", None),
        ("bytes=0-1,3-4", None),
        ("items=0-1", None),
        ("bytes=a-b", None),
    ],
)
def test_ranges(header: str | None, part: tuple[int, int] | None) -> None:
    assert parse_range(header, 100) == part


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=5-4", "bytes=200-300", "bytes=-0"])
def test_ranges_outside_the_content(header: str) -> None:
    with pytest.raises(Failure) as raised:
        parse_range(header, 100)
    assert raised.value.code is Code.RANGE_INVALID


@given(
    st.one_of(st.text(), st.from_regex(r"bytes=\d{0,20}-\d{0,20}", fullmatch=True)), st.integers(0, 1 << 40)
)
def test_a_part_lies_inside(header: str, size: int) -> None:
    try:
        part = parse_range(header, size)
    except Failure as failure:
        assert failure.code is Code.RANGE_INVALID
        return
    if part is not None:
        start, length = part
        assert 0 <= start < size
        assert 0 < length <= size - start

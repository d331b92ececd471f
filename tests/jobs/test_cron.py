"""Cron says the same as looking at every second would."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kangaroo.base.clock import SECOND
from kangaroo.base.errors import Code, Failure
from kangaroo.jobs.cron import parse


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * SECOND


def shown(micros: int) -> str:
    return datetime.fromtimestamp(micros / SECOND, UTC).isoformat()[:19]


@pytest.mark.parametrize(
    ("cron", "after", "fires"),
    [
        ("0 0 0 * * *", "2026-11-23T00:00:00", "2026-11-24T00:00:00"),
        ("@daily", "2026-12-31T23:59:59", "2027-01-01T00:00:00"),
        ("@hourly", "2026-11-23T10:59:59", "2026-11-23T11:00:00"),
        ("@weekly", "2026-11-23T10:00:00", "2026-11-29T00:00:00"),
        ("0 0 8 * * mon", "2026-11-23T08:00:00", "2026-11-30T08:00:00"),
        ("*/20 * * * * *", "2026-11-23T08:00:41", "2026-11-23T08:01:00"),
        ("5/20 * * * * ?", "2026-11-23T08:00:06", "2026-11-23T08:00:25"),
        ("0 30 1-3,22 * * *", "2026-11-23T03:30:00", "2026-11-23T22:30:00"),
        ("0 0 0 29 2 *", "2026-11-23T00:00:00", "2028-02-29T00:00:00"),
        ("0 0 0 29 2 ?", "2096-03-01T00:00:00", "2104-02-29T00:00:00"),
        ("0 0 0 1 JAN *", "2026-01-01T00:00:00", "2027-01-01T00:00:00"),
        ("0 0 0 13 * 5", "2026-11-23T00:00:00", "2026-11-27T00:00:00"),  # either day
        ("0 0 0 13 * 5", "2026-12-11T00:00:00", "2026-12-13T00:00:00"),
        ("@every 90s", "2026-11-23T00:00:00", "2026-11-23T00:01:30"),
        ("@every 1h30m", "2026-11-23T00:00:00", "2026-11-23T01:30:00"),
    ],
)
def test_known_firings(cron, after, fires) -> None:
    assert shown(parse(cron).next_after(at(after))) == fires


def test_within_a_second_the_next_one_counts() -> None:
    assert parse("* * * * * *").next_after(10 * SECOND) == 11 * SECOND
    assert parse("* * * * * *").next_after(11 * SECOND - 1) == 11 * SECOND


@pytest.mark.parametrize(
    ("cron", "reason"),
    [
        ("0 0 * * *", "six fields"),
        ("", "six fields"),
        ("@sometimes", "six fields"),
        ("@every 0s", "six fields"),
        ("@every -5m", "six fields"),
        ("60 * * * * *", "second '60' is not one of 0 to 59"),
        ("* * 24 * * *", "hour '24'"),
        ("* * * 0 * *", "day of month '0' is not one of 1 to 31"),
        ("* * * * 13 *", "month '13'"),
        ("* * * * * 7", "day of week '7'"),
        ("* * * * * funday", "day of week 'funday'"),
        ("* 5-2 * * * *", "5 is after 2"),
        ("* */0 * * * *", "step of minute '0'"),
        ("* 1,,2 * * * *", "minute ''"),
        ("* ١ * * * *", "minute"),
        ("0 0 0 30 2 *", "no such day"),
    ],
)
def test_what_is_wrong_is_named(cron, reason) -> None:
    with pytest.raises(Failure, match=reason) as caught:
        parse(cron)
    assert caught.value.code is Code.BAD_REQUEST


def field(low: int, high: int) -> st.SearchStrategy[str]:
    value = st.integers(low, high)
    pair = st.tuples(value, value).map(sorted)
    item = st.one_of(
        value.map(str),
        pair.map(lambda p: f"{p[0]}-{p[1]}"),
        st.tuples(pair, st.integers(1, 9)).map(lambda p: f"{p[0][0]}-{p[0][1]}/{p[1]}"),
        st.integers(1, 9).map(lambda step: f"*/{step}"),
    )
    return st.one_of(st.just("*"), st.lists(item, min_size=1, max_size=3).map(",".join))


def allowed(part: str, low: int, high: int) -> set[int]:
    found = set()
    for item in part.split(","):
        span, _, step = item.partition("/")
        first, _, last = span.partition("-")
        start, end = (low, high) if span == "*" else (int(first), int(last or first))
        found |= {
            value
            for value in range(low, high + 1)
            if start <= value <= end and not (value - start) % int(step or 1)
        }
    return found


RANGES = [(0, 59), (0, 59), (0, 23), (1, 31), (1, 12), (0, 6)]


def fires(parts: list[str], second: int) -> bool:
    now = datetime.fromtimestamp(second, UTC)
    values = [now.second, now.minute, now.hour, now.day, now.month, now.isoweekday() % 7]
    fits = [
        value in allowed(part, *bounds) for part, value, bounds in zip(parts, values, RANGES, strict=True)
    ]
    if "*" in (parts[3], parts[5]):
        return all(fits)
    return all(fits[:3]) and fits[4] and (fits[3] or fits[5])


@settings(max_examples=150, deadline=None)
@given(
    parts=st.tuples(*(field(*bounds) for bounds in RANGES)).map(list),
    start=st.integers(0, 4_000_000_000),
    into=st.integers(0, SECOND - 1),
)
def test_a_firing_fits_and_nothing_fits_before_it(parts, start, into) -> None:
    try:
        cron = parse(" ".join(parts))
    except Failure as failure:
        assert "no such day" in str(failure)
        return
    found = cron.next_after(start * SECOND + into)
    assert found % SECOND == 0
    assert found > start * SECOND + into
    assert fires(parts, found // SECOND)
    for second in range(start + 1, min(found // SECOND, start + 400)):
        assert not fires(parts, second)
    assert cron.next_after(found - 1) == found
    for earlier in range(start + 1, found // SECOND, max(1, (found // SECOND - start) // 50)):
        assert cron.next_after(earlier * SECOND) == found

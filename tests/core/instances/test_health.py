"""From one probe to the next: the states, when the next look is due, and what is told."""

from dataclasses import replace
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kangaroo.base.clock import SECOND
from kangaroo.base.errors import Code, Failure
from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.core.instances.health import (
    PATIENCE,
    SOON,
    STEADY,
    Cause,
    Finding,
    State,
    after,
    cause_of,
    pause,
    unchecked,
)

START = 1_800_000_000 * SECOND
WELL = Finding(version="2.10.0")
REFUSED = Finding(InstanceFailure(Reason.CONNECTION_REFUSED, host="h", port=1))
WRONG_PASSWORD = Finding(InstanceFailure(Reason.UNAUTHORIZED, url="u", user="a"))
PARTLY = Finding(InstanceFailure(Reason.UNHEALTHY, url="u", parts="database"))


def states(*findings: Finding) -> list[str]:
    health, found = unchecked(START), []
    for number, finding in enumerate(findings):
        health = after(health, finding, START + number * SECOND)
        found.append(health.state)
    return found


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ([WELL], ["healthy"]),
        ([REFUSED], ["unhealthy"]),
        ([WELL, REFUSED, WELL], ["healthy", "degraded", "healthy"]),
        ([WELL, *[REFUSED] * PATIENCE], ["healthy", "degraded", "degraded", "unhealthy"]),
        ([WELL, REFUSED, WELL, REFUSED, REFUSED], ["healthy", "degraded", "healthy", "degraded", "degraded"]),
        ([WELL, WRONG_PASSWORD], ["healthy", "unhealthy"]),
        ([PARTLY, PARTLY, PARTLY, PARTLY], ["degraded"] * 4),
        ([REFUSED, PARTLY, WELL], ["unhealthy", "degraded", "healthy"]),
    ],
)
def test_states(findings, expected):
    assert states(*findings) == expected


def test_what_is_kept():
    well = after(unchecked(START), WELL, START + 5)
    assert (well.version, well.transition_at, well.probed_at, well.failures) == (
        "2.10.0",
        START + 5,
        START + 5,
        0,
    )
    again = after(well, Finding(), START + 10)
    assert (again.version, again.transition_at, again.probed_at) == ("2.10.0", START + 5, START + 10)
    down = after(again, REFUSED, START + 15)
    assert (down.reason, down.failures, down.version) == ("CONNECTION_REFUSED", 1, "2.10.0")


def test_the_longer_nothing_changes_the_more_rarely_it_is_looked_at():
    health, moment, gaps = after(unchecked(START), WELL, START), START, []
    for _ in range(12):
        assert health.next_at is not None
        gaps.append(health.next_at - moment)
        moment = health.next_at
        health = after(health, Finding(), moment)
    assert gaps[0] == SOON
    assert gaps == sorted(gaps)
    assert gaps[-1] == STEADY
    assert after(health, REFUSED, moment).next_at == moment + SOON


@given(st.integers(0, 10**15))
def test_pauses(unchanged):
    assert SOON <= pause(unchanged) <= STEADY


@given(st.lists(st.sampled_from([WELL, REFUSED, WRONG_PASSWORD, PARTLY]), min_size=1))
def test_the_state_says_what_was_found_last(findings):
    last, state = findings[-1], states(*findings)[-1]
    if last is WELL:
        assert state == State.HEALTHY
    else:
        assert state in (State.DEGRADED, State.UNHEALTHY)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_told_again_in_both_languages(reason):
    names = {name for text in (*reason.told, *reason.remedy) for _, name, _, _ in Formatter().parse(text)}
    facts = {name: "x" for name in names if name}
    failure = InstanceFailure(reason, **facts)
    cause = Cause.of(failure)
    again = cause_of(cause.word, cause.json())
    for language in ("en", "zh"):
        told = again.told(language)
        assert told.message == failure.message(language)
        assert told.remedy == failure.remedy(language)


def test_other_failures_and_words_of_other_versions():
    cause = Cause.of(Failure(Code.INTERNAL, "secret_unreadable", what="x"))
    assert cause.told("en").message
    assert Cause("SOMETHING_NEW", {}).told("en").message == "SOMETHING_NEW"
    assert Cause("TIMEOUT", {}).told("en").message == "TIMEOUT"
    assert Cause.of(None).told("zh").message == ""


def test_a_new_connection_begins_anew():
    down = after(unchecked(START), REFUSED, START)
    assert after(unchecked(START + 1), WELL, START + 1).state == State.HEALTHY
    assert replace(down, state=State.CHECKING) != down

"""What a change makes of a policy of sync."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kangaroo.base.errors import Failure
from kangaroo.core.sync import Endpoint, PolicyChange, ReplicationFilter, ReplicationPolicy, Trigger
from kangaroo.core.sync.rules import ITSELF, changed, ends

HUB = Endpoint(name="hub", type="docker-registry", url="https://hub.test", id=4)
HELD = ReplicationPolicy(name="mirror", source=None, target=HUB, speed=9, id=2)
LABELS = ReplicationFilter("label", ("a", "b"))
NAMES = ReplicationFilter("name", ("app/**",))


def test_nothing_said_is_nothing_changed() -> None:
    assert changed(HELD, PolicyChange()) == HELD
    assert ends(HELD, PolicyChange()) == (ITSELF, 4)


@given(st.integers(-(2**31), 2**31 - 1))
def test_speed_is_above_zero_or_unlimited(speed: int) -> None:
    found = changed(HELD, PolicyChange(speed=speed)).speed
    assert found == (speed if speed > 0 else None)


def test_a_schedule_goes_with_its_trigger() -> None:
    timed = changed(HELD, PolicyChange(trigger=Trigger.SCHEDULED, cron="@daily"))
    assert (timed.trigger, timed.cron) == (Trigger.SCHEDULED, "@daily")
    by_hand = changed(timed, PolicyChange(trigger=Trigger.MANUAL, cron="@daily"))
    assert by_hand.cron == ""
    assert changed(timed, PolicyChange(name="other")).cron == "@daily"


def test_filters_nobody_can_name_stay() -> None:
    held = replace(HELD, filters=(LABELS, NAMES))
    assert changed(held, PolicyChange(filters=())).filters == (LABELS,)
    assert changed(held, PolicyChange(description="x")).filters == (LABELS, NAMES)


@given(st.integers(0, 3), st.integers(0, 3))
def test_exactly_one_end_is_another_registry(source: int, target: int) -> None:
    change = PolicyChange(source=source, target=target)
    if (source > 0) is not (target > 0):
        assert ends(HELD, change) == (source, target)
    else:
        with pytest.raises(Failure):
            ends(HELD, change)


@pytest.mark.parametrize(
    "wrong",
    [
        PolicyChange(name=""),
        PolicyChange(name="a\nb"),
        PolicyChange(description="a" * 2000),
        PolicyChange(target_space="a\0"),
        PolicyChange(trigger=Trigger.SCHEDULED),
        PolicyChange(trigger=Trigger.SCHEDULED, cron="nonsense"),
        PolicyChange(filters=(NAMES, NAMES)),
        PolicyChange(filters=(ReplicationFilter("tag", ("[",)),)),
    ],
)
def test_wrong_ones(wrong: PolicyChange) -> None:
    with pytest.raises(Failure) as caught:
        changed(HELD, wrong)
    assert caught.value.message("zh")

"""How a Harbor is, from what is seen: the operator's words are not taken at face value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kangaroo.base.clock import SECOND
from kangaroo.base.errors import Code, Failure
from kangaroo.core.instances import State as InstanceState
from kangaroo.core.managed import Condition, Phase, State
from kangaroo.core.managed.standing import (
    PATIENCE,
    SILENCE,
    UNCHANGED,
    Course,
    Joined,
    Moment,
    Pod,
    Resource,
    Seen,
    judge,
    pods_of,
)
from tests.core.managed.made import HARBOR

HEALTHY = Joined(InstanceState.HEALTHY)
GOOD = tuple(Condition(f"{one}Ready", "True", "", "") for one in ("Cache", "Database", "Storage", "Service"))
STARTING = (*GOOD[:3], Condition("ServiceReady", "False", "", ""), Condition("InProgress", "True", "", ""))
BROKEN = (
    *GOOD[:3],
    Condition("ServiceReady", "False", "Refused", "no"),
    Condition("InProgress", "False", "", ""),
)


def seen(word="healthy", conditions=GOOD, pods=(), revision=2):
    return Seen(Resource("uid", word, revision, conditions), tuple(pods))


def moment(phase=Phase.RUNNING, waited=0, joined=HEALTHY, revision=0):
    return Moment(HARBOR, Course(phase, 0, revision), waited, joined)


def state(found, when):
    standing = judge(found, when)
    return standing.state, None if standing.failure is None else getattr(
        standing.failure, "cause", standing.failure
    ).name


@pytest.mark.parametrize(
    ("found", "when", "expected"),
    [
        (seen(), moment(), ("HEALTHY", None)),
        (seen("unhealthy", STARTING), moment(Phase.CREATING), ("CREATING", None)),
        (seen("unhealthy", STARTING), moment(Phase.UPDATING), ("UPDATING", None)),
        (seen("unhealthy", STARTING), moment(Phase.RUNNING, PATIENCE * 9), ("UPDATING", None)),
        (seen("unhealthy", STARTING), moment(Phase.CREATING, PATIENCE), ("UNHEALTHY", "CONDITION_FALSE")),
        (seen("unhealthy", BROKEN), moment(Phase.RUNNING), ("UNHEALTHY", "CONDITION_FALSE")),
        (seen("", (), revision=0), moment(Phase.CREATING, SILENCE + 1), ("UNKNOWN", "OPERATOR_SILENT")),
        (seen("", (), revision=0), moment(Phase.CREATING, SILENCE - 1), ("CREATING", None)),
        (Seen(), moment(Phase.CREATING), ("CREATING", None)),
        (Seen(), moment(Phase.RUNNING), ("UNHEALTHY", "RESOURCE_GONE")),
        (seen(), moment(Phase.CREATING, joined=Joined()), ("CREATING", None)),
        (seen(), moment(Phase.CREATING, PATIENCE, Joined()), ("UNHEALTHY", None)),
        (seen(), moment(joined=Joined(InstanceState.UNHEALTHY)), ("UNHEALTHY", None)),
        (seen(), moment(joined=Joined(InstanceState.DEGRADED)), ("HEALTHY", None)),
        # A change that the operator has not answered yet, and one that changed nothing.
        (seen(revision=7), moment(Phase.UPDATING, revision=7), ("UPDATING", None)),
        (seen(revision=8), moment(Phase.UPDATING, revision=7), ("HEALTHY", None)),
        (seen(revision=7), moment(Phase.UPDATING, UNCHANGED + 1, revision=7), ("HEALTHY", None)),
        (seen(), moment(Phase.DELETING), ("DELETING", None)),
    ],
)
def test_states(found, when, expected):
    assert state(found, when) == expected


def test_a_cluster_that_is_away_says_nothing_of_the_harbor():
    away = Failure(Code.UNAVAILABLE)
    standing = judge(Seen(failure=away), moment())
    assert (standing.state, standing.failure) == (State.UNKNOWN, away)


@pytest.mark.parametrize(
    ("pod", "when", "expected"),
    [
        (Pod("team-harbor-harbor-core-1", "Pending", False, "ImagePullBackOff"), moment(Phase.CREATING), "POD_IMAGE"),
        (Pod("team-harbor-harbor-core-1", "Pending", False, "Unschedulable"), moment(Phase.CREATING), "POD_PENDING"),
        (Pod("team-harbor-harbor-core-1", "Running", False, "CrashLoopBackOff", restarts=1), moment(Phase.CREATING),
         None),
        (Pod("team-harbor-harbor-core-1", "Running", False, "CrashLoopBackOff", restarts=5), moment(Phase.CREATING),
         "POD_CRASHES"),
        (Pod("team-front-1", "Running", False, "CrashLoopBackOff", restarts=9), moment(Phase.CREATING), None),
        (Pod("team-front-1", "Running", False, "CrashLoopBackOff", restarts=1), moment(Phase.RUNNING), "POD_CRASHES"),
    ],
)  # fmt: skip
def test_pods_that_no_waiting_mends(pod, when, expected):
    assert state(seen("unhealthy", STARTING, [pod]), when)[1] == expected


@given(
    st.sampled_from(["", "provisioning", "healthy", "unhealthy"]),
    st.lists(st.sampled_from([*GOOD, *STARTING, *BROKEN])),
    st.sampled_from([Phase.CREATING, Phase.UPDATING]),
    st.integers(0, SILENCE // SECOND - 1),
)
def test_a_rollout_without_a_broken_pod_is_never_unhealthy(word, conditions, phase, seconds):
    when = moment(phase, seconds * SECOND, HEALTHY)
    assert judge(seen(word, tuple(conditions)), when).state is not State.UNHEALTHY


def test_whose_pods():
    def pod(name, **metadata):
        return {"metadata": {"name": name, **metadata}, "status": {"phase": "Running"}}

    found = pods_of(
        [
            pod("team-harbor-harbor-core-1"),
            pod("team-front-2"),
            pod("team2-harbor-harbor-core-1"),
            pod("other"),
            pod("team-harbor-harbor-old", deletionTimestamp="now"),
        ],
        HARBOR,
    )
    assert [one.name for one in found] == ["team-front-2", "team-harbor-harbor-core-1"]

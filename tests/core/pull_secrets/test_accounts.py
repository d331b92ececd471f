"""Patches of service accounts: others' entries stay whatever happens."""

from collections.abc import Sequence
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kangaroo.base.errors import Failure
from kangaroo.core.pull_secrets.accounts import attached, attaching, checked, detaching, valid
from kangaroo.kube.contract import Object, Operation

OURS = {"name": "registry-secret"}
_others = st.lists(
    st.sampled_from(["theirs", "dockerhub", "registry-secret-2"]).map(lambda one: {"name": one})
)
_entries = st.one_of(st.none(), st.lists(st.one_of(st.just(OURS), st.just({"name": "theirs"}))), _others)


def account(entries: list | None) -> Object:
    made: Object = {"metadata": {"name": "default", "resourceVersion": "41"}}
    return made if entries is None else {**made, "imagePullSecrets": deepcopy(entries)}


def patched(seen: Object, operations: Sequence[Operation]) -> Object:
    """As the API server does it (RFC 6902, for the paths we use)."""
    seen = deepcopy(seen)
    for one in operations:
        match one.op, one.path.split("/")[1:]:
            case "test", ["metadata", "resourceVersion"]:
                assert seen["metadata"]["resourceVersion"] == one.value
            case "add", ["imagePullSecrets"]:
                seen["imagePullSecrets"] = deepcopy(one.value)
            case "add", ["imagePullSecrets", "-"]:
                seen["imagePullSecrets"].append(one.value)
            case "remove", ["imagePullSecrets", place]:
                del seen["imagePullSecrets"][int(place)]
            case _:
                raise AssertionError(one)
    return seen


@given(_entries)
def test_attaching_adds_ours_and_nothing_else(entries: list | None) -> None:
    before = account(entries)
    after = patched(before, attaching(before))
    assert attached(after)
    assert [one for one in after["imagePullSecrets"] if one != OURS] == [
        one for one in entries or [] if one != OURS
    ]
    assert attaching(after) == []


@given(_entries)
def test_detaching_takes_ours_and_nothing_else(entries: list | None) -> None:
    before = account(entries)
    after = patched(before, detaching(before))
    assert not attached(after)
    assert after.get("imagePullSecrets", []) == [one for one in entries or [] if one != OURS]
    assert detaching(after) == []


def test_names_of_accounts() -> None:
    assert valid(["default", "Bad Name", "builder", "default", "-x"]) == ("builder", "default")
    assert checked(["b", "a", "b"]) == ("a", "b")
    with pytest.raises(Failure, match="no service account"):
        checked(["Bad Name"])
    with pytest.raises(Failure, match="50"):
        checked([f"a{number}" for number in range(51)])

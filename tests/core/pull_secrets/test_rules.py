"""What is done about a secret, and what an answer of the cluster means."""

import pytest

from kangaroo.base.errors import Code, Failure
from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.core.pull_secrets.content import fingerprint
from kangaroo.core.pull_secrets.objects import ACCOUNTS, CONTENT, MANAGED, Wanted, asked_accounts
from kangaroo.core.pull_secrets.rules import State, Step, conflict_of, decide, standing_of
from kangaroo.kube.contract import Cause, Object, Refused

CONTENT_OF = b'{"auths":{}}'
WANTED = Wanted("here", 7, CONTENT_OF, fingerprint(b"key", CONTENT_OF))


def ours(**changes: object) -> Object:
    seen = WANTED.secret("ns", "the-uid")
    return {**seen, **changes}


def marked(**labels: str) -> Object:
    seen = ours()
    return {**seen, "metadata": {**seen["metadata"], "labels": {**seen["metadata"]["labels"], **labels}}}


def foreign(**changes: object) -> Object:
    return {"metadata": {"name": "registry-secret"}, "type": WANTED.secret("ns")["type"], **changes}


@pytest.mark.parametrize(
    ("seen", "step"),
    [
        (None, Step.CREATE),
        (ours(), Step.NOTHING),
        (ours(data={**ours()["data"], "more": "eA=="}), Step.NOTHING),
        (marked(team="blue"), Step.NOTHING),
        (ours(data={}), Step.UPDATE),
        (ours(data=None), Step.UPDATE),
        (ours(data={".dockerconfigjson": "no base64!"}), Step.UPDATE),
        (marked(**{"kangaroo.io/workspace": "8"}), Step.UPDATE),
        (ours(type="Opaque"), Step.REPLACE),
        (ours(data={}, immutable=True), Step.REPLACE),
        (ours(immutable=True), Step.NOTHING),
        (foreign(), Step.CONFLICT),
        (foreign(type="Opaque"), Step.CONFLICT),
        (marked(**{MANAGED: "another installation"}), Step.CONFLICT),
    ],
)
def test_what_is_to_be_done(seen: Object | None, step: Step) -> None:
    assert decide(seen, WANTED) is step


@pytest.mark.parametrize(
    ("seen", "step"),
    [
        (foreign(), Step.ADOPT),
        (foreign(type="Opaque"), Step.REPLACE),
        (foreign(immutable=True), Step.REPLACE),
        (marked(**{MANAGED: "another installation"}), Step.ADOPT),
        (ours(), Step.NOTHING),
    ],
)
def test_what_is_to_be_done_when_told_to_overwrite(seen: Object, step: Step) -> None:
    assert decide(seen, WANTED, overwrite=True) is step


def test_the_fingerprint_must_be_the_contents() -> None:
    seen = ours()
    seen["metadata"]["annotations"][CONTENT] = "another"
    assert decide(seen, WANTED) is Step.UPDATE


def test_a_conflict_says_whose_it_is() -> None:
    told = conflict_of(
        {**foreign(type="Opaque"), "metadata": {"managedFields": [{"manager": "kubectl-create"}]}}
    ).told("en")
    assert "kubectl-create" in told
    assert "Opaque" in told


def refused(word: str, kind: str = "", *causes: str) -> Refused:
    found = [Cause(one, "", "") for one in causes]
    return Refused(Code.DENIED, word=word, message="as it said", kind=kind, causes=found)


@pytest.mark.parametrize(
    ("failure", "state", "reason"),
    [
        (refused("Forbidden"), State.FORBIDDEN, "cluster_refused"),
        (
            refused("Forbidden", "secrets", "NamespaceTerminating"),
            State.TERMINATING,
            "pull_secret_terminating",
        ),
        (refused("NotFound", "namespaces"), State.PENDING, "pull_secret_no_namespace"),
        (refused("Invalid"), State.FAILED, "cluster_refused"),
        (InstanceFailure(Reason.TIMEOUT, host="h", port=1, seconds=4), State.FAILED, "TIMEOUT"),
        (Failure(Code.TOO_LARGE, what="it", limit=1), State.FAILED, "too_large"),
    ],
)
def test_what_a_failure_means(failure: Failure, state: State, reason: str) -> None:
    found = standing_of(failure)
    assert (found.state, found.reason) == (state, reason)
    assert found.told("en") not in ("", reason)
    assert found.told("zh") not in ("", reason)


def test_accounts_asked_for_by_a_namespace() -> None:
    def asked(**annotations: str) -> tuple[str, ...] | None:
        return asked_accounts({"metadata": {"annotations": annotations}})

    assert asked() is None
    assert asked(**{ACCOUNTS: ""}) == ()
    assert asked(**{ACCOUNTS: "default, builder,,default"}) == ("builder", "default")

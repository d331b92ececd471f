"""Tickets: read by us only, for their purpose only, for a while, and small enough for a cookie."""

import os

from kangaroo.core.access.external import Membership, Person
from kangaroo.core.access.oidc_tickets import PATIENCE, Newcomer, Started, Tickets
from kangaroo.core.access.secrets import Cipher
from tests.core.access.conftest import Hands

STARTED = Started("state", "nonce", "verifier", "https://here/c/oidc/callback", "/")


def tickets(clock: Hands | None = None) -> Tickets:
    return Tickets(Cipher(os.urandom(32)), clock or Hands())


def person(groups: int = 0) -> Person:
    memberships = tuple(Membership(f"group-{number}") for number in range(groups))
    return Person(
        provider="oidc", subject="https://issuer s", username="alice", groups=memberships, sysadmin=True
    )


def test_there_and_back() -> None:
    ours = tickets()
    assert ours.read_started(ours.started(STARTED)) == STARTED
    newcomer = Newcomer(person(3), "/x")
    assert ours.read_newcomer(ours.newcomer(newcomer)) == newcomer


def test_what_is_none() -> None:
    ours, others = tickets(), tickets()
    ticket = ours.started(STARTED)
    assert ours.read_newcomer(ticket) is None
    assert ours.read_started(ours.newcomer(Newcomer(person(), "/"))) is None
    assert others.read_started(ticket) is None
    for wrong in ("", "x", ticket[:-4], "A" * 100, "é"):
        assert ours.read_started(wrong) is None


def test_it_ends() -> None:
    clock = Hands()
    ours = tickets(clock)
    ticket = ours.started(STARTED)
    clock.at += PATIENCE - 1
    assert ours.read_started(ticket)
    clock.at += 1
    assert ours.read_started(ticket) is None


def test_a_cookie_has_room_for_it() -> None:
    ours = tickets()
    ticket = ours.newcomer(Newcomer(person(5000), "/"))
    assert len(ticket) < 3500
    found = ours.read_newcomer(ticket)
    assert found is not None
    assert 20 < len(found.person.groups) < 100
    assert found.person.sysadmin

"""Session cookies: only ours, only for their time, renewed while used, and their CSRF tokens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kangaroo.base.clock import SECOND
from kangaroo.base.errors import Code, Failure
from kangaroo.entrypoints.http import csrf
from kangaroo.entrypoints.http.session import COOKIE, LONGEST, Sessions, cookie, drop, keep

MINUTE = 60 * SECOND


class Clock:
    def __init__(self) -> None:
        self.at = 1_800_000_000 * SECOND

    def __call__(self) -> int:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_session_is_read_by_any_server_with_the_key(clock: Clock) -> None:
    here, there, stranger = Sessions(b"key", clock), Sessions(b"key", clock), Sessions(b"other", clock)
    session = here.begin(7, 60)
    value = here.write(session)
    assert there.read(value) == session
    assert stranger.read(value) is None
    assert there.csrf_token(session) == here.csrf_token(session) != stranger.csrf_token(session)


def test_two_sessions_of_one_user_differ(clock: Clock) -> None:
    sessions = Sessions(b"key", clock)
    one, other = sessions.begin(7, 60), sessions.begin(7, 60)
    assert sessions.csrf_token(one) != sessions.csrf_token(other)


def test_it_ends(clock: Clock) -> None:
    sessions = Sessions(b"key", clock)
    value = sessions.write(sessions.begin(7, 60))
    clock.at += 60 * MINUTE - 1
    assert sessions.read(value) is not None
    clock.at += 1
    assert sessions.read(value) is None


def test_it_is_renewed_after_half_its_time_but_not_for_ever(clock: Clock) -> None:
    sessions = Sessions(b"key", clock)
    session = first = sessions.begin(7, 60)
    clock.at += 29 * MINUTE
    assert sessions.renew(session, 60) is None
    renewals = 0
    while clock.at < session.until:
        if (renewed := sessions.renew(session, 60)) is not None:
            assert sessions.csrf_token(renewed) == sessions.csrf_token(session)
            session, renewals = renewed, renewals + 1
        clock.at += 10 * MINUTE
    assert renewals > 30
    assert session.until <= first.started + LONGEST


@given(st.text() | st.binary().map(lambda data: data.hex()))
def test_nothing_made_up_is_a_session(value: str) -> None:
    assert Sessions(b"key", Clock()).read(value) is None


@given(st.integers(0, 400), st.characters(codec="ascii"))
def test_nothing_altered_is_one(place: int, character: str) -> None:
    sessions = Sessions(b"key", Clock())
    session = sessions.begin(7, 60)
    value = sessions.write(session)
    altered = value[:place] + character + value[place + 1 :]
    assert sessions.read(altered) in (None, session)


def test_the_cookie_among_others() -> None:
    headers = [(b"host", b"x"), (b"cookie", b"a=b;sid=one; c"), (b"cookie", b"sid=two")]
    assert cookie(headers) == "one"
    assert cookie(headers, "c") == ""
    assert cookie([(b"cookie", b'sid="quoted"')]) == "quoted"
    assert cookie([(b"cookie", b"insidious=x")], COOKIE) is None


def test_its_marks() -> None:
    ((_, plain),), ((_, secure),) = keep("v", secure=False), keep("v", secure=True)
    assert plain == b"sid=v; Path=/; HttpOnly; SameSite=Lax"
    assert secure == plain + b"; Secure"
    assert b"Max-Age=0" in drop(secure=False)[0][1]


def test_tokens_and_sites() -> None:
    csrf.check_token("a", "a")
    csrf.check_site(None)
    csrf.check_site("same-origin")


@pytest.mark.parametrize("given", ["b", None, "", "\xe9"])
def test_wrong_tokens(given: str | None) -> None:
    with pytest.raises(Failure) as caught:
        csrf.check_token("a", given)
    assert caught.value.code is Code.FORBIDDEN


def test_another_site() -> None:
    with pytest.raises(Failure) as caught:
        csrf.check_site("cross-site")
    assert caught.value.code is Code.FORBIDDEN

"""The session cookie and the CSRF token that goes with it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kangaroo.base.errors import Code, Failure
from kangaroo.entrypoints.http import csrf
from kangaroo.entrypoints.http.session import COOKIE, cookie, drop, keep


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


@given(st.text(), st.text())
def test_every_session_has_its_own_token(one: str, other: str) -> None:
    csrf.check_token(csrf.token_of(one), csrf.token_of(one))
    assert (csrf.token_of(one) == csrf.token_of(other)) == (one == other)


@pytest.mark.parametrize("given_token", ["b", None, "", "\xe9"])
def test_wrong_tokens(given_token: str | None) -> None:
    with pytest.raises(Failure) as caught:
        csrf.check_token(csrf.token_of("cookie"), given_token)
    assert caught.value.code is Code.FORBIDDEN


def test_sites() -> None:
    csrf.check_site(None)
    csrf.check_site("same-origin")
    with pytest.raises(Failure) as caught:
        csrf.check_site("cross-site")
    assert caught.value.code is Code.FORBIDDEN

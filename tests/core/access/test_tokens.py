"""Tokens are exactly what clients of Harbor know, and nobody else can make one."""

import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jws, jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from kangaroo.base.clock import SECOND
from kangaroo.base.errors import Code
from kangaroo.core.access.tokens import Entry, TokenSigner, generate_signing_key
from tests.core.access.conftest import PEM, refused

AT = 1_800_000_000 * SECOND + 500_000
ACCESS = (Entry("repository", "library/nginx", ("pull", "push")), Entry("registry", "catalog", ()))
SIGNER = TokenSigner(PEM)
GOOD = SIGNER.sign("alice", 7, ACCESS, at=AT, minutes=30).token


def part(text, number):
    return json.loads(base64.urlsafe_b64decode(text.split(".")[number] + "=="))


def forged(key, algorithm="ES256", **changes):
    return jws.serialize_compact(
        {"alg": algorithm}, json.dumps({**part(GOOD, 1), **changes}).encode(), key, [algorithm]
    )


def test_the_claims_of_harbor():
    token = SIGNER.sign("alice", 7, ACCESS, at=AT, minutes=30)
    assert (token.expires_in, token.issued_at) == (1800, AT)
    header, claims = part(token.token, 0), part(token.token, 1)
    assert header["alg"] == "ES256"
    assert len(header["kid"].split(":")) == 12
    assert claims["iss"] == "harbor-token-issuer"
    assert claims["aud"] == "harbor-registry"
    assert claims["sub"] == "alice"
    assert claims["iat"] == claims["nbf"] == 1_800_000_000
    assert claims["exp"] == 1_800_001_800
    assert len(claims["jti"]) == 16
    assert claims["access"] == [
        {"type": "repository", "name": "library/nginx", "actions": ["pull", "push"]},
        {"type": "registry", "name": "catalog", "actions": []},
    ]
    assert jwt.decode(token.token, ECKey.import_key(PEM), algorithms=["ES256"]).claims == claims


def test_no_two_tokens_are_equal():
    assert SIGNER.sign("a", 1, (), at=AT, minutes=1).token != SIGNER.sign("a", 1, (), at=AT, minutes=1).token


def test_a_token_lives_from_its_issue_to_its_end():
    assert SIGNER.verify(GOOD, AT).sub == "alice"
    assert SIGNER.verify(GOOD, AT + 1799 * SECOND).since == 7
    assert SIGNER.verify(GOOD, AT - 59 * SECOND).access == ACCESS  # another server's clock is ahead
    with refused(Code.UNAUTHORIZED):
        SIGNER.verify(GOOD, AT + 1800 * SECOND)
    with refused(Code.UNAUTHORIZED):
        SIGNER.verify(GOOD, AT - 62 * SECOND)


@pytest.mark.parametrize(
    "changes",
    [{"iss": "other"}, {"aud": "other"}, {"aud": ["harbor-registry"]}, {"exp": "soon"}, {"exp": None}],
)
def test_a_token_for_something_else_is_refused(changes):
    own = ECKey.import_key(PEM)
    assert SIGNER.verify(forged(own), AT).sub == "alice"
    with refused(Code.UNAUTHORIZED):
        SIGNER.verify(forged(own, **changes), AT)


def test_a_token_of_another_key_or_algorithm_is_refused():
    foreign = ECKey.import_key(generate_signing_key())
    unsigned = (
        base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=") + "." + GOOD.split(".")[1] + "."
    )
    public = ECKey.import_key(PEM).as_pem(private=False)
    confused = forged(OctKey.import_key(public.replace(b"-", b"_")), "HS256")
    for text in (forged(foreign), unsigned, confused, forged(RSAKey.generate_key(2048), "RS256")):
        with refused(Code.UNAUTHORIZED):
            SIGNER.verify(text, AT)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(), st.tuples(st.text(), st.text(), st.text()).map(".".join)))
def test_no_text_breaks_the_door(text):
    with refused(Code.UNAUTHORIZED):
        SIGNER.verify(text, AT)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.characters(codec="ascii"))
def test_one_changed_character_spoils_it(position, letter):
    changed = GOOD[:position] + letter + GOOD[position + 1 :]
    same = (
        all(
            base64.urlsafe_b64decode(one + "==") == base64.urlsafe_b64decode(other + "==")
            for one, other in zip(changed.split("."), GOOD.split("."), strict=False)
        )
        if changed.count(".") == 2 and set(changed) <= set(GOOD)
        else changed == GOOD
    )
    if not same:
        with refused(Code.UNAUTHORIZED):
            TokenSigner(PEM).verify(changed, AT)


def test_another_server_with_the_same_key_agrees_and_any_other_key_does_not():
    assert TokenSigner(PEM).verify(GOOD, AT).sub == "alice"
    with refused(Code.UNAUTHORIZED):
        TokenSigner(generate_signing_key()).verify(GOOD, AT)


def test_a_key_that_is_none_is_refused_at_the_start():
    rsa = RSAKey.generate_key(2048).as_pem(private=True)
    for pem in (b"", b"nonsense", rsa, ECKey.generate_key("P-384").as_pem(private=True)):
        with refused(Code.INVALID_FIELD):
            TokenSigner(pem)

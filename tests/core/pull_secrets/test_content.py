"""What stands in a pull secret."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kangaroo.base.errors import Code, Failure
from kangaroo.core.pull_secrets.content import DOCKER_HUB, LARGEST, Entry, config_json, fingerprint, host_of

_words = st.text("abcdefghij0123456789-.", min_size=1, max_size=12)
_entries = st.lists(
    st.builds(
        Entry,
        st.sampled_from(["one.test", "two.test:5000", "three.test"]),
        _words,
        st.text(min_size=1, max_size=20).filter(str.isprintable),
        st.lists(_words, max_size=3).map(tuple),
    ),
    max_size=6,
)


def auths(*entries: Entry) -> dict:
    return json.loads(config_json(entries))["auths"]


def test_name_password_and_both_together() -> None:
    found = auths(Entry("Harbor.Example.test:8443".lower(), "robot$pull", "s3cret"))
    assert found == {
        "harbor.example.test:8443": {
            "username": "robot$pull",
            "password": "s3cret",
            "auth": base64.b64encode(b"robot$pull:s3cret").decode(),
        }
    }


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Harbor.Example.TEST", "harbor.example.test"),
        ("http://10.6.232.5:30010/", "10.6.232.5:30010"),
        ("https://user:word@host.test:443/path", "host.test:443"),
        ("https://[::1]:5000", "[::1]:5000"),
    ],
)
def test_the_host_of_a_url(url: str, host: str) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize("host", ["docker.io", "index.docker.io", "registry-1.docker.io"])
def test_docker_hub_has_a_key_of_its_own(host: str) -> None:
    assert list(auths(Entry(host, "me", "word"))) == [DOCKER_HUB]


def test_what_has_no_name_or_no_secret_is_left_out() -> None:
    assert auths(Entry("a.test", "", "word"), Entry("b.test", "me", ""), Entry("", "me", "word")) == {}


def test_two_credentials_of_one_host_stand_beside_each_other() -> None:
    found = auths(Entry("h.test", "platform", "1", ("team", "base")), Entry("h.test", "own", "2"))
    assert {key: one["username"] for key, one in found.items()} == {
        "h.test": "own",
        "h.test/base": "platform",
        "h.test/team": "platform",
    }


def test_a_host_of_its_own_needs_no_spaces_in_its_key() -> None:
    """For the tools that only know hosts."""
    assert list(auths(Entry("h.test", "robot", "1", ("team",)))) == ["h.test"]


def test_nothing_is_an_empty_table() -> None:
    assert config_json([]) == b'{"auths":{}}'


def test_more_than_a_secret_can_hold_is_refused() -> None:
    with pytest.raises(Failure) as refused:
        config_json([Entry("h.test", "me", "x" * LARGEST)])
    assert refused.value.code is Code.TOO_LARGE


@given(_entries, st.randoms())
def test_the_order_of_entries_does_not_matter(entries: list[Entry], random) -> None:
    mixed = list(entries)
    random.shuffle(mixed)
    assert config_json(entries) == config_json(mixed)


@given(_entries)
def test_every_key_has_all_three_and_they_agree(entries: list[Entry]) -> None:
    for key, one in auths(*entries).items():
        assert key == key.lower()
        assert base64.b64decode(one["auth"]).decode() == f"{one['username']}:{one['password']}"


def test_a_fingerprint_needs_the_key() -> None:
    assert fingerprint(b"one", b"content") != fingerprint(b"two", b"content")
    assert fingerprint(b"one", b"content") != fingerprint(b"one", b"other")

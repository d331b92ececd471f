"""What is read from the claims of an OpenID provider, and from names of a directory."""

import pytest

from kangaroo.core.access.directory import canonical_dn
from kangaroo.core.access.oidc_claims import Reading, person_of

TOKEN = {"iss": "https://issuer", "sub": "s", "name": "Ann Other", "email": "ann@example.com"}


def test_userinfo_counts_before_the_token() -> None:
    found = person_of(Reading(), TOKEN, {"sub": "s", "name": "Ann", "email": "new@example.com"})
    assert (found.username, found.email, found.subject) == ("Ann", "new@example.com", "https://issuer s")


@pytest.mark.parametrize(
    ("claim", "said", "expected"),
    [
        ("", {}, "Ann_Other"),
        ("nick", {"nick": "annie"}, "annie"),
        ("nick", {"nick": 5}, "Ann_Other"),
        ("nick", {"nick": " "}, "Ann_Other"),
        ("", {"name": "", "preferred_username": "ann"}, "ann"),
        ("", {"name": None, "email": None}, "s"),
    ],
)
def test_names(claim: str, said: dict[str, object], expected: str) -> None:
    assert person_of(Reading(user_claim=claim), TOKEN, said).username == expected


@pytest.mark.parametrize(
    ("token", "userinfo", "expected"),
    [
        (["a", "b"], None, ["a", "b"]),
        (["a"], ["b"], ["b"]),
        (["a"], [], []),
        ("a", None, ["a"]),
        ({"a": 1}, None, []),
        (["a", 5, "", "x" * 256, "a\0b", "a"], None, ["a"]),
    ],
)
def test_groups(token: object, userinfo: object, expected: list[str]) -> None:
    said = {} if userinfo is None else {"groups": userinfo}
    found = person_of(Reading(groups_claim="groups"), TOKEN | {"groups": token}, said)
    assert [group.name for group in found.groups] == expected


def test_no_claim_no_groups() -> None:
    assert person_of(Reading(), TOKEN | {"groups": ["a"]}, {}).groups == ()


@pytest.mark.parametrize(("pattern", "kept"), [("", 2), ("^dev", 1), ("nothing", 0), ("(", 0)])
def test_the_filter(pattern: str, kept: int) -> None:
    reading = Reading(groups_claim="groups", group_filter=pattern, admin_group="root")
    found = person_of(reading, TOKEN | {"groups": ["devs", "root"]}, {})
    assert len(found.groups) == kept
    assert found.sysadmin, "the filter is for groups that become ours"


def test_nobody_is_a_sysadmin_by_an_empty_name() -> None:
    assert not person_of(Reading(groups_claim="groups"), TOKEN | {"groups": [""]}, {}).sysadmin


def test_dns() -> None:
    assert canonical_dn(" CN=Devs , OU = Groups,dc=Example") == "cn=devs,ou=groups,dc=example"
    assert canonical_dn(r"cn=a\, b,dc=x") == r"cn=a\, b,dc=x"
    assert canonical_dn("") == ""

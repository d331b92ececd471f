"""The LDAP client against a real directory."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from kangaroo.base.errors import Code, Failure
from kangaroo.remote.identity import DirectoryLink
from kangaroo.remote.ldap import LdapDirectory
from tests import slapd
from tests.slapd import BASE, GROUPS, PASSWORD, PEOPLE, ROOT, ROOT_PASSWORD, Slapd


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slapd]:
    with slapd.running(tmp_path_factory.mktemp("slapd")) as found:
        yield found


@pytest.fixture
def link(server: Slapd) -> DirectoryLink:
    return DirectoryLink(
        url=server.url,
        base_dn=PEOPLE,
        uid="uid",
        search_dn=ROOT,
        search_password=ROOT_PASSWORD,
        group_base_dn=GROUPS,
        group_filter="objectClass=groupOfNames",
    )


@pytest.fixture(scope="module")
def directory() -> LdapDirectory:
    return LdapDirectory()


async def unavailable(work) -> str:
    with pytest.raises(Failure) as caught:
        await work
    assert caught.value.code is Code.UNAVAILABLE
    return caught.value.message()


async def test_somebody_signs_in(directory, link) -> None:
    found = await directory.sign_in(link, "alice", PASSWORD)
    assert (found.username, found.realname, found.email) == ("alice", "Alice", "alice@example.com")
    assert found.dn == f"uid=alice,{PEOPLE}"
    assert [(group.name, group.dn) for group in found.groups] == [("devs", f"cn=devs,{GROUPS}")]
    assert set(found.group_dns) == {f"cn=devs,{GROUPS}", f"cn=elsewhere,{PEOPLE}"}
    assert (await directory.sign_in(link, "ALICE", PASSWORD)).username == "alice"


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("alice", "wrong"),
        ("nobody", PASSWORD),
        ("*", PASSWORD),
        ("ali*", PASSWORD),
        ("alice)(uid=*", PASSWORD),
    ],
)
async def test_others_do_not(directory, link, name, password) -> None:
    assert await directory.sign_in(link, name, password) is None


async def test_the_filter_decides_who_is_a_person(directory, link) -> None:
    for text in ("(cn=Bob)", "cn=Bob"):
        narrow = replace(link, filter=text)
        assert await directory.sign_in(narrow, "bob", PASSWORD)
        assert await directory.sign_in(narrow, "alice", PASSWORD) is None


async def test_the_scope_decides_where_people_are(directory, link) -> None:
    assert await directory.sign_in(replace(link, base_dn=BASE, scope=1), "alice", PASSWORD) is None
    assert await directory.sign_in(replace(link, base_dn=BASE, scope=2), "alice", PASSWORD)
    assert await directory.sign_in(replace(link, base_dn=f"uid=bob,{PEOPLE}", scope=0), "bob", PASSWORD)


async def test_looking_for_people(directory, link) -> None:
    assert {one.username for one in await directory.users(link, "")} == {"alice", "bob", "carol", "admin"}
    (carol,) = await directory.users(link, "carol")
    assert [group.name for group in carol.groups] == ["admins"]
    assert await directory.users(link, "nobody") == []
    assert await directory.users(replace(link, base_dn=f"ou=none,{BASE}"), "carol") == []


async def test_looking_for_groups(directory, link) -> None:
    assert {one.name for one in await directory.groups(link)} == {"devs", "admins", "ops"}
    assert [one.name for one in await directory.groups(link, name="dev")] == ["devs"]
    assert [one.dn for one in await directory.groups(link, dn=f"CN=Devs,{GROUPS}")] == [f"cn=devs,{GROUPS}"]
    for dn in (f"cn=none,{GROUPS}", f"cn=elsewhere,{PEOPLE}", f"uid=alice,{PEOPLE}", "nonsense", "a=b=c,,"):
        assert await directory.groups(link, dn=dn) == []


async def test_the_search_account(directory, link) -> None:
    await directory.check(link)
    assert "invalidCredentials" in await unavailable(directory.check(replace(link, search_password="wrong")))
    assert "no password" in await unavailable(directory.check(replace(link, search_password="")))
    anonymous = replace(link, search_dn="", search_password="")
    await directory.check(anonymous)
    assert await directory.users(anonymous, "alice") == []  # this directory shows strangers nothing


async def test_a_directory_that_is_not_there(directory, link) -> None:
    assert "127.0.0.1" in await unavailable(directory.check(replace(link, url="ldap://127.0.0.1:1")))
    assert "no ldap://" in await unavailable(directory.check(replace(link, url="http://127.0.0.1")))


async def test_certificates(directory, link, server) -> None:
    secure = replace(link, url=server.secure_url)
    assert "certificate" in (await unavailable(directory.check(secure))).lower()
    await directory.check(replace(secure, verify_cert=False))
    assert await directory.sign_in(replace(secure, verify_cert=False), "alice", PASSWORD)

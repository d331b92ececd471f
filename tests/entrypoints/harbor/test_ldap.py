"""People of a real LDAP directory through the front door: signing in, groups, roles by group, bringing people in."""

import base64
from collections.abc import Iterator

import pytest

from kangaroo.base.names import ProjectName
from kangaroo.entrypoints import oci
from tests import asgi, slapd
from tests.entrypoints.harbor.client import HarborClient
from tests.entrypoints.harbor.conftest import PASSWORD as ADMIN_PASSWORD
from tests.entrypoints.harbor.conftest import Installation
from tests.entrypoints.harbor.test_signin import sid, sign_in
from tests.slapd import GROUPS, PASSWORD, ROOT, ROOT_PASSWORD, Slapd

DEVS = f"cn=devs,{GROUPS}"


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slapd]:
    with slapd.running(tmp_path_factory.mktemp("slapd")) as found:
        yield found


@pytest.fixture
async def server(tree: Slapd, installation: Installation) -> Slapd:
    tree.join("devs", "alice", "bob")
    tree.join("admins", "carol")
    await installation.configure(**tree.settings())
    return tree


@pytest.fixture
def alice(anonymous: HarborClient) -> HarborClient:
    return anonymous.signed_in("alice", PASSWORD)


def forget(installation: Installation) -> None:
    """As after a minute: passwords that were right are asked for again."""
    installation.wired.services.access._facts.state.credentials._items.clear()


async def docker_login(installation: Installation, name: str, password: str) -> int:
    client = asgi.Client(oci.application(installation.wired.services, ""))
    credentials = base64.b64encode(f"{name}:{password}".encode()).decode()
    url = "/service/token?service=harbor-registry"
    return (await client("GET", url, authorization=f"Basic {credentials}")).status


async def test_the_first_sign_in_makes_a_user(server, installation, alice, admin) -> None:
    assert await docker_login(installation, "alice", PASSWORD) == 200
    me = await alice.get("users/current")
    assert (me["username"], me["email"], me["realname"], me["comment"]) == (
        "alice",
        "alice@example.com",
        "Alice",
        "from LDAP.",
    )
    assert me["sysadmin_flag"] is me["admin_role_in_auth"] is False
    groups = await admin.get("usergroups")
    assert [(one["group_name"], one["ldap_group_dn"], one["group_type"]) for one in groups] == [
        ("devs", DEVS, 1)
    ]
    assert [one["username"] for one in await admin.get("users")] == ["admin", "alice"]


@pytest.mark.parametrize(("name", "password"), [("alice", "Wrong12345"), ("alice", ""), ("nobody", PASSWORD)])
async def test_who_does_not_get_in(server, installation, name, password) -> None:
    assert await docker_login(installation, name, password) == 401


async def test_guesses_are_slowed_down_whatever_the_case(server, installation) -> None:
    for name in ("bob", "BOB", "Bob"):
        assert await docker_login(installation, name, "Wrong12345") == 401
    assert await docker_login(installation, "bOB", PASSWORD) == 429


async def test_a_browser(server, anonymous) -> None:
    browser = anonymous.with_headers(cookie=sid(await sign_in(anonymous, "alice", PASSWORD)))
    assert (await browser.get("users/current"))["username"] == "alice"


async def test_the_first_administrator_is_ours(server, anonymous, admin) -> None:
    """There is an admin in the directory too, who must not become ours, however he writes himself."""
    assert (await admin.get("users/current"))["user_id"] == 1
    for name in ("ADMIN", "Admin"):
        stranger = anonymous.signed_in(name, PASSWORD)
        answer = await stranger("GET", "users/current")
        assert answer.status == 401, name
    assert [one["username"] for one in await admin.get("users")] == ["admin"]


async def test_roles_by_group_follow_the_directory(server, installation, alice, admin) -> None:
    await installation.wired.services.projects.create(await _admin(installation), ProjectName("p"))
    assert (await alice("GET", "projects/p/members")).status == 403
    body = {"role_id": 2, "member_group": {"ldap_group_dn": DEVS.upper()}}
    answer = await admin("POST", "projects/p/members", body)
    assert answer.status == 201
    (member,) = [one for one in await admin.get("projects/p/members") if one["entity_type"] == "g"]
    assert (member["entity_name"], member["role_name"]) == ("devs", "developer")
    assert len(await alice.get("projects/p/members")) == 2
    assert (await admin("POST", "projects/p/members", body)).status == 409
    server.join("devs", "bob")
    forget(installation)
    assert (await alice("GET", "projects/p/members")).status == 403
    server.join("devs", "alice")
    forget(installation)
    assert (await alice("GET", "projects/p/members")).status == 200
    assert (await admin("DELETE", f"projects/p/members/{member['id']}")).status == 200
    assert (await alice("GET", "projects/p/members")).status == 403


async def test_the_admin_group(server, installation, anonymous) -> None:
    await installation.configure(ldap_group_admin_dn=f"CN=admins, {GROUPS}")
    carol = anonymous.signed_in("carol", PASSWORD)
    me = await carol.get("users/current")
    assert (me["sysadmin_flag"], me["admin_role_in_auth"]) == (False, True)
    assert (await carol("GET", "users")).status == 200
    server.join("admins")
    forget(installation)
    assert (await carol("GET", "users")).status == 403


async def test_an_ordinary_sign_in_writes_nothing(server, installation, alice) -> None:
    await alice.get("users/current")
    database = installation.wired.database
    before = database.generation("access")
    forget(installation)
    await alice.get("users/current")
    assert database.generation("access") == before


async def test_what_is_the_directorys_is_not_ours_to_change(server, alice, admin) -> None:
    me = await alice.get("users/current")
    for client in (alice, admin):
        path = f"users/{me['user_id']}"
        assert (await client("PUT", path, {"email": "x@example.com", "realname": "x"})).status == 403
        assert (await client("PUT", f"{path}/password", {"new_password": "Another1234"})).status == 403
    new = {"username": "dave", "password": PASSWORD, "email": "d@example.com", "realname": "D"}
    answer = await admin("POST", "users", new)
    assert answer.status == 403
    assert "creating local user is not allowed" in answer.json()["errors"][0]["message"]
    assert (await admin("PUT", f"users/{me['user_id']}/sysadmin", {"sysadmin_flag": True})).status == 200
    assert (await alice("GET", "users")).status == 200


async def test_members_nobody_has_seen_yet(server, installation, admin, anonymous) -> None:
    await installation.wired.services.projects.create(await _admin(installation), ProjectName("p"))
    body = {"role_id": 3, "member_user": {"username": "bob"}}
    assert (await admin("POST", "projects/p/members", body)).status == 201
    assert (await anonymous.signed_in("bob", PASSWORD)("GET", "projects/p/members")).status == 200
    body["member_user"] = {"username": "nobody"}
    assert (await admin("POST", "projects/p/members", body)).status == 404
    for group in ({"ldap_group_dn": f"cn=none,{GROUPS}"}, {"group_name": "ops", "group_type": 1}):
        assert (
            await admin("POST", "projects/p/members", {"role_id": 3, "member_group": group})
        ).status == 400


async def test_looking_and_bringing_in(server, admin, installation) -> None:
    found = await admin.get("ldap/users/search?username=bob")
    assert found == [{"username": "bob", "realname": "Bob", "email": "bob@example.com"}]
    assert await admin.get("ldap/users/search?username=nobody") == []
    assert await admin.get("ldap/groups/search?groupname=dev") == [
        {"group_name": "devs", "ldap_group_dn": DEVS}
    ]
    assert (await admin("GET", "ldap/groups/search?groupname=zzz")).status == 404
    assert (await admin("POST", "ldap/users/import", {"ldap_uid_list": ["bob", "carol"]})).status == 200
    assert {one["username"] for one in await admin.get("users")} == {"admin", "bob", "carol"}
    unjudged = HarborClient(installation, judged=False).signed_in("admin", ADMIN_PASSWORD)
    answer = await unjudged("POST", "ldap/users/import", {"ldap_uid_list": ["alice", "nobody", "admin"]})
    assert answer.status == 404
    assert [one["uid"] for one in answer.json()] == ["nobody", "admin"]
    assert {one["username"] for one in await admin.get("users")} == {"admin", "alice", "bob", "carol"}


async def test_groups_by_dn(server, admin) -> None:
    body = {"group_name": "developers", "group_type": 1, "ldap_group_dn": DEVS}
    assert (await admin("POST", "usergroups", body)).status == 201
    assert (await admin("POST", "usergroups", body)).status == 409
    body["ldap_group_dn"] = f"cn=none,{GROUPS}"
    assert (await admin("POST", "usergroups", body)).status == 400
    (found,) = await admin.get(f"usergroups?ldap_group_dn={DEVS}")
    assert found["group_name"] == "developers"


async def test_ping(server, installation, admin) -> None:
    right = {"ldap_url": server.url, "ldap_search_dn": ROOT, "ldap_base_dn": "dc=x", "ldap_uid": "uid"}
    for body, success in (
        ({}, True),
        (right | {"ldap_search_password": ROOT_PASSWORD}, True),
        (right, True),  # with the configured password
        (right | {"ldap_search_password": "wrong"}, False),
        (right | {"ldap_url": server.secure_url}, False),  # which goes nowhere else
        ({"ldap_url": "ldap://127.0.0.1:1"}, False),
    ):
        answer = await admin("POST", "ldap/ping", body)
        assert answer.json().get("success", False) is success, (body, answer.body)
        assert bool(answer.json().get("message")) is not success


async def test_a_directory_that_is_away(server, installation, anonymous, admin, alice) -> None:
    await alice.get("users/current")
    await installation.configure(ldap_url="ldap://127.0.0.1:1", ldap_timeout=1)
    assert (await alice("GET", "users/current")).status == 503
    assert (await admin.get("users/current"))["username"] == "admin"


async def _admin(installation: Installation):
    return await installation.wired.services.access.authenticate_basic("admin", ADMIN_PASSWORD, "test")

"""Users, their passwords, what they may do: Harbor's words through the front door."""

import pytest

from kangaroo.base.names import ProjectName
from kangaroo.core.access import Role
from tests.entrypoints.harbor.client import HarborClient
from tests.entrypoints.harbor.conftest import PASSWORD, Installation
from tests.entrypoints.harbor.test_signin import sid, sign_in

NEW = {
    "username": "alice",
    "password": PASSWORD,
    "email": "alice@example.com",
    "realname": "Alice",
    "comment": "hi",
}


async def made(client: HarborClient, name: str = "alice", **changes: object) -> int:
    body = NEW | {"username": name, "email": f"{name}@example.com"} | changes
    answer = await client("POST", "users", body)
    assert (answer.status, answer.body) == (201, b"")
    return int(answer.headers["location"].removeprefix("/api/v2.0/users/"))


async def test_a_user_from_making_to_end(admin, anonymous) -> None:
    user = await made(admin)
    alice = anonymous.signed_in("alice", PASSWORD)
    found = await alice.get(f"users/{user}")
    assert found | {"creation_time": "", "update_time": ""} == {
        "user_id": user,
        "username": "alice",
        "email": "alice@example.com",
        "realname": "Alice",
        "comment": "hi",
        "sysadmin_flag": False,
        "admin_role_in_auth": False,
        "creation_time": "",
        "update_time": "",
    }
    assert await alice.get("users/current") == found
    change = {"email": "new@example.com", "realname": "A.", "comment": ""}
    assert (await alice("PUT", f"users/{user}", change)).status == 200
    assert (await alice.get("users/current"))["email"] == "new@example.com"
    assert (await admin("PUT", f"users/{user}/sysadmin", {"sysadmin_flag": True})).status == 200
    assert (await alice.get("users/current"))["sysadmin_flag"] is True
    assert (await admin("DELETE", f"users/{user}")).status == 200
    for path in (f"users/{user}", "users/999", "users/0"):
        assert (await admin("GET", path)).status == 404
    assert (await alice("GET", "users/current")).status == 401


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"password": "weak"}, 400),
        ({"password": "a" * 120 + "A1" + "b" * 10}, 400),
        ({"email": ""}, 400),
        ({"email": "nonsense"}, 400),
        ({"comment": "x" * 31}, 400),
        ({"username": "a#b"}, 400),
        ({"username": "robot$x"}, 400),
        ({"username": ""}, 400),
        ({"username": "x" * 256}, 422),
        ({"email": "x" * 256}, 422),
        ({"username": "admin"}, 409),
        ({"username": 5}, 422),
    ],
)
async def test_what_nobody_can_be(admin, changes, status) -> None:
    assert (await admin("POST", "users", NEW | changes)).status == status


async def test_names_and_addresses_are_taken_once(admin) -> None:
    await made(admin)
    assert (await admin("POST", "users", NEW | {"email": "other@example.com"})).status == 409
    assert (await admin("POST", "users", NEW | {"username": "bob"})).status == 409


async def test_passwords(admin, anonymous) -> None:
    user = await made(admin)
    alice = anonymous.signed_in("alice", PASSWORD)
    path = f"users/{user}/password"
    for old, new, status in (
        ("Wrong12345", "Another1234", 403),
        (PASSWORD, PASSWORD, 400),
        (PASSWORD, "w", 400),
    ):
        assert (await alice("PUT", path, {"old_password": old, "new_password": new})).status == status
    body = {"old_password": PASSWORD, "new_password": "Another1234"}
    assert (await alice("PUT", path, body)).status == 200
    assert (await alice("GET", "users/current")).status == 401
    assert (await anonymous.signed_in("alice", "Another1234")("GET", "users/current")).status == 200
    assert (await admin("PUT", path, {"new_password": "Third123456"})).status == 200
    assert (await anonymous.signed_in("alice", "Third123456")("GET", "users/current")).status == 200
    assert (await admin("PUT", "users/999/password", {"new_password": "Third123456"})).status == 404


async def test_a_new_password_ends_all_sessions(admin, anonymous) -> None:
    user = await made(admin)
    browsers = [
        anonymous.with_headers(cookie=sid(await sign_in(anonymous, "alice", PASSWORD))) for _ in range(2)
    ]
    mine = anonymous.with_headers(cookie=sid(await sign_in(anonymous)))
    for browser in browsers:
        assert (await browser.get("users/current"))["username"] == "alice"
    assert (await admin("PUT", f"users/{user}/password", {"new_password": "Another1234"})).status == 200
    for browser in browsers:
        assert (await browser("GET", "users/current")).status == 401
    assert (await mine.get("users/current"))["username"] == "admin"


async def test_an_address_for_a_name(admin, anonymous) -> None:
    await made(admin)
    assert (await anonymous.signed_in("alice@example.com", PASSWORD).get("users/current"))[
        "username"
    ] == "alice"
    browser = anonymous.with_headers(cookie=sid(await sign_in(anonymous, "alice@example.com", PASSWORD)))
    assert (await browser.get("users/current"))["username"] == "alice"
    for name in ("alice", "alice@example.com", "alice"):
        await anonymous.signed_in(name, "Wrong12345")("GET", "users/current")
    answer = await anonymous.signed_in("alice@example.com", PASSWORD)("GET", "users/current")
    assert answer.status == 429, "both names are one principal"


async def test_lists(admin) -> None:
    for name in ("carol", "alice", "bob"):
        await made(admin, name)

    async def names(query: str) -> list[str]:
        return [user["username"] for user in await admin.get(f"users?{query}")]

    assert await names("") == ["admin", "alice", "bob", "carol"]
    assert await names("sort=-username&page_size=2") == ["carol", "bob"]
    assert await names("username=AL") == ["alice"]
    assert await names("email=bob") == ["bob"]
    assert await names("q=username%3D~a%2Crealname%3DAlice") == ["alice", "carol"]
    assert await names("q=sysadmin_flag%3Dtrue") == ["admin"]
    assert await names("q=UserID%3D1") == ["admin"]
    assert (await admin("GET", "users?page_size=1")).headers["x-total-count"] == "4"


async def test_looking_for_somebody(admin, anonymous) -> None:
    user = await made(admin)
    alice = anonymous.signed_in("alice", PASSWORD)
    assert await alice.get("users/search?username=LIC") == [{"user_id": user, "username": "alice"}]
    assert (await alice("GET", "users/search")).status == 422
    assert (await anonymous("GET", "users/search?username=x")).status == 401


async def test_the_first_user_stays(admin) -> None:
    for method, path, body in (
        ("DELETE", "users/1", None),
        ("PUT", "users/1/sysadmin", {"sysadmin_flag": False}),
    ):
        assert (await admin(method, path, body)).status == 403


# self-registration


async def test_self_registration(installation, anonymous, admin) -> None:
    browser = anonymous.with_headers(cookie="sid=an-old-one")
    assert (await browser("POST", "users", NEW)).status == 401
    await installation.configure(self_registration=True)
    answer = await anonymous("POST", "users", NEW)
    assert answer.status == 403
    assert "self-registration cannot be triggered via API" in answer.json()["errors"][0]["message"]
    assert (await browser("POST", "users", NEW, sec_fetch_site="cross-site")).status == 403
    assert (await browser("POST", "users", NEW)).status == 201
    assert (await admin("POST", "users", NEW | {"username": "bob", "email": "b@example.com"})).status == 201
    alice = anonymous.signed_in("alice", PASSWORD)
    assert (await alice("POST", "users", NEW | {"username": "eve", "email": "e@example.com"})).status == 403


# what somebody may do


async def test_permissions(installation, admin, anonymous) -> None:
    access, projects = installation.wired.services.access, installation.wired.services.projects
    actor = await access.authenticate_basic("admin", PASSWORD, "test")
    await projects.create(actor, ProjectName("p"))
    number = (await projects.get(actor, ProjectName("p"))).id
    user = await made(admin)
    await access.members.add(actor, ProjectName("p"), user, Role.GUEST)
    alice = anonymous.signed_in("alice", PASSWORD)

    async def pairs(client: HarborClient, query: str) -> set[tuple[str, str]]:
        found = await client.get(f"users/current/permissions?{query}")
        return {(one["resource"], one["action"]) for one in found}

    mine = await pairs(alice, f"scope=/project/{number}")
    assert (f"/project/{number}/repository", "pull") in mine
    assert (f"/project/{number}", "read") in mine
    assert (f"/project/{number}/repository", "push") not in mine
    relative = await pairs(alice, f"scope=/project/{number}&relative=true")
    assert {("repository", "pull"), (".", "read")} <= relative
    assert len(relative) == len(mine)
    assert await pairs(alice, "scope=/system") == set()
    assert ("/system/user", "create") in await pairs(admin, "scope=/system")
    assert await pairs(alice, "scope=/project/999") == await pairs(alice, "scope=/nonsense") == set()
    assert await pairs(alice, "") == set()
    for query in ("", "scope=/system"):
        assert (await anonymous("GET", f"users/current/permissions?{query}")).status == 401


async def test_the_dictionary(installation, admin, anonymous) -> None:
    full = await admin.get("permissions")
    assert {"resource": "catalog", "action": "read"} in full["system"]
    assert {"resource": "repository", "action": "push"} in full["project"]
    await made(admin)
    access, projects = installation.wired.services.access, installation.wired.services.projects
    actor = await access.authenticate_basic("admin", PASSWORD, "test")
    await projects.create(actor, ProjectName("p"))
    alice = anonymous.signed_in("alice", PASSWORD)
    assert (await alice("GET", "permissions")).status == 403
    await access.members.add(actor, ProjectName("p"), "alice", Role.PROJECT_ADMIN)
    assert await alice.get("permissions") == {"project": full["project"]}


async def test_who_exists(installation: Installation, anonymous, admin) -> None:
    await made(admin)
    form = {"content_type": "application/x-www-form-urlencoded"}

    async def exists(client: HarborClient, body: bytes) -> object:
        answer = await client("POST", "/c/userExists", body=body, **form)
        return answer.json() if answer.status == 200 else answer.status

    assert await exists(anonymous, b"target=username&value=alice") == 412
    await installation.configure(self_registration=True)
    assert await exists(anonymous, b"target=username&value=alice") is True
    assert await exists(anonymous, b"target=email&value=alice@example.com") is True
    assert await exists(anonymous, b"target=username&value=nobody") is False

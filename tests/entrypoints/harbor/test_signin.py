"""Who asks: passwords, sessions, the CSRF token; and the switch that forbids every change."""

from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from litestar import Response, Router, get, post

from kangaroo.base.actors import Actor, Grant, Right
from kangaroo.core.access import Profile, RobotSpec
from kangaroo.entrypoints.harbor.answers import done
from kangaroo.entrypoints.http.framework import Given
from kangaroo.store.meta.database import Database
from tests.asgi import Response as Answer
from tests.entrypoints.harbor.client import HarborClient
from tests.entrypoints.harbor.conftest import PASSWORD, Installation, install

LOGIN = {"content_type": "application/x-www-form-urlencoded"}


@get("/whoami")
async def whoami(actor: Given[Actor]) -> dict[str, str]:
    return {"name": actor.name, "kind": actor.kind}


@post("/change", status_code=200)
async def change() -> Response[Any]:
    return done()


@post("/configure", status_code=200, while_read_only=True)
async def configure() -> Response[Any]:
    return done()


PROBES = Router("/api/v2.0", route_handlers=[whoami, change, configure])


@pytest.fixture
async def installation(tmp_path: Path, harbor_database: Database) -> Installation:
    return await install(tmp_path, harbor_database, PROBES)


async def sign_in(
    client: HarborClient, name: str = "admin", password: str = PASSWORD, **headers: str
) -> Answer:
    body = f"principal={name}&password={password}".encode()
    return await client("POST", "/c/login", body=body, **LOGIN, **headers)


def sid(answer: Answer) -> str:
    return f"sid={SimpleCookie(answer.headers['set-cookie'])['sid'].value}"


async def admin_actor(installation: Installation) -> Actor:
    return await installation.wired.services.access.authenticate_basic("admin", PASSWORD, "test")


# passwords


async def test_nobody_a_person_a_robot(installation, anonymous, admin) -> None:
    assert await anonymous.get("whoami") == {"name": "anonymous", "kind": "anonymous"}
    assert await admin.get("whoami") == {"name": "admin", "kind": "user"}
    spec = RobotSpec(name="ci", level="system", grants=(Grant("system", "/", (Right("catalog", "read"),)),))
    robot, secret = await installation.wired.services.access.robots.create(
        await admin_actor(installation), spec
    )
    found = await anonymous.signed_in(robot.name, secret).get("whoami")
    assert found == {"name": "robot$ci", "kind": "robot"}


@pytest.mark.parametrize("header", ["Basic !", "Basic YWRtaW4=", "Bearer eyJ.a.b", "Digest x", "", "Basic"])
async def test_what_is_no_password_makes_an_anonymous_visitor(anonymous, header) -> None:
    assert (await anonymous("GET", "whoami", authorization=header)).json()["name"] == "anonymous"


async def test_a_wrong_password_too_and_then_a_wait(anonymous) -> None:
    wrong = anonymous.signed_in("admin", "Wrong12345")
    assert (await wrong.get("whoami"))["name"] == "anonymous"
    assert (await wrong("GET", "systeminfo/volumes")).status == 401
    while (answer := await wrong("GET", "whoami")).status == 200:
        pass
    assert answer.status == 429
    assert answer.json()["errors"][0]["code"] == "TOO_MANY_REQUEST"
    assert int(answer.headers["retry-after"]) >= 1


# sessions


async def test_a_session(anonymous) -> None:
    answer = await sign_in(anonymous)
    assert (answer.status, answer.body) == (200, b"")
    assert "HttpOnly; SameSite=Lax" in answer.headers["set-cookie"]
    browser = anonymous.with_headers(cookie=sid(answer))
    assert (await browser.get("whoami"))["name"] == "admin"
    assert "secure" not in answer.headers["set-cookie"].lower()


async def test_signing_out_ends_it_and_takes_the_cookie_back(anonymous) -> None:
    browser = anonymous.with_headers(cookie=sid(await sign_in(anonymous)))
    answer = await browser("GET", "/c/log_out")
    assert answer.status == 200
    assert (await browser.get("whoami"))["name"] == "anonymous"
    assert "sid=;" in answer.headers["set-cookie"]
    assert "Max-Age=0" in answer.headers["set-cookie"]


async def test_whoever_is_signed_out_may_sign_out(anonymous) -> None:
    assert (await anonymous("GET", "/c/log_out")).status == 200


@pytest.mark.parametrize(("name", "password"), [("admin", "wrong"), ("nobody", PASSWORD), ("", "")])
async def test_no_session_without_the_password(anonymous, name, password) -> None:
    answer = await sign_in(anonymous, name, password)
    assert answer.status == 401
    assert "set-cookie" not in answer.headers


async def test_no_session_for_robots(installation, anonymous) -> None:
    spec = RobotSpec(name="ci", level="system", grants=(Grant("system", "/", (Right("catalog", "read"),)),))
    robot, secret = await installation.wired.services.access.robots.create(
        await admin_actor(installation), spec
    )
    assert (await sign_in(anonymous, robot.name, secret)).status == 401


async def test_no_session_for_a_form_on_another_site(anonymous) -> None:
    assert (await sign_in(anonymous, sec_fetch_site="cross-site")).status == 403
    assert (await sign_in(anonymous, sec_fetch_site="same-origin")).status == 200


async def test_a_deleted_users_session_is_over(installation, anonymous) -> None:
    users, admin = installation.wired.services.access.users, await admin_actor(installation)
    user = await users.create(admin, "leaver", PASSWORD, Profile("leaver@example.com"))
    browser = anonymous.with_headers(cookie=sid(await sign_in(anonymous, "leaver")))
    assert (await browser.get("whoami"))["name"] == "leaver"
    await users.delete(admin, user)
    assert (await browser.get("whoami"))["name"] == "anonymous"
    assert (await browser("POST", "change")).status == 200, "no session, no token needed"


@pytest.mark.parametrize("value", ["sid=", "sid=garbage", "sid=" + "A" * 80])
async def test_a_cookie_of_somebody_else(anonymous, value) -> None:
    answer = await anonymous("GET", "whoami", cookie=value)
    assert answer.json()["name"] == "anonymous"
    assert "x-harbor-csrf-token" not in answer.headers


async def test_a_password_comes_before_the_cookie(installation, anonymous, admin) -> None:
    actor = await admin_actor(installation)
    await installation.wired.services.access.users.create(actor, "other", PASSWORD, Profile("o@example.com"))
    cookie = sid(await sign_in(anonymous, "other"))
    assert (await admin("GET", "whoami", cookie=cookie)).json()["name"] == "admin"


async def test_the_cookie_is_secure_behind_https(installation, anonymous) -> None:
    async def over_tls(scope: Any, receive: Any, send: Any) -> None:
        await installation({**scope, "scheme": "https"}, receive, send)

    answer = await sign_in(HarborClient(over_tls))
    assert answer.headers["set-cookie"].endswith("; Secure")


# the CSRF token


async def test_changes_by_session_need_the_token(anonymous) -> None:
    browser = anonymous.with_headers(cookie=sid(await sign_in(anonymous)))
    token = (await browser("GET", "whoami")).headers["x-harbor-csrf-token"]
    for headers in ({}, {"x_harbor_csrf_token": ""}, {"x_harbor_csrf_token": token + "x"}):
        answer = await browser("POST", "change", **headers)
        assert answer.status == 403
        assert answer.json()["errors"][0]["code"] == "FORBIDDEN"
        assert answer.headers["x-harbor-csrf-token"] == token, "so that the next try can succeed"
    assert (await browser("POST", "change", x_harbor_csrf_token=token)).status == 200


async def test_the_token_of_another_session_does_not_do(anonymous) -> None:
    browser = anonymous.with_headers(cookie=sid(await sign_in(anonymous)))
    other = anonymous.with_headers(cookie=sid(await sign_in(anonymous)))
    token = (await other("GET", "whoami")).headers["x-harbor-csrf-token"]
    assert (await browser("POST", "change", x_harbor_csrf_token=token)).status == 403


async def test_whoever_sends_no_cookie_needs_no_token(anonymous, admin) -> None:
    for client in (anonymous, admin):
        answer = await client("POST", "change")
        assert answer.status == 200
        assert "x-harbor-csrf-token" not in answer.headers


async def test_signing_in_again_needs_no_token(anonymous) -> None:
    browser = anonymous.with_headers(cookie=sid(await sign_in(anonymous)))
    assert (await sign_in(browser)).status == 200


# read-only


async def test_nothing_is_changed_while_read_only(installation, admin) -> None:
    await installation.configure(read_only=True)
    answer = await admin("POST", "change")
    message = "The system is in read only mode. Any modification is prohibited."
    assert answer.status == 403
    assert answer.json() == {"errors": [{"code": "DENIED", "message": message}]}
    assert (await admin("GET", "whoami")).status == 200
    assert (await admin("POST", "configure")).status == 200
    assert (await sign_in(admin)).status == 200


# does this user exist?


@pytest.mark.parametrize(
    ("target", "value", "exists"),
    [
        ("username", "admin", True),
        ("username", "adm", False),
        ("username", "", False),
        ("email", "somebody@example.com", True),
        ("email", "body@example.com", False),
    ],
)
async def test_an_admin_may_ask(installation, admin, target, value, exists) -> None:
    actor = await admin_actor(installation)
    users = installation.wired.services.access.users
    await users.create(actor, "somebody", PASSWORD, Profile("somebody@example.com"))
    answer = await admin("POST", "/c/userExists", body=f"target={target}&value={value}".encode(), **LOGIN)
    assert (answer.status, answer.json()) == (200, exists)


async def test_others_may_not(anonymous) -> None:
    answer = await anonymous("POST", "/c/userExists", body=b"target=username&value=admin", **LOGIN)
    message = "self registration disabled, only sysadmin can check user existence"
    assert answer.status == 412
    assert answer.json() == {"errors": [{"code": "PRECONDITION", "message": message}]}

"""Signing in through a real OpenID provider, from the first click to a pull with the CLI secret."""

import base64
from collections.abc import Iterator
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import aiohttp
import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from kangaroo.base.names import ProjectName
from kangaroo.core.access.oidc_tokens import LOOK_AGAIN
from kangaroo.entrypoints import oci
from tests import asgi, openid_provider
from tests.asgi import Response
from tests.entrypoints.harbor.client import HarborClient
from tests.entrypoints.harbor.conftest import PASSWORD, Installation
from tests.entrypoints.harbor.test_signin import sign_in
from tests.openid_provider import CLIENT_ID, CLIENT_SECRET, Provider

CALLBACK = "http://registry.test/c/oidc/callback"
ALICE = {"sub": "a-1", "preferred_username": "alice", "email": "alice@example.com", "groups": ["devs", "all"]}
BOB = {"sub": "b-2", "preferred_username": "bob builder", "name": "Bob", "groups": ["root"]}


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    with openid_provider.running(monkeypatch) as found:
        found.callbacks.add(CALLBACK)
        found.people |= {"alice": dict(ALICE), "bob": dict(BOB)}
        yield found


@pytest.fixture
async def server(provider: Provider, installation: Installation) -> Provider:
    await installation.configure(**provider.settings())
    return provider


class Browser:
    """Keeps cookies, and follows a redirect when told to."""

    def __init__(self, installation: Installation) -> None:
        self._client = HarborClient(installation, judged=False)
        self.cookies: dict[str, str] = {}
        self.csrf = ""

    async def __call__(self, method: str, path: str, json: object = None, **headers: str) -> Response:
        if self.cookies:
            headers["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if self.csrf:
            headers["x_harbor_csrf_token"] = self.csrf
        answer = await self._client(method, path, json, **headers)
        for line in answer.headers.get("set-cookie", "").split("\n"):
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
        self.csrf = answer.headers.get("x-harbor-csrf-token", self.csrf)
        return answer

    async def start(self, query: str = "") -> str:
        """Where the provider is asked."""
        answer = await self("GET", f"/c/oidc/login{query}")
        assert answer.status == 302, answer.body
        return answer.headers["location"]

    async def sign_in(self, name: str, query: str = "") -> Response:
        """The answer to the provider's sending us back."""
        return await self.follow(await at_provider(await self.start(query), name))

    async def follow(self, url: str) -> Response:
        parts = urlsplit(url)
        return await self("GET", f"{parts.path}?{parts.query}")


async def at_provider(url: str, name: str) -> str:
    """Signs in there; where it sends the browser."""
    async with aiohttp.ClientSession() as session, session.get(url) as form:
        assert form.status == 200, await form.text()
        async with session.post(url, data={"name": name}, allow_redirects=False) as answer:
            assert answer.status == 302, await answer.text()
            return answer.headers["Location"]


@pytest.fixture
def browser(installation: Installation) -> Browser:
    return Browser(installation)


async def id_token(provider: Provider, name: str) -> str:
    """As a program that has its own dealings with the provider."""
    verifier, nonce = "v" * 50, f"n{len(provider.tokens)}"
    query = {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": CALLBACK,
        "scope": "openid",
        "nonce": nonce,
        "code_challenge_method": "S256",
        "code_challenge": create_s256_code_challenge(verifier),
    }
    back = await at_provider(f"{provider.issuer}/authorize?{urlencode(query)}", name)
    form = {
        "grant_type": "authorization_code",
        "code": parse_qs(urlsplit(back).query)["code"][0],
        "redirect_uri": CALLBACK,
        "code_verifier": verifier,
    }
    headers = {"Authorization": _basic(CLIENT_ID, quote(CLIENT_SECRET, safe=""))}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{provider.issuer}/token", data=form, headers=headers) as answer,
    ):
        found: str = (await answer.json())["id_token"]
        return found


# the flow


async def test_the_whole_flow(server, browser, admin) -> None:
    answer = await browser.sign_in("alice", "?redirect_url=/projects/7")
    assert (answer.status, answer.headers["location"]) == (302, "/projects/7"), answer.body
    assert set(browser.cookies) == {"sid"}
    me = (await browser("GET", "users/current")).json()
    assert (me["username"], me["email"], me["comment"]) == (
        "alice",
        "alice@example.com",
        "Onboarded via OIDC provider",
    )
    assert me["oidc_user_meta"]["subiss"] == "a-1" + server.issuer
    assert "secret" not in me["oidc_user_meta"]
    found = [(one["group_name"], one["group_type"]) for one in await admin.get("usergroups")]
    assert found == [("all", 3), ("devs", 3)]


async def test_the_question_put_to_the_provider(server, browser, installation) -> None:
    await installation.configure(oidc_extra_redirect_parms='{"prompt":"login"}')
    first, second = [parse_qs(urlsplit(await browser.start()).query) for _ in range(2)]
    assert first["client_id"] == ["kangaroo"]
    assert first["redirect_uri"] == [CALLBACK]
    assert first["scope"] == ["openid profile email"]
    assert first["code_challenge_method"] == ["S256"]
    assert first["prompt"] == ["login"]
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name][0]) >= 43
        assert first[name] != second[name]


async def test_the_same_person_again(server, browser, installation, admin) -> None:
    await browser.sign_in("alice")
    server.people["alice"]["preferred_username"] = "alice-renamed"
    other = Browser(installation)
    await other.sign_in("alice")
    assert (await other("GET", "users/current")).json()["username"] == "alice"
    assert len(await admin.get("users")) == 2


async def test_another_browser_cannot_finish(server, browser, installation) -> None:
    back = await at_provider(await browser.start(), "alice")
    stranger = Browser(installation)
    assert (await stranger.follow(back)).status == 400
    await stranger.start()  # with a ticket of its own
    answer = await stranger.follow(back)
    assert answer.status == 400
    assert "State mismatch" in answer.json()["errors"][0]["message"]
    assert "sid" not in stranger.cookies
    assert (await browser.follow(back)).status == 302


async def test_a_code_is_good_once_and_for_its_verifier_only(server, browser, installation) -> None:
    """The provider verifies PKCE: a code put into the flow of another browser is refused there."""
    stolen = parse_qs(urlsplit(await at_provider(await browser.start(), "alice")).query)["code"][0]
    thief = Browser(installation)
    state = parse_qs(urlsplit(await thief.start()).query)["state"][0]
    answer = await thief("GET", f"/c/oidc/callback?state={state}&code={stolen}")
    assert answer.status == 400
    assert "Code challenge failed" in answer.json()["errors"][0]["message"]
    again = await at_provider(await browser.start(), "alice")
    ticket = dict(browser.cookies)
    assert (await browser.follow(again)).status == 302
    browser.cookies = ticket
    assert (await browser.follow(again)).status == 400


@pytest.mark.parametrize(
    "lies",
    [
        {"nonce": "another"},
        {"iss": "https://evil.example"},
        {"aud": "somebody-else"},
        {"aud": ["kangaroo", "somebody-else"]},
        {"aud": ["kangaroo", "x"], "azp": "x"},
        {"exp": 1_000_000_000},
        {"exp": "never"},
        {"iat": 9_999_999_999},
        {"nbf": 9_999_999_999},
        {"sub": ""},
        {"sub": 5},
    ],
    ids=str,
)
async def test_tokens_that_are_not_good(server, browser, lies) -> None:
    server.lies = lies
    answer = await browser.sign_in("alice")
    assert answer.status == 401, answer.body
    assert "sid" not in browser.cookies


async def test_userinfo_of_somebody_else(server, browser) -> None:
    server.userinfo_lies = {"sub": "b-2"}
    assert (await browser.sign_in("alice")).status == 401


async def test_a_key_of_somebody_else(server, browser, provider) -> None:
    known = provider.key
    await browser.sign_in("alice")
    provider.rotate("first")  # the same id, another key: remembered ones count
    assert (await browser.sign_in("alice")).status == 401
    provider.key = known
    assert (await browser.sign_in("alice")).status == 302


async def test_new_keys_are_fetched_but_not_for_every_stranger(server, browser, installation) -> None:
    await browser.sign_in("alice")
    assert server.key_requests == 1
    tokens = installation.wired.services.access.oidc._tokens
    server.rotate("second")
    assert (await browser.sign_in("alice")).status == 401  # we have only just looked
    assert server.key_requests == 1
    for known in tokens._known.values():
        known.keys_at = (known.keys_at or 0) - LOOK_AGAIN - 1
    assert (await browser.sign_in("alice")).status == 302
    assert server.key_requests == 2


async def test_what_the_provider_says_when_it_refuses(server, browser) -> None:
    answer = await browser.sign_in("mallory")
    assert answer.status == 400
    assert "access_denied" in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize("url", ["//evil.example", "https://evil.example", "/\\evil.example", "x"])
async def test_only_our_own_pages_are_come_back_to(server, browser, url) -> None:
    assert (await browser("GET", f"/c/oidc/login?redirect_url={url}")).status == 400


# newcomers


async def test_a_newcomer_chooses_a_name(server, installation, browser, admin) -> None:
    await installation.configure(oidc_auto_onboard=False)
    answer = await browser.sign_in("bob", "?redirect_url=/x")
    assert answer.headers["location"] == "/oidc-onboard?username=bob_builder&redirect_url=%2Fx"
    assert "sid" not in browser.cookies
    for name, status in (("admin", 409), ("a#b", 400), ("", 400), ("robot$x", 400)):
        assert (await browser("POST", "/c/oidc/onboard", {"username": name})).status == status
    answer = await browser("POST", "/c/oidc/onboard", {"username": "robert"}, sec_fetch_site="cross-site")
    assert answer.status == 403
    assert (await browser("POST", "/c/oidc/onboard", {"username": "robert"})).status == 200
    assert set(browser.cookies) == {"sid"}
    assert (await browser("GET", "users/current")).json()["username"] == "robert"
    assert [one["group_name"] for one in await admin.get("usergroups")] == ["root"]
    assert (await Browser(installation)("POST", "/c/oidc/onboard", {"username": "eve"})).status == 400


async def test_the_name_admin_is_taken(server, browser, admin) -> None:
    server.people["alice"]["preferred_username"] = "admin"
    assert (await browser.sign_in("alice")).status == 409
    assert len(await admin.get("users")) == 1


async def test_an_address_somebody_has(server, browser, installation) -> None:
    server.people["bob"]["email"] = "alice@example.com"
    await browser.sign_in("alice")
    other = Browser(installation)
    assert (await other.sign_in("bob")).status == 302
    assert "email" not in (await other("GET", "users/current")).json()


# groups


async def test_roles_by_group(server, browser, installation, admin) -> None:
    await installation.wired.services.projects.create(await _admin(installation), ProjectName("p"))
    body = {"role_id": 2, "member_group": {"group_name": "devs", "group_type": 3}}
    assert (await admin("POST", "projects/p/members", body)).status == 201
    await browser.sign_in("alice")
    assert (await browser("GET", "projects/p/members")).status == 200
    server.people["alice"]["groups"] = ["all"]
    await browser.sign_in("alice")
    assert (await browser("GET", "projects/p/members")).status == 403


async def test_the_admin_group_and_the_filter(server, browser, installation, admin) -> None:
    await installation.configure(oidc_admin_group="root", oidc_group_filter="^dev")
    await browser.sign_in("bob")
    me = (await browser("GET", "users/current")).json()
    assert (me["sysadmin_flag"], me["admin_role_in_auth"]) == (False, True)
    assert (await browser("GET", "users")).status == 200
    await browser.sign_in("alice")
    assert [one["group_name"] for one in await admin.get("usergroups")] == ["devs"]
    server.people["bob"]["groups"] = []
    await browser.sign_in("bob")
    assert (await browser("GET", "users")).status == 403


# tools


async def test_the_cli_secret(server, browser, installation) -> None:
    await browser.sign_in("alice")
    me = (await browser("GET", "users/current")).json()["user_id"]
    assert await docker_login(installation, "alice", "Secret12345") == 401
    assert (await browser("PUT", f"users/{me}/cli_secret", {"secret": "weak"})).status == 400
    assert (await browser("PUT", f"users/{me}/cli_secret", {"secret": "Secret12345"})).status == 200
    assert await docker_login(installation, "alice", "Secret12345") == 200
    assert await docker_login(installation, "alice", "Another1234") == 401
    assert await v2(installation, "alice", "Secret12345") == 200
    tool = HarborClient(installation).signed_in("alice", "Secret12345")
    assert (await tool("GET", "users/current")).status == 401, "only where Harbor lets it count"
    assert (await tool("GET", "systeminfo")).json().get("registry_url"), "who is known sees more"
    access = installation.wired.services.access
    alice = await access.user_actor(me)
    made = await access.cli_secrets.renew(alice, me)
    assert await docker_login(installation, "alice", made) == 200
    assert await docker_login(installation, "alice", "Secret12345") == 401


async def test_whose_cli_secret(server, browser, installation, admin) -> None:
    await browser.sign_in("alice")
    me = (await browser("GET", "users/current")).json()["user_id"]
    other = Browser(installation)
    await other.sign_in("bob")
    body = {"secret": "Secret12345"}
    assert (await other("PUT", f"users/{me}/cli_secret", body)).status == 403
    assert (await admin("PUT", f"users/{me}/cli_secret", body)).status == 200
    assert (await admin("PUT", "users/1/cli_secret", body)).status == 404
    assert (await admin("PUT", "users/999/cli_secret", body)).status == 404


async def test_an_id_token_in_place_of_a_password(server, browser, installation, anonymous) -> None:
    token = await id_token(server, "alice")
    bearer = anonymous.with_headers(authorization=f"Bearer {token}")
    assert (await bearer("GET", "users/current")).status == 401, "nobody has met alice yet"
    await browser.sign_in("alice")
    assert (await bearer.get("users/current"))["username"] == "alice"
    for changed in (token[:-4] + "AAAA", token.rpartition(".")[0] + ".", "x.y.z", ""):
        answer = await anonymous.with_headers(authorization=f"Bearer {changed}")("GET", "users/current")
        assert answer.status == 401
    client = asgi.Client(oci.application(installation.wired.services, ""))
    assert (await client("GET", "/v2/", authorization=f"Bearer {token}")).status == 401


async def test_an_id_token_ends_and_brings_groups(server, browser, installation, anonymous, admin) -> None:
    await browser.sign_in("alice")
    server.people["alice"]["groups"] = ["new"]
    bearer = anonymous.with_headers(authorization=f"Bearer {await id_token(server, 'alice')}")
    await bearer.get("users/current")
    assert "new" in [one["group_name"] for one in await admin.get("usergroups")]
    server.lies = {"exp": 1_000_000_000}
    expired = anonymous.with_headers(authorization=f"Bearer {await id_token(server, 'alice')}")
    assert (await expired("GET", "users/current")).status == 401


# the rest


async def test_the_first_administrator_needs_no_provider(server, installation, anonymous, admin) -> None:
    assert (await admin.get("users/current"))["username"] == "admin"
    assert (await sign_in(anonymous)).status == 200
    await installation.configure(oidc_endpoint="http://127.0.0.1:1")
    assert (await admin.get("users/current"))["username"] == "admin"
    assert (await HarborClient(installation)("GET", "/c/oidc/login")).status == 503


async def test_others_are_sent_to_the_provider(server, installation, browser) -> None:
    await browser.sign_in("alice")
    for name in ("alice", "nobody"):
        unjudged = HarborClient(installation, judged=False)
        answer = await sign_in(unjudged, name)
        assert (answer.status, answer.json()) == (403, {"redirect_location": "/c/oidc/login"})


async def test_signing_out(server, browser, installation) -> None:
    await browser.sign_in("alice")
    kept = dict(browser.cookies)
    answer = await browser("GET", "/c/oidc/logout")
    assert (answer.status, answer.headers["location"]) == (302, "http://registry.test/")
    assert browser.cookies == {}
    browser.cookies = kept
    assert (await browser("GET", "users/current")).status == 401
    await installation.configure(oidc_logout=True)
    answer = await browser("GET", "/c/oidc/logout")
    assert answer.headers["location"].startswith(f"{server.issuer}/logout?client_id=kangaroo&")


async def test_only_where_people_sign_in_this_way(anonymous) -> None:
    for path in ("login", "callback", "logout"):
        assert (await anonymous("GET", f"/c/oidc/{path}")).status == 412
    assert (await anonymous("POST", "/c/oidc/onboard", {"username": "x"})).status == 412


async def test_ping(provider, admin) -> None:
    async def ping(url: str) -> int:
        return (await admin("POST", "system/oidc/ping", {"url": url, "verify_cert": True})).status

    assert await ping(provider.issuer) == 200
    assert await ping(provider.issuer + "/") == 200
    for url in ("http://127.0.0.1:1", provider.issuer + "/nowhere", "nonsense", ""):
        assert await ping(url) == 400


async def _admin(installation: Installation) -> Any:
    return await installation.wired.services.access.authenticate_basic("admin", PASSWORD, "test")


def _basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


async def docker_login(installation: Installation, name: str, password: str) -> int:
    client = asgi.Client(oci.application(installation.wired.services, ""))
    url = "/service/token?service=harbor-registry"
    return (await client("GET", url, authorization=_basic(name, password))).status


async def v2(installation: Installation, name: str, password: str) -> int:
    client = asgi.Client(oci.application(installation.wired.services, ""))
    return (await client("GET", "/v2/", authorization=_basic(name, password))).status

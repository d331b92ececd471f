"""The same flow through a provider in another language: the example server of zitadel/oidc, a certified library."""

import contextlib
import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from urllib.parse import urljoin

import aiohttp
import pytest

from tests.entrypoints.harbor.conftest import Installation
from tests.entrypoints.harbor.test_oidc import CALLBACK, Browser, docker_login
from tests.tools import require

WHY = "go install github.com/zitadel/oidc/v3/example/server@v3.51.17, as openid-server"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "PORT": str(port), "REDIRECT_URI": CALLBACK}
    command = [require("openid-server", WHY)]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            _wait(process, port)
            yield f"http://localhost:{port}/"
        finally:
            process.terminate()


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        assert process.poll() is None
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError("the provider does not listen")


async def at_provider(url: str) -> str:
    """Follows the provider's own redirects and fills in its form."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        async with session.get(url) as form:
            text = await form.text()
            assert form.status == 200, text
            hidden = re.search(r'name="id" value="([^"]+)"', text)
            assert hidden, text
            target = str(form.url.with_path("/login/username").with_query(None))
        data = {"id": hidden[1], "username": "test-user@localhost", "password": "verysecure"}
        async with session.post(target, data=data, allow_redirects=False) as answer:
            next_url = urljoin(str(answer.url), answer.headers["Location"])
        async with session.get(next_url, allow_redirects=False) as answer:
            assert answer.status == 302, await answer.text()
            return answer.headers["Location"]


async def test_the_whole_flow(issuer: str, installation: Installation) -> None:
    await installation.configure(
        auth_mode="oidc_auth",
        oidc_endpoint=issuer,
        oidc_client_id="web",
        oidc_client_secret="secret",
        oidc_scope="openid,profile,email",
        oidc_user_claim="name",
        oidc_auto_onboard=True,
    )
    browser = Browser(installation)
    answer = await browser.follow(await at_provider(await browser.start()))
    assert (answer.status, answer.headers["location"]) == (302, "/"), answer.body
    me = (await browser("GET", "users/current")).json()
    assert (me["username"], me["email"]) == ("Test_User", "test-user@zitadel.ch")
    path = f"users/{me['user_id']}/cli_secret"
    assert (await browser("PUT", path, {"secret": "Secret12345"})).status == 200
    assert await docker_login(installation, "Test_User", "Secret12345") == 200


async def test_a_wrong_verifier_is_refused_there(issuer: str, installation: Installation) -> None:
    await installation.configure(
        auth_mode="oidc_auth", oidc_endpoint=issuer, oidc_client_id="web", oidc_client_secret="secret"
    )
    one, other = Browser(installation), Browser(installation)
    back = await at_provider(await one.start())
    code = re.search(r"code=([^&]+)", back)
    state = re.search(r"state=([^&]+)", await other.start())
    assert code
    assert state
    answer = await other("GET", f"/c/oidc/callback?state={state[1]}&code={code[1]}")
    assert answer.status == 400
    assert "invalid" in answer.json()["errors"][0]["message"]

"""The manners of the transport: what it repeats, what it limits, and with whom it shares a credential."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.remote.options import Limits, Options
from kangaroo.remote.transport import Transport
from kangaroo.remote.wire import parse_base
from tests.remote.serving import free_port, served

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
SECRET = {"Authorization": "Basic c2VjcmV0"}


def app_of(handler: Handler) -> web.Application:
    app = web.Application()
    app.add_routes([web.route("*", "/{path:.*}", handler)])
    return app


@asynccontextmanager
async def to(url: str, proxy: str = "", **limits: float) -> AsyncIterator[Transport]:
    chosen = Limits(**{"delay_seconds": 0.01, **limits})  # type: ignore[arg-type]
    transport = Transport.to(parse_base(url), Options(limits=chosen, proxy=proxy))
    try:
        yield transport
    finally:
        await transport.close()


class Script:
    """Answers one status after the other, then 200; "reset" cuts the connection."""

    def __init__(self, *steps: int | str, retry_after: str = "") -> None:
        self._steps = list(steps)
        self._headers = {"Retry-After": retry_after} if retry_after else {}
        self.asked: list[str] = []

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.method)
        step = self._steps.pop(0) if self._steps else 200
        if isinstance(step, str):
            assert request.transport is not None
            request.transport.abort()
            step = 200
        return web.Response(status=step, headers=self._headers)


@pytest.mark.parametrize("steps", [(503, 502), (504,), ("reset", "reset", "reset"), (429, "reset", 503)])
async def test_what_heals_is_repeated(steps: tuple[int | str, ...]):
    script = Script(*steps, retry_after="0")
    async with served(app_of(script.answer)) as url, to(url) as transport:
        assert (await transport.call("GET", "/x")).status == 200
    assert len(script.asked) == len(steps) + 1


async def test_in_the_end_it_gives_up():
    script = Script(*[503] * 9)
    async with served(app_of(script.answer)) as url, to(url, attempts=3) as transport:
        with pytest.raises(InstanceFailure) as caught:
            await transport.call("GET", "/x")
    assert caught.value.reason is Reason.SERVER_ERROR
    assert len(script.asked) == 3


@pytest.mark.parametrize(
    ("method", "step"),
    [("POST", 503), ("PATCH", 503), ("DELETE", 503), ("POST", "reset"), ("PATCH", "reset")],
)
async def test_what_may_have_happened_is_not_repeated(method: str, step: int | str):
    script = Script(step)
    async with served(app_of(script.answer)) as url, to(url) as transport:
        with pytest.raises(InstanceFailure):
            await transport.call(method, "/x", body=b"{}")
    assert len(script.asked) == 1


async def test_what_was_refused_for_being_too_much_is_repeated():
    script = Script(429, retry_after="0")
    async with served(app_of(script.answer)) as url, to(url) as transport:
        assert (await transport.call("POST", "/x", body=b"{}")).status == 200
    assert len(script.asked) == 2


@pytest.mark.parametrize("asked", ["120", "Fri, 31 Dec 2999 23:59:59 GMT"])
async def test_a_long_wait_is_the_callers(asked: str):
    script = Script(429, retry_after=asked)
    async with served(app_of(script.answer)) as url, to(url) as transport:
        with pytest.raises(InstanceFailure) as caught:
            await transport.call("GET", "/x")
    assert caught.value.reason is Reason.RATE_LIMITED
    assert (caught.value.retry_after or 0) >= 120
    assert len(script.asked) == 1


@pytest.mark.parametrize("status", [500, 501])
async def test_what_does_not_pass_is_not_repeated(status: int):
    script = Script(status)
    async with served(app_of(script.answer)) as url, to(url) as transport:
        with pytest.raises(InstanceFailure):
            await transport.call("GET", "/x")
    assert len(script.asked) == 1


async def test_an_answer_has_a_largest_size():
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(bytes(64 << 10))

    async with (
        served(app_of(endless)) as url,
        to(url, answer_bytes=1 << 20) as transport,
        asyncio.timeout(10),
    ):
        with pytest.raises(InstanceFailure) as caught:
            await transport.call("GET", "/x")
    assert caught.value.reason is Reason.BAD_ANSWER
    assert "1048576" in caught.value.message()


async def test_so_many_calls_at_once():
    running, most = 0, 0

    async def slow(request: web.Request) -> web.Response:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.02)
        running -= 1
        return web.Response()

    async with served(app_of(slow)) as url, to(url, concurrency=3) as transport:
        await asyncio.gather(*(transport.call("GET", "/x") for _ in range(20)))
    assert most == 3


async def test_slow_answers_have_an_end():
    async def slow(request: web.Request) -> web.Response:
        await asyncio.sleep(3)
        return web.Response()

    async with served(app_of(slow)) as url, to(url, answer_seconds=0.3) as transport, asyncio.timeout(2):
        with pytest.raises(InstanceFailure) as caught:
            await transport.call("GET", "/x")
    assert caught.value.reason is Reason.TIMEOUT
    assert caught.value.facts["seconds"] == "0.3"


class TestRedirects:
    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    async def test_a_credential_stays_with_its_host(self, status: int):
        seen: dict[str, str | None] = {}

        async def elsewhere(request: web.Request) -> web.Response:
            seen["elsewhere"] = request.headers.get("Authorization")
            return web.Response(text="there")

        async with served(app_of(elsewhere)) as other:

            async def here(request: web.Request) -> web.Response:
                seen[request.path] = request.headers.get("Authorization")
                target = "/second" if request.path == "/first" else f"{other}/blob?signed=%2F"
                return web.Response(status=status, headers={"Location": target})

            async with served(app_of(here)) as url, to(url) as transport:
                answer = await transport.call("GET", "/first", headers=SECRET)
        assert answer.body == b"there"
        assert answer.url == f"{other}/blob?signed=%2F"
        assert answer.origin == url
        assert seen == {"/first": "Basic c2VjcmV0", "/second": "Basic c2VjcmV0", "elsewhere": None}

    async def test_they_have_an_end(self):
        async def again(request: web.Request) -> web.Response:
            return web.Response(status=302, headers={"Location": request.path + "x"})

        async with served(app_of(again)) as url, to(url) as transport:
            with pytest.raises(InstanceFailure) as caught:
                await transport.call("GET", "/x")
        assert caught.value.reason is Reason.BAD_ANSWER

    @pytest.mark.parametrize(
        "where", ["file:///etc/passwd", "http://[broken", "gopher://x", "//", "http://a:b/"]
    )
    async def test_strange_ones(self, where: str):
        async def away(request: web.Request) -> web.Response:
            return web.Response(status=302, headers={"Location": where})

        async with served(app_of(away)) as url, to(url) as transport:
            with pytest.raises(InstanceFailure) as caught:
                await transport.call("GET", "/x")
        assert caught.value.reason is Reason.BAD_ANSWER

    async def test_what_writes_is_not_sent_elsewhere(self):
        async def away(request: web.Request) -> web.Response:
            return web.Response(status=307, headers={"Location": "http://127.0.0.1:1/"})

        async with served(app_of(away)) as url, to(url) as transport:
            assert (await transport.call("POST", "/x", body=b"secret")).status == 307


class TestProxies:
    @pytest.fixture
    def environment(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
        netrc = tmp_path / "netrc"
        netrc.write_text("default login somebody password secret\n")
        monkeypatch.setenv("NETRC", str(netrc))

    @pytest.mark.usefixtures("environment")
    async def test_none_from_the_environment_nor_passwords(self):
        async def answer(request: web.Request) -> web.Response:
            return web.Response(text=request.headers.get("Authorization", "none"))

        async with served(app_of(answer)) as url, to(url) as transport:
            assert (await transport.call("GET", "/x")).body == b"none"

    async def test_one_that_was_given(self):
        async def proxy(request: web.Request) -> web.Response:
            return web.Response(text=str(request.url))

        async with served(app_of(proxy)) as url, to("http://registry.invalid", proxy=url) as transport:
            assert (await transport.call("GET", "/x")).body == b"http://registry.invalid/x"


async def test_targets_are_sent_as_they_are():
    async def answer(request: web.Request) -> web.Response:
        return web.Response(text=request.raw_path)

    async with served(app_of(answer)) as url, to(url) as transport:
        for target in ("/a%252Fb", "/a%2Fb?q=x%3D~%257E", "/a%20b", "/v2/x/manifests/sha256:1"):
            assert (await transport.call("GET", target)).body.decode() == target

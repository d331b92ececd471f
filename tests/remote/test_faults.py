"""Each cause why an instance cannot be used, provoked for real: it is told within 5 s, by its own reason."""

import asyncio
import socket
import ssl
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import ExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from kangaroo.base.addresses import AddressPolicy
from kangaroo.base.errors import Code, Failure
from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.remote.contract import RemoteRegistry
from kangaroo.remote.opening import open_remote
from kangaroo.remote.options import Options
from kangaroo.remote.values import Credential, Kind
from tests.remote import harbor_stand_in as harbor
from tests.remote.artifactory_stand_in import ArtifactoryStandIn
from tests.remote.authority import Authority
from tests.remote.harbor_stand_in import HarborStandIn
from tests.remote.serving import USER, docker_registry, free_port, served

WRONG = Credential(USER, "wrong")
EVERY_KIND = pytest.mark.parametrize("kind", Kind)


async def why(call: Awaitable[object]) -> InstanceFailure:
    began = time.monotonic()
    with pytest.raises(InstanceFailure) as caught:
        await call
    assert time.monotonic() - began < 5
    failure = caught.value
    for language in ("en", "zh"):
        assert failure.message(language)
        assert failure.remedy(language)
    return failure


async def refused(
    url: str, kind: Kind = Kind.DOCKER_REGISTRY, credential: Credential | None = WRONG, **options: Any
) -> InstanceFailure:
    """Why it cannot be identified; a probe finds the same."""
    registry = open_remote(kind, url, credential, Options(**options))
    try:
        probed, failure = await asyncio.gather(why(registry.probe()), why(registry.identify()))
        assert probed.reason is failure.reason
        return failure
    finally:
        await registry.close()


def facts(failure: InstanceFailure, *names: str) -> list[Any]:
    return [failure.facts[name] for name in names]


# --- the way there ----------------------------------------------------------


@EVERY_KIND
async def test_a_name_that_does_not_exist(kind: Kind):
    failure = await refused("https://no-such-host.invalid", kind)
    assert failure.reason is Reason.DNS_NOT_FOUND
    assert failure.facts["host"] == "no-such-host.invalid"
    assert failure.code.heals


@EVERY_KIND
async def test_a_closed_port(kind: Kind):
    port = free_port()
    failure = await refused(f"http://127.0.0.1:{port}", kind)
    assert failure.reason is Reason.CONNECTION_REFUSED
    assert facts(failure, "host", "port") == ["127.0.0.1", port]


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_listener_that_never_answers(scheme: str):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        failure = await refused(f"{scheme}://127.0.0.1:{listener.getsockname()[1]}")
    assert failure.reason is Reason.TIMEOUT


async def test_a_host_that_drops_packets():
    with socket.socket() as listener, ExitStack() as stack:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):  # the queue of connections nobody accepts is full
            waiting = socket.socket()
            stack.callback(waiting.close)
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        await asyncio.sleep(0.1)
        failure = await refused(f"http://127.0.0.1:{listener.getsockname()[1]}")
    assert failure.reason is Reason.TIMEOUT


async def test_no_route():
    failure = await refused("http://[100::1]:5000")
    assert failure.reason in (Reason.UNREACHABLE, Reason.TIMEOUT)  # as the routes of this host are


@asynccontextmanager
async def speaking(said: bytes, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server that says this to whoever comes, and hangs up."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(said)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_a_server_that_hangs_up():
    async with speaking(b"") as port:
        failure = await refused(f"http://127.0.0.1:{port}")
    assert failure.reason is Reason.CONNECTION_LOST


async def test_a_server_of_something_else():
    async with speaking(b"SSH-2.0-OpenSSH_9.2\r\n") as port:
        failure = await refused(f"http://127.0.0.1:{port}")
    assert failure.reason is Reason.NOT_A_REGISTRY


# --- TLS --------------------------------------------------------------------


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def at_name(url: str) -> str:
    return url.replace("127.0.0.1", "localhost")


async def test_an_unknown_authority(authority: Authority):
    async with served(web.Application(), authority.issue("127.0.0.1").context()) as url:
        failure = await refused(url)
        assert failure.reason is Reason.TLS_UNKNOWN_CA
        assert failure.facts["issuer"] == "CN=Test CA"
        trusted = await refused(url, authorities=authority.pem)
        assert trusted.reason is Reason.NOT_A_REGISTRY
        insecure = await refused(url, insecure=True)
        assert insecure.reason is Reason.NOT_A_REGISTRY


async def test_a_certificate_without_the_address(authority: Authority):
    certificate = authority.issue("registry.example", "10.9.8.7").context()
    async with served(web.Application(), certificate) as url:
        for asked in (url, at_name(url)):
            failure = await refused(asked, authorities=authority.pem)
            assert failure.reason is Reason.TLS_NAME_MISMATCH
            assert failure.facts["names"] == "registry.example, 10.9.8.7"


async def test_an_expired_certificate(authority: Authority):
    async with served(web.Application(), authority.issue("127.0.0.1", days=-2).context()) as url:
        failure = await refused(url, authorities=authority.pem)
    assert failure.reason is Reason.TLS_EXPIRED
    assert failure.facts["not_before"] < failure.facts["not_after"]


async def test_no_common_cipher(authority: Authority):
    context = authority.issue("127.0.0.1").context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-ECDSA-AES128-CCM")  # which we do not offer

    def answer(listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                with suppress(ssl.SSLError):
                    context.wrap_socket(listener.accept()[0], server_side=True).close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        ending = asyncio.create_task(asyncio.to_thread(answer, listener))
        failure = await refused(f"https://127.0.0.1:{listener.getsockname()[1]}", authorities=authority.pem)
        listener.shutdown(socket.SHUT_RDWR)
        await ending
    assert failure.reason is Reason.TLS_OTHER


async def test_https_asked_of_http():
    async with served(HarborStandIn().app()) as url:
        failure = await refused(url.replace("http:", "https:"))
        assert failure.reason is Reason.PROTOCOL
        assert facts(failure, "asked", "spoken") == ["https", "http"]


async def test_http_asked_of_https(authority: Authority, tmp_path: Path):
    """Python closes the connection; Go, as in docker-registry, explains itself."""
    certificate = authority.issue("127.0.0.1")
    with docker_registry(tmp_path, tls=certificate) as go:
        async with served(web.Application(), certificate.context()) as python:
            for url in (python, go):
                failure = await refused(url.replace("https:", "http:"))
                assert failure.reason is Reason.PROTOCOL
                assert facts(failure, "asked", "spoken") == ["http", "https"]


async def test_a_server_that_sends_from_http_to_https(authority: Authority):
    async def away(request: web.Request) -> web.Response:
        return web.Response(status=308, headers={"Location": f"https://{request.host}{request.path_qs}"})

    app = web.Application()
    app.add_routes([web.get("/{path:.*}", away)])
    async with served(app) as url:
        failure = await refused(url)
    assert failure.reason is Reason.PROTOCOL


# --- who is there -----------------------------------------------------------


@EVERY_KIND
async def test_a_web_site(kind: Kind):
    async def page(request: web.Request) -> web.Response:
        return web.Response(text="<html>Welcome!</html>", content_type="text/html")

    app = web.Application()
    app.add_routes([web.get("/{path:.*}", page)])
    async with served(app) as url:
        failure = await refused(url, kind)
    assert failure.reason is Reason.NOT_A_REGISTRY
    assert "Welcome" in failure.facts["found"]


async def test_a_registry_of_another_type(tmp_path: Path):
    with docker_registry(tmp_path) as url:
        for kind in (Kind.HARBOR, Kind.JFROG):
            assert (await refused(url, kind)).reason is Reason.NOT_A_REGISTRY


async def test_a_wrong_password(tmp_path: Path):
    with docker_registry(tmp_path, users=True) as url:
        failure = await refused(url)
        assert failure.reason is Reason.UNAUTHORIZED
        assert failure.facts["user"] == USER
        assert failure.code is not Code.UNAUTHORIZED  # nobody who asked us has to sign in again
        assert (await refused(url, credential=None)).reason is Reason.UNAUTHORIZED
    for stand_in, kind in ((HarborStandIn(), Kind.HARBOR), (ArtifactoryStandIn(), Kind.JFROG)):
        async with served(stand_in.app()) as url:
            assert (await refused(url, kind)).reason is Reason.UNAUTHORIZED


@asynccontextmanager
async def opened(url: str, credential: Credential) -> AsyncIterator[RemoteRegistry]:
    registry = open_remote(Kind.HARBOR, url, credential)
    try:
        yield registry
    finally:
        await registry.close()


async def test_a_plain_user():
    async with served(HarborStandIn().app()) as url:
        async with opened(url, Credential(harbor.PLAIN, harbor.PLAIN_PASSWORD)) as registry:
            identity = await registry.identify()
            with pytest.raises(InstanceFailure) as caught:
                identity.require_admin(url)
            assert caught.value.reason is Reason.NOT_ADMIN
            assert harbor.PLAIN in caught.value.message("zh")
        async with opened(url, Credential(harbor.ADMIN, harbor.ADMIN_PASSWORD)) as registry:
            (await registry.identify()).require_admin(url)


async def test_an_old_version():
    credential = Credential(harbor.ADMIN, harbor.ADMIN_PASSWORD)
    async with (
        served(HarborStandIn("v2.3.1-2d8ab3b6").app()) as url,
        opened(url, credential) as registry,
    ):
        failure = await why(registry.identify())
    assert failure.reason is Reason.VERSION_TOO_OLD
    assert facts(failure, "found", "needed") == ["2.3.1", "2.4.0"]


async def test_a_version_of_long_ago():
    async def info(request: web.Request) -> web.Response:
        return web.json_response({"harbor_version": "v1.10.4", "auth_mode": "db_auth"})

    app = web.Application()
    app.add_routes([web.get("/api/systeminfo", info)])
    async with served(app) as url, opened(url, WRONG) as registry:
        failure = await why(registry.identify())
    assert failure.reason is Reason.VERSION_TOO_OLD
    assert failure.facts["found"] == "1.10.4"


@pytest.mark.parametrize("version", ["v2.4.0", "v2.4.0-rc1", "v2.16.0-kangaroo", "v3.0", "dev"])
async def test_versions_that_will_do(version: str):
    credential = Credential(harbor.ADMIN, harbor.ADMIN_PASSWORD)
    async with served(HarborStandIn(version).app()) as url, opened(url, credential) as registry:
        assert (await registry.identify()).version == version.removeprefix("v")


async def test_parts_that_are_not_well():
    stand_in = HarborStandIn()
    stand_in.healthy = False
    async with (
        served(stand_in.app()) as url,
        opened(url, Credential(harbor.ADMIN, harbor.ADMIN_PASSWORD)) as registry,
    ):
        failure = await why(registry.probe())
    assert failure.reason is Reason.UNHEALTHY
    assert failure.facts["parts"] == "redis"


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (403, Reason.NOT_A_REGISTRY),
        (429, Reason.RATE_LIMITED),
        (500, Reason.SERVER_ERROR),
        (503, Reason.SERVER_ERROR),
    ],
)
async def test_statuses(status: int, reason: Reason):
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=status, text="no", headers={"Retry-After": "7"})

    app = web.Application()
    app.add_routes([web.get("/{path:.*}", answer)])
    async with served(app) as url:
        failure = await refused(url)
    assert failure.reason is reason
    if reason is Reason.RATE_LIMITED:
        assert failure.retry_after == failure.facts["seconds"] == 7


async def test_a_right_that_is_missing():
    """The credential is good, the robot may not make robots."""
    async with (
        served(HarborStandIn().app()) as url,
        opened(url, Credential(harbor.PLAIN, harbor.PLAIN_PASSWORD)) as registry,
    ):
        from kangaroo.remote.policies import RobotSpec

        failure = await why(registry.robots.create(RobotSpec("new", ())))
    assert failure.reason is Reason.FORBIDDEN


async def test_deletion_that_is_switched_off(tmp_path: Path):
    from kangaroo.remote.names import ImageName
    from tests.contract.remotes import push

    with docker_registry(tmp_path, delete=False) as url:
        registry = open_remote(Kind.DOCKER_REGISTRY, url, None)
        try:
            image = ImageName.split("team/app")
            pushed = await push(registry.content, image)
            failure = await why(registry.images.delete_artifact(image, pushed.digest))
            assert failure.reason is Reason.DELETE_DISABLED
            assert failure.code is Code.UNSUPPORTED
        finally:
            await registry.close()


# --- where we never go ------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254",
        "http://[fe80::1]:5000",
        "https://[fd00:ec2::254]",
        "http://[::ffff:169.254.169.254]",
        "http://[64:ff9b::a9fe:a9fe]",
        "http://100.100.100.200",
        "http://0xa9.0xfe.0xa9.0xfe",  # 169.254.169.254, as some resolvers read it
    ],
)
async def test_addresses_that_are_never_reached(url: str):
    assert (await refused(url)).reason is Reason.ADDRESS_FORBIDDEN


async def test_networks_of_the_operator():
    policy = AddressPolicy.parse(["127.0.0.0/8", "::1/128"])
    async with served(HarborStandIn().app()) as url:
        for asked in (url, at_name(url)):
            failure = await refused(asked, addresses=policy)
            assert failure.reason is Reason.ADDRESS_FORBIDDEN
            assert failure.facts["address"] in ("127.0.0.1", "::1")
    with pytest.raises(Failure):
        AddressPolicy.parse(["no network"])


async def test_a_name_that_changes_its_address(monkeypatch: pytest.MonkeyPatch):
    """What counts is the address a socket connects to, whatever a name was before."""
    asked: list[str] = []

    async def resolve(self: Any, host: str, port: int = 0, family: Any = 0) -> list[dict[str, Any]]:
        asked.append(host)
        address = "127.0.0.1" if len(asked) == 1 else "169.254.169.254"
        entry = {"hostname": host, "host": address, "port": port, "family": socket.AF_INET}
        return [{**entry, "proto": 0, "flags": 0}]

    monkeypatch.setattr("aiohttp.resolver.ThreadedResolver.resolve", resolve)

    async def answer(request: web.Request) -> web.Response:
        return web.Response(headers={"Connection": "close"})

    app = web.Application()
    app.add_routes([web.get("/v2/", answer)])
    async with served(app) as url:
        registry = open_remote(Kind.DOCKER_REGISTRY, url.replace("127.0.0.1", "rebinding.example"), None)
        transport = registry._transport  # type: ignore[attr-defined]
        transport.wire.session.connector._use_dns_cache = False
        await transport.call("GET", "/v2/")
        failure = await why(transport.call("GET", "/v2/"))
        await registry.close()
    assert failure.reason is Reason.ADDRESS_FORBIDDEN
    assert len(asked) == 2


async def test_a_redirect_to_where_we_never_go():
    async def away(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "http://169.254.169.254/latest/meta-data/"})

    app = web.Application()
    app.add_routes([web.get("/{path:.*}", away)])
    async with served(app) as url:
        failure = await refused(url)
    assert failure.reason is Reason.ADDRESS_FORBIDDEN


@pytest.mark.parametrize(
    "url",
    [
        "registry.example",
        "ftp://registry.example",
        "http://",
        "http://user:word@host",
        "http://host:99999",
        "http://2852039166",
    ],
)
def test_what_is_no_url(url: str):
    with pytest.raises(Failure) as caught:
        open_remote(Kind.HARBOR, url, None)
    assert caught.value.code is Code.INVALID_FIELD

"""Large blobs: copied in bounded memory, and on from where a network broke, at real registries and at a stand-in."""

import asyncio
import hashlib
import random
import tracemalloc
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure
from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.remote.contract import Content, RemoteRegistry
from kangaroo.remote.names import ImageName
from kangaroo.remote.opening import open_remote
from kangaroo.remote.options import Limits, Options
from kangaroo.remote.values import Credential, Kind
from tests.contract.remotes import a_kangaroo, digest, source  # noqa: F401  fixture
from tests.e2e.server import PASSWORD as KANGAROO_PASSWORD
from tests.remote.authority import Authority
from tests.remote.breaking import Breaking, breaking
from tests.remote.serving import PASSWORD, USER, docker_registry, served
from tests.remote.v2_stand_in import V2StandIn

MIB = 1 << 20
IMAGE = ImageName.split("library/large")
QUICK = Limits(delay_seconds=0.02, idle_seconds=0.5, attempts=3)


@asynccontextmanager
async def opened(
    url: str, limits: Limits = QUICK, credential: Credential | None = None, authorities: str = ""
) -> AsyncIterator[RemoteRegistry]:
    registry = open_remote(
        Kind.DOCKER_REGISTRY, url, credential, Options(limits=limits, authorities=authorities)
    )
    try:
        yield registry
    finally:
        await registry.close()


def random_bytes(size: int) -> bytes:
    return random.Random(size).randbytes(size)


async def copied(origin: Content, target: Content, blob: Digest, size: int) -> None:
    await target.put_blob(IMAGE, blob, size, lambda start: origin.blob(IMAGE, blob, start))


async def read(content: Content, blob: Digest, start: int = 0) -> bytes:
    return b"".join([piece async for piece in content.blob(IMAGE, blob, start)])


async def test_100_mb_from_one_registry_to_another_in_little_memory(tmp_path: Path):
    """Both in processes of their own; the target by TLS, with users."""
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    authority = Authority(tmp_path)
    piece, count = random_bytes(MIB), 100
    running = hashlib.sha256()
    for _ in range(count):
        running.update(piece)
    blob, size = Digest(f"sha256:{running.hexdigest()}"), count * MIB

    async def pieces(start: int) -> AsyncIterator[bytes]:
        for _ in range(count):
            yield piece

    with (
        docker_registry(tmp_path / "one") as one,
        docker_registry(tmp_path / "two", users=True, tls=authority.issue("127.0.0.1")) as two,
    ):
        credential = Credential(USER, PASSWORD)
        async with (
            opened(one, Limits()) as origin,
            opened(two, Limits(), credential, authority.pem) as target,
        ):
            await origin.content.put_blob(IMAGE, blob, size, pieces)
            tracemalloc.start()
            try:
                before = tracemalloc.get_traced_memory()[0]
                tracemalloc.reset_peak()
                await copied(origin.content, target.content, blob, size)
                peak = tracemalloc.get_traced_memory()[1] - before
            finally:
                tracemalloc.stop()
            assert await target.content.blob_size(IMAGE, blob) == size
    assert peak < 8 * MIB


Broken = tuple[RemoteRegistry, Breaking]


@asynccontextmanager
async def behind_a_breaking_network(url: str, credential: Credential | None = None) -> AsyncIterator[Broken]:
    async with breaking(url) as network, opened(network.url, credential=credential) as registry:
        yield registry, network


@asynccontextmanager
async def a_stand_in() -> AsyncIterator[Broken]:
    app = web.Application()
    app.add_routes(V2StandIn().routes())
    async with served(app) as url, behind_a_breaking_network(url) as broken:
        yield broken


@pytest.fixture(params=["docker-registry", "kangaroo", "stand-in"])
async def broken(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Broken]:
    if request.param == "docker-registry":
        with docker_registry(tmp_path) as url:
            async with behind_a_breaking_network(url) as made:
                yield made
    elif request.param == "kangaroo":
        admin = Credential("admin", KANGAROO_PASSWORD)
        url = request.getfixturevalue("kangaroo_url")
        async with behind_a_breaking_network(url, admin) as made:
            yield made
    else:
        async with a_stand_in() as made:
            yield made


async def test_a_download_goes_on(broken: Broken):
    blob, (registry, network) = random_bytes(12 * MIB), broken
    await registry.content.put_blob(IMAGE, digest(blob), len(blob), source(blob))
    network.down = [3 * MIB, 4 * MIB, 100_000, MIB]
    assert await read(registry.content, digest(blob)) == blob
    assert network.cuts == 4
    network.down = [3 * MIB]
    assert await read(registry.content, digest(blob), 5 * MIB) == blob[5 * MIB :]


async def test_an_upload_goes_on(broken: Broken):
    blob, (registry, network) = random_bytes(12 * MIB + 1), broken
    network.up = [5 * MIB, 2 * MIB]
    await registry.content.put_blob(IMAGE, digest(blob), len(blob), source(blob, MIB))
    assert network.cuts == 2
    assert await read(registry.content, digest(blob)) == blob


async def test_an_upload_does_not_begin_anew():
    """Where the registry knows how far it came."""
    blob, starts = random_bytes(12 * MIB), []

    def counted(start: int) -> AsyncIterator[bytes]:
        starts.append(start)
        pieces: AsyncIterator[bytes] = source(blob, MIB)(start)
        return pieces

    async with a_stand_in() as (registry, network):
        network.up = [5 * MIB, 4 * MIB]
        await registry.content.put_blob(IMAGE, digest(blob), len(blob), counted)
    assert starts[0] == 0
    assert 0 < starts[1] <= 5 * MIB
    assert starts[1] < starts[2] <= 9 * MIB


async def test_a_copy_through_a_breaking_network_to_itself(broken: Broken):
    """Download and upload at one registry, both cut."""
    blob, (registry, network) = random_bytes(12 * MIB + 2), broken
    await registry.content.put_blob(IMAGE, digest(blob), len(blob), source(blob))
    network.down, network.up = [3 * MIB, 9 * MIB], [7 * MIB]
    other, name = ImageName.split("library/copy"), digest(blob)
    await registry.content.put_blob(
        other, name, len(blob), lambda start: registry.content.blob(IMAGE, name, start)
    )
    assert network.cuts >= 2
    assert await registry.content.blob_size(other, name) == len(blob)


async def test_many_copies_at_once_do_not_wait_for_each_other(tmp_path: Path):
    blobs = [random_bytes(200_000 + number) for number in range(12)]
    limits = Limits(concurrency=2)
    with docker_registry(tmp_path) as url:
        async with opened(url, limits) as registry, asyncio.timeout(30):
            content, other = registry.content, ImageName.split("team/copy")
            for blob in blobs:
                await content.put_blob(IMAGE, digest(blob), len(blob), source(blob))

            def copy(blob: bytes) -> Coroutine[Any, Any, None]:
                name = digest(blob)
                return content.put_blob(other, name, len(blob), lambda at: content.blob(IMAGE, name, at))

            await asyncio.gather(*map(copy, blobs))


# --- servers that misbehave -------------------------------------------------


@asynccontextmanager
async def answering(handler: Callable[[web.Request], Any]) -> AsyncIterator[RemoteRegistry]:
    app = web.Application(client_max_size=1 << 30)
    app.add_routes([web.route("*", "/{path:.*}", handler)])
    async with served(app) as url, opened(url) as registry:
        yield registry


async def test_a_server_that_knows_no_ranges():
    blob, asked = random_bytes(300_000), []

    async def whole(request: web.Request) -> web.StreamResponse:
        asked.append(request.headers.get("Range", ""))
        if len(asked) > 1:
            return web.Response(body=blob)
        response = web.StreamResponse(headers={"Content-Length": str(len(blob))})
        await response.prepare(request)
        await response.write(blob[:100_000])
        request.transport.abort()  # type: ignore[union-attr]
        return response

    async with answering(whole) as registry:
        assert await read(registry.content, digest(blob)) == blob
    assert asked[0] == ""
    assert asked[1].startswith("bytes=")


async def test_damaged_content_is_noticed():
    async def damaged(request: web.Request) -> web.Response:
        return web.Response(body=b"something else")

    async with answering(damaged) as registry:
        with pytest.raises(Failure) as caught:
            await read(registry.content, digest(b"something"))
    assert caught.value.code is Code.DIGEST_MISMATCH


async def test_a_download_that_stalls():
    async def stalling(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await asyncio.sleep(60)
        return response

    async with answering(stalling) as registry, asyncio.timeout(10):
        with pytest.raises(InstanceFailure) as caught:
            await read(registry.content, digest(b"never"))
    assert caught.value.reason is Reason.TIMEOUT


async def test_a_slow_reader_is_no_stall():
    """Nobody times how long we take with what we have."""
    blob = random_bytes(3 * MIB)

    async def whole(request: web.Request) -> web.Response:
        return web.Response(body=blob)

    async with answering(whole) as registry:
        got = 0
        async for piece in registry.content.blob(IMAGE, digest(blob)):
            if got == 0:
                await asyncio.sleep(1.0)
            got += len(piece)
    assert got == len(blob)


async def test_an_upload_that_nobody_reads():
    async def deaf(request: web.Request) -> web.Response:
        if request.method == "POST":
            return web.Response(status=202, headers={"Location": "/v2/upload"})
        if request.method in ("HEAD", "GET"):
            return web.Response(status=404)
        await asyncio.sleep(3)
        return web.Response()

    async with answering(deaf) as registry, asyncio.timeout(10):
        blob = bytes(40 * MIB)
        with pytest.raises(InstanceFailure) as caught:
            await registry.content.put_blob(IMAGE, digest(blob), len(blob), source(blob, MIB))
    assert caught.value.reason is Reason.TIMEOUT


async def test_a_slow_source_is_no_stall(tmp_path: Path):
    blob = random_bytes(1000)

    async def slow(start: int) -> AsyncIterator[bytes]:
        for at in range(start, 1000, 250):
            await asyncio.sleep(0.6)
            yield blob[at : at + 250]

    with docker_registry(tmp_path) as url:
        async with opened(url) as registry:
            await registry.content.put_blob(IMAGE, digest(blob), 1000, slow)
            assert await read(registry.content, digest(blob)) == blob


async def test_what_was_opened_is_closed_when_nobody_reads_on(tmp_path: Path):
    """The connection of a download goes with its reader."""
    blob = random_bytes(8 * MIB)
    with docker_registry(tmp_path) as url:
        async with opened(url) as registry:
            await registry.content.put_blob(IMAGE, digest(blob), len(blob), source(blob))
            for _ in range(40):
                pieces = registry.content.blob(IMAGE, digest(blob))
                await anext(pieces)
                await pieces.aclose()  # type: ignore[attr-defined]
            connector = registry._transport.wire.session.connector  # type: ignore[attr-defined]
            assert len(connector._acquired) == 0

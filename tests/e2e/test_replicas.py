"""Two servers over one PostgreSQL and one storage, a folder or S3, behave as one."""

import asyncio
import base64
import os
import random
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import aiohttp
import asyncpg
import pytest

from kangaroo.base.actors import SYSTEM
from kangaroo.base.names import ProjectName
from kangaroo.base.paging import Window
from kangaroo.core.access import Role
from tests.conftest import apart
from tests.contract.content_stores import BUCKET, a_server
from tests.e2e.crash import digest_of
from tests.e2e.server import Server
from tests.e2e.speaker import Speaker, some_image

__all__ = ["a_server"]
WITHIN = 1.0  # seconds until the other server knows


@pytest.fixture(scope="module", params=["folder", "s3", "s3 streamed"])
def servers(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, postgres_server: str
) -> Iterator[list[Server]]:
    folders = [tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("two")]
    shared: dict[str, Any] = {"database_url": new_database(postgres_server), "workers": 1}
    if request.param == "folder":
        shared["data"] = tmp_path_factory.mktemp("shared")
    else:
        endpoint = request.getfixturevalue("s3_endpoint")
        shared |= {
            "storage_url": f"s3://{BUCKET}/{uuid.uuid4().hex}?endpoint={endpoint}&region=us-east-1",
            "storage_access_key": "key",
            "storage_secret_key": "secret",
            "storage_redirect": request.param == "s3",
            "secret_key": base64.b64encode(os.urandom(32)).decode(),
        }
    with Server(folders[0], **shared) as one, Server(folders[1], **shared) as two:
        one.create_projects("private")
        yield [one, two]
        assert one.complaints() == two.complaints() == []


def new_database(postgres_server: str) -> str:
    """Its URL; empty, the first server makes the schema."""
    name = f"replicas_{uuid.uuid4().hex}"

    async def create() -> None:
        connection = await asyncpg.connect(postgres_server)
        await connection.execute(f"CREATE DATABASE {name}")
        await connection.close()

    apart(lambda: asyncio.run(create()))
    return postgres_server.replace("/postgres?", f"/{name}?")


@pytest.fixture
async def speakers(servers: list[Server]) -> AsyncIterator[list[Speaker]]:
    """The same user, logged in at the first server alone."""
    async with aiohttp.ClientSession() as session:
        first = await Speaker(session, servers[0].url).log_in("private")
        yield [first, Speaker(session, servers[1].url, first.bearer)]


async def within(question: Callable[[], Awaitable[bool]], what: str) -> None:
    begun = time.monotonic()
    while not await question():
        assert time.monotonic() - begun < WITHIN, f"{what}: not within {WITHIN} s"
        await asyncio.sleep(0.01)
    print(f"{what} after {1000 * (time.monotonic() - begun):.0f} ms")


async def test_the_other_server_serves_what_one_was_given(speakers: list[Speaker], name: str) -> None:
    (one, two), where = speakers, f"private/{name}"
    image = some_image(random.Random(1), 6_000_000, 1000)
    await one.push(where, "1", image)
    await two.pull(where, "1", image)
    answer = await two("GET", f"{where}/tags/list")
    assert answer.content == f'{{"name":"{where}","tags":["1"]}}'.encode()
    await two.push(f"{where}/again", "1", image)
    await one.pull(f"{where}/again", image.digest, image)


async def test_an_upload_goes_on_at_the_other_server(speakers: list[Speaker], name: str) -> None:
    (one, two), where = speakers, f"private/{name}"
    [_, blob] = some_image(random.Random(2), 12_000_000).blobs
    place = (await one("POST", f"{where}/blobs/uploads/")).headers["Location"]
    third = len(blob) // 3
    for speaker, start in ((one, 0), (two, third)):
        answer = await speaker(
            "PATCH", place, blob[start : start + third], content_range=f"{start}-{start + third - 1}"
        )
        assert (answer.status, answer.headers["Range"]) == (202, f"0-{start + third - 1}")
    assert (await one("GET", place)).headers["Range"] == f"0-{2 * third - 1}"
    digest = digest_of(blob)
    assert (await one("PUT", f"{place}?digest={digest}", blob[2 * third :])).status == 201
    assert (await two("GET", f"{where}/blobs/{digest}")).content == blob


async def test_a_delete_and_a_moved_tag_are_seen_within_a_second(speakers: list[Speaker], name: str) -> None:
    (one, two), where = speakers, f"private/{name}"
    first, second = (some_image(random.Random(seed), 1000) for seed in (3, 4))
    await one.push(where, "1", first)
    await two.pull(where, "1", first)
    await one.push(where, "1", second)

    async def moved() -> bool:
        return (await two("GET", f"{where}/manifests/1")).content == second.manifest

    await within(moved, "a moved tag")
    assert (await one("DELETE", f"{where}/manifests/{second.digest}")).status == 202

    async def gone() -> bool:
        return await two.status(where, "1") == await two.status(where, second.digest) == 404

    await within(gone, "a delete")
    await two.pull(where, first.digest, first)


async def test_rights_given_and_taken_are_seen_within_a_second(
    servers: list[Server], speakers: list[Speaker], name: str
) -> None:
    image, where, private = some_image(random.Random(6), 1000), f"private/{name}", ProjectName("private")
    await speakers[0].push(where, "1", image)
    await asyncio.to_thread(servers[0].create_user, "gus", Role.GUEST)
    async with aiohttp.ClientSession() as session:
        gus = await Speaker(session, servers[1].url).log_in("private", "gus")
        assert await gus.status(where, "1") == 401

        async def may() -> bool:
            await gus.log_in("private", "gus")
            return await gus.status(where, "1") == 200

        async def may_not() -> bool:
            return await gus.status(where, "1") == 401

        async with servers[0].parts() as parts:
            members = parts.services.access.members
            await members.add(SYSTEM, private, "gus", Role.GUEST)
            await within(may, "a right given")
            [member] = (await members.page(SYSTEM, private, Window(1, 10))).items
            await members.remove(SYSTEM, private, member.id)
            await within(may_not, "a right taken")

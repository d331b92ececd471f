"""Many clients at once, and two workers that answer as one.

KANGAROO_SOAK_SECONDS says how long the many clients work.
"""

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest

from tests.e2e.server import Server, resident
from tests.e2e.speaker import Image, Speaker, some_image

SECONDS = float(os.environ.get("KANGAROO_SOAK_SECONDS", "20"))
CLIENTS = 64
MEBIBYTE = 1 << 20
pytestmark = pytest.mark.timeout(300 + 3 * SECONDS)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with Server(tmp_path, workers=2) as running:
        yield running
        assert running.complaints() == []
        running.stop()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=120)) as made:
        yield made


class Crowd:
    """What all clients share: images anybody may pull, the newest last, and one that all push."""

    def __init__(self, chance: random.Random) -> None:
        self.same = some_image(chance, 3 * MEBIBYTE, 1000)
        self.pushed: list[tuple[str, str, Image]] = []
        self.pushes = self.pulls = 0

    async def work(self, speaker: Speaker, number: int, chance: random.Random, until: float) -> None:
        turn = 0
        while time.monotonic() < until:
            turn += 1
            what = chance.random()
            if what < 0.35 or not self.pushed:
                image = some_image(chance, chance.choice([500, 20_000, 300_000]), 2000)
                repository, tag = f"library/soak{number}", f"t{turn % 10}"
                await speaker.push(repository, tag, image)
                self.pushed.append((repository, image.digest, image))
                del self.pushed[:-200]
                self.pushes += 1
            elif what < 0.5:
                await speaker.push("library/same", f"t{number}", self.same)
                self.pushes += 1
            elif what < 0.65:
                await speaker.pull("library/same", "first", self.same)
                self.pulls += 1
            else:
                await speaker.pull(*chance.choice(self.pushed))
                self.pulls += 1


async def test_many_clients_push_and_pull_without_an_error(
    server: Server, session: aiohttp.ClientSession
) -> None:
    """And the memory of the server does not grow with them."""
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    crowd = Crowd(chance)
    speakers = [Speaker(session, server.url) for _ in range(CLIENTS)]
    for speaker in speakers:
        await speaker.log_in("library")
    await speakers[0].push("library/same", "first", crowd.same)
    processes = [server.pid, *server.workers()]
    begun = time.monotonic()

    async def warm() -> int:
        await asyncio.sleep(SECONDS * 0.4)
        return resident(processes)

    async with asyncio.TaskGroup() as group:
        measuring = group.create_task(warm())
        for number, speaker in enumerate(speakers):
            own = random.Random(chance.random())
            group.create_task(crowd.work(speaker, number, own, begun + SECONDS))
    took, before, after = time.monotonic() - begun, measuring.result(), resident(processes)
    statuses = sum((speaker.statuses for speaker in speakers), Counter[int]())
    print(f"{CLIENTS} clients, {took:.0f} s: {crowd.pushes} pushes, {crowd.pulls} pulls,")
    print(f"{statuses.total()} requests ({statuses.total() / took:.0f}/s), statuses {dict(statuses)},")
    print(f"memory {before / MEBIBYTE:.0f} MiB after warming up, {after / MEBIBYTE:.0f} MiB at the end")
    assert set(statuses) <= {200, 201, 202, 404}  # 404 is how a HEAD says that a blob is missing
    assert [server.pid, *server.workers()] == processes
    assert after < 1.3 * before + 40 * MEBIBYTE


async def test_what_one_worker_acknowledged_is_seen_by_the_other_at_once(server: Server) -> None:
    """Each request on a connection of its own, so that both workers answer, from what they remember."""
    chance = random.Random(5)
    connector = aiohttp.TCPConnector(force_close=True)
    async with aiohttp.ClientSession(connector=connector) as session:
        speaker = await Speaker(session, server.url).log_in("library")
        for _ in range(15):
            image, where = some_image(chance, 2000), "library/both"
            await speaker.push(where, "latest", image)
            answers = await asyncio.gather(*(speaker("GET", f"{where}/manifests/latest") for _ in range(20)))
            assert {answer.content for answer in answers} == {image.manifest}
            assert (await speaker("DELETE", f"{where}/manifests/{image.digest}")).status == 202
            gone = await asyncio.gather(*(speaker.status(where, image.digest) for _ in range(20)))
            assert set(gone) == {404}

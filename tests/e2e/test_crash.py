"""kill -9 of workers and of the whole server at any moment takes back nothing that was promised.

KANGAROO_CRASH_ROUNDS for a longer run, KANGAROO_CRASH_SEED for the choices of an earlier one.
"""

import asyncio
import json
import os
import random
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from pathlib import Path

import aiohttp
import pytest

from kangaroo.app.wiring import Wired
from kangaroo.base.clock import SECOND, now
from kangaroo.core.gc import Fsck, sweep_uploads
from kangaroo.core.gc.jobs import COLLECT
from tests.core.gc.kit import Notes
from tests.e2e.crash import Doubt, Pusher, Registry
from tests.e2e.server import KANGAROO, PASSWORD, Server, listens

ROUNDS = int(os.environ.get("KANGAROO_CRASH_ROUNDS", "110"))
ROUNDS_BETWEEN_CHECKS = 22
PUSHERS = 6
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300 + 5 * ROUNDS)]


class Run:
    """The rounds: pushers and a collector at work, and every half second a kill."""

    def __init__(self, server: Server, parts: Wired, registry: Registry, chance: random.Random) -> None:
        self.server = server
        self.parts = parts
        self.registry = registry
        self.chance = chance
        self.kills: Counter[str] = Counter()
        names = [f"library/crash{number}" for number in range(PUSHERS)]
        self.pushers = [
            Pusher(registry, name, names[number - 1], random.Random(chance.random()))
            for number, name in enumerate(names)
        ]

    async def rounds(self, count: int) -> None:
        for pusher in self.pushers:
            pusher.over = False
        async with asyncio.TaskGroup() as group:
            working = [group.create_task(pusher.work()) for pusher in self.pushers]
            collecting = group.create_task(self.collect())
            for _ in range(count):
                await asyncio.sleep(self.chance.uniform(0.15, 0.6))
                await self.kill()
            for pusher in self.pushers:
                pusher.over = True
            await asyncio.wait(working)
            collecting.cancel()

    async def collect(self) -> None:
        """Several collections a second, and no grace."""
        while True:
            async with self.parts.database.write() as transaction:
                await self.parts.queue.enqueue(transaction, COLLECT, {}, dedup="crash")
            await asyncio.sleep(self.chance.uniform(0.02, 0.4))

    async def kill(self) -> None:
        if self.chance.random() < 0.15:
            self.kills["server"] += 1
            self.registry.up.clear()
            await asyncio.to_thread(self.server.kill)
            await asyncio.to_thread(self.server.start)
            self.registry.up.set()
            return
        victims = self.server.workers()
        if victims:
            victim = self.chance.choice(victims)
            self.kills["HTTP worker" if listens(victim, self.server.port) else "job worker"] += 1
            os.kill(victim, signal.SIGKILL)

    async def check(self) -> None:
        for pusher in self.pushers:
            for _ in range(10):
                try:
                    await pusher.check()
                except Doubt:  # the last one killed is not back yet
                    continue
                break
            else:
                raise AssertionError("the server does not come back")


async def test_what_was_acknowledged_survives_every_kill(tmp_path: Path) -> None:
    seed = int(os.environ.get("KANGAROO_CRASH_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)
    print(f"seed {seed}")
    begun = time.monotonic()
    with Server(tmp_path, gc_grace_minutes=0, token_minutes=60 * 24) as server:
        up = asyncio.Event()
        up.set()
        headers = {"authorization": f"Bearer {await token(server)}"}
        timeout = aiohttp.ClientTimeout(total=120)  # a request given up earlier might be done later
        async with (
            aiohttp.ClientSession(headers=headers, timeout=timeout) as session,
            server.parts() as parts,
        ):
            session._retry_connection = False  # by itself it would do twice what may have been done
            registry = Registry(session, lambda: server.url, up)
            run = Run(server, parts, registry, random.Random(seed))
            done = 0
            while done < ROUNDS:
                count = min(ROUNDS_BETWEEN_CHECKS, ROUNDS - done)
                await run.rounds(count)
                await run.check()
                done += count
            print(f"{done} rounds, kills {dict(run.kills)}, {time.monotonic() - begun:.0f} s")
            print(dict(sorted(registry.counts.items())))
            await settle(parts, run.pushers)
        assert server.complaints() == []
        server.stop()
    assert registry.counts["pushes acknowledged"] > ROUNDS
    assert registry.counts["pushes given up"] < registry.counts["pushes acknowledged"] / 10
    assert registry.counts["deletes acknowledged"] > ROUNDS / 4
    assert run.kills["server"] > ROUNDS / 20
    check_offline(tmp_path / "data")


async def settle(parts: Wired, pushers: list[Pusher]) -> None:
    """Fsck finds no damage; what was cut off can be cleaned up, and then nothing is left but what is used."""
    checker = Fsck(parts.database, parts.content, lambda: now() + 100 * 3600 * SECOND)
    report = await checker.run(Notes(), repair=True)
    print(f"fsck: {report.blobs} blobs, {report.bytes} bytes, {len(report.leftovers)} left over and removed")
    assert report.damage == []
    await sweep_uploads(parts.content, Notes(), now() + SECOND)
    await parts.services.collector.run(Notes())
    for pusher in pushers:
        await pusher.check()
    held = [pusher.known[digest] for pusher in pushers for digest, there in pusher.images.items() if there]
    blobs = {blob.digest for image in held for blob in image.blobs}
    stored = [listed.name async for listed in parts.content.blobs()]
    assert sorted(f"sha256:{name.split('/')[2].partition('.')[0]}" for name in stored) == sorted(blobs)
    assert [listed async for listed in parts.content.uploads()] == []


def check_offline(data: Path) -> None:
    with sqlite3.connect(data / "kangaroo.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    fsck = [str(KANGAROO), "fsck", "--json", "--data", str(data)]
    report = json.loads(subprocess.run(fsck, capture_output=True, check=True).stdout)
    assert report["damage"] == report["leftovers"] == []


async def token(server: Server) -> str:
    wanted = {"service": "harbor-registry", "scope": "repository:library/crash:pull,push,delete"}
    admin = aiohttp.BasicAuth("admin", PASSWORD)
    async with (
        aiohttp.ClientSession(auth=admin) as session,
        session.get(f"{server.url}/service/token", params=wanted) as answer,
    ):
        assert answer.status == 200
        issued: str = (await answer.json())["token"]
        return issued

"""Pushes and deletes of the same content against a collector that never rests and grants no grace.

Two servers over one database and one folder, as processes of a server or replicas: the pushers speak to both, and
every image they have an acknowledgement for must be whole at the end, every byte booked, and nothing left over.
"""

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kangaroo.app.wiring import assemble
from kangaroo.base.actors import SYSTEM
from kangaroo.base.digests import Digest
from kangaroo.base.names import ProjectName
from kangaroo.base.settings import Settings
from kangaroo.store.content.filesystem import FilesystemStore
from kangaroo.store.meta.database import Database
from kangaroo.store.meta.postgres import PostgresDatabase
from kangaroo.store.meta.sqlite import SqliteDatabase
from tests.core.gc.kit import House, Layers, Notes, size
from tests.entrypoints.oci.registry import PASSWORD

SECONDS = float(os.environ.get("KANGAROO_RACE_SECONDS", "3"))
PROJECTS = ("library", "private")
LAYERS = [b"layer %d " % number * 50 for number in range(12)]


@pytest.fixture(params=["sqlite", "postgresql"])
async def houses(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[list[House]]:
    make: Callable[[], Database]
    if request.param == "sqlite":
        path = request.getfixturevalue("sqlite_path")
        make = lambda: SqliteDatabase(path)  # noqa: E731
    else:
        url = request.getfixturevalue("postgres_url")
        make = lambda: PostgresDatabase(url)  # noqa: E731
    made = []
    for number in range(2):
        database, content = make(), FilesystemStore(tmp_path / "content")
        await database.open()
        parts = assemble(Settings(data=tmp_path / "data", gc_grace_minutes=0), database, content)
        if number == 0:
            await parts.services.access.bootstrap(PASSWORD)
            await parts.services.projects.bootstrap()
            await parts.services.projects.create(SYSTEM, ProjectName("private"))
        made.append(House(parts))
    yield made
    for house in made:
        await house.parts.content.close()
        await house.database.close()


@dataclass
class Pusher:
    """Works in one repository of its own, with layers everybody uses, and keeps book of what it was promised."""

    houses: list[House]
    repository: str
    source: str
    random: random.Random
    images: dict[Digest, Layers] = field(default_factory=dict)
    tags: dict[str, Digest] = field(default_factory=dict)
    statuses: Counter[str] = field(default_factory=Counter)

    async def work(self, until: float) -> None:
        actions = [self.push, self.push, self.push, self.delete, self.delete_blob, self.pull]
        while time.monotonic() < until:
            await self.random.choice(actions)()

    @property
    def house(self) -> House:
        return self.random.choice(self.houses)

    async def call(self, what: str, method: str, url: str, body: bytes | None = None) -> int:
        answer = await self.house(method, f"/v2/{self.repository}/{url}", body)
        self.statuses[f"{what} {answer.status}"] += 1
        assert answer.status < 500, (what, answer.body)
        return answer.status

    async def push(self) -> None:
        """As clients do: ask first, mount or send what is missing, then the manifest; again if that is too late."""
        tag = f"t{self.random.randrange(6)}"
        config = f"{self.repository} {self.random.randrange(4)}".encode()
        layers = self.random.sample(LAYERS, self.random.randrange(1, 5))
        image = Layers(self.house.image_of(config, layers), config, layers)
        for _ in range(200):
            for blob in image.blobs:
                await self.offer(blob)
            if await self.call("manifest", "PUT", f"manifests/{tag}", image.manifest) == 201:
                self.images[image.digest] = image
                self.tags[tag] = image.digest
                return
        raise AssertionError("the collector is always faster")

    async def offer(self, blob: bytes) -> None:
        digest = Digest.of(blob)
        if self.random.random() < 0.3 and await self.call("head", "HEAD", f"blobs/{digest}") == 200:
            return
        if self.random.random() < 0.3:
            url = f"blobs/uploads/?mount={digest}&from={self.source}"
            if await self.call("mount", "POST", url) == 201:
                return
        assert await self.call("blob", "POST", f"blobs/uploads/?digest={digest}", blob) == 201

    async def delete(self) -> None:
        """A whole image, with all its tags."""
        if self.images:
            digest = self.random.choice(list(self.images))
            assert await self.call("delete", "DELETE", f"manifests/{digest}") == 202
            del self.images[digest]
            self.tags = {tag: tagged for tag, tagged in self.tags.items() if tagged != digest}

    async def delete_blob(self) -> None:
        digest = Digest.of(self.random.choice(LAYERS))
        status = await self.call("delete blob", "DELETE", f"blobs/{digest}")
        in_use = any(Digest.of(blob) == digest for image in self.images.values() for blob in image.blobs)
        assert status == 405 or not in_use

    async def pull(self) -> None:
        await self.check(self.house)

    async def check(self, house: House) -> None:
        """What we were promised, byte by byte."""
        for tag, digest in self.tags.items():
            answer = await house("GET", f"/v2/{self.repository}/manifests/{tag}")
            assert (answer.status, answer.body) == (200, self.images[digest].manifest)
        for image in self.images.values():
            assert await house.pulls(self.repository, image)


async def test_a_restless_collector_takes_nothing_that_was_acknowledged(houses: list[House]) -> None:
    seed = int.from_bytes(os.urandom(4), "big")
    print("seed", seed)
    until = time.monotonic() + SECONDS
    names = [f"{PROJECTS[number % 2]}/app{number}" for number in range(8)]
    pushers = [
        Pusher(houses, name, names[number - 1], random.Random(f"{seed} {name}"))
        for number, name in enumerate(names)
    ]
    runs = 0

    async def collect() -> None:
        nonlocal runs
        while time.monotonic() < until:
            await houses[1].hasty.run(Notes())
            runs += 1

    async with asyncio.TaskGroup() as group:
        for pusher in pushers:
            group.create_task(pusher.work(until))
        group.create_task(collect())

    statuses = sum((pusher.statuses for pusher in pushers), Counter[str]())
    print(runs, "collections;", dict(sorted(statuses.items())))
    assert runs > 3
    assert statuses["manifest 201"] > 10
    for house in houses:
        await whole(house, pushers)
    await houses[0].age(1)
    await houses[0].hasty.run(Notes())
    await whole(houses[1], pushers)
    for project in PROJECTS:
        assert await houses[0].used(project) == size(*contents(pushers, project))
    blobs = {blob for pusher in pushers for image in pusher.images.values() for blob in image.blobs}
    assert await houses[0].stored() == {await houses[0].location(blob) for blob in blobs}


async def whole(house: House, pushers: list[Pusher]) -> None:
    for pusher in pushers:
        await pusher.check(house)
    report = await house.fsck()
    assert report.damage == []
    assert report.leftovers == []


def contents(pushers: list[Pusher], project: str) -> set[bytes]:
    """What a project is charged for: each content once."""
    images = [image for one in pushers if one.repository.startswith(project) for image in one.images.values()]
    return {content for image in images for content in (image.manifest, *image.blobs)}

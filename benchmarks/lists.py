"""Lists, filters and searches over one project with 100,000 artifacts and tags: `python -m benchmarks.lists`.

Fills an SQLite database through the tables, then asks the Harbor dialect in process: signing in, permission, SQL, JSON
and headers are in the times, a socket is not. The project has one large repository and a thousand small ones; every
twentieth artifact of the large one is a signature, every tenth a chart.
"""

import argparse
import asyncio
import base64
import hashlib
import json
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Table, insert

from kangaroo.app.wiring import Wired, assemble
from kangaroo.base.actors import SYSTEM
from kangaroo.base.media_types import HELM_CONFIG, OCI_CONFIG, OCI_MANIFEST
from kangaroo.base.names import ProjectName
from kangaroo.base.settings import Settings
from kangaroo.entrypoints.harbor import Surroundings, application
from kangaroo.store.content.memory import MemoryStore
from kangaroo.store.meta import projects as project_rows
from kangaroo.store.meta.migrate import upgrade_sqlite
from kangaroo.store.meta.schema import registry, tenancy
from kangaroo.store.meta.sqlite import SqliteDatabase, connect
from kangaroo.store.meta.statements import Query

PASSWORD = "Bench12345"
SMALL = 1000  # repositories of ten artifacts
BIG = "/api/v2.0/projects/bench/repositories/big/artifacts"
PROJECT = "/api/v2.0/projects/bench"
START = 1_700_000_000_000_000
ATTRIBUTES = json.dumps(
    {
        "architecture": "amd64",
        "os": "linux",
        "created": "2026-01-01T00:00:00Z",
        "config": {"Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"], "Cmd": ["/bin/server"]},
    }
)


class Call(NamedTuple):
    """`path` is made anew for each request."""

    name: str
    path: Callable[[], str]


def digest_of(number: int) -> str:
    return "sha256:" + hashlib.sha256(str(number).encode()).hexdigest()


class Filler:
    """Rows of a whole project, by number: artifact n has the id n, the digest of n and the tag v<n/1000>.<n%1000>."""

    def __init__(self, connection: sqlite3.Connection, project: int, count: int) -> None:
        self._connection = connection
        self._project = project
        self.count = count
        self.big = count - 10 * SMALL

    def fill(self) -> None:
        self._connection.execute("BEGIN")
        self._insert(registry.repositories, self._repositories())
        self._insert(registry.blobs, self._blobs())
        self._insert(registry.repository_blobs, self._links())
        self._insert(
            registry.manifests, ({"digest": digest_of(n), "content": b"{}"} for n in self._numbers())
        )
        self._insert(registry.artifacts, (self._artifact(n) for n in self._numbers()))
        self._insert(registry.artifact_blobs, self._references())
        self._insert(registry.tags, (self._tag(n) for n in self._numbers() if not self._signature(n)))
        labels = [{"id": n, "name": f"label {n}", "scope": "g", "project_id": 0, **_times(0)} for n in (1, 2)]
        self._insert(tenancy.labels, iter(labels))
        self._insert(
            tenancy.artifact_labels,
            (
                {"artifact_id": n, "label_id": label}
                for n in self._numbers()
                for label in (1, 2)
                if n % (7 * label) == 0
            ),
        )
        self._connection.execute("COMMIT")

    def repository(self, number: int) -> int:
        return 1 if number <= self.big else 2 + (number - self.big - 1) // 10

    def _numbers(self) -> range:
        return range(1, self.count + 1)

    def _signature(self, number: int) -> bool:
        return number <= self.big and number % 20 == 0

    def _repositories(self) -> Iterator[dict[str, Any]]:
        for number in range(1, SMALL + 2):
            name = "bench/big" if number == 1 else f"bench/small-{number}"
            yield {"id": number, "project_id": self._project, "name": name, "listed": True, **_times(number)}

    def _blobs(self) -> Iterator[dict[str, Any]]:
        for number in self._numbers():
            yield {"digest": digest_of(-number), "size": number, "location": str(number), "created_at": START}

    def _links(self) -> Iterator[dict[str, Any]]:
        for number in self._numbers():
            key = {"repository_id": self.repository(number), "digest": digest_of(-number)}
            yield key | {"project_id": self._project, "counted": True, "touched_at": START}

    def _references(self) -> Iterator[dict[str, Any]]:
        for number in self._numbers():
            key = {"repository_id": self.repository(number), "digest": digest_of(-number)}
            yield key | {"artifact_id": number}

    def _artifact(self, number: int) -> dict[str, Any]:
        signature, chart = self._signature(number), number % 10 == 1
        media_type = HELM_CONFIG if chart else OCI_CONFIG
        return {
            "id": number,
            "project_id": self._project,
            "repository_id": self.repository(number),
            "digest": digest_of(number),
            "manifest_media_type": OCI_MANIFEST,
            "media_type": media_type,
            "artifact_type": media_type,
            "kind": "CHART" if chart else "IMAGE",
            "size": random.randrange(1 << 30),
            "attributes": ATTRIBUTES,
            "accessory": "signature.cosign" if signature else None,
            "accessory_of": digest_of(number - 1) if signature else None,
            "pushed_at": START + number * 1000,
            "tagged": not signature,
            "listed": not signature,
        }

    def _tag(self, number: int) -> dict[str, Any]:
        return {
            "repository_id": self.repository(number),
            "artifact_id": number,
            "name": f"v{number // 1000}.{number % 1000}",
            "pushed_at": START + number * 1000,
        }

    def _insert(self, table: Table, rows: Iterator[dict[str, Any]]) -> None:
        first = next(rows)
        sql, _ = Query(insert(table).values(first)).on("sqlite").bind({})
        names = [column.name for column in table.columns if column.name in first]
        self._connection.execute(sql, [first[name] for name in names])
        self._connection.executemany(sql, ([row[name] for name in names] for row in rows))


def _times(number: int) -> dict[str, int]:
    return {"created_at": START + number, "updated_at": START + number}


def calls(filler: Filler) -> list[Call]:
    def deep(per_page: int) -> int:
        return random.randrange(1, filler.big * 9 // 10 // per_page)

    def number() -> int:
        return random.randrange(filler.big // 20) * 20 + 7  # never a signature

    def tag() -> str:
        one = number()
        return f"v{one // 1000}.{one % 1000}"

    rich = "with_label=true&with_accessory=true&with_immutable_status=true"
    return [
        Call("artifacts, first page", lambda: BIG),
        Call("artifacts, first 100 with everything", lambda: f"{BIG}?page_size=100&{rich}"),
        Call("artifacts, any page", lambda: f"{BIG}?page={deep(10)}"),
        Call("artifacts, any page of 100", lambda: f"{BIG}?page={deep(100)}&page_size=100&{rich}"),
        Call("artifacts, sort=-push_time, any page", lambda: f"{BIG}?sort=-push_time&page={deep(10)}"),
        Call("artifacts, sort=-size", lambda: f"{BIG}?sort=-size"),
        Call("artifacts, type=CHART, any page", lambda: f"{BIG}?q=type%3DCHART&page={deep(100)}"),
        Call("artifacts, media_type", lambda: f"{BIG}?q=media_type%3D{HELM_CONFIG.replace('+', '%252B')}"),
        Call("artifacts, labels=(1 2)", lambda: f"{BIG}?q=labels%3D(1%202)"),
        Call("artifacts, tags=*", lambda: f"{BIG}?q=tags%3D*&page={deep(10)}"),
        Call("artifacts, tags=nil", lambda: f"{BIG}?q=tags%3Dnil"),
        Call("artifacts, base=*", lambda: f"{BIG}?q=base%3D*"),
        Call("artifacts, tags=x", lambda: f"{BIG}?q=tags%3D{tag()}"),
        Call("artifacts, tags=~x, few", lambda: f"{BIG}?q=tags%3D~{tag()}"),
        Call("artifacts, tags=~x, a hundredth", lambda: f"{BIG}?q=tags%3D~{random.randrange(1, 9)}.1"),
        Call("artifacts, tags=~x, a tenth", lambda: f"{BIG}?q=tags%3D~.{random.randrange(1, 9)}"),
        Call("artifacts, tags=~x, all", lambda: f"{BIG}?q=tags%3D~v"),
        Call("artifact by tag", lambda: f"{BIG}/{tag()}"),
        Call("artifact by digest", lambda: f"{BIG}/{digest_of(number())}?{rich}"),
        Call("tags of an artifact", lambda: f"{BIG}/{tag()}/tags"),
        Call("project: artifacts, any page", lambda: f"{PROJECT}/artifacts?page={deep(10)}"),
        Call("project: artifacts, tags=~x, few", lambda: f"{PROJECT}/artifacts?q=tags%3D~{tag()}"),
        Call(
            "project: latest chart of each repository",
            lambda: (
                f"{PROJECT}/artifacts?latest_in_repository=true&q=media_type%3D{HELM_CONFIG.replace('+', '%252B')}"
            ),
        ),
        Call("project", lambda: PROJECT),
        Call("project summary", lambda: f"{PROJECT}/summary"),
        Call("repositories, first page", lambda: f"{PROJECT}/repositories"),
        Call(
            "repositories, any page of 100",
            lambda: f"{PROJECT}/repositories?page_size=100&page={random.randrange(1, 11)}",
        ),
        Call("repositories, name=~x", lambda: f"{PROJECT}/repositories?q=name%3D~{random.randrange(100)}"),
        Call("repository", lambda: f"{PROJECT}/repositories/big"),
        Call(
            "all repositories, blob_digest",
            lambda: f"/api/v2.0/repositories?q=blob_digest%3D{digest_of(-number())}",
        ),
        Call("search", lambda: f"/api/v2.0/search?q=small-{random.randrange(100)}"),
        Call("statistics", lambda: "/api/v2.0/statistics"),
    ]


class Caller:
    """One GET at a time, as admin."""

    def __init__(self, wired: Wired) -> None:
        surroundings = Surroundings(
            project_named=_nowhere,
            root_certificate=lambda: None,
            volume=_no_volume,
        )
        self._application = application(wired.services, surroundings)
        secret = base64.b64encode(f"admin:{PASSWORD}".encode())
        self._headers = [(b"host", b"bench"), (b"authorization", b"Basic " + secret)]

    async def get(self, url: str) -> tuple[int, bytes]:
        path, _, query = url.partition("?")
        scope = {
            "type": "http",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": self._headers,
            "client": ("127.0.0.1", 1),
            "http_version": "1.1",
        }
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self._application(scope, receive, send)
        return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


async def _nowhere(_project: int) -> ProjectName | None:
    return None


async def _no_volume() -> None:
    return None


class Times(NamedTuple):
    """Milliseconds, sorted; `cpu` is what one request cost the processor, whatever else it had to do meanwhile."""

    wall: list[float]
    cpu: list[float]

    @property
    def p99(self) -> float:
        return self.wall[max(0, round(len(self.wall) * 0.99) - 1)]


async def measure(caller: Caller, call: Call, requests: int) -> Times:
    wall, cpu = [], []
    for number in range(requests + 3):
        url = call.path()
        before, before_cpu = time.perf_counter(), time.process_time()
        status, body = await caller.get(url)
        took, took_cpu = time.perf_counter() - before, time.process_time() - before_cpu
        if status != 200:
            raise SystemExit(f"GET {url}: {status} {body[:300]!r}")
        if number >= 3:  # the first ones compile statements and fill caches
            wall.append(took * 1000)
            cpu.append(took_cpu * 1000)
    return Times(sorted(wall), sorted(cpu))


async def run(path: Path, count: int, requests: int, names: list[str]) -> bool:
    """True when every p99 is below 50 ms."""
    database = SqliteDatabase(path)
    await database.open()
    try:
        wired = assemble(Settings(data=path.parent), database, MemoryStore())
        await wired.services.access.bootstrap(PASSWORD)
        with suppress(Exception):  # there from the last run
            await wired.services.projects.create(SYSTEM, ProjectName("bench"))
        project = await project_rows.find(database.lookup, ProjectName("bench"))
        assert project is not None
        filler = Filler(connect(path), project.id, count)
        if not await database.lookup.one(Query(registry.artifacts.select().limit(1))):
            before = time.perf_counter()
            filler.fill()
            print(f"{count} artifacts written in {time.perf_counter() - before:.1f} s")
        caller, good = Caller(wired), True
        print(f"{'':44}{'p50 ms':>10}{'p99 ms':>10}{'max ms':>10}{'cpu ms':>10}")
        for call in calls(filler):
            if names and not any(name in call.name for name in names):
                continue
            found = await measure(caller, call, requests)
            good = good and found.p99 < 50
            numbers = (statistics.median(found.wall), found.p99, found.wall[-1], statistics.median(found.cpu))
            print(f"{call.name:44}" + "".join(f"{number:10.1f}" for number in numbers))
        return good
    finally:
        await database.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("calls", nargs="*", help="parts of the names of calls; all without")
    parser.add_argument("--artifacts", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--data", type=Path, help="a folder to keep the database in")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = (given.data or Path(folder)) / "kangaroo.db"
        path.parent.mkdir(parents=True, exist_ok=True)
        upgrade_sqlite(path)
        good = asyncio.run(run(path, given.artifacts, given.requests, given.calls))
    raise SystemExit(0 if good else 1)


if __name__ == "__main__":
    main()

"""What pages of the console cost at the server, and how much a browser loads for each: `python -m benchmarks.console`.

100,000 artifacts in one image and a thousand small ones, 5,000 spaces with quotas and 20,000 images, 500 workspaces, in
an SQLite file. Pages are asked in process: session, permission, SQL, template and compression are in the times, a
socket is not. What is loaded is the page, compressed, with everything it names: styles, scripts, icons, and the parts
that come a moment later.
"""

import argparse
import asyncio
import gc
import gzip
import random
import re
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Table, bindparam, insert

from benchmarks.lists import PASSWORD, Filler, digest_of
from kangaroo.app.wiring import Wired, assemble
from kangaroo.base.actors import SYSTEM, Actor
from kangaroo.base.names import ProjectName
from kangaroo.base.settings import Settings
from kangaroo.core.access import Profile
from kangaroo.core.projects import ProjectSpec
from kangaroo.entrypoints.console import Surroundings, application
from kangaroo.entrypoints.http import session
from kangaroo.store.content.memory import MemoryStore
from kangaroo.store.meta import projects as project_rows
from kangaroo.store.meta.migrate import upgrade_sqlite
from kangaroo.store.meta.schema.access import members, project_metadata, projects, quotas
from kangaroo.store.meta.schema.platform import role_bindings, space_bindings, workspaces
from kangaroo.store.meta.schema.registry import repositories
from kangaroo.store.meta.sqlite import SqliteDatabase, connect
from kangaroo.store.meta.statements import Query

SPACES, IN_EACH, WORKSPACES, BOUND = 5_000, 4, 500, 10
LIMIT_MS, LIMIT_BYTES = 100.0, 300 * 1024
_LOADED = re.compile(r'(?:href|src)="(/static/[^"#]+)')
_LATER = re.compile(r'hx-get="([^"]+)"[^>]*hx-trigger="load')


class Asked(NamedTuple):
    """`path` is made anew for each request."""

    name: str
    path: Callable[[], str]


BIG = "/images/kangaroo/bench/big"
IN_WORKSPACE = "/w/1/images/kangaroo"
ASKED = (
    Asked("overview", lambda: "/"),
    Asked("overview, activity", lambda: "/overview/activity"),
    Asked("images", lambda: "/images"),
    Asked("images, a late page", lambda: f"/images?page={random.randint(2, 1300)}"),
    Asked("images, by pulls", lambda: "/images?sort=-pulls&size=100"),
    Asked("images, by part of a name", lambda: f"/images?q=app-{random.randint(100, 999)}"),
    Asked("images of a space", lambda: "/images/kangaroo/bench"),
    Asked("spaces with images", lambda: "/images/kangaroo"),
    Asked("spaces with images, a late page", lambda: f"/images/kangaroo?page={random.randint(2, 300)}"),
    Asked("artifacts", lambda: BIG),
    Asked("artifacts, any page of 100", lambda: f"{BIG}?size=100&page={random.randint(2, 800)}"),
    Asked("artifacts, by size", lambda: f"{BIG}?sort=-size"),
    Asked("artifacts, by part of a tag", lambda: f"{BIG}?q=v{random.randint(1, 80)}.1"),
    Asked("images of a workspace", lambda: f"{IN_WORKSPACE}/space-0010"),
    Asked("spaces of a workspace", lambda: IN_WORKSPACE),
    Asked("spaces", lambda: "/spaces"),
    Asked("workspaces", lambda: "/workspaces"),
    Asked("registries", lambda: "/registries"),
    Asked("palette", lambda: f"/palette?q=app-{random.randint(100, 999)}"),
    Asked("palette, a digest", lambda: f"/palette?q={digest_of(random.randint(1, 80_000) * 20 + 7)}"),
)


async def fill(parts: Wired, database: SqliteDatabase, path: Path, artifacts: int) -> None:
    public = ProjectSpec(metadata={"public": "true"})
    await parts.services.projects.create(SYSTEM, ProjectName("bench"), public)
    project = await project_rows.find(database.lookup, ProjectName("bench"))
    assert project is not None
    Filler(connect(path), project.id, artifacts).fill()
    writer = _Writer(database)
    first = project.id + 1
    at = {"created_at": 1, "updated_at": 1}
    names = [f"space-{number:04d}" for number in range(SPACES)]
    await writer.put(
        projects,
        [
            {"id": first + n, "name": name, "owner_id": 1, "public": n % 5 == 1, **at}
            for n, name in enumerate(names)
        ],
    )
    await writer.put(
        quotas,
        [
            {"project_id": first + n, "hard": -1 if n % 3 else 1 << 40, "used": n << 20, "updated_at": n}
            for n in range(SPACES)
        ],
    )
    await writer.put(
        project_metadata,
        [{"project_id": first + n, "key": "public", "value": str(n % 5 == 1).lower()} for n in range(SPACES)],
    )
    images = [(n % SPACES, f"{names[n % SPACES]}/app-{n}", n) for n in range(SPACES * IN_EACH)]
    await writer.put(
        repositories,
        [
            {
                "project_id": first + space,
                "name": name,
                "listed": True,
                "pull_count": n % 977,
                "created_at": n,
                "updated_at": n,
            }
            for space, name, n in images
        ],
    )
    await writer.put(workspaces, [{"name": f"Workspace {n}", **at} for n in range(WORKSPACES)])
    bound = {(names[w * BOUND + k], w) for w in range(1, WORKSPACES) for k in range(BOUND)}
    bound |= {(names[BOUND + k], 1) for k in range(BOUND)}
    await writer.put(
        space_bindings,
        [
            {"instance_id": 1, "space": space, "workspace_id": w, "created_at": 2}
            for space, w in sorted(bound)
        ],
    )


async def join(parts: Wired, database: SqliteDatabase) -> Actor:
    """A developer of a hundred spaces and an editor of a workspace."""
    await parts.services.access.users.create(
        SYSTEM, "ann", PASSWORD, Profile(email="ann@example.test", realname="")
    )
    ann = await parts.services.access.authenticate_basic("ann", PASSWORD, "bench")
    user, at, writer = {"entity_type": "u", "entity_id": ann.id}, {"created_at": 1}, _Writer(database)
    await writer.put(members, [{"project_id": 10 + n, "role": 2, **user, **at} for n in range(100)])
    await writer.put(role_bindings, [{"workspace_id": 1, "role": "Workspace Editor", **user, **at}])
    return ann


@dataclass(frozen=True)
class _Writer:
    database: SqliteDatabase

    async def put(self, table: Table, rows: Sequence[dict[str, Any]]) -> None:
        names = list(rows[0])
        query = Query(insert(table).values({name: bindparam(f"v_{name}") for name in names}))
        async with self.database.write() as transaction:
            await transaction.many(query, [{f"v_{name}": row[name] for name in names} for row in rows])


class Answer(NamedTuple):
    """`ms` by the clock, `cpu` of a core: the latter is the same on a busy machine."""

    status: int
    headers: dict[str, str]
    body: bytes
    ms: float
    cpu: float

    @property
    def html(self) -> str:
        body = gzip.decompress(self.body) if self.headers.get("content-encoding") == "gzip" else self.body
        return body.decode()


class Browser:
    """Somebody's, with his session."""

    def __init__(self, parts: Wired, cookie: str) -> None:
        self._application = application(parts.services, Surroundings(version="0"))
        self._headers = [
            (b"host", b"bench"),
            (b"cookie", f"{session.COOKIE}={cookie}".encode()),
            (b"accept-encoding", b"gzip, br"),
        ]

    async def get(self, url: str) -> Answer:
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

        start, worked = time.perf_counter(), time.process_time()
        await self._application(scope, receive, send)
        took, cost = time.perf_counter() - start, time.process_time() - worked
        headers = {name.decode().lower(): value.decode("latin-1") for name, value in sent[0]["headers"]}
        body = b"".join(message.get("body", b"") for message in sent[1:])
        return Answer(sent[0]["status"], headers, body, took * 1000, cost * 1000)

    async def transferred(self, page: Answer) -> int:
        """Bytes of a page and of all it loads, by a browser that has nothing yet."""
        names = dict.fromkeys([*_LOADED.findall(page.html), *map(unescape, _LATER.findall(page.html))])
        return len(page.body) + sum([len((await self.get(name)).body) for name in names])


async def measure(browser: Browser, asked: Asked, requests: int) -> tuple[list[float], int] | None:
    """Wall and CPU at p50 and p99, and bytes; None when there is no such page for him."""
    if (first := await browser.get(asked.path())).status in (403, 404):
        return None
    times = []
    for number in range(requests + 3):
        url = asked.path()
        answer = await browser.get(url)
        if answer.status != 200:
            raise SystemExit(f"GET {url}: {answer.status} {answer.html[:300]!r}")
        if number >= 3:  # the first ones compile statements and fill caches
            times.append((answer.ms, answer.cpu))
    columns = zip(*times, strict=True)
    told = [number for column in columns for number in (statistics.median(column), _p99(column))]
    return told, await browser.transferred(first)


def _p99(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=100)[-1]


async def run(folder: Path, given: argparse.Namespace) -> int:
    """How many pages miss their aim."""
    path, missed = folder / "kangaroo.db", 0
    upgrade_sqlite(path)
    database = SqliteDatabase(path)
    await database.open()
    parts = assemble(Settings(data=folder), database, MemoryStore())
    try:
        access = parts.services.access
        await access.bootstrap(PASSWORD)
        await parts.services.instances.bootstrap()
        await fill(parts, database, path, given.artifacts)
        people = {
            "admin": await access.authenticate_basic("admin", PASSWORD, "bench"),
            "member": await join(parts, database),
        }
        gc.collect()
        gc.freeze()  # what filling left is no cost of a page
        columns = ("p50 ms", "p99 ms", "cpu p50", "cpu p99", "KB")
        heads = "".join(f"{name:>9}" for name in columns)
        print(f"{'page':32}{'as':>8}{heads}   ({given.requests} of each)")
        for asked in ASKED:
            if given.pages and not any(name in asked.name for name in given.pages):
                continue
            for who, actor in people.items():
                browser = Browser(parts, await access.sessions.begin(actor))
                found = await measure(browser, asked, given.requests)
                if found is None:
                    continue
                times, size = found
                missed += times[1] >= LIMIT_MS or size > LIMIT_BYTES
                numbers = "".join(f"{number:9.1f}" for number in times)
                print(f"{asked.name:32}{who:>8}{numbers}{size / 1024:9.1f}", flush=True)
    finally:
        await parts.services.instances.opener.close()
        await database.close()
    return missed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="*", help="parts of the names of pages; all without")
    parser.add_argument("--artifacts", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=100)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        missed = asyncio.run(run(Path(folder), given))
    raise SystemExit(1 if missed else 0)


if __name__ == "__main__":
    main()

"""What a workspace's image lists cost at the server, in process: `python -m benchmarks.tenants [requests]`.

200 instances, 5,000 spaces, 500 workspaces and 100,000 repositories on the built-in registry (10,000 of them in one
space), in an SQLite file; every request goes through the whole dialect with an API token, each as another member.
"""

import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Table, bindparam, insert

from kangaroo.app.wiring import Wired, assemble
from kangaroo.base.actors import Actor, ActorKind
from kangaroo.base.settings import Settings
from kangaroo.entrypoints.platform import Surroundings, application
from kangaroo.store.content.memory import MemoryStore
from kangaroo.store.meta.migrate import upgrade_sqlite
from kangaroo.store.meta.schema.access import projects, users
from kangaroo.store.meta.schema.platform import (
    instance_health,
    instances,
    role_bindings,
    space_bindings,
    workspaces,
)
from kangaroo.store.meta.schema.registry import repositories
from kangaroo.store.meta.sqlite import SqliteDatabase
from kangaroo.store.meta.statements import Query

INSTANCES, SPACES, WORKSPACES, REPOSITORIES, IN_ONE = 200, 5_000, 500, 100_000, 10_000
BOUND = 10  # spaces of each workspace
BASE = "/apis/kangaroo.io/v1alpha1"
LIMIT_MS = 50.0


@dataclass(frozen=True)
class Asked:
    """A kind of request; `path` makes one for a workspace."""

    name: str
    path: Callable[[int], str]


def space_of(workspace: int) -> str:
    """One that is bound to it."""
    return f"space-{(workspace * BOUND) % SPACES:04d}"


KANGAROO = f"{BASE}/workspaces/{{}}/registries/kangaroo/projects"
ASKED = (
    Asked("instances of a workspace", lambda w: f"{BASE}/workspaces/{w}/registries/summary"),
    Asked("spaces, first page", KANGAROO.format),
    Asked("spaces, a late page", lambda w: KANGAROO.format(w) + f"?page={random.randint(100, 240)}"),
    Asked("spaces, by part of a name", lambda w: KANGAROO.format(w) + f"?fuzzyName={w % 100:02d}"),
    Asked("images of a space", lambda w: f"{KANGAROO.format(w)}/{space_of(w)}/repositories"),
    Asked("images of a large space", lambda w: f"{KANGAROO.format(w)}/large/repositories?sortBy=pull_count"),
    Asked("images, by part of a name", lambda w: f"{KANGAROO.format(w)}/large/repositories?fuzzyName=app-77"),
    Asked("selector, spaces", lambda w: f"{BASE}/select/registries/kangaroo/projects?workspace={w}&all=true"),
    Asked("login command", lambda w: f"{BASE}/workspaces/{w}/registries/kangaroo/push"),
)


async def fill(database: SqliteDatabase) -> None:
    async def put(table: Table, rows: Sequence[dict[str, Any]]) -> None:
        names = list(rows[0])
        query = Query(insert(table).values({name: bindparam(f"v_{name}") for name in names}))
        async with database.write() as transaction:
            await transaction.many(query, [{f"v_{name}": row[name] for name in names} for row in rows])

    at = {"created_at": 1, "updated_at": 1}
    spaces = [
        {"name": f"space-{n:04d}", "owner_id": 0, "public": n % 5 == 1, **at} for n in range(SPACES - 1)
    ]
    await put(projects, [{"name": "large", "owner_id": 0, "public": True, **at}, *spaces])
    large = [("large", 1, n) for n in range(IN_ONE)]
    rest = [(f"space-{n % (SPACES - 1):04d}", n % (SPACES - 1) + 2, n) for n in range(REPOSITORIES - IN_ONE)]
    await put(
        repositories,
        [
            {
                "project_id": project,
                "name": f"{name}/app-{n}",
                "listed": True,
                "pull_count": n % 977,
                "created_at": n,
                "updated_at": n,
            }
            for name, project, n in large + rest
        ],
    )
    await put(workspaces, [{"name": f"Workspace {n}", **at} for n in range(WORKSPACES)])
    await put(users, [{"username": f"user{n}", **at} for n in range(1, WORKSPACES + 1)])
    roles = {"entity_type": "u", "role": "Workspace Editor", "created_at": 1}
    await put(role_bindings, [{"workspace_id": n, "entity_id": n, **roles} for n in range(1, WORKSPACES + 1)])
    bound = {
        (f"space-{(w * BOUND + k) % (SPACES - 1):04d}", w)
        for w in range(1, WORKSPACES + 1)
        for k in range(BOUND)
    }
    bound |= {(space_of(w), w) for w in range(1, WORKSPACES + 1)}
    await put(
        space_bindings,
        [{"instance_id": 1, "space": s, "workspace_id": w, "created_at": 2} for s, w in sorted(bound)],
    )
    far = {"kind": "HARBOR", "integration": "Manual", **at}
    await put(
        instances, [{"name": f"far-{n}", "url": f"https://far-{n}", **far} for n in range(1, INSTANCES)]
    )
    health = {"state": "healthy", "message": "{}", "transition_at": 1}
    await put(instance_health, [{"instance_id": n + 1, **health} for n in range(1, INSTANCES)])


class Server:
    """The dialect, asked as a member of a workspace with an API token."""

    def __init__(self, parts: Wired) -> None:
        self._application = application(parts.services, Surroundings())
        self._parts = parts
        self._tokens: dict[int, str] = {}

    async def get(self, member: int, path: str) -> tuple[float, float]:
        """Milliseconds by the clock, and of a core: the latter is the same on a busy machine."""
        if member not in self._tokens:
            actor = Actor(ActorKind.USER, member, f"user{member}")
            self._tokens[member] = (
                await self._parts.services.access.api_tokens.create(actor, "bench")
            ).secret
        where, _, query = path.partition("?")
        headers = [(b"host", b"bench"), (b"authorization", f"Bearer {self._tokens[member]}".encode())]
        scope = {
            "type": "http",
            "method": "GET",
            "scheme": "http",
            "path": where,
            "raw_path": where.encode(),
            "query_string": query.encode(),
            "headers": headers,
            "client": ("127.0.0.1", 1),
            "http_version": "1.1",
        }
        status = 0

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            nonlocal status
            status = message.get("status", status)

        start, worked = time.perf_counter(), time.process_time()
        await self._application(scope, receive, send)
        took = time.perf_counter() - start, time.process_time() - worked
        assert status == 200, (path, status)
        return took[0] * 1000, took[1] * 1000


def middle_and_end(times: Sequence[float]) -> tuple[float, float]:
    """p50 and p99."""
    return statistics.median(times), statistics.quantiles(times, n=100)[-1]


async def main(requests: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kangaroo.db"
        upgrade_sqlite(path)
        database = SqliteDatabase(path)
        await database.open()
        parts = assemble(Settings(data=Path(folder)), database, MemoryStore())
        await parts.services.instances.bootstrap()
        await fill(database)
        server, slow = Server(parts), 0
        print(
            f"{'request':28} {'p50 ms':>8} {'p99 ms':>8} {'cpu p50':>8} {'cpu p99':>8}   ({requests} of each)"
        )
        for asked in ASKED:
            members = [random.randint(1, WORKSPACES) for _ in range(requests)]
            for member in set(members):  # its token, the statements and the pages of the file
                await server.get(member, asked.path(member))
            times = [await server.get(member, asked.path(member)) for member in members]
            told = [number for column in zip(*times, strict=True) for number in middle_and_end(column)]
            slow += told[1] >= LIMIT_MS
            print(f"{asked.name:28}" + "".join(f" {number:8.2f}" for number in told))
        await parts.services.instances.opener.close()
        await database.close()
        return slow


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)))

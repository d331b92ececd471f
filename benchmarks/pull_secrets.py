"""A thousand namespaces of two real API servers get their pull secret: `python -m benchmarks.pull_secrets`.

Against what the same two API servers take in the same run when nothing but creating such secrets is asked of them, with
the same client and as many requests at once. Then: what steady state costs, and how long a rotation takes.
"""

import argparse
import asyncio
import json
import re
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from kangaroo.app.schedule import handlers
from kangaroo.app.wiring import Wired, assemble
from kangaroo.base.actors import SYSTEM
from kangaroo.base.names import ProjectName
from kangaroo.base.settings import Settings
from kangaroo.core.clusters import SECRET, ClusterName, NamespaceName, Registration
from kangaroo.core.instances import BUILT_IN, SpaceName
from kangaroo.core.pull_secrets import Where
from kangaroo.jobs import Runner
from kangaroo.store.content.memory import MemoryStore
from kangaroo.store.meta.migrate import upgrade_sqlite
from kangaroo.store.meta.sqlite import SqliteDatabase
from tests.kube.cluster import Cluster, started_together

AT_ONCE = 16  # requests to each API server
_REQUESTS = re.compile(r"^apiserver_request_total\{([^}]*)\} (\d+)", re.MULTILINE)


@dataclass(frozen=True)
class Bench:
    wired: Wired
    clusters: Sequence[Cluster]
    workspace: int

    async def converged(self, total: int) -> float:
        """Seconds until so many namespaces stand as they should."""
        began = time.monotonic()
        while True:
            progress = await self.wired.services.pull_secrets.progress(SYSTEM, Where(self.workspace))
            if progress.done == progress.total == total:
                return time.monotonic() - began
            await asyncio.sleep(0.02)


@asynccontextmanager
async def kangaroo(folder: Path, clusters: Sequence[Cluster]) -> AsyncIterator[Bench]:
    path = folder / "kangaroo.db"
    await asyncio.to_thread(upgrade_sqlite, path)
    database = SqliteDatabase(path)
    await database.open()
    wired = assemble(Settings(data=folder, external_url="https://registry.test"), database, MemoryStore())
    services = wired.services
    await services.projects.bootstrap()
    await services.instances.bootstrap()
    for number, cluster in enumerate(clusters):
        name = ClusterName(f"cluster-{number}")
        await services.clusters.register(SYSTEM, Registration(name=name, kubeconfig=cluster.kubeconfig()))
    team = (await services.workspaces.directory.create(SYSTEM, "team")).id
    await services.projects.create(SYSTEM, ProjectName("team"), public=False)
    await services.workspaces.bindings.change(SYSTEM, BUILT_IN, SpaceName("team"), "replace", [team])
    runner = Runner(wired.queue, handlers(wired))
    await runner.start()
    watching = asyncio.create_task(services.clusters.watches.run())
    try:
        yield Bench(wired, clusters, team)
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await runner.stop(5)
        await services.clusters.opener.close()
        await database.close()


async def make_namespaces(bench: Bench, names: Sequence[str]) -> None:
    async def all_of(cluster: Cluster) -> None:
        for name in names:
            await asyncio.to_thread(cluster.namespace, name)

    await asyncio.gather(*map(all_of, bench.clusters))


async def raw_rate(bench: Bench, names: Sequence[str]) -> float:
    """Secrets of the same size applied per second, by all API servers together."""
    content = json.dumps({"auths": {"registry.test": {"auth": "x" * 80, "password": "y" * 32}}})
    total = len(names) * len(bench.clusters)
    async with AsyncExitStack() as open_:
        clients = []
        for number in range(len(bench.clusters)):
            cluster = await bench.wired.services.clusters.get(SYSTEM, ClusterName(f"cluster-{number}"))
            clients.append(await open_.enter_async_context(bench.wired.services.clusters.opener.use(cluster)))

        async def fill(number: int) -> None:
            free = asyncio.Semaphore(AT_ONCE)

            async def one(namespace: str) -> None:
                secret = {
                    "apiVersion": "v1",
                    "kind": "Secret",
                    "metadata": {"name": "raw", "namespace": namespace},
                    "type": "kubernetes.io/dockerconfigjson",
                    "stringData": {".dockerconfigjson": content},
                }
                async with free:
                    await clients[number].apply(SECRET, secret)

            await asyncio.gather(*map(one, names))

        began = time.monotonic()
        await asyncio.gather(*(fill(number) for number in range(len(clients))))
        return total / (time.monotonic() - began)


def writes(bench: Bench) -> int:
    """To secrets, as the API servers count them."""
    found = 0
    for cluster in bench.clusters:
        for labels, count in _REQUESTS.findall(str(cluster.ask("GET", "/metrics")[1])):
            verb = re.search(r'verb="(\w+)"', labels)
            if 'resource="secrets"' in labels and verb and verb[1] not in ("GET", "LIST", "WATCH"):
                found += int(count)
    return found


async def run(folder: Path, clusters: Sequence[Cluster], namespaces: int) -> None:
    names = [f"bench-{number:04d}" for number in range(namespaces // len(clusters))]
    total = len(names) * len(clusters)
    async with kangaroo(folder, clusters) as bench:
        began = time.monotonic()
        await make_namespaces(bench, names)
        print(f"{total} namespaces in {len(clusters)} clusters made in {time.monotonic() - began:.1f} s")
        raw = await raw_rate(bench, names)
        print(f"raw: {raw:.0f} secrets applied per second")
        began = time.monotonic()
        for number in range(len(clusters)):
            wanted = [NamespaceName(one) for one in names]
            bind = bench.wired.services.clusters.namespaces.bind
            await bind(SYSTEM, ClusterName(f"cluster-{number}"), wanted, bench.workspace)
        bound = time.monotonic() - began
        await bench.converged(total)
        took = time.monotonic() - began
        print(
            f"bind → all converged: {took:.2f} s ({bound:.2f} s of it binding), {total / took:.0f} per second"
        )
        print(f"ratio to the raw rate: {total / took / raw:.0%}")
        before = await asyncio.to_thread(writes, bench)
        await bench.wired.services.pull_secrets.reconcile(SYSTEM, bench.workspace)
        again = await bench.converged(total)
        after = await asyncio.to_thread(writes, bench)
        print(f"steady state: everything looked at in {again:.2f} s, {after - before} writes")
        await bench.wired.services.pull_secrets.rotate(SYSTEM, bench.workspace)
        began = time.monotonic()
        while await asyncio.to_thread(writes, bench) - after < total:
            await asyncio.sleep(0.05)
        await bench.converged(total)
        print(f"rotation: {time.monotonic() - began:.2f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--namespaces", type=int, default=1000, help="of all clusters together")
    parser.add_argument("--clusters", type=int, default=2)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, started_together(wanted.clusters) as clusters:
        asyncio.run(run(Path(folder), clusters, wanted.namespaces))


if __name__ == "__main__":
    main()

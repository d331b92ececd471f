"""What stories about pull secrets are told with: a Kangaroo whose worker runs beside the test, and real API servers."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import select

from kangaroo.app.schedule import handlers
from kangaroo.app.wiring import Wired, assemble
from kangaroo.base.actors import SYSTEM
from kangaroo.base.names import ProjectName
from kangaroo.base.paging import Window
from kangaroo.base.settings import Settings
from kangaroo.core.clusters import ClusterName, NamespaceName, Registration
from kangaroo.core.instances import BUILT_IN, SpaceName
from kangaroo.core.pull_secrets import SCHEDULES, Seen, State, Where
from kangaroo.entrypoints import oci
from kangaroo.jobs import Runner, Schedules
from kangaroo.store.content.memory import MemoryStore
from kangaroo.store.meta.database import Database
from kangaroo.store.meta.schema.jobs import State as TaskState
from kangaroo.store.meta.schema.jobs import tasks
from kangaroo.store.meta.statements import Query
from tests.asgi import Client
from tests.kube.cluster import Cluster

T = TypeVar("T")
_TROUBLES = Query(
    select(tasks.c.kind, tasks.c.payload, tasks.c.state, tasks.c.status_text).where(
        tasks.c.state != TaskState.DONE, tasks.c.kind.like("PULL_SECRETS%")
    )
)
HOST = "registry.test:8443"
MANY = "/api/v1/namespaces/{}/secrets/registry-secret"


async def until(question: Callable[[], Awaitable[T | None]], what: str, seconds: float = 30) -> T:
    """The first true answer."""
    try:
        async with asyncio.timeout(seconds):
            while not (answer := await question()):
                await asyncio.sleep(0.01)
            return answer
    except TimeoutError:
        raise AssertionError(f"not within {seconds:g} s: {what}") from None


@dataclass
class World:
    """`clusters` by the names they are registered under."""

    wired: Wired
    clusters: dict[str, Cluster] = field(default_factory=dict)

    async def register(self, name: str, cluster: Cluster, kubeconfig: str = "") -> None:
        registration = Registration(name=ClusterName(name), kubeconfig=kubeconfig or cluster.kubeconfig())
        await self.wired.services.clusters.register(SYSTEM, registration)
        self.clusters[name] = cluster

    async def workspace(self, name: str) -> int:
        return (await self.wired.services.workspaces.directory.create(SYSTEM, name)).id

    async def space(self, name: str, *workspaces: int) -> None:
        """Private, and bound to these."""
        await self.wired.services.projects.create(SYSTEM, ProjectName(name), public=False)
        await self.give(name, *workspaces)

    async def give(self, name: str, *workspaces: int) -> None:
        """Bound to these and no others."""
        bindings = self.wired.services.workspaces.bindings
        await bindings.change(SYSTEM, BUILT_IN, SpaceName(name), "replace", workspaces)

    async def bind(self, cluster: str, workspace: int, *namespaces: str) -> None:
        names = [NamespaceName(one) for one in namespaces]
        await self.wired.services.clusters.namespaces.bind(SYSTEM, ClusterName(cluster), names, workspace)

    async def unbind(self, cluster: str, *namespaces: str) -> None:
        names = [NamespaceName(one) for one in namespaces]
        await self.wired.services.clusters.namespaces.unbind(SYSTEM, ClusterName(cluster), names)

    async def secret(self, cluster: str, namespace: str) -> dict[str, Any] | None:
        """As the API server has it."""
        known = self.clusters[cluster]
        status, body = await asyncio.to_thread(known.ask, "GET", MANY.format(namespace))
        assert status in (200, 404), body
        return body if status == 200 else None

    async def auths(self, cluster: str, namespace: str) -> dict[str, dict[str, str]] | None:
        found = await self.secret(cluster, namespace)
        if found is None or found["type"] != "kubernetes.io/dockerconfigjson":
            return None
        text = base64.b64decode(found["data"][".dockerconfigjson"])
        table: dict[str, dict[str, str]] = json.loads(text).get("auths")
        return table

    async def standing(self, workspace: int, namespace: str) -> Seen:
        page = await self.wired.services.pull_secrets.page(
            SYSTEM, Where(workspace, fuzzy=namespace), window()
        )
        return page.items[0]

    async def applied(self, workspace: int, *namespaces: str, seconds: float = 30) -> list[Seen]:
        """Once all of these stand as they should, and nothing is under way."""
        return await self.standing_as(State.APPLIED, workspace, *namespaces, seconds=seconds)

    async def standing_as(
        self, state: State, workspace: int, *namespaces: str, seconds: float = 30
    ) -> list[Seen]:
        async def all_so() -> list[Seen] | None:
            found = [await self.standing(workspace, one) for one in namespaces]
            return found if all(one.state is state for one in found) else None

        try:
            return await until(all_so, f"{namespaces} {state}", seconds)
        except AssertionError as error:
            found = [await self.standing(workspace, one) for one in namespaces]
            raise AssertionError(f"{error}: {found}; {await self.troubles()}") from None

    async def troubles(self) -> list[str]:
        """What the worker could not do, or not yet."""
        rows = await self.wired.database.lookup.all(_TROUBLES)
        return [f"{row['kind']} {row['payload']} {row['state']}: {row['status_text']}" for row in rows]

    async def pulls(self, auth: dict[str, str], repository: str) -> int:
        """Status of asking for the tags of a repository with this credential: 200, 404 (nothing pushed), 401, 403."""
        client = Client(oci.application(self.wired.services, ""))
        answer = await client("GET", f"/v2/{repository}/tags/list", authorization=f"Basic {auth['auth']}")
        return answer.status

    async def pushes(self, auth: dict[str, str], repository: str) -> int:
        client = Client(oci.application(self.wired.services, ""))
        answer = await client(
            "POST", f"/v2/{repository}/blobs/uploads/", authorization=f"Basic {auth['auth']}"
        )
        return answer.status


def window() -> Window:
    return Window(1, 0)


@asynccontextmanager
async def world(
    data: Path, database: Database, external_url: str = f"https://{HOST}", homes: str = ""
) -> AsyncIterator[World]:
    """With a worker that runs everything, and watches."""
    settings = Settings(data=data, external_url=external_url, home_clusters=homes)
    wired = assemble(settings, database, MemoryStore())
    services = wired.services
    await services.projects.bootstrap()
    await services.instances.bootstrap()
    runner = Runner(wired.queue, handlers(wired), concurrency=4)
    await runner.start()
    calendar = Schedules(wired.queue)
    for kind, cron in SCHEDULES.items():
        await calendar.ensure(kind, cron)
    beside = [asyncio.create_task(services.clusters.watches.run()), asyncio.create_task(calendar.run())]
    try:
        yield World(wired)
    finally:
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        await runner.stop(5)
        await services.clusters.opener.close()
        await services.instances.opener.close()


def entries(cluster: Cluster, namespace: str, account: str) -> Sequence[str]:
    """What a service account pulls with."""
    path = f"/api/v1/namespaces/{namespace}/serviceaccounts/{account}"
    return [one["name"] for one in cluster.call("GET", path).get("imagePullSecrets", [])]

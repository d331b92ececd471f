"""What stands around the platform in the pictures: a Docker registry, a Harbor, clusters, and harbor-operator."""

import asyncio
import tempfile
import threading
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from kangaroo.kube.client import HttpClusterClient
from kangaroo.kube.kubeconfig import parse
from tests.entrypoints.platform.managed import ManagedStandIn
from tests.kube.cluster import Cluster, started_together
from tests.kube.harbor_definitions import CERT_MANAGER, HARBOR_OPERATOR, install
from tests.kube.harbor_operator import HarborOperator, install_operator
from tests.remote.serving import docker_registry, served

HARBORS = "harbor-system"
"""The namespace managed Harbors are put into."""
_PROJECTS = {"frontend": True, "mobile": False, "data-science": False, "third-party": True}


@dataclass(frozen=True)
class Elsewhere:
    url: str
    stand_in: ManagedStandIn


@dataclass(frozen=True)
class Around:
    """`docker` and `managed` are URLs; `clusters` production and staging, or none where their programs are not
    built."""

    docker: str
    harbor: Elsewhere
    old: Elsewhere
    managed: str
    clusters: tuple[Cluster, ...]


@contextmanager
def surroundings() -> Iterator[Around]:
    with ExitStack() as ends:
        folder = Path(ends.enter_context(tempfile.TemporaryDirectory(prefix="guide-")))
        docker = ends.enter_context(docker_registry(folder))
        clusters = _clusters(ends)
        loop = ends.enter_context(_loop())
        opened = AsyncExitStack()
        three = asyncio.run_coroutine_threadsafe(_open(opened, clusters), loop).result(60)
        ends.callback(lambda: asyncio.run_coroutine_threadsafe(opened.aclose(), loop).result(60))
        harbor, old, managed = three
        yield Around(docker, harbor, old, managed.url.replace("127.0.0.1", "localhost"), clusters)


def _clusters(ends: ExitStack) -> tuple[Cluster, ...]:
    """The first can run Harbors."""
    try:
        clusters = tuple(ends.enter_context(started_together(2)))
    except pytest.skip.Exception as skipped:
        print(f"without clusters: {skipped}")
        return ()
    install(clusters[0], HARBOR_OPERATOR)
    install(clusters[0], CERT_MANAGER)
    install_operator(clusters[0])
    clusters[0].namespace(HARBORS)
    return clusters


async def _open(ends: AsyncExitStack, clusters: tuple[Cluster, ...]) -> list[Elsewhere]:
    """A Harbor, an old one, and what harbor-operator makes of a managed one."""
    three = []
    for version in ("v2.13.1", "v2.8.2", "v2.6.4"):
        stand_in = ManagedStandIn()
        stand_in.version = version
        three.append(Elsewhere(await ends.enter_async_context(served(stand_in.app())), stand_in))
    for name, public in _PROJECTS.items():
        three[0].stand_in.add_project(name, public=public)
    if clusters:
        client = HttpClusterClient(parse(clusters[0].kubeconfig()))
        ends.push_async_callback(client.close)
        await ends.enter_async_context(HarborOperator(client, HARBORS).running())
    return three


@contextmanager
def _loop() -> Iterator[asyncio.AbstractEventLoop]:
    """Running in a thread of its own: the one who takes pictures waits in his."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()

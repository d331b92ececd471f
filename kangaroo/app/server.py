"""The application an HTTP process serves: which prefix goes to which entrypoint."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import structlog

from kangaroo.app import metrics, surroundings
from kangaroo.app.frame import ELSE, Frame, Routes, operator_routes
from kangaroo.app.wiring import Wired, build
from kangaroo.base.errors import Failure
from kangaroo.base.settings import Settings
from kangaroo.core.clusters import Clusters
from kangaroo.core.registry import Registry
from kangaroo.entrypoints import console, oci, platform
from kangaroo.entrypoints.console.app import pages
from kangaroo.entrypoints.harbor.app import application as harbor_application
from kangaroo.entrypoints.harbor.app import routing as harbor_routing
from kangaroo.entrypoints.http.asgi import Application
from kangaroo.entrypoints.http.metrics import Observation
from kangaroo.entrypoints.platform.app import routing as platform_routing
from kangaroo.jobs import History

FLUSH_SECONDS = 5.0
log = structlog.get_logger(__name__)


def load() -> None:
    """Build the tables of routes; done before the processes part, they share them, and each is ready half a second
    sooner."""
    harbor_routing()
    platform_routing()
    pages()


def application(settings: Settings) -> Application:
    @asynccontextmanager
    async def opened() -> AsyncIterator[Routes]:
        async with build(settings) as parts, _counting(parts.services.registry):
            _measure_caches(parts.services.registry)
            yield routes(parts)

    return Frame(opened)


def routes(parts: Wired) -> Routes:
    registry = oci.application(parts.services, parts.settings.external_url)
    harbor = harbor_application(parts.services, surroundings.of_harbor(parts))
    return {
        "v2": registry,
        "service": registry,
        "api": harbor,
        "c": harbor,
        "apis": platform.application(parts.services, surroundings.of_platform(parts)),
        ELSE: console.application(parts.services, surroundings.of_console(parts)),
        **operator_routes(parts.services.doctor, Numbers(History(parts.queue), parts.services.clusters)),
    }


def _measure_caches(registry: Registry) -> None:
    for name, cache in registry.pull.caches.items():
        cache.hit = metrics.cell("cache_lookups", cache=name, outcome="hit").add
        cache.miss = metrics.cell("cache_lookups", cache=name, outcome="miss").add


class Numbers:
    """What is looked up for /metrics: the length of the job queue, how clusters are and when they were last heard."""

    def __init__(self, history: History, clusters: Clusters) -> None:
        self._history = history
        self._clusters = clusters

    async def observations(self) -> Sequence[Observation]:
        jobs = [
            ("jobs", {"kind": backlog.kind, "state": state}, float(count))
            for backlog in await self._history.backlogs()
            for state, count in (("queued", backlog.queued), ("running", backlog.running))
        ]
        states = await self._clusters.health.states()
        silences = await self._clusters.health.silences()
        return [
            *jobs,
            *(("clusters", {"state": state}, float(count)) for state, count in states.items()),
            *(
                ("cluster_silence_seconds", {"cluster": name, "kind": kind}, since)
                for name, kind, since in silences
            ),
        ]


@asynccontextmanager
async def _counting(registry: Registry) -> AsyncIterator[None]:
    """Pull counters reach the database every few seconds, and once more at the end."""

    async def forever() -> None:
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            with suppress(Failure):  # the database is away: the counts wait
                await registry.pull.flush_counts()

    flushing = asyncio.create_task(forever())
    try:
        yield
    finally:
        flushing.cancel()
        await asyncio.gather(flushing, return_exceptions=True)
        try:
            await registry.pull.flush_counts()
        except Failure as failure:
            log.warning("pull counts lost", error=str(failure))

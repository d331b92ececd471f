"""The home clusters' RegistrySecret objects, tended by a task like any other."""

from collections.abc import Awaitable, Callable, Mapping

from kangaroo.app.wiring import Wired
from kangaroo.base.clock import SECOND, Micros, now
from kangaroo.base.settings import Settings
from kangaroo.entrypoints.operator import Operator
from kangaroo.jobs import Handler, Job, Queue
from kangaroo.store.meta import instances_health

TEND = "REGISTRY_SECRETS_TEND"
_RUNS_KEPT: Micros = 3600 * SECOND


def handlers(parts: Wired) -> Mapping[str, Handler]:
    operator = Operator(parts.services, homes(parts.settings))
    operator.follow(_asking(parts.queue))

    async def tend(job: Job) -> dict[str, int]:
        del job
        async with parts.database.write() as transaction:
            await instances_health.forget_runs(transaction, TEND, now() - _RUNS_KEPT)
        return await operator.tend()

    return {TEND: tend}


def _asking(queue: Queue) -> Callable[[], Awaitable[None]]:
    async def ask() -> None:
        async with queue.database.write() as transaction:
            await queue.enqueue(transaction, TEND, {}, dedup=TEND, concurrency_key=TEND)

    return ask


def schedules(settings: Settings) -> Mapping[str, str]:
    return {TEND: "@every 5s"} if homes(settings) else {}


def homes(settings: Settings) -> tuple[str, ...]:
    return tuple(one.strip() for one in settings.home_clusters.split(",") if one.strip())

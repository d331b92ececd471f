"""What the worker runs of garbage collection."""

import msgspec

from kangaroo.base.clock import Clock, Micros
from kangaroo.core.gc.collect import Collector, Freed
from kangaroo.core.gc.uploads import sweep_uploads
from kangaroo.jobs import Job
from kangaroo.store.content.contract import ContentStore

COLLECT = "GARBAGE_COLLECTION"
SWEEP_UPLOADS = "UPLOAD_SWEEP"


class CollectParameters(msgspec.Struct):
    dry_run: bool = False


class CollectJob:
    def __init__(self, collector: Collector) -> None:
        self._collector = collector

    async def __call__(self, job: Job) -> Freed:
        return await self._collector.run(job, dry_run=job.payload(CollectParameters).dry_run)


class SweepUploadsJob:
    """Removes uploads not touched for `idle`."""

    def __init__(self, content: ContentStore, idle: Micros, clock: Clock) -> None:
        self._content = content
        self._idle = idle
        self._clock = clock

    async def __call__(self, job: Job) -> dict[str, int]:
        return {"removed": await sweep_uploads(self._content, job, self._clock() - self._idle)}

"""Uploads their client has given up."""

from kangaroo.base.clock import Micros
from kangaroo.core.gc.progress import Progress
from kangaroo.store.content.contract import ContentStore


async def sweep_uploads(content: ContentStore, job: Progress, before: Micros) -> int:
    """Remove those not touched since `before`; returns how many."""
    removed = 0
    async for upload in content.uploads():
        await job.check()
        if upload.modified < before:
            await content.abort(upload.name)
            removed += 1
            job.log("info", f"abandoned upload removed: {upload.name}, {upload.size} bytes")
    return removed

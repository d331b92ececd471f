"""Garbage collection: small transactions, any of which may be the last before a crash."""

import msgspec

from kangaroo.base.clock import Clock, Micros, now
from kangaroo.core.gc.progress import Progress
from kangaroo.core.projects import Ledger
from kangaroo.store.content.contract import ContentStore
from kangaroo.store.meta import pushes, removals
from kangaroo.store.meta.database import CONTENT, Dangling, Database

BATCH = 200


class Freed(msgspec.Struct):
    """What a run removed; `bytes` of content, `links` of blobs to repositories."""

    links: int = 0
    blobs: int = 0
    manifests: int = 0
    bytes: int = 0


class Collector:
    def __init__(
        self, database: Database, content: ContentStore, ledger: Ledger, grace: Micros, clock: Clock = now
    ) -> None:
        self._database = database
        self._content = content
        self._ledger = ledger
        self._grace = grace
        self._clock = clock

    async def run(self, job: Progress, *, dry_run: bool = False) -> Freed:
        """One pass over everything. A dry run counts what would go."""
        if dry_run:
            return await self._count(job)
        freed = Freed()
        await self._empty_trash(job, Freed())  # left by a run that was cut off
        await self._drop_links(job, freed)
        await self._drop_blobs(job, freed)
        await self._drop_manifests(job, freed)
        await self._empty_trash(job, freed)
        job.log(
            "info", f"{freed.blobs} blobs and {freed.manifests} manifests removed, {freed.bytes} bytes freed"
        )
        return freed

    async def _count(self, job: Progress) -> Freed:
        async with self._database.read() as snapshot:
            found = await removals.garbage(snapshot, self._clock() - self._grace)
        job.log(
            "info", f"{found.blobs} blobs and {found.manifests} manifests of {found.bytes} bytes would go"
        )
        return Freed(found.links, found.blobs, found.manifests, found.bytes)

    async def _drop_links(self, job: Progress, freed: Freed) -> None:
        before = self._clock() - self._grace
        while True:
            await job.check()
            async with self._database.read() as snapshot:
                idle = await removals.idle_links(snapshot, before, BATCH)
            gone = 0
            for link in idle:
                gone += await self._drop_link(link, before)
            freed.links += gone
            job.progress(freed.links, 0, f"{freed.links} links removed")
            if gone == 0:
                return

    async def _drop_link(self, link: removals.IdleLink, before: Micros) -> bool:
        try:
            async with self._database.write() as transaction:
                counted = await removals.delete_idle_link(transaction, link, before)
                if counted:
                    await pushes.hold_ledger(transaction, link.project_id)
                    await self._ledger.unbook(transaction, link.project_id, link.digest)
                if counted is not None:
                    await transaction.changed(CONTENT)
        except Dangling:  # an artifact refers to it again
            return False
        return counted is not None

    async def _drop_blobs(self, job: Progress, freed: Freed) -> None:
        while True:
            await job.check()
            async with self._database.read() as snapshot:
                unused = await removals.unused_blobs(snapshot, BATCH)
            gone = 0
            for digest in unused:
                try:
                    async with self._database.write() as transaction:
                        gone += await removals.discard_blob(transaction, digest, self._clock()) is not None
                except Dangling:  # linked again
                    continue
            freed.blobs += gone
            job.progress(freed.blobs, 0, f"{freed.blobs} blobs discarded")
            if gone == 0:
                return

    async def _drop_manifests(self, job: Progress, freed: Freed) -> None:
        while True:
            await job.check()
            try:
                async with self._database.write() as transaction:
                    gone = await removals.delete_unused_manifests(transaction, BATCH)
            except Dangling:  # one of them was pushed again: the next run takes the rest
                return
            freed.manifests += gone
            if gone == 0:
                return

    async def _empty_trash(self, job: Progress, freed: Freed) -> None:
        while True:
            await job.check()
            async with self._database.read() as snapshot:
                batch = await removals.trashed(snapshot, BATCH)
            for located in batch:
                freed.bytes += await self._content.remove(located.location)
                job.log("info", f"delete blob from storage: {located.location}")
            async with self._database.write() as transaction:
                for located in batch:
                    await removals.forget_trash(transaction, located.location)
            job.progress(freed.blobs, freed.blobs, f"{freed.bytes} bytes freed")
            if not batch:
                return

"""Is everything there that should be, byte for byte? Reads all content; safe beside a running server.

*Damage* is content that is missing or differs from its digest, a manifest that does, or a ledger that does not add up.
*Leftovers* are content without a row, from a push that was cut off before it was acknowledged; young ones may belong to
a push under way. Repair: a damaged blob answers as unknown, so that clients send it again, and the first to do so heals
every image that uses it (until then every check finds it again); leftovers go; the ledger is rebuilt.
"""

import msgspec

from kangaroo.base.clock import SECOND, Clock, Micros, now
from kangaroo.base.digests import Digest, hasher
from kangaroo.base.errors import Code, Failure
from kangaroo.core.gc.progress import Progress
from kangaroo.store.content.contract import ContentStore, Listed
from kangaroo.store.meta import audit
from kangaroo.store.meta.database import Database
from kangaroo.store.meta.removals import Located

BATCH = 200
YOUNG: Micros = 48 * 3600 * SECOND  # an S3 object is as old as the first part of its upload


class Problem(msgspec.Struct):
    """`kind`: missing, corrupt, marked (as damaged, but whole), manifest, leftover or quota; `what` names the thing."""

    kind: str
    what: str
    detail: str


class Report(msgspec.Struct):
    blobs: int = 0
    bytes: int = 0
    manifests: int = 0
    damage: list[Problem] = msgspec.field(default_factory=list)
    leftovers: list[Problem] = msgspec.field(default_factory=list)
    repaired: int = 0

    @property
    def clean(self) -> bool:
        return not self.damage


class Fsck:
    def __init__(self, database: Database, content: ContentStore, clock: Clock = now) -> None:
        self._database = database
        self._content = content
        self._clock = clock

    async def run(self, job: Progress, *, repair: bool = False) -> Report:
        report = Report()
        await self._blobs(job, report, repair)
        await self._manifests(job, report)
        await self._leftovers(job, report, repair)
        await self._ledger(report, repair)
        return report

    async def _blobs(self, job: Progress, report: Report, repair: bool) -> None:
        async with self._database.read() as snapshot:
            total, _ = await audit.blob_totals(snapshot)
        last = ""
        while True:
            async with self._database.read() as snapshot:
                batch = await audit.blobs_after(snapshot, last, BATCH)
            for claim in batch:
                await job.check()
                await self._blob(report, claim, repair)
                report.blobs += 1
                report.bytes += claim.located.size
                job.progress(report.blobs, max(total, report.blobs), f"{report.bytes} bytes verified")
            if not batch:
                return
            last = batch[-1].digest

    async def _blob(self, report: Report, claim: audit.Claim, repair: bool) -> None:
        problem = await self._examine(claim.digest, claim.located)
        broken = problem is not None
        if problem is None and claim.damaged:
            problem = Problem("marked", claim.digest, f"{claim.located.location} is whole again")
        if problem is None or not await self._still_there(claim.digest, claim.located):
            return
        report.damage.append(problem)
        if repair and broken != claim.damaged:
            async with self._database.write() as transaction:
                await audit.mark(transaction, claim, damaged=broken)
            report.repaired += 1

    async def _examine(self, digest: Digest, located: Located) -> Problem | None:
        try:
            reader = await self._content.open(located.location)
        except Failure as failure:
            if failure.code is not Code.NOT_FOUND:
                raise
            return Problem("missing", digest, f"no content at {located.location}")
        try:
            running, size = hasher(digest.algorithm), 0
            async for chunk in reader.chunks():
                running.update(chunk)
                size += len(chunk)
        finally:
            await reader.close()
        actual = f"{digest.algorithm}:{running.hexdigest()}"
        if actual != digest or size != located.size:
            return Problem("corrupt", digest, f"{located.location} has {size} bytes of {actual}")
        return None

    async def _still_there(self, digest: Digest, located: Located) -> bool:
        """False when the blob was collected while we looked."""
        async with self._database.read() as snapshot:
            return await audit.location_of(snapshot, digest) == located.location

    async def _manifests(self, job: Progress, report: Report) -> None:
        last = ""
        while True:
            await job.check()
            async with self._database.read() as snapshot:
                batch = await audit.manifests_after(snapshot, last, BATCH)
            for digest, content in batch:
                report.manifests += 1
                if Digest.of(content, digest.algorithm) != digest:
                    report.damage.append(Problem("manifest", digest, "its bytes have another digest"))
            if not batch:
                return
            last = batch[-1][0]

    async def _leftovers(self, job: Progress, report: Report, repair: bool) -> None:
        batch: list[Listed] = []
        async for listed in self._content.blobs():
            batch.append(listed)
            if len(batch) == BATCH:
                await self._unknown(report, batch, repair)
                await job.check()
                batch = []
        await self._unknown(report, batch, repair)

    async def _unknown(self, report: Report, batch: list[Listed], repair: bool) -> None:
        async with self._database.read() as snapshot:
            known = await audit.known_locations(snapshot, [listed.name for listed in batch])
        for listed in batch:
            if listed.name in known:
                continue
            report.leftovers.append(Problem("leftover", listed.name, f"{listed.size} bytes"))
            if repair and listed.modified < self._clock() - YOUNG:
                await self._content.remove(listed.name)
                report.repaired += 1

    async def _ledger(self, report: Report, repair: bool) -> None:
        async with self._database.read() as snapshot:
            drifts = await audit.drifts(snapshot)
            misbooked = await audit.misbooked(snapshot)
        found = [
            (drift.project_id, f"booked {drift.booked} bytes, links add up to {drift.actual}")
            for drift in drifts
        ] + [
            (project, f"{count} entries of the ledger differ from its links") for project, count in misbooked
        ]
        report.damage += [Problem("quota", f"project {project}", detail) for project, detail in found]
        if repair and found:
            async with self._database.write() as transaction:
                await audit.rebuild_ledger(transaction)
            report.repaired += len(found)

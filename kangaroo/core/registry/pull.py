"""Serving manifests and blobs."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from kangaroo.base.actors import Actor
from kangaroo.base.clock import Clock, Micros, now
from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import Reference, RepositoryName, Tag
from kangaroo.core.access import Access
from kangaroo.core.access.journal import PulledBy, artifact_name
from kangaroo.core.registry.cache import GenerationCache
from kangaroo.core.registry.gates import Gates, ManifestPull
from kangaroo.store.content.contract import ContentStore, Reader
from kangaroo.store.meta import pulls, pushes
from kangaroo.store.meta import registry as rows
from kangaroo.store.meta.database import Database
from kangaroo.store.meta.registry import Blob, Manifest

RegistryAction = Literal["pull", "push", "delete"]
ROW_BYTES = 500  # what a cached row costs besides its manifest


@dataclass(frozen=True, slots=True)
class Parts:
    """What the parts of the registry are made from."""

    database: Database
    content: ContentStore
    access: Access
    gates: Gates
    grace: Micros  # how long unreferenced content is kept for a push under way
    clock: Clock = now

    async def require(self, actor: Actor, action: RegistryAction, repository: RepositoryName) -> None:
        """`Access.require` in the repository, asked without waiting where the answer is known."""
        if not self.access.cached_decision(actor, repository.project, action):
            await self.access.require(actor, "repository", action, repository.project)


class Counted(NamedTuple):
    """One kind of pull that happened since the counts were written."""

    pulled: pulls.Pulled
    who: str
    repository: RepositoryName
    digest: Digest


class Pulls:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._manifests: GenerationCache[Manifest] = GenerationCache(parts.database)
        self._blobs: GenerationCache[Blob] = GenerationCache(parts.database)
        self.caches: dict[str, GenerationCache[Any]] = {"manifests": self._manifests, "blobs": self._blobs}
        self._counts: Counter[Counted] = Counter()

    async def manifest(
        self, actor: Actor, repository: RepositoryName, reference: Reference, *, counted: bool = False
    ) -> Manifest:
        """`counted` pulls show in the statistics within seconds. Raises MANIFEST_UNKNOWN, and what gates refuse."""
        await self._parts.require(actor, "pull", repository)
        key = (repository, reference)
        found = self._manifests.get(key)
        if found is None:
            found = await self._find_manifest(repository, reference)
        if counted:
            tag = reference if isinstance(reference, Tag) else None
            pulled = pulls.Pulled(found.repository_id, found.artifact_id, tag)
            self._counts[Counted(pulled, actor.name, repository, found.digest)] += 1
        return found

    async def _find_manifest(self, repository: RepositoryName, reference: Reference) -> Manifest:
        generation = self._manifests.generation()
        lookup = self._parts.database.lookup
        found = await rows.manifest(lookup, repository, reference)
        if found is None:
            raise Failure(Code.MANIFEST_UNKNOWN, reference=reference, repository=repository)
        tag = reference if isinstance(reference, Tag) else None
        await self._parts.gates.before_pull(
            lookup, ManifestPull(repository, found.artifact_id, found.digest, tag)
        )
        self._manifests.put((repository, reference), found, ROW_BYTES + len(found.content), generation)
        return found

    async def blob(self, actor: Actor, repository: RepositoryName, digest: Digest) -> Blob:
        """Raises BLOB_UNKNOWN."""
        await self._parts.require(actor, "pull", repository)
        key = (repository, digest)
        found = self._blobs.get(key)
        if found is None:
            generation = self._blobs.generation()
            found = await rows.blob(self._parts.database.lookup, repository, digest)
            if found is None:
                raise Failure(Code.BLOB_UNKNOWN, digest=digest, repository=repository)
            self._blobs.put(key, found, ROW_BYTES, generation)
        return found

    async def find_for_push(self, actor: Actor, repository: RepositoryName, digest: Digest) -> Blob:
        """`blob` for a HEAD: a pusher who finds the blob will not send it, so it must outlive his push.

        Content no artifact refers to has its grace renewed, once half of it has passed.
        """
        found = await self.blob(actor, repository, digest)
        parts = self._parts
        if found.touched_at < parts.clock() - parts.grace // 2 and await parts.access.may(
            actor, "repository", "push", repository.project
        ):
            await self._renew(repository, found)
        return found

    async def _renew(self, repository: RepositoryName, found: Blob) -> None:
        parts = self._parts
        if await rows.blob_in_use(parts.database.lookup, found.repository_id, found.digest):
            return
        async with parts.database.write() as transaction:
            if not await pushes.touch_link(transaction, found.repository_id, found.digest, parts.clock()):
                raise Failure(Code.BLOB_UNKNOWN, digest=found.digest, repository=repository)

    async def redirect(self, blob: Blob) -> str | None:
        """Where the client may fetch the blob by itself; None: it must be streamed."""
        return await self._parts.content.redirect(blob.location, "application/octet-stream")

    async def open(self, repository: RepositoryName, blob: Blob) -> Reader:
        """Raises BLOB_UNKNOWN if the blob was collected a moment ago and not pushed again."""
        found: Blob | None = blob
        while found is not None:
            try:
                return await self._parts.content.open(found.location)
            except Failure as failure:
                if failure.code is not Code.NOT_FOUND:
                    raise
            gone = found.location
            found = await rows.blob(self._parts.database.lookup, repository, blob.digest)
            if found is not None and found.location == gone:
                break
        raise Failure(Code.BLOB_UNKNOWN, digest=blob.digest, repository=repository)

    async def flush_counts(self) -> None:
        """Write the pulls counted since the last time, and note them in the audit log; the app calls it every few
        seconds and at the end.
        """
        if not self._counts:
            return
        counts, self._counts = self._counts, Counter()
        by_artifact: Counter[pulls.Pulled] = Counter()
        for one, times in counts.items():
            by_artifact[one.pulled] += times
        try:
            async with self._parts.database.write() as transaction:
                configured = await self._parts.access.configuration.values(transaction)
                at = None if configured.pull_time_update_disable else self._parts.clock()
                counted = not configured.pull_count_update_disable
                await pulls.add_counts(transaction, by_artifact, at, counted=counted)
                await self._parts.access.journal.record_pulls(transaction, *map(_pulled_by, counts.items()))
        except BaseException:
            self._counts.update(counts)  # they wait for the next time
            raise


def _pulled_by(count: tuple[Counted, int]) -> PulledBy:
    one, times = count
    name = artifact_name(one.repository, one.digest, one.pulled.tag)
    return PulledBy(one.who, one.pulled.repository_id, name, times)

"""Blobs on their way in: sessions, chunks, mounts, and the moment a blob counts.

A session is bound to its repository by the name it has in the content store; no metadata is written until its content
is verified and durable.
"""

import hashlib
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace

from kangaroo.base.actors import Actor
from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import RepositoryName
from kangaroo.core.projects import Ledger
from kangaroo.core.registry.pull import Parts
from kangaroo.store.content.contract import Stored
from kangaroo.store.meta import projects, pushes
from kangaroo.store.meta import registry as rows
from kangaroo.store.meta.database import Dangling, Transaction

RACES = 3  # how often a push starts again because what it builds on was collected under it


class Uploads:
    def __init__(self, parts: Parts, ledger: Ledger) -> None:
        self._parts = parts
        self._ledger = ledger

    async def start(self, actor: Actor, repository: RepositoryName) -> str:
        """The id of a new, empty session. Raises PROJECT_UNKNOWN."""
        await self._may_push(actor, repository)
        upload = uuid.uuid4().hex
        await self._parts.content.start(_stored_name(repository, upload))
        return upload

    async def size(self, actor: Actor, repository: RepositoryName, upload: str) -> int:
        """Bytes received so far. Raises UPLOAD_UNKNOWN."""
        await self._may_push(actor, repository)
        return await self._parts.content.size(_stored_name(repository, upload))

    async def append(
        self,
        actor: Actor,
        repository: RepositoryName,
        upload: str,
        data: AsyncIterator[bytes],
        offset: int | None = None,
    ) -> int:
        """Add at `offset`, or at the end when None; returns the new size. RANGE_INVALID leaves the session usable."""
        await self._may_push(actor, repository)
        name = _stored_name(repository, upload)
        present = await self._parts.content.size(name)
        if offset is not None and offset != present:
            raise Failure(
                Code.RANGE_INVALID, range=str(offset), reason=f"the next byte expected is {present}"
            )
        return await self._parts.content.append(name, present, data)

    async def finish(self, actor: Actor, repository: RepositoryName, upload: str, digest: Digest) -> int:
        """Verify the session's content and make it a blob of the repository; returns its size.

        Raises DIGEST_MISMATCH (the session stays), QUOTA_EXCEEDED.
        """
        await self._may_push(actor, repository)
        stored = await self._parts.content.finish(_stored_name(repository, upload), digest)
        return await self._keep(repository, digest, stored)

    async def put(self, actor: Actor, repository: RepositoryName, digest: Digest, content: bytes) -> int:
        """A whole small blob in one step."""
        await self._may_push(actor, repository)
        return await self._keep(repository, digest, await self._parts.content.put(digest, content))

    async def cancel(self, actor: Actor, repository: RepositoryName, upload: str) -> None:
        """Raises UPLOAD_UNKNOWN."""
        await self._may_push(actor, repository)
        name = _stored_name(repository, upload)
        await self._parts.content.size(name)
        await self._parts.content.abort(name)

    async def mount(
        self, actor: Actor, repository: RepositoryName, digest: Digest, source: RepositoryName
    ) -> bool:
        """Link a blob of another repository; False when there is none the actor may pull.

        Raises UNAUTHORIZED when only his token does not say that he may: with a wider one the mount works.
        """
        await self._may_push(actor, repository)
        access, project = self._parts.access, source.project
        if not await access.may(actor, "repository", "pull", project):
            if await access.may(replace(actor, scopes=None), "repository", "pull", project):
                raise Failure(Code.UNAUTHORIZED)
            return False
        found = await rows.blob(self._parts.database.lookup, source, digest)
        if found is None:
            return False
        try:
            async with self._parts.database.write() as transaction:
                await self._link(transaction, repository, digest, found.size)
        except Dangling:  # collected a moment ago
            return False
        return True

    async def _may_push(self, actor: Actor, repository: RepositoryName) -> None:
        await self._parts.require(actor, "push", repository)

    async def _keep(self, repository: RepositoryName, digest: Digest, stored: Stored) -> int:
        """Only after this returns is the blob acknowledged."""
        content = self._parts.content
        try:
            ours = await self._record(repository, digest, stored)
        except Failure as failure:
            if (
                not failure.code.heals
            ):  # when in doubt whether it was committed, fsck decides about the content
                await content.remove(stored.location)
            raise
        if not ours:
            await content.remove(stored.location)
        return stored.size

    async def _record(self, repository: RepositoryName, digest: Digest, stored: Stored) -> bool:
        for _ in range(RACES):
            try:
                async with self._parts.database.write() as transaction:
                    ours = await pushes.keep_blob(
                        transaction, digest, stored.size, stored.location, self._parts.clock()
                    )
                    await self._link(transaction, repository, digest, stored.size)
                return ours
            except Dangling:  # the row we met was collected before we linked it
                continue
        raise Failure(Code.UNAVAILABLE, what="database", reason="the blob was collected several times; retry")

    async def _link(self, transaction: Transaction, name: RepositoryName, digest: Digest, size: int) -> None:
        now = self._parts.clock()
        project = await projects.hold(transaction, name.project)
        if project is None:
            raise Failure(Code.PROJECT_UNKNOWN, project=name.project)
        repository = await pushes.ensure_repository(transaction, name, project.id, now)
        if await pushes.link_blob(transaction, repository, digest, now):
            await pushes.hold_ledger(transaction, project.id)
            await self._ledger.book(transaction, project.id, digest, size)


def _stored_name(repository: RepositoryName, upload: str) -> str:
    if len(upload) != 32 or not upload.isalnum():
        raise Failure(Code.UPLOAD_UNKNOWN, upload=upload[:64])
    return f"{hashlib.blake2b(repository.encode(), digest_size=8).hexdigest()}-{upload}"

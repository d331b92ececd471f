"""Archives of images in and out of the spaces of any instance, for whom `reaching` lets.

An upload is received whole, read, and only then pushed: an archive that is not good has pushed nothing.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Self

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Failure
from kangaroo.core.access import Access
from kangaroo.core.access.journal import Deed
from kangaroo.core.archives.gathering import Gatherer
from kangaroo.core.archives.limits import Limits
from kangaroo.core.archives.naming import Placed, Wish, placed
from kangaroo.core.archives.opening import images_of
from kangaroo.core.archives.packages import Choice, package
from kangaroo.core.archives.pushing import Pushing
from kangaroo.core.archives.reaching import IN, OUT, Reach
from kangaroo.core.archives.spool import PIECE, Spool, in_thread
from kangaroo.core.archives.steps import ImageBegins, Outcome, Tell
from kangaroo.core.archives.unpacking import Receiver, too_large
from kangaroo.core.archives.writing import Package
from kangaroo.core.instances import Instance, InstanceKind
from kangaroo.core.workspaces.images import Standpoint
from kangaroo.core.workspaces.looking import Looking


@dataclass(frozen=True, slots=True)
class Body:
    """`length` in bytes, where it is known before."""

    chunks: AsyncIterator[bytes]
    length: int | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """An archive that waits on disk, read and found good; whoever has it closes it. `received` in bytes."""

    instance: Instance
    wish: Wish
    images: list[Placed]
    spool: Spool
    received: int

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.spool.close()


@dataclass(frozen=True, slots=True)
class Download:
    """A tar file of `size` bytes, which `chunks` give once; what fails there fails before the end."""

    size: int
    chunks: AsyncGenerator[bytes, None]


class Archives:
    """Methods raise as `Reach` does. A standpoint in no workspace is one of rights of one's own."""

    def __init__(self, looking: Looking, access: Access, folder: Path, limits: Limits) -> None:
        self._looking = looking
        self._reach = Reach(looking, access)
        self._folder = folder
        self._limits = limits

    async def receive(self, actor: Actor, at: Standpoint, wish: Wish, body: Body) -> Received:
        """Decides before the first byte is taken. Raises TOO_LARGE, ARCHIVE_INVALID, STORAGE_FULL."""
        async with self._reach.go(actor, at, wish.space, IN) as reached:
            instance = reached.instance
        if body.length is not None and body.length > self._limits.archive:
            raise too_large(self._limits)
        spool = await in_thread(lambda: Spool(self._folder))
        try:
            received = await _received(Receiver(spool, self._limits), body.chunks)
            found = await in_thread(lambda: placed(images_of(spool, self._limits), wish))
        except BaseException:
            spool.close()
            raise
        return Received(instance, wish, found, spool, received)

    async def push(self, actor: Actor, at: Standpoint, archive: Received, tell: Tell) -> list[Outcome]:
        """Decides anew. What went wrong with one image stands in its outcome and leaves the others alone."""
        outcomes = []
        async with self._reach.go(actor, at, archive.wish.space, IN) as reached:
            pushing = Pushing(reached.client.content, archive.spool, self._folder, tell)
            for number, one in enumerate(archive.images, start=1):
                tell(ImageBegins(number, len(archive.images), one.target))
                try:
                    outcome = await pushing.push(one)
                    await self._note(actor, reached.instance, outcome)
                except Failure as failure:
                    outcome = Outcome(one.target, failure=failure)
                outcomes.append(outcome)
        return outcomes

    async def download(
        self, actor: Actor, at: Standpoint, choice: Choice, host: Callable[[Instance], str]
    ) -> Download:
        """`host` tells how clients call the registry.

        Raises MANIFEST_UNKNOWN, NOT_FOUND (no such platform), PRECONDITION (see `package`), BLOB_UNKNOWN."""
        async with self._reach.go(actor, at, choice.image.space, OUT) as reached:
            gatherer = Gatherer(reached.client.content, choice.image)
            gathered = await gatherer.gather(choice.reference, choice.platform)
            made = package(gathered, choice, host(reached.instance))
        return Download(made.size, self._chunks(actor, reached.instance, choice, made))

    async def _chunks(
        self, actor: Actor, instance: Instance, choice: Choice, made: Package
    ) -> AsyncGenerator[bytes, None]:
        async with (
            self._looking.opener.use(actor, instance) as client,
            aclosing(made.chunks(client.content, choice.image)) as chunks,
        ):
            async for chunk in chunks:
                yield chunk

    async def _note(self, actor: Actor, instance: Instance, outcome: Outcome) -> None:
        """The built-in registry notes it itself."""
        if instance.kind != InstanceKind.KANGAROO:
            deed = Deed("create_artifact", f"{instance.name}/{outcome.target}")
            async with self._looking.database.write() as transaction:
                await self._looking.authority.record(transaction, actor, deed)


async def _received(receiver: Receiver, chunks: AsyncIterator[bytes]) -> int:
    """Taken in large pieces: each costs a way into a thread and back."""
    waiting: list[bytes] = []
    size = 0
    async for chunk in chunks:
        waiting.append(chunk)
        size += len(chunk)
        if size >= PIECE:
            data, waiting, size = b"".join(waiting), [], 0
            await in_thread(partial(receiver.take, data))
    if waiting:
        await in_thread(partial(receiver.take, b"".join(waiting)))
    await in_thread(receiver.end)
    return receiver.received

"""Manifests and blobs of the built-in registry, as the contract has them."""

from collections.abc import AsyncIterator

from kangaroo.base.actors import Actor
from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import Reference
from kangaroo.core.instances.builtin_terms import contract_failures, repository_of
from kangaroo.core.registry import Registry
from kangaroo.remote.contract import Source
from kangaroo.remote.names import ImageName
from kangaroo.remote.values import Descriptor, Manifest

_TAGS_AT_ONCE = 1000


class BuiltInContent:
    def __init__(self, registry: Registry, actor: Actor) -> None:
        self._registry = registry
        self._actor = actor

    async def tags(self, image: ImageName) -> list[str]:
        name, found, more = repository_of(image), list[str](), True
        with contract_failures():
            while more:
                last = found[-1] if found else ""
                part = await self._registry.browse.tags(self._actor, name, last=last, count=_TAGS_AT_ONCE)
                found += part.items
                more = part.more
        return found

    async def manifest(self, image: ImageName, reference: Reference) -> Manifest:
        with contract_failures():
            found = await self._registry.pull.manifest(self._actor, repository_of(image), reference)
        return Manifest(found.media_type, found.digest, found.content)

    async def head_manifest(self, image: ImageName, reference: Reference) -> Descriptor:
        found = await self.manifest(image, reference)
        return Descriptor(found.media_type, found.digest, len(found.content))

    async def put_manifest(
        self, image: ImageName, reference: Reference, media_type: str, content: bytes
    ) -> Digest:
        name = repository_of(image)
        with contract_failures():
            pushed = await self._registry.push.manifest(self._actor, name, reference, content, media_type)
        return pushed.digest

    async def delete_manifest(self, image: ImageName, digest: Digest) -> None:
        with contract_failures():
            await self._registry.remove.manifest(self._actor, repository_of(image), digest)

    async def blob_size(self, image: ImageName, digest: Digest) -> int | None:
        try:
            return (await self._registry.pull.find_for_push(self._actor, repository_of(image), digest)).size
        except Failure as failure:
            if failure.code is Code.BLOB_UNKNOWN:
                return None
            raise

    async def blob(self, image: ImageName, digest: Digest, start: int = 0) -> AsyncIterator[bytes]:
        name = repository_of(image)
        with contract_failures():
            found = await self._registry.pull.blob(self._actor, name, digest)
            reader = await self._registry.pull.open(name, found)
        try:
            async for chunk in reader.chunks(start):
                yield chunk
        finally:
            await reader.close()

    async def put_blob(self, image: ImageName, digest: Digest, size: int, source: Source) -> None:
        name, uploads = repository_of(image), self._registry.uploads
        with contract_failures():
            upload = await uploads.start(self._actor, name)
            try:
                await uploads.append(self._actor, name, upload, _sized(source(0), size))
                await uploads.finish(self._actor, name, upload, digest)
            except BaseException:
                await uploads.cancel(self._actor, name, upload)
                raise

    async def mount(self, image: ImageName, digest: Digest, origin: ImageName) -> bool:
        with contract_failures():
            return await self._registry.uploads.mount(
                self._actor, repository_of(image), digest, repository_of(origin)
            )


async def _sized(chunks: AsyncIterator[bytes], size: int) -> AsyncIterator[bytes]:
    """Raises SIZE_INVALID as soon as there is more, or at the end of less."""
    seen = 0
    async for chunk in chunks:
        seen += len(chunk)
        if seen > size:
            break
        yield chunk
    if seen != size:
        raise Failure(Code.SIZE_INVALID, expected=size, actual=seen)

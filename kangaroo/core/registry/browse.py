"""Lists: tags, repositories, referrers."""

import msgspec

from kangaroo.base.actors import Actor
from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import RepositoryName
from kangaroo.base.paging import After
from kangaroo.core.registry.manifests import Descriptor
from kangaroo.core.registry.pull import Parts
from kangaroo.store.meta import registry as rows

MAX_NAMES = 10_000


class Browse:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def tags(self, actor: Actor, repository: RepositoryName, *, last: str, count: int) -> After[str]:
        """Up to `count` tags after `last`, in lexical order. Raises REPOSITORY_UNKNOWN."""
        await self._parts.require(actor, "pull", repository)
        found = await rows.repository(self._parts.database.lookup, repository)
        if found is None or not found.listed:
            raise Failure(Code.REPOSITORY_UNKNOWN, repository=repository)
        async with self._parts.database.read() as snapshot:
            return _cut(await rows.tags_after(snapshot, repository, last, count + 1), count)

    async def catalog(self, actor: Actor, *, last: str, count: int) -> After[str]:
        """Up to `count` repositories with content after `last`, of all projects: for who may see the catalog."""
        await self._parts.access.require(actor, "catalog", "read")
        async with self._parts.database.read() as snapshot:
            return _cut(await rows.catalog_after(snapshot, last, count + 1), count)

    async def referrers(
        self, actor: Actor, repository: RepositoryName, subject: Digest, artifact_type: str | None = None
    ) -> list[Descriptor]:
        """What names `subject` as its subject, present or not (distribution-spec, "Listing Referrers")."""
        await self._parts.require(actor, "pull", repository)
        async with self._parts.database.read() as snapshot:
            found = await rows.referrers(snapshot, repository, subject)
        return [
            _descriptor(referrer) for referrer in found if artifact_type in (None, referrer.artifact_type)
        ]


def _descriptor(referrer: rows.Referrer) -> Descriptor:
    return Descriptor(
        media_type=referrer.media_type,
        digest=referrer.digest,
        size=referrer.size,
        artifact_type=referrer.artifact_type or None,
        annotations=msgspec.json.decode(referrer.annotations, type=dict[str, str]) or None,
    )


def _cut(names: list[str], count: int) -> After[str]:
    return After(names[:count], len(names) > count)

"""Sticking labels on artifacts. The labels themselves belong to projects (core/projects)."""

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import Reference, RepositoryName
from kangaroo.core.registry.artifacts import known_artifact
from kangaroo.core.registry.pull import Parts
from kangaroo.store.meta import labels as rows
from kangaroo.store.meta.database import Dangling, Duplicate


class ArtifactLabels:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def add(self, actor: Actor, name: RepositoryName, reference: Reference, label: int) -> None:
        """A global label, or one of the artifact's project. Raises MANIFEST_UNKNOWN, NOT_FOUND, CONFLICT."""
        await self._parts.access.require(actor, "artifact-label", "create", name.project)
        try:
            async with self._parts.database.write() as transaction:
                found = await known_artifact(transaction, name, reference)
                word = await rows.get(transaction, label)
                if word is None or word.project_id not in (0, found.project_id):
                    raise _unknown(label)
                await rows.attach(transaction, found.id, label)
        except Duplicate as error:
            raise Failure(Code.CONFLICT, what=f"label {label} on the artifact") from error
        except Dangling as error:
            raise _unknown(label) from error

    async def remove(self, actor: Actor, name: RepositoryName, reference: Reference, label: int) -> None:
        """Raises MANIFEST_UNKNOWN, NOT_FOUND when the artifact does not carry it."""
        await self._parts.access.require(actor, "artifact-label", "delete", name.project)
        async with self._parts.database.write() as transaction:
            found = await known_artifact(transaction, name, reference)
            if not await rows.detach(transaction, found.id, label):
                raise _unknown(label)


def _unknown(label: int) -> Failure:
    return Failure(Code.NOT_FOUND, what=f"label {label}")

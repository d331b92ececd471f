"""One key of a project's metadata at a time."""

from collections.abc import Mapping

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.base.events import SpaceChanged
from kangaroo.base.names import ProjectName
from kangaroo.core.access import Access, ProjectFacts
from kangaroo.core.access.journal import Deed
from kangaroo.core.projects import keys
from kangaroo.jobs import Queue
from kangaroo.store.meta import projects as projects_rows
from kangaroo.store.meta import projects_details
from kangaroo.store.meta import projects_metadata as rows
from kangaroo.store.meta.database import Dangling, Duplicate, Transaction


class Metadata:
    """Every method raises UNAUTHORIZED, FORBIDDEN and PROJECT_UNKNOWN as `Access.require` does."""

    def __init__(self, queue: Queue, access: Access) -> None:
        self._queue = queue
        self._database = queue.database
        self._access = access
        self._clock = queue.clock

    async def list(self, actor: Actor, project: ProjectName) -> dict[str, str]:
        await self._access.require(actor, "metadata", "list", project)
        return await self._all(project)

    async def get(self, actor: Actor, project: ProjectName, key: str) -> dict[str, str]:
        """The one key; nothing when it is not set."""
        await self._access.require(actor, "metadata", "read", project)
        return {name: value for name, value in (await self._all(project)).items() if name == key}

    async def add(self, actor: Actor, project: ProjectName, pair: Mapping[str, str]) -> None:
        """Raises BAD_REQUEST unless it is exactly one pair of a known key and a good value, CONFLICT."""
        place = await self._access.require(actor, "metadata", "create", project)
        key, value = _checked(pair)
        taken = Failure(Code.CONFLICT, what=f"metadata {key} of project {project}")
        if key == keys.PUBLIC:
            raise taken
        try:
            async with self._database.write() as transaction:
                await rows.add(transaction, place.id, key, value)
                await self._touched(transaction, actor, place, key)
        except Duplicate as error:
            raise taken from error
        except Dangling as error:
            raise Failure(Code.PROJECT_UNKNOWN, project=project) from error

    async def set(self, actor: Actor, project: ProjectName, key: str, value: str) -> None:
        """Raises BAD_REQUEST."""
        place = await self._access.require(actor, "metadata", "update", project)
        key, value = _checked({key: value})
        try:
            async with self._database.write() as transaction:
                if key == keys.PUBLIC:
                    await rows.publish(transaction, place.id, value == "true")
                else:
                    await rows.put(transaction, place.id, {key: value})
                await self._touched(transaction, actor, place, key)
        except Dangling as error:
            raise Failure(Code.PROJECT_UNKNOWN, project=project) from error

    async def remove(self, actor: Actor, project: ProjectName, key: str) -> None:
        """Without `public` a project is private. What the server set stays."""
        place = await self._access.require(actor, "metadata", "delete", project)
        if key == keys.RETENTION:
            raise Failure(Code.BAD_REQUEST, "metadata_key", name=key)
        async with self._database.write() as transaction:
            if key == keys.PUBLIC:
                await rows.publish(transaction, place.id, False)
            await rows.remove(transaction, place.id, key)
            await self._touched(transaction, actor, place, key)

    async def _touched(self, transaction: Transaction, actor: Actor, place: ProjectFacts, key: str) -> None:
        await rows.touched(transaction, place.id, self._clock())
        if key == keys.PUBLIC:
            await space_changed(self._queue, transaction, actor, place.name)
        deed = Deed("update_project", place.name, place.id, f"update project with name: {place.name}: {key}")
        await self._access.journal.record(transaction, actor.name, deed)

    async def _all(self, project: ProjectName) -> dict[str, str]:
        async with self._database.read() as snapshot:
            found = await projects_rows.find(snapshot, project)
            if found is None:
                raise Failure(Code.PROJECT_UNKNOWN, project=project)
            facts = await projects_details.metadata(snapshot, found.id)
        return {keys.PUBLIC: "true" if found.public else "false", **facts}


async def space_changed(queue: Queue, transaction: Transaction, actor: Actor, project: str) -> None:
    """To be told when it was made public or private, or has ended."""
    await queue.emit(transaction, SpaceChanged(actor=actor.name, at=queue.clock(), space=project))


def _checked(pair: Mapping[str, str]) -> tuple[str, str]:
    if len(pair) != 1:
        raise Failure(Code.BAD_REQUEST, "metadata_single")
    [(key, value)] = pair.items()
    return key, keys.checked(key, value)

"""Labels: words people stick on artifacts; global ones for every project, others for one."""

from kangaroo.base.actors import Actor
from kangaroo.base.clock import Clock
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import ProjectName
from kangaroo.base.paging import Page
from kangaroo.base.query import ListQuery
from kangaroo.core.access import Access, Action
from kangaroo.core.access.journal import Deed
from kangaroo.store.meta import labels as rows
from kangaroo.store.meta import projects
from kangaroo.store.meta.database import Database, Duplicate
from kangaroo.store.meta.labels import Label, Wording

GLOBAL = "g"
PROJECT = "p"
_LONGEST_NAME = 128
_LONGEST_TEXT = 4096


class Labels:
    """Every method raises UNAUTHORIZED and FORBIDDEN as `Access.require` does; it looks into the system for a
    global label and into the project for another.
    """

    def __init__(self, database: Database, access: Access, clock: Clock) -> None:
        self._database = database
        self._access = access
        self._clock = clock

    async def create(self, actor: Actor, scope: str, project: int, wording: Wording) -> int:
        """`project` is the row of the project, nothing for a global one. Raises BAD_REQUEST, CONFLICT,
        PROJECT_UNKNOWN.
        """
        if scope not in (GLOBAL, PROJECT):
            raise Failure(Code.BAD_REQUEST, "label_scope", scope=scope[:80])
        place = project if scope == PROJECT else 0
        await self._require(actor, "create", scope, place)
        _check(wording)
        try:
            async with self._database.write() as transaction:
                identity = await rows.add(transaction, scope, place, wording, self._clock())
                await self._access.journal.record(
                    transaction, actor.name, Deed("create_label", wording.name, place)
                )
        except Duplicate as error:
            raise _taken(wording) from error
        return identity

    async def get(self, actor: Actor, label: int) -> Label:
        """Raises NOT_FOUND."""
        return await self._found(actor, label, "read")

    async def page(self, actor: Actor, scope: str, project: int | None, query: ListQuery) -> Page[Label]:
        """By name. Global ones are for everybody who signed in. Raises BAD_REQUEST, PROJECT_UNKNOWN."""
        if scope not in (GLOBAL, PROJECT):
            raise Failure(Code.BAD_REQUEST, "label_scope", scope=scope[:80])
        if scope == PROJECT and not project:
            raise Failure(Code.BAD_REQUEST, "label_project")
        if scope == GLOBAL and not actor.known:
            raise Failure(Code.UNAUTHORIZED)
        place = project or 0
        if scope == PROJECT:
            await self._require(actor, "list", scope, place)
        async with self._database.read() as snapshot:
            return await rows.page(snapshot, query, scope, place if scope == PROJECT else 0)

    async def update(self, actor: Actor, label: int, wording: Wording) -> None:
        """All of the wording. Raises NOT_FOUND, BAD_REQUEST, CONFLICT."""
        found = await self._found(actor, label, "update")
        _check(wording)
        try:
            async with self._database.write() as transaction:
                _must(await rows.change(transaction, label, wording, self._clock()), label)
                deed = Deed("update_label", found.wording.name, found.project_id)
                await self._access.journal.record(transaction, actor.name, deed)
        except Duplicate as error:
            raise _taken(wording) from error

    async def delete(self, actor: Actor, label: int) -> None:
        """It comes off all artifacts. Raises NOT_FOUND."""
        found = await self._found(actor, label, "delete")
        async with self._database.write() as transaction:
            _must(await rows.remove(transaction, label), label)
            deed = Deed("delete_label", found.wording.name, found.project_id)
            await self._access.journal.record(transaction, actor.name, deed)

    async def _found(self, actor: Actor, label: int, action: Action) -> Label:
        found = await rows.get(self._database.lookup, label)
        if found is None:
            if not actor.known:
                raise Failure(Code.UNAUTHORIZED)
            raise _unknown(label)
        await self._require(actor, action, found.scope, found.project_id)
        return found

    async def _require(self, actor: Actor, action: Action, scope: str, project: int) -> None:
        if scope == GLOBAL:
            await self._access.require(actor, "label", action)
            return
        # A name none can have stands for a project that does not exist: who may not know learns nothing.
        name = await projects.name_of(self._database.lookup, project) or ProjectName(f"#{project}")
        await self._access.require(actor, "label", action, name)


def _check(wording: Wording) -> None:
    if not wording.name:
        raise Failure(Code.BAD_REQUEST, reason="the name of a label cannot be empty")
    if len(wording.name) > _LONGEST_NAME:
        raise Failure(Code.BAD_REQUEST, reason=f"max length of a label's name is {_LONGEST_NAME}")
    if max(len(wording.description), len(wording.color)) > _LONGEST_TEXT:
        raise Failure(Code.BAD_REQUEST, reason=f"max length of a label's texts is {_LONGEST_TEXT}")


def _must(done: bool, label: int) -> None:
    if not done:
        raise _unknown(label)


def _unknown(label: int) -> Failure:
    return Failure(Code.NOT_FOUND, what=f"label {label}")


def _taken(wording: Wording) -> Failure:
    return Failure(Code.CONFLICT, what=f"label {wording.name}")

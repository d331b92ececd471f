"""Registering, changing and ending instances. What they say about themselves is checked before it is kept."""

from dataclasses import replace

from kangaroo.base.actors import Actor, ActorKind
from kangaroo.base.clock import Clock
from kangaroo.base.errors import Code, Failure
from kangaroo.base.events import InstanceChanged
from kangaroo.base.reasons import InstanceFailure
from kangaroo.core.access.journal import Deed, Journal
from kangaroo.core.instances import checking
from kangaroo.core.instances.directory import Directory, unknown
from kangaroo.core.instances.health import PARTLY, Finding
from kangaroo.core.instances.opener import Opener
from kangaroo.core.instances.points import PLATFORM, Points
from kangaroo.core.instances.probing import Probing
from kangaroo.core.instances.values import (
    Change,
    Instance,
    InstanceKind,
    Integration,
    Parting,
    Registration,
    Which,
)
from kangaroo.jobs import Queue
from kangaroo.remote.values import Kind
from kangaroo.store.meta import instances as rows
from kangaroo.store.meta.database import Database, Duplicate, Selects, Transaction
from kangaroo.store.meta.instances import Connection


class Registering(Directory):
    def __init__(
        self,
        database: Database,
        queue: Queue,
        points: Points,
        opener: Opener,
        journal: Journal,
        clock: Clock,
    ) -> None:
        super().__init__(database, points, clock)
        self.opener = opener
        self.parting: Parting | None = None
        self._journal = journal
        self._queue = queue
        self.health = Probing(database, queue, self, opener, clock)

    async def register(self, actor: Actor, registration: Registration, workspace: int = PLATFORM) -> Instance:
        """After asking it who it is, within five seconds.

        Raises INVALID_FIELD, CONFLICT (the name or the URL is there already), and the InstanceFailure that says
        what is wrong with it.
        """
        await self._decide(actor, "create", workspace)
        if registration.integration is Integration.AUTOMATIC and actor.kind is not ActorKind.SYSTEM:
            raise Failure(Code.PRECONDITION, "instance_automatic", name=registration.name)
        credential = checking.checked_credential(registration.kind, registration.credential)
        connection = Connection(
            url=checking.checked_url(registration.url),
            username="" if credential is None else credential.username,
            credential=self.opener.sealed(credential),
            ca=checking.checked_text("ca", registration.ca, checking.LONGEST_CA),
            insecure=registration.insecure,
            description=checking.checked_text("description", registration.description),
        )
        async with self._database.read() as snapshot:
            await _check_free(snapshot, registration.name, workspace, connection.url)
        finding = await self._identified(registration.kind, connection, workspace)
        row = {
            "workspace": workspace,
            "name": str(registration.name),
            "kind": str(registration.kind),
            "integration": str(registration.integration),
            "author": actor.name,
        }
        try:
            async with self._database.write() as transaction:
                await _check_free(transaction, registration.name, workspace, connection.url)
                identity = await rows.add(transaction, row, connection, self._clock())
                await self.health.note(transaction, identity, finding)
                which = Which(registration.name, workspace)
                await self._record(transaction, actor, Deed("create_instance", _told(which)))
                await self._emit(transaction, actor, identity, workspace)
        except Duplicate as error:
            raise Failure(Code.CONFLICT, what=f"registry {registration.name}") from error
        return await self._known(which)

    async def update(self, actor: Actor, which: Which, change: Change) -> Instance:
        """In effect when it returns. Whatever is changed about the connection is tried out before it is kept.

        Raises NOT_FOUND, INVALID_FIELD, PRECONDITION (the built-in registry, a managed one), CONFLICT, and the
        InstanceFailure that says what is wrong.
        """
        await self._decide(actor, "update", which.workspace)
        found = await self._known(which)
        _check_own(actor, found)
        connection = self._changed(found, change)
        finding = None
        if change.connects_anew:
            await self._check_url(found, connection.url)
            finding = await self._identified(Kind(found.kind), connection, which.workspace)
        async with self._database.write() as transaction:
            moment = max(self._clock(), found.updated_at + 1)
            if not await rows.change(transaction, found.id, found.updated_at, connection, moment):
                raise Failure(Code.CONFLICT, "instance_changed", name=found.name)
            if finding is not None:
                await self.health.note(transaction, found.id, finding)
            await self._record(transaction, actor, Deed("update_instance", _told(which)))
            if change.connects_anew:
                await self._emit(transaction, actor, found.id, found.workspace)
        await self.opener.drop(found.id)
        return await self._known(which)

    async def delete(self, actor: Actor, which: Which) -> tuple[str, ...]:
        """What it holds stays there, but for the robots we made: those that could not be ended now, which is tried on
        without it, are returned by name.

        Raises NOT_FOUND, PRECONDITION, REFERENCED while workspaces are bound to its spaces.
        """
        await self._decide(actor, "delete", which.workspace)
        async with self._database.read() as snapshot:
            found = await _deletable(snapshot, actor, which)
        if self.parting is not None:
            await self.parting.end(found)
        async with self._database.write() as transaction:
            found = await _deletable(transaction, actor, which)
            left = () if self.parting is None else await self.parting.remember(transaction, found)
            await rows.remove(transaction, found.id)
            rest = f", leaving there: {', '.join(left)}" if left else ""
            text = f"delete instance with name: {_told(which)}{rest}"
            await self._record(transaction, actor, Deed("delete_instance", _told(which), text=text))
            await self._emit(transaction, actor, found.id, found.workspace)
        await self.opener.drop(found.id)
        return left

    async def _record(self, transaction: Transaction, actor: Actor, deed: Deed) -> None:
        await self._journal.record(transaction, actor.name, deed)

    async def _emit(self, transaction: Transaction, actor: Actor, instance: int, workspace: int) -> None:
        event = InstanceChanged(actor=actor.name, at=self._clock(), instance=instance, workspace=workspace)
        await self._queue.emit(transaction, event)

    async def _identified(self, kind: Kind, connection: Connection, workspace: int) -> Finding:
        """Raises the failure there is. What is degraded (parts of it unhealthy, too many requests) is let in."""
        client = self.opener.connect(kind, connection)
        try:
            finding = await checking.identified(client, connection.url, workspace)
        finally:
            await client.close()
        if finding.failure is not None and not (
            isinstance(finding.failure, InstanceFailure) and finding.failure.reason in PARTLY
        ):
            raise finding.failure
        return finding

    async def _check_url(self, found: Instance, url: str) -> None:
        """Raises CONFLICT."""
        other = await rows.with_url(self._database.lookup, found.workspace, url, besides=found.id)
        if other is not None:
            raise Failure(Code.CONFLICT, "instance_same_url", url=url, name=other)

    def _changed(self, found: Instance, change: Change) -> Connection:
        """Raises INVALID_FIELD. The kept password goes to no other place than the one it was given for."""
        old = found.connection
        url = old.url if change.url is None else checking.checked_url(change.url)
        if url != old.url and old.credential and change.credential is None:
            raise Failure(Code.INVALID_FIELD, "instance_credential_again", field="credential", url=old.url)
        connection = replace(
            old,
            url=url,
            ca=old.ca if change.ca is None else checking.checked_text("ca", change.ca, checking.LONGEST_CA),
            insecure=old.insecure if change.insecure is None else change.insecure,
            description=old.description
            if change.description is None
            else checking.checked_text("description", change.description),
        )
        if change.credential is None:
            return connection
        credential = checking.checked_credential(Kind(found.kind), change.credential)
        username = "" if credential is None else credential.username
        return replace(connection, username=username, credential=self.opener.sealed(credential))


def _told(which: Which) -> str:
    return which.name if which.workspace == PLATFORM else f"workspace {which.workspace}/{which.name}"


def _check_own(actor: Actor, found: Instance) -> None:
    if found.kind == InstanceKind.KANGAROO:
        raise Failure(Code.PRECONDITION, "instance_built_in", name=found.name)
    if found.integration == Integration.AUTOMATIC and actor.kind is not ActorKind.SYSTEM:
        raise Failure(Code.PRECONDITION, "instance_automatic", name=found.name)


async def _deletable(selects: Selects, actor: Actor, which: Which) -> Instance:
    found = await rows.find(selects, which.workspace, which.name)
    if found is None:
        raise unknown(which)
    _check_own(actor, found)
    if bound := await rows.bound_spaces(selects, found.id):
        raise Failure(Code.REFERENCED, what=f"registry {which.name}", by=f"{bound} workspace bindings")
    return found


async def _check_free(selects: Selects, name: str, workspace: int, url: str) -> None:
    if await rows.taken(selects, workspace, name):
        raise Failure(Code.CONFLICT, what=f"registry {name}")
    if other := await rows.with_url(selects, workspace, url):
        raise Failure(Code.CONFLICT, "instance_same_url", url=url, name=other)

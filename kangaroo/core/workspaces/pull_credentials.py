"""What the namespaces of a workspace pull with: at each instance a robot of the workspace's that may pull what shows in
it and is private, and nothing else.

Public spaces need no credential. At an instance of the workspace's own that has no robots, or lets it make none, it is
the credential the workspace itself gave for it; never one an administrator of the platform gave.

A robot is replaced without a gap: the old one stays until every namespace has the new one, or `GRACE` is over.
"""

import secrets
from dataclasses import dataclass, field, replace

from kangaroo.base.actors import SYSTEM
from kangaroo.base.clock import SECOND, Micros
from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Window
from kangaroo.core.access import Access
from kangaroo.core.access.passwords import hash_secret, random_secret
from kangaroo.core.access.secrets import Cipher
from kangaroo.core.instances import PLATFORM, Instance, InstanceKind
from kangaroo.core.workspaces.looking import Looking, View
from kangaroo.core.workspaces.revoking import Revoking
from kangaroo.core.workspaces.robots_elsewhere import Held, Made, RobotsElsewhere
from kangaroo.core.workspaces.rules import Facts, sight
from kangaroo.remote.values import Capability
from kangaroo.store.meta import access_robots, bindings, bindings_robots
from kangaroo.store.meta import instances as instance_rows
from kangaroo.store.meta import tokens_temporary as rows
from kangaroo.store.meta.access_robots import Changeable
from kangaroo.store.meta.database import Duplicate, Transaction
from kangaroo.store.meta.instances import Wanted
from kangaroo.store.meta.tokens_temporary import PULL, Credential, NewCredential

GRACE: Micros = 600 * SECOND
_ABANDONED: Micros = 60 * SECOND  # so long nobody takes to make a robot
_PURPOSE = "credential of a workspace"
_FOR_EVER = -1


@dataclass(frozen=True, slots=True)
class PullCredential:
    """`spaces`: where it may pull; empty is everywhere there."""

    instance: Instance
    username: str
    secret: str = field(repr=False)
    spaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lacking:
    """An instance the workspace has no credential for, and why."""

    instance: Instance
    failure: Failure


@dataclass(frozen=True, slots=True)
class _Source:
    """An instance a workspace may pull private images from, and what we keep for it, the newest last."""

    instance: Instance
    facts: Facts
    kept: tuple[Credential, ...]


class PullCredentials:
    def __init__(
        self,
        looking: Looking,
        access: Access,
        elsewhere: RobotsElsewhere,
        revoking: Revoking,
        cipher: Cipher,
    ) -> None:
        self._looking = looking
        self._access = access
        self._elsewhere = elsewhere
        self._revoking = revoking
        self._cipher = cipher

    async def ensure(
        self, workspace: int, *, verify: bool = False
    ) -> tuple[list[PullCredential], list[Lacking]]:
        """All it needs, made where they are missing; those it needs no more end. One instance that fails does not
        keep the others from theirs. `verify`: ask the instances whether their robots are still there."""
        sources = await self._sources(workspace)
        await self._end_others(workspace, {source.instance.id for source in sources})
        found: list[PullCredential] = []
        lacking: list[Lacking] = []
        for source in sources:
            try:
                one = await self._one(source, verify=verify)
            except Failure as failure:
                lacking.append(Lacking(source.instance, failure))
                one = await self._last(source)
            if one is not None:
                found.append(one)
        return found, lacking

    async def retire(self, transaction: Transaction, workspace: int, instance: int = 0) -> int:
        """Those in force at one instance, or at all, give way to new ones. How many."""
        ending = [
            one
            for one in await rows.pulling(transaction, workspace)
            if one.expires_at is None and instance in (0, one.instance)
        ]
        await rows.end(transaction, [one.id for one in ending], self._looking.clock() + GRACE)
        return len(ending)

    async def fit(self, transaction: Transaction, instance: int, workspace: int) -> None:
        """A space there was made public or private, or has ended: robots get what they may pull now, and no more."""
        await self._revoking.fit(transaction, instance, workspace)

    async def finish(self, workspace: int) -> int:
        """Those that gave way are over: every namespace has the new ones. How many."""
        database, now = self._looking.database, self._looking.clock()
        if not any(_waits(one, now) for one in await rows.pulling(database.lookup, workspace)):
            return 0
        async with database.write() as transaction:
            over = [one for one in await rows.pulling(transaction, workspace) if _waits(one, now)]
            await self._revoking.end(transaction, over)
        return len(over)

    async def end(self, transaction: Transaction, workspace: int) -> int:
        """All of them: nobody pulls with them any more. How many."""
        now = self._looking.clock()
        held = await rows.pulling(transaction, workspace)
        over = [one for one in held if one.expires_at is None or _waits(one, now)]
        await self._revoking.end(transaction, over)
        return len(over)

    async def _sources(self, workspace: int) -> list[_Source]:
        async with self._looking.database.read() as snapshot:
            own = (await instance_rows.page(snapshot, Wanted(workspace), Window(1, 0))).items
            bound = [
                await instance_rows.with_id(snapshot, one)
                for one in await bindings.instances_of(snapshot, workspace)
            ]
            kept = await rows.pulling(snapshot, workspace)
            made = []
            for instance in (*own, *(one for one in bound if one is not None)):
                spaces = await bindings.of_workspace(snapshot, instance.id, workspace)
                facts = Facts(instance.workspace, workspace, True, spaces)
                ours = tuple(one for one in kept if one.instance == instance.id)
                made.append(_Source(instance, facts, ours))
        return made

    async def _end_others(self, workspace: int, needed: set[int]) -> None:
        held = await rows.pulling(self._looking.database.lookup, workspace)
        if any(one.instance not in needed and one.expires_at is None for one in held):
            async with self._looking.database.write() as transaction:
                held = await rows.pulling(transaction, workspace)
                await self._revoking.end(transaction, [one for one in held if one.instance not in needed])

    async def _one(self, source: _Source, *, verify: bool) -> PullCredential | None:
        """None: there is nothing private to pull there."""
        if source.instance.kind == InstanceKind.KANGAROO:
            return await self._built_in(source)
        if source.instance.workspace != PLATFORM and not await self._gives_robots(source):
            return self._own(source.instance)
        current = next((one for one in source.kept if one.expires_at is None), None)
        if current is not None and current.robot:
            if not verify or await self._elsewhere.there(source.instance, current):
                return self._kept_elsewhere(source, current)
            async with self._looking.database.write() as transaction:
                await rows.remove(transaction, current.id)
        elif current is not None:
            await self._give_up(current)
        return await self._made_elsewhere(source)

    async def _built_in(self, source: _Source) -> PullCredential | None:
        place = (source.instance.id, source.facts.workspace or 0)
        database, now = self._looking.database, self._looking.clock()
        secret, name = random_secret(), f"pull-{place[1]}-{secrets.token_hex(4)}"
        async with database.write() as transaction:
            await bindings.hold(transaction, place[0])
            grants = await bindings_robots.grants(transaction, *place, bindings_robots.PULL_ONLY)
            kept = [one for one in await rows.of_place(transaction, *place) if one.purpose == PULL]
            current = next((one for one in kept if one.expires_at is None), None)
            if not grants:
                await self._revoking.end(transaction, kept)
                return None
            spaces = tuple(grant.namespace for grant in grants)
            if current is not None:
                known = self._cipher.decrypt(current.secret, _PURPOSE)
                robot = await access_robots.holding(transaction, int(current.robot), hash_secret(known))
                if robot is not None:
                    return PullCredential(source.instance, await self._shown(robot.name), known, spaces)
                await self._revoking.end(transaction, [current])  # somebody removed it, or changed its secret
            state = Changeable(f"Namespaces of workspace {place[1]}", grants, False, _FOR_EVER, None)
            made = await bindings_robots.add(transaction, name, state, secret=hash_secret(secret), now=now)
            sealed = self._cipher.encrypt(secret, _PURPOSE)
            new = NewCredential(instance=place[0], workspace=place[1], user=0, purpose=PULL)
            await rows.add(transaction, replace(new, robot=str(made), secret=sealed), now)
        return PullCredential(source.instance, await self._shown(name), secret, spaces)

    async def _gives_robots(self, source: _Source) -> bool:
        if any(one.robot and one.expires_at is None for one in source.kept):
            return True
        if source.instance.kind != InstanceKind.HARBOR:
            return False
        async with self._looking.opener.use(SYSTEM, source.instance) as client:
            return Capability.ROBOTS in (await client.identify()).able

    def _own(self, instance: Instance) -> PullCredential | None:
        credential = self._looking.opener.credential(instance.connection)
        if credential is None:
            return None
        return PullCredential(instance, credential.username, credential.password)

    async def _give_up(self, row: Credential) -> None:
        """Whoever was making it is gone, or raises UNAVAILABLE."""
        if row.created_at > self._looking.clock() - _ABANDONED:
            raise Failure(Code.UNAVAILABLE, what="the robot", reason="it is just being made")
        async with self._looking.database.write() as transaction:
            await self._revoking.end(transaction, [row])

    async def _made_elsewhere(self, source: _Source) -> PullCredential | None:
        now, database = self._looking.clock(), self._looking.database
        workspace = source.facts.workspace or 0
        new = NewCredential(instance=source.instance.id, workspace=workspace, user=0, purpose=PULL)
        try:
            async with database.write() as transaction:
                identity = await rows.add(transaction, new, now)
        except Duplicate as error:
            raise Failure(Code.UNAVAILABLE, what="the robot", reason="it is just being made") from error
        try:
            view = View(source.instance, source.facts, sight(source.facts))
            made = await self._elsewhere.make(SYSTEM, view, new, (identity, now))
            await self._fill(new, identity, made)
        except BaseException as error:
            async with database.write() as transaction:
                await rows.end(transaction, [identity], now)
            if isinstance(error, Failure) and error.text == "nothing_to_push_to":
                return None
            raise
        return PullCredential(source.instance, made.held.username, made.secret, made.spaces)

    async def _fill(self, new: NewCredential, identity: int, made: Made) -> None:
        sealed = self._cipher.encrypt(made.secret, _PURPOSE)
        async with self._looking.database.write() as transaction:
            if not await rows.fill(transaction, identity, str(made.held), sealed):
                raise Failure(Code.NOT_FOUND, what=f"workspace {new.workspace}")
            await self._elsewhere.fit_if_changed(transaction, new, made.bound)

    def _kept_elsewhere(self, source: _Source, row: Credential) -> PullCredential:
        secret = self._cipher.decrypt(row.secret, _PURPOSE)
        spaces = tuple(sorted(source.facts.bound))
        return PullCredential(source.instance, Held.read(row.robot).username, secret, spaces)

    async def _last(self, source: _Source) -> PullCredential | None:
        """What was in force and still works, while there is nothing newer."""
        now = self._looking.clock()
        usable = [
            one for one in source.kept if one.robot and (one.expires_at is None or one.expires_at > now)
        ]
        if not usable or source.instance.kind == InstanceKind.KANGAROO:
            return None
        return self._kept_elsewhere(source, usable[-1])

    async def _shown(self, robot: str) -> str:
        return (await self._access.configuration.values()).robot_name_prefix + robot


def _waits(one: Credential, now: Micros) -> bool:
    """It gave way, and is still good."""
    return one.expires_at is not None and one.expires_at > now

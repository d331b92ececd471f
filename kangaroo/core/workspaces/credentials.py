"""Robots a workspace pushes with: handed to a person until they expire, or kept for the workspace.

They may pull and push where the workspace may push (`rules.pushable`) and nowhere else, and they follow its bindings.
Those of the built-in registry are made in the transaction that decides; at other instances first a row is written, so
that none is forgotten there, then the robot is made, then its id is kept.
"""

import secrets
from dataclasses import dataclass, field, replace

from kangaroo.base.actors import Actor
from kangaroo.base.clock import SECOND, Micros, rfc3339
from kangaroo.base.errors import Code, Failure
from kangaroo.core.access import Access
from kangaroo.core.access.journal import Deed
from kangaroo.core.access.passwords import hash_secret, random_secret
from kangaroo.core.access.secrets import Cipher
from kangaroo.core.instances import InstanceKind, InstanceName, Point
from kangaroo.core.workspaces.looking import Looking, Outlook, View
from kangaroo.core.workspaces.robots_elsewhere import Held, Made, RobotsElsewhere
from kangaroo.store.meta import access_robots, bindings, bindings_robots
from kangaroo.store.meta import tokens_temporary as rows
from kangaroo.store.meta.access_robots import Changeable
from kangaroo.store.meta.database import Duplicate, Transaction
from kangaroo.store.meta.tokens_temporary import LOGIN, STANDING, NewCredential

SHORTEST, LONGEST, USUAL = 60, 30 * 86_400, 86_400  # seconds
_PURPOSE = "credential of a workspace"
_FOR_EVER = -1
_ABANDONED: Micros = 60 * SECOND  # so long nobody takes to make a robot


@dataclass(frozen=True, slots=True)
class Issued:
    """`expires_at` None: as long as the workspace has it. `spaces`: where it may push; empty is everywhere there."""

    view: View
    username: str
    secret: str = field(repr=False)
    expires_at: Micros | None
    spaces: tuple[str, ...]


class Credentials:
    """Both methods raise UNAUTHORIZED, FORBIDDEN, NOT_FOUND; UNSUPPORTED for instances without robots; PRECONDITION
    where there is nothing to push to; what is wrong with the instance."""

    def __init__(self, looking: Looking, access: Access, elsewhere: RobotsElsewhere, cipher: Cipher) -> None:
        self._looking = looking
        self._access = access
        self._elsewhere = elsewhere
        self._cipher = cipher

    async def login(self, actor: Actor, workspace: int, name: InstanceName, seconds: int = 0) -> Issued:
        """For the one who asks, for so long; 0 is a day. Raises INVALID_FIELD."""
        if seconds and not SHORTEST <= seconds <= LONGEST:
            reason = f"it is in seconds: use {SHORTEST} to {LONGEST}, or 0 for {USUAL}"
            raise Failure(Code.INVALID_FIELD, field="expired", reason=reason)
        view = await self._looking.at(actor, Outlook(workspace), name, Point.CREATE_IMAGE)
        until = self._looking.clock() + (seconds or USUAL) * SECOND
        new = NewCredential(
            instance=view.instance.id,
            workspace=workspace,
            user=actor.id,
            purpose=LOGIN,
            expires_at=until,
        )
        if view.instance.kind != InstanceKind.KANGAROO:
            return await self._made_elsewhere(actor, view, new)
        robot = f"login-{workspace}-{secrets.token_hex(6)}"
        return await self._made_here(actor, view, new, robot)

    async def standing(self, actor: Actor, workspace: int, name: InstanceName) -> Issued:
        """The workspace's own, made when first asked for."""
        view = await self._looking.at(actor, Outlook(workspace), name, Point.CREATE_IMAGE)
        found = await self._kept(view, workspace)
        if found is not None:
            return found
        new = NewCredential(instance=view.instance.id, workspace=workspace, user=0, purpose=STANDING)
        try:
            if view.instance.kind == InstanceKind.KANGAROO:
                return await self._made_here(actor, view, new, f"workspace-{workspace}")
            return await self._made_elsewhere(actor, view, new)
        except Duplicate as error:  # somebody else was asked for it at the same moment
            if (found := await self._kept(view, workspace)) is not None:
                return found
            raise Failure(Code.UNAVAILABLE, what="the robot", reason="it is just being made") from error

    async def _kept(self, view: View, workspace: int) -> Issued | None:
        lookup = self._looking.database.lookup
        row = await rows.standing(lookup, view.instance.id, workspace)
        if row is None or not row.robot:
            if row is not None and row.created_at < self._looking.clock() - _ABANDONED:
                async with self._looking.database.write() as transaction:
                    await rows.end(transaction, [row.id], self._looking.clock())
            return None
        secret = self._cipher.decrypt(row.secret, _PURPOSE)
        if view.instance.kind != InstanceKind.KANGAROO:
            return Issued(view, Held.read(row.robot).username, secret, None, tuple(sorted(view.facts.bound)))
        robot = await access_robots.get(lookup, int(row.robot))
        if robot is None:  # an administrator removed it
            async with self._looking.database.write() as transaction:
                await rows.remove(transaction, row.id)
            return None
        grants = await bindings_robots.grants(lookup, view.instance.id, workspace)
        spaces = tuple(grant.namespace for grant in grants)
        return Issued(view, await self._shown(robot.name), secret, None, spaces)

    async def _made_here(self, actor: Actor, view: View, new: NewCredential, robot: str) -> Issued:
        secret, now, database = random_secret(), self._looking.clock(), self._looking.database
        shown = await self._shown(robot)
        async with database.write() as transaction:
            await bindings.hold(transaction, new.instance)
            grants = await bindings_robots.grants(transaction, new.instance, new.workspace)
            if not grants:
                raise Failure(Code.PRECONDITION, "nothing_to_push_to", workspace=new.workspace)
            state = Changeable(
                f"Workspace {new.workspace}, for {actor.name}", grants, False, _FOR_EVER, new.expires_at
            )
            made = await bindings_robots.add(transaction, robot, state, secret=hash_secret(secret), now=now)
            sealed = self._cipher.encrypt(secret, _PURPOSE) if new.purpose == STANDING else ""
            await rows.add(transaction, replace(new, robot=str(made), secret=sealed), now)
            await self._note(transaction, actor, new, shown)
        return Issued(view, shown, secret, new.expires_at, tuple(grant.namespace for grant in grants))

    async def _made_elsewhere(self, actor: Actor, view: View, new: NewCredential) -> Issued:
        database, now = self._looking.database, self._looking.clock()
        async with database.write() as transaction:
            identity = await rows.add(transaction, new, now)
        try:
            made = await self._elsewhere.make(actor, view, new, (identity, now))
            await self._keep(actor, new, identity, made)
        except BaseException:
            async with database.write() as transaction:
                await rows.end(transaction, [identity], now)
            raise
        return Issued(view, made.held.username, made.secret, new.expires_at, made.spaces)

    async def _keep(self, actor: Actor, new: NewCredential, identity: int, made: Made) -> None:
        sealed = self._cipher.encrypt(made.secret, _PURPOSE) if new.purpose == STANDING else ""
        async with self._looking.database.write() as transaction:
            if not await rows.fill(transaction, identity, str(made.held), sealed):
                raise Failure(Code.NOT_FOUND, what=f"workspace {new.workspace}")
            await self._elsewhere.fit_if_changed(transaction, new, made.bound)
            await self._note(transaction, actor, new, made.held.username)

    async def _shown(self, robot: str) -> str:
        return (await self._access.configuration.values()).robot_name_prefix + robot

    async def _note(self, transaction: Transaction, actor: Actor, new: NewCredential, username: str) -> None:
        until = "as long as the workspace has it" if new.expires_at is None else rfc3339(new.expires_at)
        text = f"create credential {username} of workspace {new.workspace} at instance {new.instance}, until {until}"
        await self._looking.authority.record(
            transaction, actor, Deed("create_credential", username, text=text)
        )

"""Robots of workspaces at instances that are not ours: made, fitted to the bindings and removed over their API."""

from dataclasses import dataclass, field

from kangaroo.base.actors import SYSTEM, Actor, Grant
from kangaroo.base.clock import SECOND, Micros
from kangaroo.base.errors import Code, Failure
from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.core.instances import PLATFORM, Instance, RemoteRegistry
from kangaroo.core.workspaces.looking import Looking, View
from kangaroo.core.workspaces.revoking import Revoking, rights_of
from kangaroo.core.workspaces.rules import Facts, pushable, sight
from kangaroo.core.workspaces.spaces import existing
from kangaroo.remote.policies import RobotSpec
from kangaroo.remote.values import Capability
from kangaroo.store.meta import bindings
from kangaroo.store.meta import instances as instance_rows
from kangaroo.store.meta import tokens_temporary as rows
from kangaroo.store.meta.database import Transaction
from kangaroo.store.meta.tokens_temporary import Credential, NewCredential

_DAY: Micros = 86_400 * SECOND
EVERYWHERE = "*"


@dataclass(frozen=True, slots=True)
class Held:
    """What we keep of a robot: its id there, and the name it signs in with."""

    id: int
    username: str

    def __str__(self) -> str:
        return f"{self.id} {self.username}"

    @classmethod
    def read(cls, text: str) -> "Held":
        identity, _, username = text.partition(" ")
        return cls(int(identity), username)


@dataclass(frozen=True, slots=True)
class Made:
    """`bound`: the bindings it was made for. `spaces`: where it may push; empty is everywhere there."""

    held: Held
    secret: str = field(repr=False)
    bound: frozenset[str]
    spaces: tuple[str, ...]


class RobotsElsewhere:
    def __init__(self, looking: Looking, revoking: Revoking) -> None:
        self._looking = looking
        self._revoking = revoking

    async def make(self, actor: Actor, view: View, new: NewCredential, row: tuple[int, Micros]) -> Made:
        """`row`: id and time of the row that remembers it. Raises UNSUPPORTED, PRECONDITION."""
        async with self._looking.opener.use(actor, view.instance) as client:
            if Capability.ROBOTS not in client.capabilities:
                kind = view.instance.kind
                raise InstanceFailure(Reason.UNSUPPORTED, kind=kind, capability=str(Capability.ROBOTS))
            grants = _grants(await _places(client, view.facts), new.purpose)
            if not grants:
                raise Failure(Code.PRECONDITION, "nothing_to_push_to", workspace=new.workspace)
            spec = RobotSpec(
                _name(new.workspace, *row),
                grants,
                None if new.expires_at is None else -(-(new.expires_at - row[1]) // _DAY),
                f"Kangaroo workspace {new.workspace}, for {actor.name}",
            )
            robot = await client.robots.create(spec)
        spaces = tuple(grant.namespace for grant in grants if grant.namespace != EVERYWHERE)
        return Made(Held(robot.id, robot.username), robot.secret, view.facts.bound, spaces)

    async def fit_if_changed(
        self, transaction: Transaction, new: NewCredential, bound: frozenset[str]
    ) -> None:
        """Bindings may have changed while the robot was being made."""
        if await bindings.of_workspace(transaction, new.instance, new.workspace) != bound:
            await self._revoking.fit(transaction, new.instance, new.workspace)

    async def narrow(self, instance_id: int, workspace: int) -> int:
        """The robots a workspace has there get what it may push to now; those left with nothing end. How many."""
        lookup = self._looking.database.lookup
        instance = await instance_rows.with_id(lookup, instance_id)
        if instance is None:
            return 0
        held = [one for one in await rows.of_place(lookup, instance_id, workspace) if one.robot]
        bound = await bindings.of_workspace(lookup, instance_id, workspace)
        facts = Facts(instance.workspace, workspace, True, bound)
        async with self._looking.opener.use(SYSTEM, instance) as client:
            places = await _places(client, facts)
            for one in held if places else ():
                await self._set(client, one, _grants(places, one.purpose))
        if not places:
            async with self._looking.database.write() as transaction:
                await self._revoking.end(transaction, held)
        return len(held)

    async def _set(self, client: RemoteRegistry, one: Credential, grants: tuple[Grant, ...]) -> None:
        days = None if one.expires_at is None else -(-(one.expires_at - one.created_at) // _DAY)
        name, robot = _name(one.workspace, one.id, one.created_at), Held.read(one.robot).id
        try:
            await client.robots.update(
                robot, RobotSpec(name, grants, days, f"Kangaroo workspace {one.workspace}")
            )
        except Failure as failure:
            if failure.code is not Code.NOT_FOUND:
                raise
            async with self._looking.database.write() as transaction:
                await rows.remove(transaction, one.id)

    async def there(self, instance: Instance, one: Credential) -> bool:
        """Whether nobody has removed it. Raises what is wrong with the instance."""
        async with self._looking.opener.use(SYSTEM, instance) as client:
            return await client.robots.find(_name(one.workspace, one.id, one.created_at)) is not None

    async def remove(self, one: Credential) -> None:
        """It may be gone already, or never have been made. Raises what is wrong with the instance."""
        instance = await instance_rows.with_id(self._looking.database.lookup, one.instance)
        if instance is not None:
            await self._remove_there(instance, one)
        async with self._looking.database.write() as transaction:
            await rows.remove(transaction, one.id)

    async def _remove_there(self, instance: Instance, one: Credential) -> None:
        async with self._looking.opener.use(SYSTEM, instance) as client:
            await end_robot(client, *known_of(one))


def known_of(one: Credential) -> tuple[int, str]:
    """A robot's id there, 0 while we have not been told it, and the name we made it with."""
    return Held.read(one.robot).id if one.robot else 0, _name(one.workspace, one.id, one.created_at)


async def end_robot(client: RemoteRegistry, robot: int, name: str) -> None:
    """It may be gone already, or never have been made."""
    if Capability.ROBOTS not in client.capabilities:
        return
    if not robot:
        found = await client.robots.find(name)
        if found is None:
            return
        robot = found.id
    try:
        await client.robots.delete(robot)
    except Failure as failure:
        if failure.code is not Code.NOT_FOUND:
            raise


def _name(workspace: int, row: int, at: Micros) -> str:
    """Known before the robot is made; the time tells apart installations that share a registry."""
    return f"kangaroo-{workspace}-{row}-{at:x}"


async def _places(client: RemoteRegistry, facts: Facts) -> tuple[str, ...]:
    """Everything at an instance of the workspace's own; else the private spaces bound to it, as far as they exist."""
    if facts.owner != PLATFORM:
        return (EVERYWHERE,) if sight(facts).everything else ()
    there = await existing(client, sorted(facts.bound))
    return tuple(str(space.name) for space in pushable(there, facts))


def _grants(places: tuple[str, ...], purpose: str) -> tuple[Grant, ...]:
    rights = rights_of(purpose)
    return tuple(Grant("project", place, rights) for place in places)

"""Robots: accounts for programs, with rights of their own, at the level of one project or of the system."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from kangaroo.base.actors import Actor, ActorKind, Grant
from kangaroo.base.clock import SECOND, Clock, Micros
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import ProjectName
from kangaroo.base.paging import Page
from kangaroo.base.query import ListQuery
from kangaroo.core.access.configuration import Configuration
from kangaroo.core.access.decisions import Decisions
from kangaroo.core.access.journal import Deed
from kangaroo.core.access.passwords import check_strength, hash_secret, random_secret
from kangaroo.core.access.roles import ROBOT_RIGHTS, Action, Pair, Role
from kangaroo.core.access.rules import check_grants, covers
from kangaroo.store.meta import access as facts
from kangaroo.store.meta import access_robots as rows
from kangaroo.store.meta.access_robots import Changeable, Robot
from kangaroo.store.meta.database import Dangling, Database, Duplicate, Transaction

DAY: Micros = 86_400 * SECOND
FOR_EVER = -1
_NAME = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")
_LONGEST_DAYS = 36_500


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotSpec:
    """What is asked for. `name` without prefix and project. `duration` in days, -1 for ever, 0 the default.

    `expires_at` overrides `duration` to the microsecond, for robots that live an hour.
    """

    name: str
    level: str
    grants: tuple[Grant, ...]
    description: str = ""
    disabled: bool = False
    duration: int = FOR_EVER
    expires_at: Micros | None = None


class Robots:
    """Robots of a project are decided by rights in that project, the others by rights in the system.

    Every method raises UNAUTHORIZED and FORBIDDEN as `Decisions.require` does.
    """

    def __init__(
        self, database: Database, clock: Clock, decisions: Decisions, configuration: Configuration
    ) -> None:
        self._database = database
        self._clock = clock
        self._decisions = decisions
        self._configuration = configuration

    async def create(self, actor: Actor, spec: RobotSpec) -> tuple[Robot, str]:
        """The robot, and its secret: this once. Raises BAD_REQUEST with what is wrong, PROJECT_UNKNOWN,
        CONFLICT; DENIED when a robot asks for more than it has itself.
        """
        if not _NAME.fullmatch(spec.name) or len(spec.name) > 255:
            reason = "robot name is not in lower case or contains illegal characters"
            raise Failure(Code.BAD_REQUEST, reason=reason)
        _check(spec)
        project = ProjectName.parse(spec.grants[0].namespace) if spec.level == "project" else None
        home = await self._require(actor, "create", project)
        grants = await self._resolved(actor, spec.grants)
        now, configured = self._clock(), await self._configuration.values()
        duration = spec.duration or configured.robot_token_duration
        state = Changeable(spec.description, grants, spec.disabled, duration, _end(spec, duration, now))
        name = spec.name if project is None else f"{project}+{spec.name}"
        secret, shown = random_secret(), configured.robot_name_prefix + name
        try:
            async with self._database.write() as transaction:
                hashed = hash_secret(secret)
                made = await rows.add(transaction, name, home, state, secret=hashed, now=now)
                deed = Deed("create_robot", shown, home or 0)
                await self._decisions.journal.record(transaction, actor.name, deed)
        except Duplicate as error:
            raise Failure(Code.CONFLICT, what=f"robot {name}") from error
        except Dangling as error:
            raise Failure(Code.PROJECT_UNKNOWN, project=project) from error
        return Robot(made, shown, spec.level, home, project, state, now, now), secret

    async def rights(self, actor: Actor) -> dict[str, list[Pair]]:
        """What a robot may be given, by kind of grant: for who may make robots, in the system or in a project."""
        if not actor.known:
            raise Failure(Code.UNAUTHORIZED)
        subject = await self._decisions.subject(actor)
        everywhere = subject.sysadmin or subject.kind is ActorKind.SYSTEM
        person = subject.kind is ActorKind.USER and subject.active
        lookup = self._database.lookup
        if not everywhere and not (person and await facts.has_role(lookup, actor.id, Role.PROJECT_ADMIN)):
            raise Failure(Code.FORBIDDEN, action="read", resource="permissions")
        return {
            "system": sorted(ROBOT_RIGHTS["system"]) if everywhere else [],
            "project": sorted(ROBOT_RIGHTS["project"]),
        }

    async def get(self, actor: Actor, robot: int) -> Robot:
        """Raises NOT_FOUND."""
        found = await self._found(actor, robot, "read")
        return (await self._shown([found]))[0]

    async def page(self, actor: Actor, query: ListQuery, project: ProjectName | None = None) -> Page[Robot]:
        """By name: the robots of a project, or of the system. Raises PROJECT_UNKNOWN."""
        home = await self._require(actor, "list", project)
        async with self._database.read() as snapshot:
            found = await rows.page(snapshot, query, project=home)
        return Page(await self._shown(found.items), found.total)

    async def update(self, actor: Actor, robot: int, spec: RobotSpec) -> None:
        """All but name and level. A new duration counts from the making. Raises as `create` does, and
        NOT_FOUND.
        """
        found = await self._found(actor, robot, "update")
        configured = await self._configuration.values()
        names = {found.name, configured.robot_name_prefix + found.name, found.name.rpartition("+")[2]}
        if spec.level != found.level or spec.name not in names:
            raise Failure(Code.BAD_REQUEST, reason="cannot update the level or name of robot")
        _check(spec)
        if found.project is not None and spec.grants[0].namespace != found.project:
            raise Failure(Code.BAD_REQUEST, reason=f"the robot belongs to project {found.project}")
        grants = await self._resolved(actor, spec.grants)
        duration = spec.duration or configured.robot_token_duration
        ends = found.state.expires_at
        if duration != found.state.duration or spec.expires_at is not None:
            ends = _end(spec, duration, found.created_at)
        state = Changeable(spec.description, grants, spec.disabled, duration, ends)
        async with self._database.write() as transaction:
            _must(await rows.change(transaction, robot, state, self._clock()), robot)
            await self._record(transaction, actor, "update_robot", found)

    async def refresh_secret(self, actor: Actor, robot: int, secret: str = "") -> str:
        """A new secret, made up unless one is given. Raises BAD_REQUEST for a weak one, NOT_FOUND."""
        found = await self._found(actor, robot, "update")
        if secret:
            check_strength(secret)
        chosen = secret or random_secret()
        async with self._database.write() as transaction:
            hashed = hash_secret(chosen)
            _must(await rows.set_secret(transaction, robot, hashed, self._clock()), robot)
            await self._record(transaction, actor, "update_robot", found)
        return chosen

    async def delete(self, actor: Actor, robot: int) -> None:
        """Raises NOT_FOUND."""
        found = await self._found(actor, robot, "delete")
        async with self._database.write() as transaction:
            _must(await rows.remove(transaction, robot), robot)
            await self._record(transaction, actor, "delete_robot", found)

    async def _record(
        self,
        transaction: Transaction,
        actor: Actor,
        event: Literal["update_robot", "delete_robot"],
        robot: Robot,
    ) -> None:
        name = (await self._configuration.values(transaction)).robot_name_prefix + robot.name
        deed = Deed(event, name, robot.project_id or 0)
        await self._decisions.journal.record(transaction, actor.name, deed)

    async def _require(self, actor: Actor, action: Action, project: ProjectName | None) -> int | None:
        if project is None:
            await self._decisions.require(actor, "robot", action)
            return None
        return (await self._decisions.require(actor, "robot", action, project)).id

    async def _found(self, actor: Actor, robot: int, action: Action) -> Robot:
        if not actor.known:
            raise Failure(Code.UNAUTHORIZED)
        found = await rows.get(self._database.lookup, robot)
        if found is None:
            raise Failure(Code.NOT_FOUND, what=f"robot {robot}")
        await self._require(actor, action, None if found.project is None else ProjectName(found.project))
        return found

    async def _resolved(self, actor: Actor, grants: Sequence[Grant]) -> tuple[Grant, ...]:
        """With the rows of the projects they name; held against what a robot has that asks."""
        resolved: list[Grant] = []
        for grant in grants:
            identity = 0
            if grant.kind == "project" and grant.namespace != "*":
                place = await facts.place(self._database.lookup, ProjectName.parse(grant.namespace))
                if place is None:
                    raise Failure(Code.PROJECT_UNKNOWN, project=grant.namespace)
                identity = place.id
            resolved.append(Grant(grant.kind, grant.namespace, grant.access, identity))
        if actor.kind is ActorKind.ROBOT and not covers(await self._decisions.subject(actor), resolved):
            raise Failure(Code.DENIED, "robot_exceeds")
        return tuple(resolved)

    async def _shown(self, robots: Sequence[Robot]) -> list[Robot]:
        """As they sign in, without rights in projects that are gone."""
        named = {grant.project_id for robot in robots for grant in robot.state.grants if grant.project_id}
        there = await rows.existing_projects(self._database.lookup, sorted(named)) | {0}
        prefix, shown = (await self._configuration.values()).robot_name_prefix, []
        for robot in robots:
            grants = tuple(grant for grant in robot.state.grants if grant.project_id in there)
            name = prefix + robot.name
            shown.append(replace(robot, name=name, state=replace(robot.state, grants=grants)))
        return shown


def _check(spec: RobotSpec) -> None:
    if spec.level not in ("system", "project"):
        raise Failure(Code.BAD_REQUEST, reason=f"bad request error level input: {spec.level}")
    if not FOR_EVER <= spec.duration <= _LONGEST_DAYS:
        raise Failure(Code.BAD_REQUEST, reason=f"bad request error duration input: {spec.duration}")
    if "\0" in spec.description:
        raise Failure(Code.BAD_REQUEST, reason="texts cannot hold the character NUL")
    check_grants(spec.level, spec.grants)


def _end(spec: RobotSpec, duration: int, start: Micros) -> Micros | None:
    if spec.expires_at is not None:
        return spec.expires_at
    return None if duration == FOR_EVER else start + duration * DAY


def _must(done: bool, robot: int) -> None:
    if not done:
        raise Failure(Code.NOT_FOUND, what=f"robot {robot}")

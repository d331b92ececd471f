"""What this process remembers about who may do what, and until when it is true.

Everything hangs on one State, thrown away as a whole when anybody commits a change to users, robots, members
or projects (the generation moves) or a robot in it expires. Whoever fills it writes into the State he started
with: if that was replaced meanwhile, what he read is used once and forgotten.
"""

from dataclasses import dataclass

from kangaroo.base.actors import Actor, ActorKind
from kangaroo.base.clock import Clock, Micros
from kangaroo.base.names import ProjectName
from kangaroo.core.access.configuration import Configuration
from kangaroo.core.access.recent import Recent
from kangaroo.core.access.roles import REPOSITORY_ACTIONS, Role
from kangaroo.core.access.rules import ProjectFacts, Subject, allowed
from kangaroo.store.meta import access as rows
from kangaroo.store.meta.database import ACCESS, Database

_REMEMBERED = 20_000  # of each kind; strangers choose the keys
_NEVER = 1 << 62
_ROLES = frozenset(Role)
_NOBODY = Subject(ActorKind.ANONYMOUS)


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody in a project (or in the system: `project` None), with the answers the registry asks for most.

    `registry` holds what he may do with repositories here; None without a project to do it in.
    """

    subject: Subject
    project: ProjectFacts | None
    registry: frozenset[str] | None


StandingKey = tuple[ActorKind, int, str | None]


class State:
    """`at` is when it was last found good; `frozen`, once it has standings, that nobody may change content."""

    __slots__ = ("at", "credentials", "frozen", "generation", "standings", "tokens", "until")

    def __init__(self, generation: int, at: Micros) -> None:
        self.generation = generation
        self.at = at
        self.frozen = False
        self.until: Micros = _NEVER
        self.standings: Recent[StandingKey, Standing] = Recent(_REMEMBERED)
        self.tokens: Recent[str, tuple[Actor, Micros]] = Recent(_REMEMBERED)
        self.credentials: Recent[str, tuple[bytes, Actor, Micros]] = Recent(_REMEMBERED)


class Facts:
    def __init__(self, database: Database, clock: Clock, configuration: Configuration) -> None:
        self._database = database
        self._clock = clock
        self._configuration = configuration
        self.state = State(-1, 0)

    def fresh(self) -> State:
        """The State of this moment; good until the next `await`."""
        at = self._clock()
        generation = self._database.generation(ACCESS)
        state = self.state
        if generation != state.generation or at >= state.until:
            state = self.state = State(generation, at)
        state.at = at
        return state

    async def standing(self, actor: Actor, project: ProjectName | None) -> Standing:
        state = self.fresh()
        key = (actor.kind, actor.id, project)
        found = state.standings.get(key)
        if found is None:
            found = await self._load(state, actor, project)
            state.standings.put(key, found)
        return found

    async def _load(self, state: State, actor: Actor, project: ProjectName | None) -> Standing:
        state.frozen = (await self._configuration.values()).read_only
        match actor.kind:
            case ActorKind.USER:
                subject, place = await self._user(actor.id, project or "")
            case ActorKind.ROBOT:
                subject, place = await self._robot(state, actor.id, project or "")
            case _:
                subject = Subject(actor.kind)
                place = None if project is None else await rows.place(self._database.lookup, project)
        if project is None:
            return Standing(subject, None, None)
        if place is None:
            return Standing(subject, ProjectFacts(0, project), None)
        facts = ProjectFacts(place.id, project, place.public)
        may = frozenset(a for a in REPOSITORY_ACTIONS if allowed(subject, "repository", a, facts))
        return Standing(subject, facts, may)

    async def _user(self, user: int, project: str) -> tuple[Subject, rows.Place | None]:
        row = await rows.user_in(self._database.lookup, user, project)
        if row is None:
            return Subject(ActorKind.USER, active=False), None
        roles = frozenset(Role(role) for role in row.roles & _ROLES)
        return Subject(ActorKind.USER, sysadmin=row.sysadmin, roles=roles), row.place

    async def _robot(self, state: State, robot: int, project: str) -> tuple[Subject, rows.Place | None]:
        row = await rows.robot_in(self._database.lookup, robot, project)
        if row is None:
            return Subject(ActorKind.ROBOT, active=False), None
        expired = row.expires_at is not None and row.expires_at <= state.at
        if row.expires_at is not None and not expired:
            state.until = min(state.until, row.expires_at)
        active = not row.disabled and not expired
        return Subject(ActorKind.ROBOT, active, grants=row.grants, home=row.home), row.place

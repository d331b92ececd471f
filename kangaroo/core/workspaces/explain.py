"""Why somebody does or does not see a space, and whom to ask: the answer to the question people have most."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from kangaroo.base.actors import Actor, ActorKind
from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Window
from kangaroo.base.query import ListQuery
from kangaroo.base.texts import Language, sentence
from kangaroo.core.instances import PLATFORM, Instance, InstanceName, Point, SpaceName
from kangaroo.core.workspaces.authority import points_of
from kangaroo.core.workspaces.looking import Looking
from kangaroo.core.workspaces.roles import BUILT_IN, Scope, scope_of
from kangaroo.core.workspaces.rules import Facts, sight
from kangaroo.core.workspaces.spaces import existing
from kangaroo.remote.values import Space
from kangaroo.store.meta import bindings
from kangaroo.store.meta import instances as instance_rows
from kangaroo.store.meta import roles as rows
from kangaroo.store.meta import workspaces as workspace_rows
from kangaroo.store.meta.database import Selects

_NAMED = 10  # people an answer names


class Why(StrEnum):
    """Each has a sentence in `base.texts`, as sight_…"""

    PUBLIC = "public"
    BOUND = "bound"
    OWN = "own"
    NOT_MEMBER = "not_member"
    NOT_BOUND = "not_bound"
    NO_SPACE = "no_space"
    NO_INSTANCE = "no_instance"


@dataclass(frozen=True, slots=True)
class Explanation:
    """`workspaces` by which he sees it; `ask`: names of people and groups."""

    sees: bool
    why: Why
    user: str
    instance: str
    space: str
    workspaces: dict[int, str]
    ask: tuple[str, ...] = ()

    def told(self, language: Language) -> str:
        facts = {
            "user": self.user,
            "instance": self.instance,
            "space": self.space,
            "workspaces": ", ".join(self.workspaces.values()),
            "ask": ", ".join(self.ask),
        }
        return sentence(f"sight_{self.why}", language, **facts)


@dataclass(frozen=True, slots=True)
class _Question:
    """`privileged`: who asks may know of every space."""

    actor: Actor
    privileged: bool
    user: str
    memberships: frozenset[int]
    instance: InstanceName
    space: SpaceName


class Explaining:
    def __init__(self, looking: Looking) -> None:
        self._looking = looking

    async def space(
        self, actor: Actor, instance: InstanceName, space: SpaceName, user: str = ""
    ) -> Explanation:
        """For oneself, or, with the right to see all spaces, for another user.

        Raises UNAUTHORIZED, FORBIDDEN, NOT_FOUND (no such user), and what is wrong with the instance.
        """
        question = await self._question(actor, instance, space, user)
        found = await self._instance(question)
        if found is None:
            return self._no(question, Why.NO_INSTANCE, await self._platform_people())
        async with self._looking.opener.use(actor, found) as client:
            there = next(iter(await existing(client, [space])), None)
        if found.workspace != PLATFORM:
            return await self._own(question, found, there)
        return await self._platform(question, found, there)

    async def _question(self, actor: Actor, instance: InstanceName, space: SpaceName, user: str) -> _Question:
        authority, lookup = self._looking.authority, self._looking.database.lookup
        privileged = Point.GET_REGISTRY_SPACE in await authority(actor, PLATFORM)
        identity: int | None = actor.id
        if user and user != actor.name:
            await authority.require(actor, Point.GET_REGISTRY_SPACE)
            identity = await rows.user_named(lookup, user)
            if identity is None:
                raise Failure(Code.NOT_FOUND, what=f"user {user[:255]}")
        elif actor.kind is not ActorKind.USER:
            raise Failure(
                Code.FORBIDDEN if actor.known else Code.UNAUTHORIZED, action="read", resource="sight"
            )
        held = await rows.held_everywhere(lookup, identity or 0)
        members = frozenset(
            w for w, roles in held.items() if Point.GET_IMAGE in points_of("workspace", roles)
        )
        return _Question(actor, privileged, user or actor.name, members, instance, space)

    async def _instance(self, question: _Question) -> Instance | None:
        lookup = self._looking.database.lookup
        for workspace in (PLATFORM, *sorted(question.memberships)):
            found = await instance_rows.find(lookup, workspace, question.instance)
            if found is not None:
                return found
        return None

    async def _own(self, question: _Question, found: Instance, there: Space | None) -> Explanation:
        if there is None:
            return self._no(question, Why.NO_SPACE, ())
        return await self._yes(question, Why.OWN, [found.workspace])

    async def _platform(self, question: _Question, found: Instance, there: Space | None) -> Explanation:
        if there is None:
            why = Why.NO_SPACE if question.privileged else Why.NOT_BOUND
            return self._no(question, why, await self._platform_people())
        if there.public:
            return await self._yes(question, Why.PUBLIC, [])
        bound = await bindings.of_space(self._looking.database.lookup, found.id, question.space)
        named = frozenset({str(there.name)})
        through = [
            workspace
            for workspace in bound
            if sight(Facts(PLATFORM, workspace, workspace in question.memberships, named)).shows(there)
        ]
        if through:
            return await self._yes(question, Why.BOUND, through)
        if bound:
            return self._no(question, Why.NOT_MEMBER, await self._administrators(bound))
        return self._no(question, Why.NOT_BOUND, await self._platform_people())

    async def _yes(self, question: _Question, why: Why, through: Collection[int]) -> Explanation:
        names = await workspace_rows.names(self._looking.database.lookup, sorted(through))
        return Explanation(True, why, question.user, question.instance, question.space, names)

    def _no(self, question: _Question, why: Why, ask: Iterable[str]) -> Explanation:
        return Explanation(False, why, question.user, question.instance, question.space, {}, tuple(ask))

    async def _administrators(self, workspaces: Iterable[int]) -> list[str]:
        """Of these workspaces; where there are none, those of the platform, who can make some."""
        found: list[str] = []
        for workspace in sorted(workspaces)[:_NAMED]:
            found += await self._holding(workspace, Point.CREATE_CONNECTED_REGISTRY)
        return list(dict.fromkeys(found))[:_NAMED] or await self._platform_people()

    async def _platform_people(self) -> list[str]:
        """Who may bind spaces."""
        owners = await self._holding(PLATFORM, Point.BIND_REGISTRY_SPACE)
        admins = await rows.sysadmins(self._looking.database.lookup, _NAMED)
        return list(dict.fromkeys(owners + admins))[:_NAMED]

    async def _holding(self, workspace: int, point: Point) -> list[str]:
        scope = scope_of(workspace)
        async with self._looking.database.read() as snapshot:
            roles = await self._roles_with(snapshot, scope, point)
            found = await rows.members(snapshot, workspace, ListQuery(window=Window(1, 0)))
        return [one.name for one in found.items if one.role in roles]

    async def _roles_with(self, snapshot: Selects, scope: Scope, point: Point) -> set[str]:
        built_in = {name for name, points in BUILT_IN[scope].items() if point in points}
        custom = {one.name for one in await rows.custom(snapshot, scope) if point in one.points}
        return built_in | custom

"""Role × operation: a table of who may do what, walked over the whole cast in a public and in a private project.

A module `lines/<tag>.py` holds the lines of its tag; they are found by themselves:

    LINES = (
        Line("listProjectMembers", "GET projects/{project}/members", private="PA M D G robots admin"),
        Line("createProjectMember", new_member, ok=201, private="PA projectrobot systemrobot admin"),
        Line("getVolumes", "GET systeminfo/volumes", system="systemrobot admin"),
    )

`private` and `public` say who may in a project of that kind (`public` when left out: the same), `system` who may
where no project is concerned. Whoever may not is refused: anonymous with 401, the others with 403; `refused` says
where Harbor differs. A call that changes something, or needs something, is a function that makes it anew for each
one of the cast: `async def new_member(stage: Stage) -> Ask`.
"""

import importlib
import itertools
import pkgutil
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

from kangaroo.base.actors import Actor
from kangaroo.base.names import ProjectName
from kangaroo.core.services import Services
from tests.entrypoints.harbor import lines
from tests.entrypoints.harbor.cast import EVERYBODY, Cast, who
from tests.entrypoints.harbor.client import HarborClient

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Ask:
    method: str
    path: str
    json: object = None


@dataclass(frozen=True, slots=True)
class Stage:
    """Where one call is prepared: `services` and the actor `admin`, who may everything, or the client `by_admin`."""

    project: ProjectName
    services: Services
    admin: Actor
    by_admin: HarborClient

    def fresh(self, word: str = "thing") -> str:
        """A name nobody had."""
        return f"{word}-{next(_numbers)}"


Prepare = Callable[[Stage], Awaitable[Ask]]


@dataclass(frozen=True, slots=True)
class Line:
    """`ok` is the status of success: what an allowed caller gets."""

    operation: str
    call: str | Prepare
    ok: int = 200
    private: str | None = None
    public: str | None = None
    system: str | None = None
    refused: Mapping[str, int] = field(default_factory=dict)

    def may(self, project: ProjectName) -> frozenset[str]:
        if self.system is not None:
            return who(self.system)
        assert self.private is not None, f"{self.operation}: say who may"
        return who(self.public if project == "open" and self.public is not None else self.private)

    def expected(self, project: ProjectName, one: str) -> int:
        if one in self.may(project):
            return self.ok
        return self.refused.get(one, 401 if one == "anonymous" else 403)

    async def ask(self, stage: Stage) -> Ask:
        if not isinstance(self.call, str):
            return await self.call(stage)
        method, path = self.call.split(" ", 1)
        return Ask(method, path.format(project=stage.project))


@cache
def all_lines() -> tuple[Line, ...]:
    modules = (
        importlib.import_module(f"{lines.__name__}.{m.name}") for m in pkgutil.iter_modules(lines.__path__)
    )
    return tuple(line for module in modules for line in module.LINES)


async def walk(cast: Cast, line: Line) -> list[str]:
    """Everybody does it everywhere; what came out otherwise than expected."""
    wrong = []
    for project, clients in cast.clients.items():
        stage = Stage(project, cast.installation.wired.services, cast.admin, clients["admin"])
        for one in EVERYBODY:
            ask = await line.ask(stage)
            answer = await clients[one](ask.method, ask.path, ask.json)
            expected = line.expected(project, one)
            if answer.status != expected:
                said = f"{answer.status} {answer.body[:160]!r}"
                wrong.append(f"{one} in {project}: expected {expected}, got {said}")
    return wrong

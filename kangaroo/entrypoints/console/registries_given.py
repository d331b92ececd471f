"""What the handlers of registries are given, by the names of their parameters:

ground: Given[Ground]            where registries are registered: in the platform, or in a workspace
which: Given[Which]              the one of {registry}
"""

from dataclasses import dataclass

from litestar.di import Provide

from kangaroo.base.errors import Code, Failure
from kangaroo.core.instances import BUILT_IN, PLATFORM, InstanceName, Point, Which
from kangaroo.entrypoints.console.visit import Visit, path_of
from kangaroo.entrypoints.http.framework import Given

_LONGEST_ID = 9


@dataclass(frozen=True, slots=True)
class Ground:
    """`held`: the permission points he has there, to leave out what he may not do."""

    workspace: int
    held: frozenset[Point]

    @property
    def root(self) -> str:
        return f"/w/{self.workspace}/registries" if self.workspace else "/registries"

    def url(self, *parts: object) -> str:
        return self.root + path_of(*parts)

    @property
    def creates(self) -> bool:
        return self._may(Point.CREATE_REGISTRY_INTEGRATION, Point.CREATE_CONNECTED_REGISTRY)

    @property
    def updates(self) -> bool:
        return self._may(Point.UPDATE_REGISTRY_INTEGRATION, Point.UPDATE_CONNECTED_REGISTRY)

    @property
    def deletes(self) -> bool:
        return self._may(Point.DELETE_REGISTRY_INTEGRATION, Point.DELETE_CONNECTED_REGISTRY)

    def _may(self, of_platform: Point, of_workspace: Point) -> bool:
        return (of_workspace if self.workspace else of_platform) in self.held


def both(path: str) -> list[str]:
    """The path in the platform, and in a workspace."""
    return [f"/registries{path}", f"/w/{{workspace:str}}/registries{path}"]


def name_of(visit: Visit) -> InstanceName:
    """A name that nothing can have is not found."""
    text = visit.segment("registry")
    try:
        return InstanceName.parse(text)
    except Failure as failure:
        raise Failure(Code.NOT_FOUND, what=f"registry {text[:80]}") from failure


async def _ground(visit: Given[Visit]) -> Ground:
    workspace = PLATFORM
    if "workspace" in visit.request.path_params:
        text = visit.segment("workspace")
        if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID and int(text)):
            raise Failure(Code.NOT_FOUND, what=f"workspace {text[:20]}")
        workspace = int(text)
    return Ground(workspace, frozenset(await visit.services.instances.held(visit.actor, workspace)))


async def _which(visit: Given[Visit], ground: Given[Ground]) -> Which:
    name = name_of(visit) if "registry" in visit.request.path_params else BUILT_IN
    return Which(name, ground.workspace)


ON_GROUND = {"ground": Provide(_ground), "which": Provide(_which)}

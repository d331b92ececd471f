"""What the handlers of one image space are given: `space: Given[SpaceView]`, the space with what he may do to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from litestar.di import Provide

from kangaroo.base.clock import Micros
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import ProjectName
from kangaroo.base.paging import Window
from kangaroo.core.access import Action, Resource
from kangaroo.core.instances import BUILT_IN, InstanceName, Point, SpaceName
from kangaroo.core.workspaces import Outlook
from kangaroo.entrypoints.console.visit import Visit, path_of
from kangaroo.entrypoints.http.framework import Given

ONE = "/spaces/{registry:str}/{name:str}"
_ASKED: Mapping[str, tuple[Resource, Action]] = {
    "members": ("member", "list"),
    "robots": ("robot", "list"),
    "labels": ("label", "list"),
    "rules": ("immutable-tag", "list"),
    "log": ("log", "list"),
    "change": ("project", "update"),
    "delete": ("project", "delete"),
    "add_members": ("member", "create"),
    "make_robots": ("robot", "create"),
    "make_labels": ("label", "create"),
    "make_rules": ("immutable-tag", "create"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceView:
    """`project` is the row of the built-in registry's, 0 elsewhere; `may` are words of what he may do and see."""

    registry: InstanceName
    name: SpaceName
    public: bool
    images: int | None
    created: Micros | None
    project: int = 0
    may: frozenset[str] = field(default=frozenset())

    @property
    def own(self) -> bool:
        return self.registry == BUILT_IN

    @property
    def project_name(self) -> ProjectName:
        return ProjectName(self.name)

    def url(self, *parts: object) -> str:
        return path_of("spaces", self.registry, self.name, *parts)

    def at(self, place: str) -> str:
        """One of its pages: `at("members")`."""
        return self.url("-", place)

    @property
    def images_url(self) -> str:
        """Where its images are looked at; empty where one has to look from a workspace."""
        return path_of("images", self.registry, self.name) if self.own or self.public else ""


async def _space(visit: Given[Visit]) -> SpaceView:
    registry = _known(visit.segment("registry"))
    try:
        name = SpaceName.parse(visit.segment("name"))
    except Failure as failure:
        raise Failure(Code.PROJECT_UNKNOWN, project=visit.segment("name")[:80]) from failure
    rights = await visit.rights()
    may = set(await _may_inside(visit, name)) if registry == BUILT_IN else set()
    may |= {word for word, point in _POINTS.items() if rights.may(point)}
    if registry == BUILT_IN and await visit.services.access.may(
        visit.actor, "project", "read", ProjectName(name)
    ):
        found = await visit.services.projects.get(visit.actor, ProjectName(name))
        return SpaceView(
            registry=registry,
            name=name,
            public=found.metadata.get("public") == "true",
            images=found.repositories,
            created=found.created_at,
            project=found.id,
            may=frozenset(may),
        )
    return await _elsewhere(visit, registry, name, frozenset(may))


_POINTS = {
    "bindings": Point.GET_REGISTRY_SPACE,
    "bind": Point.BIND_REGISTRY_SPACE,
    "change": Point.UPDATE_REGISTRY_SPACE,
    "delete": Point.DELETE_REGISTRY_SPACE,
    # The points say more than the roles of a project: by them core is asked otherwise.
    "change_any": Point.UPDATE_REGISTRY_SPACE,
    "delete_any": Point.DELETE_REGISTRY_SPACE,
}


async def _may_inside(visit: Visit, name: SpaceName) -> list[str]:
    may = visit.services.access.may
    return [
        word
        for word, (resource, action) in _ASKED.items()
        if await may(visit.actor, resource, action, ProjectName(name))
    ]


async def _elsewhere(visit: Visit, registry: InstanceName, name: SpaceName, may: frozenset[str]) -> SpaceView:
    """Raises PROJECT_UNKNOWN, and what is wrong with the registry."""
    workspaces = visit.services.workspaces
    if "bindings" in may:
        page = await workspaces.administration.page(visit.actor, registry, Window(1, 0), name)
        for one in page.items:
            if one.name == name:
                return SpaceView(
                    registry=registry,
                    name=name,
                    public=one.public,
                    images=one.images,
                    created=one.created,
                    may=may,
                )
        raise Failure(Code.PROJECT_UNKNOWN, project=name)
    seen = (await workspaces.spaces.get(visit.actor, Outlook(None), registry, name)).space
    return SpaceView(
        registry=registry,
        name=name,
        public=seen.public,
        images=seen.images,
        created=seen.created,
        may=may,
    )


def _known(text: str) -> InstanceName:
    try:
        return InstanceName.parse(text)
    except Failure as failure:
        raise Failure(Code.NOT_FOUND, what=f"registry {text[:80]}") from failure


OF_SPACE = {"space": Provide(_space)}

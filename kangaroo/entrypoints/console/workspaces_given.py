"""What the handlers of one workspace are given: `place: Given[Place]`, the workspace with what he may do in it."""

from dataclasses import dataclass

from litestar.di import Provide

from kangaroo.base.errors import Code, Failure
from kangaroo.core.instances import Point
from kangaroo.entrypoints.console.visit import Visit
from kangaroo.entrypoints.http.framework import Given

ONE = "/workspaces/{workspace:str}"
_LONGEST_ID = 9


@dataclass(frozen=True, slots=True)
class Place:
    """`manages`: he decides who belongs to it. `held`: his points as a member, none for who is none."""

    id: int
    name: str
    description: str
    created_at: int
    manages: bool
    held: frozenset[Point]

    def url(self, place: str = "") -> str:
        return f"/workspaces/{self.id}/{place}".rstrip("/")

    @property
    def member(self) -> bool:
        return Point.GET_IMAGE in self.held


async def _place(visit: Given[Visit]) -> Place:
    identity = number_of(visit, "workspace")
    workspaces = visit.services.workspaces
    found = await workspaces.directory.get(visit.actor, identity)
    manages = await workspaces.authority.manages(visit.actor, identity)
    held = await workspaces.authority(visit.actor, identity)
    return Place(found.id, found.name, found.description, found.created_at, manages, held)


def number_of(visit: Visit, name: str) -> int:
    """Of a part of the path. Raises NOT_FOUND for what is none."""
    text = visit.segment(name)
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID and int(text)):
        raise Failure(Code.NOT_FOUND, what=f"{name} {text[:20]}")
    return int(text)


OF_WORKSPACE = {"place": Provide(_place)}

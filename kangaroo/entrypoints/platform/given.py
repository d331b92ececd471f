"""What a handler is given, by the names of its parameters: `async def list_(actor: Given[Actor], …)`.

    actor: Given[Actor]                  who asks
    services: Given[Services]            the subjects of core
    surroundings: Given[Surroundings]    what wiring says of this installation
    view: Given[View]                    in which language, and what we are called from outside
    window: Given[Window]                of page, pageSize
    which: Given[Which]                  of {registry}, registered in {workspace} if that is in the path
    workspace_id: Given[int]             of {workspace}
    space: Given[SpaceName]              of {project}
    image: Given[ImageName]              of {project} and {repository}
    artifact: Given[Digest]              of {digest}

Besides: `request: AnyRequest`, the framework's own; `data`, the body, any `Body`; query parameters with their type
and default, named as in the query: `fuzzy: Annotated[str, Parameter(query="fuzzyName")] = ""`. A name in a path
that nothing can have is not found.
"""

import re
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import unquote

from litestar.di import Provide
from litestar.params import Parameter

from kangaroo.base.actors import Actor
from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Window
from kangaroo.core.instances import PLATFORM, ImageName, InstanceName, SpaceName, Which
from kangaroo.core.services import Services
from kangaroo.entrypoints.http.framework import HOUSE, AnyRequest, Given
from kangaroo.entrypoints.http.language import language_of
from kangaroo.entrypoints.platform.door import Door, visitor
from kangaroo.entrypoints.platform.surroundings import Surroundings
from kangaroo.entrypoints.platform.view import View

PAGE_SIZE, LARGEST_PAGE, EVERYTHING = 10, 1000, -1
_ID = re.compile(r"[0-9]{1,9}")
_LONG_ID = re.compile(r"[1-9][0-9]{0,17}")

Int32 = Annotated[int, Parameter(ge=-(2**31), le=2**31 - 1)]
Int64 = Annotated[int, Parameter(ge=-(2**63), le=2**63 - 1)]


@dataclass(frozen=True, slots=True)
class House:
    """What all handlers of one application work with."""

    services: Services
    surroundings: Surroundings
    door: Door

    @classmethod
    def of(cls, services: Services, surroundings: Surroundings) -> "House":
        return cls(services, surroundings, Door(services.access))


def house_of(request: AnyRequest) -> House:
    found: House = request.scope[HOUSE]  # type: ignore[literal-required]
    return found


def segment(request: AnyRequest, name: str) -> str:
    """A part of the path, decoded. Some clients encode the slashes of a name twice; no name has a percent sign."""
    once = unquote(request.path_params[name])
    return unquote(once) if "%" in once else once


def number(request: AnyRequest, name: str, what: str) -> int:
    """An id in the path; one that nothing can have is not found."""
    text = segment(request, name)
    if not _LONG_ID.fullmatch(text):
        raise Failure(Code.NOT_FOUND, what=f"{what} {text[:80]}")
    return int(text)


async def _actor(request: AnyRequest) -> Actor:
    return visitor(request).actor


async def _services(request: AnyRequest) -> Services:
    return house_of(request).services


async def _surroundings(request: AnyRequest) -> Surroundings:
    return house_of(request).surroundings


def view_of(request: AnyRequest) -> View:
    outside = house_of(request).surroundings.external_url
    own = outside or f"{request.scope['scheme']}://{request.headers.get('host', '')}"
    return View(language_of(request.headers.get("accept-language", "")), own)


async def _view(request: AnyRequest) -> View:
    return view_of(request)


async def _window(
    page: Annotated[int, Parameter(query="page", ge=0, le=2**31 - 1)] = 1,
    size: Annotated[int, Parameter(query="pageSize", ge=EVERYTHING, le=LARGEST_PAGE)] = PAGE_SIZE,
) -> Window:
    """0 is what nobody said; -1 is everything, in one page."""
    return Window(1, 0) if size == EVERYTHING else Window(page or 1, size or PAGE_SIZE)


async def _which(request: AnyRequest) -> Which:
    text = segment(request, "registry")
    try:
        name = InstanceName.parse(text)
    except Failure as failure:
        raise Failure(Code.NOT_FOUND, what=f"registry {text[:80]}") from failure
    return Which(name, await _workspace_id(request) if "workspace" in request.path_params else PLATFORM)


async def _workspace_id(request: AnyRequest) -> int:
    text = segment(request, "workspace")
    if not _ID.fullmatch(text) or not int(text):
        raise Failure(Code.NOT_FOUND, what=f"workspace {text[:80]}")
    return int(text)


async def _space(request: AnyRequest) -> SpaceName:
    text = segment(request, "project")
    try:
        return SpaceName.parse(text)
    except Failure as failure:
        raise Failure(Code.PROJECT_UNKNOWN, project=text[:255]) from failure


async def _image(request: AnyRequest, space: Given[SpaceName]) -> ImageName:
    text = segment(request, "repository")
    try:
        return ImageName.parse(space, text)
    except Failure as failure:
        raise Failure(Code.REPOSITORY_UNKNOWN, repository=text[:255]) from failure


async def _artifact(request: AnyRequest) -> Digest:
    text = segment(request, "digest")
    try:
        return Digest.parse(text)
    except Failure as failure:
        raise Failure(Code.NOT_FOUND, what=f"artifact {text[:160]}") from failure


DEPENDENCIES = {
    "actor": Provide(_actor),
    "services": Provide(_services),
    "surroundings": Provide(_surroundings),
    "view": Provide(_view),
    "window": Provide(_window),
    "which": Provide(_which),
    "workspace_id": Provide(_workspace_id),
    "space": Provide(_space),
    "image": Provide(_image),
    "artifact": Provide(_artifact),
}

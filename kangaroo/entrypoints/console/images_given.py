"""What the handlers of images are given, by the names of their parameters:

    corner: Given[Corner]            at which registry, from which workspace
    shelf: Given[Shelf]              the images there
    space_name: Given[SpaceName]     of {space}
    image_name: Given[ImageName]     of {space} and {image}
    artifact_name: Given[Reference]      of {reference}: a tag or a digest

A name that nothing can have is not found.
"""

from collections.abc import Callable
from typing import TypeVar

from litestar.di import Provide

from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import Reference, parse_reference
from kangaroo.core.instances import BUILT_IN, ImageName, InstanceName, SpaceName
from kangaroo.entrypoints.console.images_shelf import Shelf, shelf_of
from kangaroo.entrypoints.console.images_values import Corner
from kangaroo.entrypoints.console.visit import Visit
from kangaroo.entrypoints.http.framework import Given

T = TypeVar("T")
_LONGEST_ID = 9


def both(path: str) -> list[str]:
    """The path from no workspace, and from one."""
    return [f"/images{path}", f"/w/{{workspace:str}}/images{path}"]


async def _corner(visit: Given[Visit]) -> Corner:
    registry = BUILT_IN
    if "registry" in visit.request.path_params:
        registry = _known(InstanceName.parse, visit.segment("registry"))
    if "workspace" not in visit.request.path_params:
        return Corner(registry)
    text = visit.segment("workspace")
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID and int(text)):
        raise Failure(Code.NOT_FOUND, what=f"workspace {text[:20]}")
    return Corner(registry, int(text))


async def _shelf(visit: Given[Visit], corner: Given[Corner]) -> Shelf:
    return shelf_of(visit, corner)


async def _space(visit: Given[Visit]) -> SpaceName:
    return _known(SpaceName.parse, visit.segment("space"))


async def _image(visit: Given[Visit], space_name: Given[SpaceName]) -> ImageName:
    return _known(lambda text: ImageName.parse(space_name, text), visit.segment("image"))


async def _reference(visit: Given[Visit]) -> Reference:
    return _known(parse_reference, visit.segment("reference"))


def _known(parse: Callable[[str], T], text: str) -> T:
    try:
        return parse(text)
    except Failure as failure:
        raise Failure(Code.NOT_FOUND, what=text[:160]) from failure


IN_CORNER = {
    "corner": Provide(_corner),
    "shelf": Provide(_shelf),
    "space_name": Provide(_space),
    "image_name": Provide(_image),
    "artifact_name": Provide(_reference),
}

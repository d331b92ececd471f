"""Tag permissions: the dictionary of what a robot may be given."""

from collections.abc import Sequence

from litestar import get

from kangaroo.base.actors import Actor
from kangaroo.core.services import Services
from kangaroo.entrypoints.harbor.shapes import Shape
from kangaroo.entrypoints.harbor.users import Permission
from kangaroo.entrypoints.http.framework import Given


class Dictionary(Shape):
    """Who is administrator of a project only does not see the system's."""

    system: tuple[Permission, ...] = ()
    project: tuple[Permission, ...] = ()


@get("/permissions")
async def dictionary(actor: Given[Actor], services: Given[Services]) -> Dictionary:
    rights = await services.access.robots.rights(actor)
    return Dictionary(
        system=_shown(rights["system"]),
        project=_shown(rights["project"]),
    )


def _shown(pairs: Sequence[tuple[str, str]]) -> tuple[Permission, ...]:
    return tuple(Permission(resource=resource, action=action) for resource, action in pairs)


HANDLERS = (dictionary,)

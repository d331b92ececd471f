"""Tag health: every part of the server, by the name Harbor has for it."""

from litestar import get

from kangaroo.entrypoints.harbor.checkup import Checkup
from kangaroo.entrypoints.harbor.shapes import Shape
from kangaroo.entrypoints.http.framework import Given

_NAMES = {"storage": "registry", "job worker": "jobservice"}


class Component(Shape):
    name: str
    status: str
    error: str = ""


class Overall(Shape):
    status: str
    components: list[Component]


@get("/health")
async def health(checkup: Given[Checkup]) -> Overall:
    """200 whatever is wrong: clients read the word."""
    parts = {"core": "", **await checkup.reasons()}
    components = [
        Component(name=_NAMES.get(name, name), status=_word(reason), error=reason)
        for name, reason in parts.items()
    ]
    return Overall(status=_word("".join(parts.values())), components=components)


def _word(reason: str) -> str:
    return "unhealthy" if reason else "healthy"


HANDLERS = (health,)

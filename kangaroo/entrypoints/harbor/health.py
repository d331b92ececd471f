"""Tag health: every part of the server, by the name Harbor has for it. Anybody may ask, as often as he likes: an
answer is kept for a second."""

import asyncio
import time
from collections.abc import Mapping

from litestar import get

from kangaroo.core.doctor import Doctor
from kangaroo.entrypoints.harbor.shapes import Shape

KEPT_SECONDS = 1.0
_NAMES = {"storage": "registry", "job worker": "jobservice"}


class Component(Shape):
    name: str
    status: str
    error: str = ""


class Overall(Shape):
    status: str
    components: list[Component]


class Checkup:
    """What the doctor last found: the reason for each part that does not work, else empty."""

    def __init__(self, doctor: Doctor) -> None:
        self._doctor = doctor
        self._asking = asyncio.Lock()
        self._until = 0.0
        self._reasons: Mapping[str, str] = {}

    async def reasons(self) -> Mapping[str, str]:
        async with self._asking:
            if time.monotonic() >= self._until:
                self._reasons = await self._doctor.readiness()
                self._until = time.monotonic() + KEPT_SECONDS
        return self._reasons


@get("/health")
async def health(checkup: Checkup) -> Overall:
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

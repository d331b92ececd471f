"""Tag health: every part of the server by the name Harbor has for it. Anybody may ask, at any rate, so an answer is
kept for a second."""

import asyncio
import time
from collections.abc import Mapping

from litestar import get

from kangaroo.core.services import Services
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
    """The last answer of the parts."""

    def __init__(self) -> None:
        self._asking = asyncio.Lock()
        self._until = 0.0
        self._reasons: Mapping[str, str] = {}

    async def reasons(self, services: Services) -> Mapping[str, str]:
        async with self._asking:
            if time.monotonic() >= self._until:
                self._reasons = await services.doctor.readiness()
                self._until = time.monotonic() + KEPT_SECONDS
        return self._reasons

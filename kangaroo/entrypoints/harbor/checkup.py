"""How the server is, asked no more than once a second: anybody may ask /health, as often as he likes."""

import asyncio
import time
from collections.abc import Mapping

from kangaroo.core.doctor import Doctor

KEPT_SECONDS = 1.0


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

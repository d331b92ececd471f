"""Time as the database keeps it: whole microseconds since the Unix epoch, UTC."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

Micros = int
Clock = Callable[[], Micros]
SECOND: Micros = 1_000_000


def now() -> Micros:
    return time.time_ns() // 1000


def rfc3339(at: Micros) -> str:
    """With milliseconds and Z, as Harbor writes it."""
    moment = datetime.fromtimestamp(at / SECOND, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"

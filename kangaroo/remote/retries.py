"""When to try again, and how long to wait before: what heals, a few times, later each time and never in step."""

import random

from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.remote.options import Limits

_PASSING = frozenset({502, 503, 504})
CALLS = frozenset({Reason.CONNECTION_LOST, Reason.RATE_LIMITED, Reason.SERVER_ERROR})
TRANSFERS = CALLS | {Reason.TIMEOUT}  # these go on where they were; a call would wait a multiple of its limit


class Retries:
    """Counts the failures in a row of one piece of work; `causes` are those worth another attempt."""

    def __init__(self, limits: Limits, causes: frozenset[Reason]) -> None:
        self._limits = limits
        self._causes = causes
        self._failures = 0

    def progressed(self) -> None:
        self._failures = 0

    def pause(self, failure: InstanceFailure) -> float | None:
        """Seconds to wait before the next attempt; None: give up."""
        self._failures += 1
        if self._failures >= self._limits.attempts or failure.reason not in self._causes:
            return None
        if failure.reason is Reason.SERVER_ERROR and failure.facts["status"] not in _PASSING:
            return None
        if failure.reason is Reason.RATE_LIMITED:
            asked: float = failure.facts["seconds"]
            return asked + random.uniform(0, 0.5) if asked <= self._limits.patience_seconds else None  # noqa: S311
        longest: float = self._limits.delay_seconds * 2.0 ** (self._failures - 1)
        return random.uniform(longest / 2, longest)  # noqa: S311  nobody gains by guessing it

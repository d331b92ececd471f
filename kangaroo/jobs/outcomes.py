"""How an attempt ends: pure decisions from what the handler returned or raised."""

import random
from dataclasses import dataclass

from kangaroo.base.clock import SECOND, Micros
from kangaroo.base.errors import Failure
from kangaroo.jobs.job import Stopped
from kangaroo.store.meta.schema.jobs import State, Task

CRASH_LIMIT = 10  # a task that took so many workers down with it is not tried again
_FIRST_PAUSE: Micros = 10 * SECOND
_LONGEST_PAUSE: Micros = 900 * SECOND
_TEXT_LENGTH = 2000


@dataclass(frozen=True, slots=True)
class Outcome:
    """QUEUED means: again, after `delay`. `failed` counts towards the task's `max_attempts`."""

    state: State
    text: str = ""
    result: str = "{}"
    delay: Micros = 0
    failed: bool = False


RELEASED = Outcome(State.QUEUED)


def judge(task: Task, error: BaseException) -> Outcome:
    if isinstance(error, Stopped):
        return Outcome(State.STOPPED)
    text = (str(error) if isinstance(error, Failure) else f"{type(error).__name__}: {error}")[:_TEXT_LENGTH]
    failures = task.failures + 1
    if heals(error) and failures < task.max_attempts:
        wait = (error.retry_after or 0) * SECOND if isinstance(error, Failure) else 0
        return Outcome(State.QUEUED, text, delay=max(backoff(failures), wait), failed=True)
    return Outcome(State.FAILED, text, failed=True)


def heals(error: BaseException) -> bool:
    """The same attempt may succeed later. TimeoutError is an OSError."""
    return error.code.heals if isinstance(error, Failure) else isinstance(error, OSError)


def backoff(times: int) -> Micros:
    """Twice as long each time; a random part keeps those that failed together from coming back together."""
    longest = min(_FIRST_PAUSE << min(times - 1, 20), _LONGEST_PAUSE)
    return longest // 2 + random.randrange(longest // 2)  # noqa: S311 - jitter

"""What repeats: work asked for in a transaction, done later by some worker at least once, and shown.

`queue` asks, `runner` does (`attempt`: one task, `outcomes`: how it ends), `job` is what a handler sees,
`history` reads, `schedules` and `cron` say when, `sweep` forgets.
"""

from kangaroo.jobs.history import History
from kangaroo.jobs.job import Handler, Job, Result, Stopped
from kangaroo.jobs.queue import Once, Queue
from kangaroo.jobs.runner import Runner
from kangaroo.jobs.schedules import Schedules
from kangaroo.jobs.sweep import sweeper
from kangaroo.store.meta.schema.jobs import (
    Backlog,
    Execution,
    LogLine,
    Schedule,
    State,
    Status,
    Task,
    Trigger,
    Worker,
)

__all__ = [
    "Backlog",
    "Execution",
    "Handler",
    "History",
    "Job",
    "LogLine",
    "Once",
    "Queue",
    "Result",
    "Runner",
    "Schedule",
    "Schedules",
    "State",
    "Status",
    "Stopped",
    "Task",
    "Trigger",
    "Worker",
    "sweeper",
]

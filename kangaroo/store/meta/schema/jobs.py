"""Work that repeats: executions (what was asked), tasks (what runs, under a lease), their logs, schedules.

Below the tables stand their rows, as the floors above see them.
"""

from enum import StrEnum
from typing import Self

import msgspec
from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint
from sqlalchemy import text as sql

from kangaroo.base.clock import Micros
from kangaroo.store.meta.database import Row
from kangaroo.store.meta.schema.base import Id, count, flag, id_column, metadata, moment, text

executions = Table(
    "executions",
    metadata,
    id_column(),
    text("kind"),  # Harbor's vendor type: GARBAGE_COLLECTION, REPLICATION, …
    Column("subject_id", Id, nullable=False, server_default="0"),  # the policy, project … it belongs to
    text("trigger"),  # MANUAL, SCHEDULE, EVENT
    text("actor"),
    text("parameters", "{}"),
    moment("created_at"),  # its state and its end are those of its tasks
    Index("ix_executions_kind_subject", "kind", "subject_id", "id"),
)

tasks = Table(
    "tasks",
    metadata,
    id_column(),
    Column("execution_id", Id, ForeignKey("executions.id", ondelete="CASCADE"), nullable=True, index=True),
    text("kind"),  # which handler
    text("payload", "{}"),
    text("state"),  # queued, running, done, failed, stopped
    text("dedup", nullable=True),  # at most one queued task has this key
    text("concurrency_key", ""),  # at most `limit` tasks of one key run at once
    Column("concurrency_limit", Integer, nullable=False, server_default="0"),
    Column("priority", Integer, nullable=False, server_default="0"),  # the lowest first
    Column(
        "attempt", Integer, nullable=False, server_default="0"
    ),  # grows with every claim: it fences writes
    Column("failures", Integer, nullable=False, server_default="0"),  # attempts that raised
    Column("max_attempts", Integer, nullable=False, server_default="1"),  # as many failures end it
    Column("crashes", Integer, nullable=False, server_default="0"),  # attempts whose worker fell silent
    moment("run_at"),
    text("worker", ""),
    moment("lease_until", nullable=True),
    flag("stop_requested"),
    count("done"),  # progress, in the handler's own unit
    count("total"),
    text("status_text", ""),  # the handler's words, or the error of the last attempt
    text("result", "{}"),
    text("checkpoint", ""),  # what a resumed attempt starts from
    moment("created_at"),
    moment("started_at", nullable=True),
    moment("ended_at", nullable=True),
    Index("ix_tasks_state_priority_run_at", "state", "priority", "run_at", "id"),  # the order of claims
    Index("ix_tasks_ended_at", "ended_at"),
    Index(
        "uq_tasks_dedup",
        "dedup",
        unique=True,
        sqlite_where=sql("state = 'queued'"),
        postgresql_where=sql("state = 'queued'"),
    ),
)

task_logs = Table(
    "task_logs",
    metadata,
    id_column(),
    Column("task_id", Id, ForeignKey("tasks.id", ondelete="CASCADE"), nullable=False, index=True),
    moment("at"),
    text("level"),
    text("message"),
)

schedules = Table(
    "schedules",
    metadata,
    id_column(),
    text("kind"),
    Column("subject_id", Id, nullable=False, server_default="0"),
    text("cron"),  # six fields, Harbor's form; or @every 60s
    text("payload", "{}"),
    flag("paused"),
    moment("next_at"),
    moment("updated_at"),
    UniqueConstraint("kind", "subject_id"),
)

queue_pauses = Table("queue_pauses", metadata, Column("kind", Text, primary_key=True), moment("paused_at"))

workers = Table(
    "workers",
    metadata,
    Column("name", Text, primary_key=True),
    text("host"),
    Column("pid", Integer, nullable=False),
    Column("concurrency", Integer, nullable=False),
    moment("started_at"),
    moment("seen_at"),
)


class State(StrEnum):
    """Of a task."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


class Status(StrEnum):
    """Of an execution, derived from its tasks; in Harbor's words."""

    IN_PROGRESS = "InProgress"
    SUCCEED = "Succeed"
    FAILED = "Failed"
    STOPPED = "Stopped"


class Trigger(StrEnum):
    """What started an execution."""

    MANUAL = "MANUAL"
    SCHEDULE = "SCHEDULE"
    EVENT = "EVENT"


class _Row(msgspec.Struct, frozen=True):
    @classmethod
    def of(cls, row: Row) -> Self:
        # Not strict: SQLite has numbers for booleans.
        return msgspec.convert({name: row[name] for name in cls.__struct_fields__}, cls, strict=False)


class Task(_Row, frozen=True):
    """`actor` is who asked for its execution."""

    id: int
    execution_id: int | None
    actor: str | None
    kind: str
    payload: str
    state: State
    attempt: int
    failures: int
    max_attempts: int
    crashes: int
    run_at: Micros
    worker: str
    stop_requested: bool
    done: int
    total: int
    status_text: str
    result: str
    checkpoint: str
    created_at: Micros
    started_at: Micros | None
    ended_at: Micros | None


class Execution(msgspec.Struct, frozen=True):
    """`counts` holds the states its tasks are in; `ended_at` is None while one of them is open."""

    id: int
    kind: str
    subject_id: int
    trigger: Trigger
    actor: str
    parameters: str
    created_at: Micros
    counts: dict[State, int]
    started_at: Micros | None
    ended_at: Micros | None

    @property
    def status(self) -> Status:
        if State.QUEUED in self.counts or State.RUNNING in self.counts:
            return Status.IN_PROGRESS
        if State.FAILED in self.counts:
            return Status.FAILED
        return Status.STOPPED if State.STOPPED in self.counts else Status.SUCCEED


class LogLine(_Row, frozen=True):
    id: int
    at: Micros
    level: str
    message: str


class Worker(_Row, frozen=True):
    name: str
    host: str
    pid: int
    concurrency: int
    started_at: Micros
    seen_at: Micros


class Backlog(msgspec.Struct, frozen=True):
    """The tasks of one kind that are not over; `oldest` is when the first of the queued ones was due."""

    kind: str
    queued: int
    running: int
    oldest: Micros | None
    paused: bool


class Schedule(_Row, frozen=True):
    id: int
    kind: str
    subject_id: int
    cron: str
    payload: str
    paused: bool
    next_at: Micros
    updated_at: Micros

"""Work that repeats: executions (what was asked), tasks (what runs, under a lease), their logs, and schedules."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, text as sql

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
    moment("created_at"),
    moment("ended_at", nullable=True),
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
    Column("priority", Integer, nullable=False, server_default="0"),
    Column("attempt", Integer, nullable=False, server_default="0"),
    Column("max_attempts", Integer, nullable=False, server_default="1"),
    moment("run_at"),
    text("worker", ""),
    moment("lease_until", nullable=True),
    flag("stop_requested"),
    count("done"),  # progress, in the handler's own unit
    count("total"),
    text("status_text", ""),
    text("result", "{}"),
    text("checkpoint", ""),  # what a resumed attempt starts from
    moment("created_at"),
    moment("started_at", nullable=True),
    moment("ended_at", nullable=True),
    Index("ix_tasks_state_run_at", "state", "run_at"),
    Index("ix_tasks_kind_state", "kind", "state"),
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
    moment("started_at"),
    moment("seen_at"),
)

"""The SQL of the job queue, as named statements: what they do together is said in `kangaroo.jobs`.

A claim gives a worker one attempt at a task until `lease_until`. Every later write of that attempt names the
task, the worker and the attempt (`_HELD`), and so touches nothing once another worker has taken it over.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Select,
    Update,
    and_,
    bindparam,
    case,
    delete,
    exists,
    false,
    func,
    insert,
    null,
    or_,
    select,
    update,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects import postgresql, sqlite

from kangaroo.base.paging import Page, Window
from kangaroo.store.meta.database import Row, Selects
from kangaroo.store.meta.schema.jobs import (
    Backlog,
    Execution,
    State,
    Status,
    Task,
    Trigger,
    executions,
    queue_pauses,
    schedules,
    task_logs,
    tasks,
    workers,
)
from kangaroo.store.meta.statements import Query

_NOW: BindParameter[int] = bindparam("now", type_=BigInteger)
_BEFORE: BindParameter[int] = bindparam("before")
_ID: BindParameter[int] = bindparam("the_id")
_KIND: BindParameter[str] = bindparam("the_kind")
_CLAIMS_LOCK = 7_264_002


def _given(*names: str) -> dict[str, Any]:
    """Columns whose values are parameters of the same names."""
    return {name: bindparam(name) for name in names}


_ACTOR = select(executions.c.actor).where(executions.c.id == tasks.c.execution_id).correlate(tasks)
_TASK = [
    _ACTOR.scalar_subquery().label("actor") if name == "actor" else tasks.c[name]
    for name in Task.__struct_fields__
]
_waiting, _running = tasks.c.state == State.QUEUED, tasks.c.state == State.RUNNING
_is_open = tasks.c.ended_at.is_(None)

# ── Asking for work

ADD_EXECUTION = Query(
    insert(executions)
    .values(_given("kind", "subject_id", "trigger", "actor", "parameters", "created_at"))
    .returning(executions.c.id)
)
_NEW = _given("kind", "payload", "execution_id", "dedup", "priority", "max_attempts", "run_at", "created_at")
_NEW |= {"state": State.QUEUED, **_given("concurrency_key", "concurrency_limit")}
_UNLESS_QUEUED: dict[str, Any] = {"index_elements": [tasks.c.dedup], "index_where": sql("state = 'queued'")}
ADD_TASK = Query(
    sqlite.insert(tasks).values(_NEW).on_conflict_do_nothing(**_UNLESS_QUEUED).returning(tasks.c.id),
    pg=postgresql.insert(tasks).values(_NEW).on_conflict_do_nothing(**_UNLESS_QUEUED).returning(tasks.c.id),
)
"""No row if a queued task has the same `dedup`."""
_same = select(tasks.c.id).where(tasks.c.dedup == bindparam("dedup"), _waiting)
QUEUED = Query(_same, pg=_same.with_for_update(read=True))
"""The queued task with this `dedup`. Nobody claims it before the transaction ends: it must see its work."""

# ── Claiming

ONE_CLAIMER = Query(
    select(
        func.set_config("idle_in_transaction_session_timeout", "5000", True),
        func.pg_advisory_xact_lock(_CLAIMS_LOCK),
    )
)
"""PostgreSQL: limits are exact only if claims come one after the other, as they do on SQLite. The time limit
frees the lock of a worker whose machine vanished between two statements."""


class Claims:
    """The statements of a worker that knows these kinds."""

    def __init__(self, kinds: Sequence[str]) -> None:
        candidate = tasks.alias("candidate")
        busy = (
            select(tasks.c.concurrency_key, func.count().label("running"))
            .where(_running, tasks.c.concurrency_key != "")
            .group_by(tasks.c.concurrency_key)
            .subquery("busy")
        )
        limit = candidate.c.concurrency_limit
        due = (
            select(candidate.c.id)
            .select_from(candidate.outerjoin(busy, busy.c.concurrency_key == candidate.c.concurrency_key))
            .where(
                candidate.c.state == State.QUEUED,
                candidate.c.run_at <= _NOW,
                or_(false(), *(candidate.c.kind == kind for kind in kinds)),
                candidate.c.kind.not_in(select(queue_pauses.c.kind)),
                or_(limit == 0, func.coalesce(busy.c.running, 0) < limit),
            )
            .order_by(candidate.c.priority, candidate.c.run_at, candidate.c.id)
            .limit(1)
        )
        self.due = Query(due)
        # A locked row belongs to somebody who still adds to what the task must see (QUEUED).
        self.claim = Query(_claim(due), pg=_claim(due.with_for_update(skip_locked=True, of=candidate)))


def _claim(due: Select[Any]) -> Update:
    return (
        update(tasks)
        .where(tasks.c.id == due.scalar_subquery())
        .values(
            state=State.RUNNING,
            attempt=tasks.c.attempt + 1,
            started_at=func.coalesce(tasks.c.started_at, _NOW),
            **_given("worker", "lease_until"),
        )
        .returning(*_TASK)
    )


# ── The writes of an attempt; none touches a row once the lease is lost

_HELD = and_(
    tasks.c.id == bindparam("held_id"),
    tasks.c.worker == bindparam("held_worker"),
    tasks.c.attempt == bindparam("held_attempt"),
    _running,
)
_PROGRESS = _given("done", "total", "status_text", "checkpoint")
RENEW = Query(
    update(tasks).where(_HELD).values(**_PROGRESS, **_given("lease_until")).returning(tasks.c.stop_requested)
)
_failures = tasks.c.failures + bindparam("failed")
FINISH = Query(
    update(tasks)
    .where(_HELD)
    .values(ended_at=_NOW, lease_until=None, failures=_failures, **_PROGRESS, **_given("state", "result"))
)
_twin = tasks.alias("twin")
_has_twin = exists().where(_twin.c.dedup == tasks.c.dedup, _twin.c.state == State.QUEUED)


def _give_back(over: ColumnElement[bool], **values: Any) -> Update:
    """To the queue again, unless it is `over` or a stop was requested; a twin queued since keeps the key."""
    return (
        update(tasks)
        .where(_HELD)
        .values(
            state=case((tasks.c.stop_requested, State.STOPPED), (over, State.FAILED), else_=State.QUEUED),
            ended_at=case((or_(tasks.c.stop_requested, over), _NOW), else_=null()),
            dedup=case((_has_twin, null()), else_=tasks.c.dedup),
            lease_until=None,
            **_given("run_at", "status_text"),
            **values,
        )
    )


RETRY = Query(_give_back(false(), failures=_failures, **_given("done", "total", "checkpoint")))
"""Duplicate on PostgreSQL if a twin is queued at this moment: repeat it."""
EXPIRED = Query(select(*_TASK).where(_running, tasks.c.lease_until < _NOW).limit(100))
_crashes = tasks.c.crashes + 1
TAKE_BACK = Query(
    _give_back(_crashes >= bindparam("crash_limit"), crashes=_crashes).where(tasks.c.lease_until < _NOW)
)
"""From a worker that fell silent."""
ADD_LOG = Query(insert(task_logs).values(_given("task_id", "at", "level", "message")))

# ── Stopping and pausing

_stop = (
    update(tasks)
    .where(_is_open)
    .values(
        stop_requested=True,
        state=case((_waiting, State.STOPPED), else_=tasks.c.state),
        ended_at=case((_waiting, _NOW), else_=null()),
    )
)
STOP_TASK = Query(_stop.where(tasks.c.id == _ID))
STOP_EXECUTION = Query(_stop.where(tasks.c.execution_id == _ID))
STOP_QUEUED = Query(_stop.where(tasks.c.kind == _KIND, _waiting))
STOPPING = Query(
    select(tasks.c.id).where(_running, tasks.c.stop_requested, tasks.c.worker == bindparam("worker"))
)
PAUSE = Query(
    sqlite.insert(queue_pauses).values(kind=_KIND, paused_at=_NOW).on_conflict_do_nothing(),
    pg=postgresql.insert(queue_pauses).values(kind=_KIND, paused_at=_NOW).on_conflict_do_nothing(),
)
RESUME = Query(delete(queue_pauses).where(queue_pauses.c.kind == _KIND))
_PAUSED = Query(select(queue_pauses.c.kind))

# ── Workers


def _seen(into: Any) -> Any:
    insertion = into.values(_given("name", "host", "pid", "concurrency", "started_at", "seen_at"))
    return insertion.on_conflict_do_update(
        index_elements=["name"], set_={"seen_at": insertion.excluded.seen_at}
    )


SEEN = Query(_seen(sqlite.insert(workers)), pg=_seen(postgresql.insert(workers)))
GONE = Query(delete(workers).where(workers.c.name == bindparam("the_name")))
WORKERS = Query(select(workers).where(workers.c.seen_at >= bindparam("since")).order_by(workers.c.name))

# ── Schedules


def _keep(into: Any) -> Any:
    """The same cron again does not move its next firing."""
    insertion = into.values(_given("kind", "subject_id", "cron", "payload", "next_at", "updated_at"))
    new = insertion.excluded
    moved = case((schedules.c.cron == new.cron, schedules.c.next_at), else_=new.next_at)
    changed = {"cron": new.cron, "payload": new.payload, "next_at": moved, "updated_at": new.updated_at}
    return insertion.on_conflict_do_update(index_elements=["kind", "subject_id"], set_=changed).returning(
        schedules.c.id
    )


_the_schedule = and_(schedules.c.kind == _KIND, schedules.c.subject_id == bindparam("the_subject"))
KEEP_SCHEDULE = Query(_keep(sqlite.insert(schedules)), pg=_keep(postgresql.insert(schedules)))
SCHEDULE = Query(select(schedules).where(_the_schedule))
SCHEDULES = Query(select(schedules).order_by(schedules.c.kind, schedules.c.subject_id))
DROP_SCHEDULE = Query(delete(schedules).where(_the_schedule))
DUE_SCHEDULES = Query(
    select(schedules).where(schedules.c.next_at <= _NOW, ~schedules.c.paused).order_by(schedules.c.next_at)
)
ADVANCE_SCHEDULE = Query(
    update(schedules)
    .where(schedules.c.id == _ID, schedules.c.next_at == bindparam("seen"), ~schedules.c.paused)
    .values(_given("next_at"))
)
"""Touches a row for the first of several schedulers only."""
PAUSE_SCHEDULE = Query(update(schedules).where(schedules.c.id == _ID).values(_given("paused", "next_at")))

# ── Sweeping

_old = select(tasks.c.id).where(tasks.c.ended_at < _BEFORE).order_by(tasks.c.ended_at).limit(100)
SWEEP_TASKS = Query(delete(tasks).where(tasks.c.id.in_(_old)))
SWEEP_EXECUTIONS = Query(
    delete(executions).where(
        executions.c.created_at < _BEFORE, ~exists().where(tasks.c.execution_id == executions.c.id)
    )
)
SWEEP_WORKERS = Query(delete(workers).where(workers.c.seen_at < _BEFORE))

# ── Reading

TASK = Query(select(*_TASK).where(tasks.c.id == _ID))
LOG = Query(
    select(task_logs)
    .where(task_logs.c.task_id == _ID, task_logs.c.id > bindparam("after"))
    .order_by(task_logs.c.id)
)
_BACKLOGS = Query(
    select(tasks.c.kind, tasks.c.state, func.count().label("count"), func.min(tasks.c.run_at).label("oldest"))
    .where(_is_open)
    .group_by(tasks.c.kind, tasks.c.state)
)


def _has(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(tasks.c.execution_id == executions.c.id, *conditions)


def _in_state(status: Status) -> ColumnElement[bool]:
    """The rule of `Execution.status`, as a condition."""
    is_open, failed = _has(_is_open), _has(tasks.c.state == State.FAILED)
    stopped = _has(tasks.c.state == State.STOPPED)
    return {
        Status.IN_PROGRESS: is_open,
        Status.FAILED: and_(~is_open, failed),
        Status.STOPPED: and_(~is_open, ~failed, stopped),
        Status.SUCCEED: and_(~is_open, ~failed, ~stopped),
    }[status]


async def list_executions(
    selects: Selects, window: Window, status: Status | None, equal: dict[str, Any]
) -> Page[Execution]:
    """Newest first; `equal`: column → value."""
    where = [executions.c[name] == value for name, value in equal.items()]
    where += [] if status is None else [_in_state(status)]
    page = _cut(select(executions).where(*where).order_by(executions.c.id.desc()), window)
    total = await selects.scalar(Query(select(func.count()).select_from(executions).where(*where)))
    rows = await selects.all(Query(page))
    groups: defaultdict[int, list[Row]] = defaultdict(list)
    for group in await selects.all(Query(_by_state(page.with_only_columns(executions.c.id)))):
        groups[group["execution_id"]].append(group)
    return Page([_execution(row, groups[row["id"]]) for row in rows], total)


def _cut(statement: Select[Any], window: Window) -> Select[Any]:
    return statement.offset(window.offset).limit(window.size) if window.size else statement


def _by_state(execution_ids: Select[Any]) -> Select[Any]:
    return (
        select(
            tasks.c.execution_id,
            tasks.c.state,
            func.count().label("count"),
            func.min(tasks.c.started_at).label("started_at"),
            func.max(tasks.c.ended_at).label("ended_at"),
        )
        .where(tasks.c.execution_id.in_(execution_ids))
        .group_by(tasks.c.execution_id, tasks.c.state)
    )


def _execution(row: Row, groups: Sequence[Row]) -> Execution:
    counts = {State(group["state"]): int(group["count"]) for group in groups}
    started = [group["started_at"] for group in groups if group["started_at"] is not None]
    is_open = State.QUEUED in counts or State.RUNNING in counts
    columns = {name: row[name] for name in executions.c.keys()}  # noqa: SIM118 - a collection of columns
    return Execution(
        **{**columns, "trigger": Trigger(row["trigger"])},
        counts=counts,
        started_at=min(started, default=None),
        ended_at=None if is_open else max((group["ended_at"] for group in groups), default=row["created_at"]),
    )


async def list_tasks(selects: Selects, window: Window, equal: dict[str, Any]) -> Page[Task]:
    """In the order they were asked for; `equal`: column → value."""
    where = [tasks.c[name] == value for name, value in equal.items()]
    page = _cut(select(*_TASK).where(*where).order_by(tasks.c.id), window)
    total = await selects.scalar(Query(select(func.count()).select_from(tasks).where(*where)))
    return Page([Task.of(row) for row in await selects.all(Query(page))], total)


async def backlogs(selects: Selects) -> list[Backlog]:
    """Of every kind that has open tasks or is paused, by kind."""
    paused = {row[0] for row in await selects.all(_PAUSED)}
    groups = {(row["kind"], row["state"]): row for row in await selects.all(_BACKLOGS)}
    found = []
    for kind in sorted(paused | {kind for kind, _ in groups}):
        waiting, running = groups.get((kind, State.QUEUED)), groups.get((kind, State.RUNNING))
        found.append(
            Backlog(
                kind=kind,
                queued=waiting["count"] if waiting else 0,
                running=running["count"] if running else 0,
                oldest=waiting["oldest"] if waiting else None,
                paused=kind in paused,
            )
        )
    return found

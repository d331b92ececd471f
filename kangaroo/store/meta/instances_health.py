"""How instances are, and how they were: the state now in `instance_health`, every probe in `instance_probes`."""

from dataclasses import dataclass

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from kangaroo.base.clock import Micros
from kangaroo.base.paging import Page, Window
from kangaroo.store.meta.database import Row, Selects, Transaction
from kangaroo.store.meta.instances import HealthRow
from kangaroo.store.meta.schema.jobs import State, executions, tasks
from kangaroo.store.meta.schema.platform import instance_health, instance_probes
from kangaroo.store.meta.statements import Query, parameter

_INSTANCE = parameter("instance")
_STATE = ("state", "reason", "message", "version", "transition_at", "probed_at", "next_at", "failures")
_PUT = Query(
    upsert(instance_health)
    .values(instance_id=_INSTANCE, **{name: parameter(name) for name in _STATE})
    .on_conflict_do_update(
        index_elements=[instance_health.c.instance_id], set_={name: parameter(name) for name in _STATE}
    )
)
_HURRY = Query(
    update(instance_health)
    .where(instance_health.c.instance_id == _INSTANCE, instance_health.c.state != "unhealthy")
    .values(next_at=parameter("now"))
)
_ADD = Query(
    upsert(instance_probes).values(
        instance_id=_INSTANCE,
        **{name: parameter(name) for name in ("at", "state", "reason", "message", "duration")},
    )
)
_HISTORY = select(instance_probes).where(instance_probes.c.instance_id == _INSTANCE)
_COUNT = Query(select(func.count()).select_from(_HISTORY.subquery()))
_OLDEST_KEPT = (
    select(instance_probes.c.id)
    .where(instance_probes.c.instance_id == _INSTANCE)
    .order_by(instance_probes.c.id.desc())
    .offset(parameter("keep"))
    .limit(1)
    .scalar_subquery()
)
_PRUNE_OLD = Query(delete(instance_probes).where(instance_probes.c.at < parameter("before")))
_PRUNE_MANY = Query(
    delete(instance_probes).where(
        instance_probes.c.instance_id == _INSTANCE, instance_probes.c.id <= _OLDEST_KEPT
    )
)
_FORGET_TASKS = Query(
    delete(tasks).where(
        tasks.c.kind == parameter("kind"),
        tasks.c.ended_at < parameter("before"),
        tasks.c.state == State.DONE,
    )
)
_FORGET_EXECUTIONS = Query(
    delete(executions).where(
        executions.c.kind == parameter("kind"),
        executions.c.created_at < parameter("before"),
        ~exists().where(tasks.c.execution_id == executions.c.id),
    )
)


@dataclass(frozen=True, slots=True)
class Probe:
    """One look at an instance; `duration` in microseconds, `facts` is JSON."""

    at: Micros
    state: str
    reason: str
    facts: str
    duration: int


async def put(transaction: Transaction, instance: int, health: HealthRow) -> None:
    values = {name: getattr(health, "facts" if name == "message" else name) for name in _STATE}
    await transaction.run(_PUT, instance=instance, **values)


async def add(transaction: Transaction, instance: int, probe: Probe) -> None:
    await transaction.run(
        _ADD,
        instance=instance,
        at=probe.at,
        state=probe.state,
        reason=probe.reason,
        message=probe.facts,
        duration=probe.duration,
    )


async def hurry(transaction: Transaction, instance: int, now: Micros) -> bool:
    """Due at once; False when it is known to be unhealthy, or gone."""
    return await transaction.run(_HURRY, instance=instance, now=now) == 1


async def history(selects: Selects, instance: int, window: Window) -> Page[Probe]:
    """Newest first."""
    wanted = _HISTORY.order_by(instance_probes.c.id.desc())
    if window.size:
        wanted = wanted.limit(window.size).offset(window.offset)
    rows = await selects.all(Query(wanted), instance=instance)
    total: int = await selects.scalar(_COUNT, instance=instance)
    return Page([_probe(row) for row in rows], total)


def _probe(row: Row) -> Probe:
    return Probe(row["at"], row["state"], row["reason"], row["message"], row["duration"])


async def prune(transaction: Transaction, before: Micros) -> int:
    return await transaction.run(_PRUNE_OLD, before=before)


async def prune_to(transaction: Transaction, instance: int, keep: int) -> int:
    return await transaction.run(_PRUNE_MANY, instance=instance, keep=keep)


async def forget_runs(transaction: Transaction, kind: str, before: Micros) -> None:
    """A job that runs every few seconds would fill the history of jobs; those that failed stay."""
    await transaction.run(_FORGET_TASKS, kind=kind, before=before)
    await transaction.run(_FORGET_EXECUTIONS, kind=kind, before=before)

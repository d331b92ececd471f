"""Checks of what a Harbor would need, one per name it would have: asked for, then answered by a worker."""

from dataclasses import dataclass, field

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from kangaroo.base.clock import Micros
from kangaroo.store.meta.database import Selects, Transaction
from kangaroo.store.meta.schema.managed import managed_checks
from kangaroo.store.meta.statements import Query, parameter

_C = managed_checks.c
_PLACE = ("cluster", "namespace", "name")
_HERE = [managed_checks.c[name] == parameter(f"the_{name}") for name in _PLACE]
_FIND = Query(select(managed_checks).where(*_HERE))
_BEGUN = {
    "targets": parameter("targets"),
    "fingerprint": parameter("fingerprint"),
    "started_at": parameter("now"),
    "answer": "",
    "origin": "",
    "ended_at": None,
}
_BEGIN = Query(
    upsert(managed_checks)
    .values(**{name: parameter(f"the_{name}") for name in _PLACE}, **_BEGUN)
    .on_conflict_do_update(index_elements=[managed_checks.c[name] for name in _PLACE], set_=_BEGUN)
)
_END = Query(
    update(managed_checks)
    .where(*_HERE, _C.started_at == parameter("started"))
    .values(answer=parameter("answer"), origin=parameter("origin"), ended_at=parameter("now"), targets="")
)
_PRUNE = Query(delete(managed_checks).where(_C.started_at < parameter("before")))
Where = tuple[str, str, str]
"""Cluster, namespace and name."""


@dataclass(frozen=True, slots=True)
class Check:
    """`targets` is encrypted; `answer` is JSON, empty while `ended_at` is None."""

    targets: str = field(repr=False)
    answer: str
    origin: str
    fingerprint: str
    started_at: Micros
    ended_at: Micros | None


async def find(selects: Selects, where: Where) -> Check | None:
    row = await selects.one(_FIND, **_place(where))
    if row is None:
        return None
    return Check(
        row["targets"],
        row["answer"],
        row["origin"],
        row["fingerprint"],
        row["started_at"],
        row["ended_at"],
    )


async def begin(transaction: Transaction, where: Where, targets: str, fingerprint: str, now: Micros) -> None:
    """In place of an earlier one."""
    await transaction.run(_BEGIN, **_place(where), targets=targets, fingerprint=fingerprint, now=now)


async def end(
    transaction: Transaction, where: Where, check: Check, answer: tuple[str, str], now: Micros
) -> bool:
    """`answer` and where it comes from; False when another one was begun since."""
    text, origin = answer
    values = {"answer": text, "origin": origin, "now": now, "started": check.started_at}
    return await transaction.run(_END, **_place(where), **values) == 1


async def prune(transaction: Transaction, before: Micros) -> int:
    return await transaction.run(_PRUNE, before=before)


def _place(where: Where) -> dict[str, str]:
    return {f"the_{name}": value for name, value in zip(_PLACE, where, strict=True)}

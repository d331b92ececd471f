"""Labels, global or of a project, and which artifacts carry them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, insert, select, update

from kangaroo.base.clock import Micros
from kangaroo.base.paging import Page
from kangaroo.base.query import ListQuery
from kangaroo.store.meta.database import Row, Selects, Transaction
from kangaroo.store.meta.listing import Listing, MomentKey, NumberKey, TextKey
from kangaroo.store.meta.schema.tenancy import artifact_labels, labels
from kangaroo.store.meta.statements import Query, parameter

_ID = labels.c.id == parameter("id")
_SOURCE = select(*labels.c)
_GET = Query(_SOURCE.where(_ID))
_LISTING = Listing(
    _SOURCE.where(labels.c.scope == parameter("scope"), labels.c.project_id == parameter("project")),
    {
        "id": NumberKey(labels.c.id),
        "name": TextKey(labels.c.name),
        "description": TextKey(labels.c.description),
        "color": TextKey(labels.c.color),
        "creation_time": MomentKey(labels.c.created_at),
        "update_time": MomentKey(labels.c.updated_at),
    },
    order=(labels.c.name.asc(),),
    identity=labels.c.id,
)
_CHANGE = {
    "name": parameter("name"),
    "description": parameter("description"),
    "color": parameter("color"),
    "updated_at": parameter("now"),
}
_ADD = Query(
    insert(labels)
    .values(scope=parameter("scope"), project_id=parameter("project"), created_at=parameter("now"), **_CHANGE)
    .returning(labels.c.id)
)
_UPDATE = Query(update(labels).where(_ID).values(**_CHANGE))
_DELETE = Query(delete(labels).where(_ID))
_PAIR = {"artifact_id": parameter("artifact"), "label_id": parameter("label")}
_ATTACH = Query(insert(artifact_labels).values(_PAIR))
_DETACH = Query(
    delete(artifact_labels).where(
        artifact_labels.c.artifact_id == parameter("artifact"),
        artifact_labels.c.label_id == parameter("label"),
    )
)
_ATTACHED = Query(
    select(artifact_labels.c.artifact_id, *labels.c)
    .join(labels, labels.c.id == artifact_labels.c.label_id)
    .where(artifact_labels.c.artifact_id.in_(bindparam("artifacts", expanding=True)))
    .order_by(labels.c.name, labels.c.id)
)


@dataclass(frozen=True, slots=True)
class Wording:
    """What may change of a label."""

    name: str
    description: str = ""
    color: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """`scope` is g (global; `project_id` 0) or p (of a project)."""

    id: int
    scope: str
    project_id: int
    wording: Wording
    created_at: Micros
    updated_at: Micros


def _label(row: Row) -> Label:
    wording = Wording(row["name"], row["description"], row["color"])
    return Label(row["id"], row["scope"], row["project_id"], wording, row["created_at"], row["updated_at"])


async def get(selects: Selects, label: int) -> Label | None:
    row = await selects.one(_GET, id=label)
    return None if row is None else _label(row)


async def page(selects: Selects, query: ListQuery, scope: str, project: int) -> Page[Label]:
    rows, total = await _LISTING.page(selects, query, scope=scope, project=project)
    return Page([_label(row) for row in rows], total)


async def add(transaction: Transaction, scope: str, project: int, wording: Wording, now: Micros) -> int:
    """Raises Duplicate when the name is taken in its place."""
    identity: int = await transaction.scalar(_ADD, scope=scope, project=project, now=now, **_values(wording))
    return identity


async def change(transaction: Transaction, label: int, wording: Wording, now: Micros) -> bool:
    """False without such a label. Raises Duplicate."""
    return await transaction.run(_UPDATE, id=label, now=now, **_values(wording)) == 1


async def remove(transaction: Transaction, label: int) -> bool:
    """From all artifacts, too."""
    return await transaction.run(_DELETE, id=label) == 1


async def attach(transaction: Transaction, artifact: int, label: int) -> None:
    """Raises Duplicate when the artifact carries it already, Dangling when one of the two is gone."""
    await transaction.run(_ATTACH, artifact=artifact, label=label)


async def detach(transaction: Transaction, artifact: int, label: int) -> bool:
    """False when the artifact does not carry it."""
    return await transaction.run(_DETACH, artifact=artifact, label=label) == 1


async def of_artifacts(selects: Selects, artifacts: Sequence[int]) -> dict[int, list[Label]]:
    """By name; artifacts without labels are left out."""
    found: dict[int, list[Label]] = {}
    if artifacts:
        for row in await selects.all(_ATTACHED, artifacts=list(artifacts)):
            found.setdefault(row["artifact_id"], []).append(_label(row))
    return found


def _values(wording: Wording) -> dict[str, str]:
    return {"name": wording.name, "description": wording.description, "color": wording.color}

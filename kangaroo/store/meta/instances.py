"""Registered registries, each with how it is now: one statement for a list and its states."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, insert, or_, select, update

from kangaroo.base.clock import Micros
from kangaroo.base.paging import Page, Window
from kangaroo.base.query import Contains, Filter, ListQuery
from kangaroo.store.meta.database import Row, Selects, Transaction
from kangaroo.store.meta.listing import Listing, TextKey
from kangaroo.store.meta.schema.platform import instance_health, instances, space_bindings
from kangaroo.store.meta.statements import Query, parameter

_ID, _WORKSPACE, _NAME = parameter("id"), parameter("workspace"), parameter("name")
_SOURCE = select(
    instances,
    instance_health.c.state,
    instance_health.c.reason,
    instance_health.c.message,
    instance_health.c.version,
    instance_health.c.transition_at,
    instance_health.c.probed_at,
    instance_health.c.next_at,
    instance_health.c.failures,
).select_from(instances.join(instance_health, instance_health.c.instance_id == instances.c.id))
_BY_ID = Query(_SOURCE.where(instances.c.id == _ID))
_BY_NAME = Query(_SOURCE.where(instances.c.workspace_id == _WORKSPACE, instances.c.name == _NAME))
_BY_KIND = Query(_SOURCE.where(instances.c.kind == parameter("kind")).order_by(instances.c.id))
_ALL = Query(_SOURCE.order_by(instances.c.id))
_DUE = Query(
    _SOURCE.where(or_(instance_health.c.next_at.is_(None), instance_health.c.next_at <= parameter("now")))
    .order_by(instance_health.c.next_at)
    .limit(parameter("count"))
)
# A workspace's own name must not hide one of the platform's, nor the other way round.
_TAKEN = Query(
    select(instances.c.id)
    .where(
        instances.c.name == _NAME,
        or_(_WORKSPACE == 0, instances.c.workspace_id.in_((0, _WORKSPACE))),
    )
    .limit(1)
)
_SAME_URL = Query(
    select(instances.c.name)
    .where(
        instances.c.workspace_id == _WORKSPACE,
        instances.c.url == parameter("url"),
        instances.c.id != parameter("besides"),
    )
    .limit(1)
)
_COLUMNS = ("username", "credential", "url", "ca", "insecure", "description")
_ADD = Query(
    insert(instances)
    .values(
        workspace_id=_WORKSPACE,
        created_at=parameter("now"),
        updated_at=parameter("now"),
        **{name: parameter(name) for name in ("name", "kind", "integration", "author", *_COLUMNS)},
    )
    .returning(instances.c.id)
)
_UPDATE = Query(
    update(instances)
    .where(instances.c.id == parameter("the_id"), instances.c.updated_at == parameter("seen"))
    .values(updated_at=parameter("now"), **{name: parameter(name) for name in _COLUMNS})
)
_DELETE = Query(delete(instances).where(instances.c.id == _ID))
_BOUND = Query(select(func.count()).where(space_bindings.c.instance_id == _ID))
_LISTING = Listing(
    _SOURCE, {"name": TextKey(instances.c.name)}, order=(instances.c.name.asc(),), identity=instances.c.id
)


@dataclass(frozen=True, slots=True)
class HealthRow:
    """`facts` is JSON: what the sentence of the reason is filled with."""

    state: str
    reason: str = ""
    facts: str = "{}"
    version: str = ""
    transition_at: Micros = 0
    probed_at: Micros | None = None
    next_at: Micros | None = None
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Connection:
    """What may be changed about an instance. `credential` is encrypted."""

    url: str
    username: str = ""
    credential: str = field(default="", repr=False)
    ca: str = ""
    insecure: bool = False
    description: str = ""


@dataclass(frozen=True, slots=True)
class InstanceRow:
    """`workspace` 0: of the platform. `updated_at` changes with the connection."""

    id: int
    workspace: int
    name: str
    kind: str
    integration: str
    author: str
    created_at: Micros
    updated_at: Micros
    connection: Connection
    health: HealthRow


def _instance(row: Row) -> InstanceRow:
    return InstanceRow(
        id=row["id"],
        workspace=row["workspace_id"],
        name=row["name"],
        kind=row["kind"],
        integration=row["integration"],
        author=row["author"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        connection=Connection(
            url=row["url"],
            username=row["username"],
            credential=row["credential"],
            ca=row["ca"],
            insecure=bool(row["insecure"]),
            description=row["description"],
        ),
        health=health_of(row),
    )


def health_of(row: Row) -> HealthRow:
    return HealthRow(
        state=row["state"],
        reason=row["reason"],
        facts=row["message"],
        version=row["version"],
        transition_at=row["transition_at"],
        probed_at=row["probed_at"],
        next_at=row["next_at"],
        failures=row["failures"],
    )


async def find(selects: Selects, workspace: int, name: str) -> InstanceRow | None:
    row = await selects.one(_BY_NAME, workspace=workspace, name=name)
    return None if row is None else _instance(row)


async def with_id(selects: Selects, identity: int) -> InstanceRow | None:
    row = await selects.one(_BY_ID, id=identity)
    return None if row is None else _instance(row)


async def of_kind(selects: Selects, kind: str) -> list[InstanceRow]:
    return [_instance(row) for row in await selects.all(_BY_KIND, kind=kind)]


async def everything(selects: Selects) -> list[InstanceRow]:
    return [_instance(row) for row in await selects.all(_ALL)]


async def due(selects: Selects, now: Micros, count: int) -> list[InstanceRow]:
    """Those to be probed now, the longest due first."""
    return [_instance(row) for row in await selects.all(_DUE, now=now, count=count)]


@dataclass(frozen=True, slots=True)
class Wanted:
    """None and empty match all; `fuzzy` is a part of the name."""

    workspace: int
    fuzzy: str = ""
    integration: str = ""
    kinds: Sequence[str] = ()
    besides: int = 0  # the id of one that is left out


async def page(selects: Selects, wanted: Wanted, window: Window) -> Page[InstanceRow]:
    where: list[ColumnElement[bool]] = [instances.c.workspace_id == wanted.workspace]
    if wanted.integration:
        where.append(instances.c.integration == wanted.integration)
    if wanted.kinds:
        where.append(instances.c.kind.in_(wanted.kinds))
    if wanted.besides:
        where.append(and_(instances.c.id != wanted.besides))
    filters = (Filter("name", Contains(wanted.fuzzy)),) if wanted.fuzzy else ()
    rows, total = await _LISTING.page(selects, ListQuery(filters=filters, window=window), where)
    return Page([_instance(row) for row in rows], total)


async def taken(selects: Selects, workspace: int, name: str) -> bool:
    return await selects.one(_TAKEN, workspace=workspace, name=name) is not None


async def with_url(selects: Selects, workspace: int, url: str, besides: int = 0) -> str | None:
    """The name of the one that has this URL there."""
    found: str | None = await selects.scalar(_SAME_URL, workspace=workspace, url=url, besides=besides)
    return found


async def add(transaction: Transaction, row: dict[str, Any], connection: Connection, now: Micros) -> int:
    """`row` has workspace, name, kind, integration and author. Its health follows in the same transaction.

    Raises Duplicate when the name is taken.
    """
    identity: int = await transaction.scalar(_ADD, now=now, **row, **_values(connection))
    return identity


async def change(
    transaction: Transaction, identity: int, seen: Micros, connection: Connection, now: Micros
) -> bool:
    """False when it was changed since `seen` (its `updated_at`), or is gone."""
    values = _values(connection)
    return await transaction.run(_UPDATE, the_id=identity, seen=seen, now=now, **values) == 1


async def remove(transaction: Transaction, identity: int) -> bool:
    return await transaction.run(_DELETE, id=identity) == 1


async def bound_spaces(selects: Selects, identity: int) -> int:
    found: int = await selects.scalar(_BOUND, id=identity)
    return found


def _values(connection: Connection) -> dict[str, Any]:
    return {name: getattr(connection, name) for name in _COLUMNS}

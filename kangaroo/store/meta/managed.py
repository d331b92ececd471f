"""Harbors that we run in clusters, and what each has for itself alone."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from kangaroo.base.clock import Micros
from kangaroo.base.paging import Page
from kangaroo.base.query import ListQuery
from kangaroo.store.meta.database import Row, Selects, Transaction
from kangaroo.store.meta.listing import Listing, MomentKey, TextKey
from kangaroo.store.meta.schema.managed import managed_claims, managed_harbors
from kangaroo.store.meta.statements import Query, parameter

_C = managed_harbors.c
_ROW = select(managed_harbors)
_ID = _C.id == parameter("the_id")
_GET = Query(_ROW.where(_ID))
_FIND = Query(
    _ROW.where(
        _C.cluster == parameter("cluster"),
        _C.namespace == parameter("namespace"),
        _C.name == parameter("name"),
    )
)
_NAMED = Query(_ROW.where(_C.name == parameter("name")))
_DUE = Query(_ROW.where(_C.next_at <= parameter("now")).order_by(_C.next_at).limit(parameter("count")))
_MOVING = Query(_ROW.where(_C.phase != "RUNNING").order_by(_C.since.desc()).limit(parameter("count")))
_MEANT = ("spec", "secrets", "next_password", "annotations", "phase", "since", "revision", "keep_data")
_FOUND = ("state", "reason", "facts", "seen", "transition_at", "checked_at", "next_at")
_PLACED = ("cluster", "namespace", "name", "author")
_ADD = Query(
    insert(managed_harbors)
    .values(
        created_at=parameter("now"),
        updated_at=parameter("now"),
        **{name: parameter(name) for name in (*_PLACED, *_MEANT, *_FOUND)},
    )
    .returning(_C.id)
)
_MEAN = Query(
    update(managed_harbors)
    .where(_ID, _C.updated_at == parameter("was"))
    .values(updated_at=parameter("now"), **{name: parameter(name) for name in _MEANT})
)
_FIND_OUT = Query(
    update(managed_harbors)
    .where(_ID, _C.updated_at == parameter("was"))
    .values(**{name: parameter(name) for name in _FOUND})
)
_SETTLE = Query(
    update(managed_harbors)
    .where(_ID, _C.updated_at == parameter("was"), _C.phase.in_(("CREATING", "UPDATING")))
    .values(phase="RUNNING", since=parameter("now"))
)
_JOIN = Query(update(managed_harbors).where(_ID).values(instance_id=parameter("instance")))
_HURRY = Query(
    update(managed_harbors)
    .where(
        _C.cluster == parameter("cluster"),
        _C.namespace == parameter("namespace"),
        _C.name == parameter("name"),
    )
    .values(next_at=parameter("now"))
)
_REMOVE = Query(delete(managed_harbors).where(_ID))
_LISTING = Listing(
    _ROW,
    {"name": TextKey(_C.name), "created_at": MomentKey(_C.created_at)},
    order=(_C.created_at.desc(),),
    identity=_C.id,
)
_CLAIM = Query(insert(managed_claims).values(claim=parameter("claim"), harbor_id=parameter("harbor")))
_UNCLAIM = Query(delete(managed_claims).where(managed_claims.c.harbor_id == parameter("harbor")))
_CLAIMED = Query(
    select(managed_claims.c.claim, managed_claims.c.harbor_id, _C.cluster, _C.namespace, _C.name)
    .join(managed_harbors, _C.id == managed_claims.c.harbor_id)
    .where(managed_claims.c.claim.in_(bindparam("claims", expanding=True)))
    .order_by(managed_claims.c.claim)
)


@dataclass(frozen=True, slots=True)
class Meant:
    """What it is to be. `spec` and `annotations` are JSON, `secrets` and `next_password` encrypted."""

    spec: str
    secrets: str = field(repr=False)
    annotations: str
    phase: str
    since: Micros
    next_password: str = field(default="", repr=False)
    revision: int = 0
    keep_data: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """How it was seen last. `facts` and `seen` are JSON."""

    state: str
    transition_at: Micros
    next_at: Micros
    reason: str = ""
    facts: str = "{}"
    seen: str = "{}"
    checked_at: Micros | None = None


@dataclass(frozen=True, slots=True)
class HarborRow:
    """`updated_at` changes with what it is to be."""

    id: int
    cluster: str
    namespace: str
    name: str
    author: str
    instance: int | None
    created_at: Micros
    updated_at: Micros
    meant: Meant
    found: Found


@dataclass(frozen=True, slots=True)
class Claim:
    """Who has something for itself alone; `by` is cluster.namespace.name."""

    claim: str
    harbor: int
    by: str


async def get(selects: Selects, identity: int) -> HarborRow | None:
    row = await selects.one(_GET, the_id=identity)
    return None if row is None else _harbor(row)


async def find(selects: Selects, cluster: str, namespace: str, name: str) -> HarborRow | None:
    row = await selects.one(_FIND, cluster=cluster, namespace=namespace, name=name)
    return None if row is None else _harbor(row)


async def named(selects: Selects, name: str) -> HarborRow | None:
    """Wherever it is."""
    row = await selects.one(_NAMED, name=name)
    return None if row is None else _harbor(row)


async def due(selects: Selects, now: Micros, count: int) -> list[HarborRow]:
    """Those to be looked at now, the longest due first."""
    return [_harbor(row) for row in await selects.all(_DUE, now=now, count=count)]


async def moving(selects: Selects, count: int) -> list[HarborRow]:
    """Those under way, the latest first."""
    return [_harbor(row) for row in await selects.all(_MOVING, count=count)]


async def page(selects: Selects, query: ListQuery) -> Page[HarborRow]:
    """The newest first, unless the query says otherwise."""
    rows, total = await _LISTING.page(selects, query)
    return Page([_harbor(row) for row in rows], total)


async def add(
    transaction: Transaction, place: dict[str, str], meant: Meant, found: Found, now: Micros
) -> int:
    """`place` has cluster, namespace, name and author. Raises Duplicate when the name is taken."""
    values = {**place, **_values(meant, _MEANT), **_values(found, _FOUND)}
    identity: int = await transaction.scalar(_ADD, now=now, **values)
    return identity


async def mean(transaction: Transaction, harbor: HarborRow, meant: Meant, now: Micros) -> bool:
    """False when somebody else changed it since, or it is gone."""
    moment = max(now, harbor.updated_at + 1)
    values = _values(meant, _MEANT)
    return await transaction.run(_MEAN, the_id=harbor.id, was=harbor.updated_at, now=moment, **values) == 1


async def find_out(transaction: Transaction, harbor: HarborRow, found: Found) -> bool:
    """False when it was changed since it was looked at: what was seen is old."""
    values = _values(found, _FOUND)
    return await transaction.run(_FIND_OUT, the_id=harbor.id, was=harbor.updated_at, **values) == 1


async def settle(transaction: Transaction, harbor: HarborRow, now: Micros) -> bool:
    """What was last done to it has come about."""
    return await transaction.run(_SETTLE, the_id=harbor.id, was=harbor.updated_at, now=now) == 1


async def join(transaction: Transaction, identity: int, instance: int) -> None:
    await transaction.run(_JOIN, the_id=identity, instance=instance)


async def hurry(transaction: Transaction, place: tuple[str, str, str], now: Micros) -> bool:
    """Due at once; False when there is none at this place (cluster, namespace, name)."""
    cluster, namespace, name = place
    return await transaction.run(_HURRY, cluster=cluster, namespace=namespace, name=name, now=now) == 1


async def remove(transaction: Transaction, identity: int) -> bool:
    """With its claims."""
    return await transaction.run(_REMOVE, the_id=identity) == 1


async def claimed(selects: Selects, claims: Iterable[str]) -> list[Claim]:
    wanted = list(claims)
    if not wanted:
        return []
    rows = await selects.all(_CLAIMED, claims=wanted)
    return [
        Claim(row["claim"], row["harbor_id"], f"{row['cluster']}.{row['namespace']}.{row['name']}")
        for row in rows
    ]


async def claim(transaction: Transaction, identity: int, claims: Iterable[str]) -> None:
    """These and no others. Raises Duplicate when another has one of them."""
    await transaction.run(_UNCLAIM, harbor=identity)
    await transaction.many(_CLAIM, [{"claim": one, "harbor": identity} for one in dict.fromkeys(claims)])


def _values(of: object, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(of, name) for name in names}


def _harbor(row: Row) -> HarborRow:
    return HarborRow(
        id=row["id"],
        cluster=row["cluster"],
        namespace=row["namespace"],
        name=row["name"],
        author=row["author"],
        instance=row["instance_id"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        meant=Meant(
            spec=row["spec"],
            secrets=row["secrets"],
            annotations=row["annotations"],
            phase=row["phase"],
            since=row["since"],
            next_password=row["next_password"],
            revision=row["revision"],
            keep_data=bool(row["keep_data"]),
        ),
        found=Found(**{name: row[name] for name in _FOUND}),
    )

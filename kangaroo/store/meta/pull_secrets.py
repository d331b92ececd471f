"""How pull secrets stand in their namespaces. A row is due when `next_at` has come; who looks at it writes down what he
found only as far as nobody marked it again meanwhile: `next_at` is the mark."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import and_, case, delete, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from kangaroo.base.clock import Micros
from kangaroo.store.meta.database import Row, Selects, Transaction
from kangaroo.store.meta.schema.clusters import cluster_namespaces, clusters
from kangaroo.store.meta.schema.pull_secrets import pull_secrets
from kangaroo.store.meta.statements import Query, parameter

_ROWS, _BOUND = pull_secrets, cluster_namespaces
_WORKSPACE = _ROWS.c.workspace_id == parameter("workspace")
_CLUSTER = _ROWS.c.cluster_id == parameter("cluster")
_ONE = and_(_CLUSTER, _ROWS.c.namespace == parameter("namespace"))
_OF_WORKSPACE = Query(select(_ROWS).where(_WORKSPACE))
_ELSEWHERE = Query(
    select(_ROWS).where(
        _ROWS.c.workspace_id != parameter("workspace"),
        exists().where(
            _BOUND.c.cluster_id == _ROWS.c.cluster_id,
            _BOUND.c.namespace == _ROWS.c.namespace,
            _BOUND.c.workspace_id == parameter("workspace"),
        ),
    )
)
_OF_CLUSTER = Query(select(_ROWS).where(_CLUSTER))
_GET = Query(select(_ROWS).where(_ONE))
_DUE = Query(
    select(_ROWS).where(_CLUSTER, _WORKSPACE, _ROWS.c.next_at <= parameter("now")).order_by(_ROWS.c.namespace)
)
_DUE_PLACES = Query(
    select(_ROWS.c.cluster_id, _ROWS.c.workspace_id).where(_ROWS.c.next_at <= parameter("now")).distinct()
)
_MARKED = {
    "next_at": parameter("now"),
    "state": case((_ROWS.c.state == "applied", "pending"), else_=_ROWS.c.state),
    "changed_at": case((_ROWS.c.state == "applied", parameter("now")), else_=_ROWS.c.changed_at),
}
_TAKE = Query(
    upsert(_ROWS)
    .values(
        cluster_id=parameter("cluster"),
        namespace=parameter("namespace"),
        workspace_id=parameter("workspace"),
        state="pending",
        changed_at=parameter("now"),
        next_at=parameter("now"),
    )
    .on_conflict_do_update(
        index_elements=[_ROWS.c.cluster_id, _ROWS.c.namespace],
        set_={
            "workspace_id": parameter("workspace"),
            "accounts": case((_WORKSPACE, _ROWS.c.accounts), else_="[]"),
            "leaving": False,
            "state": "pending",
            "changed_at": parameter("now"),
            "next_at": parameter("now"),
        },
    )
)
_LEAVE = Query(
    update(_ROWS)
    .where(_ONE, _WORKSPACE)
    .values(leaving=True, state="pending", changed_at=parameter("now"), next_at=parameter("now"))
)
_MARK = Query(update(_ROWS).where(_ONE).values(_MARKED))
_MARK_CLUSTER = Query(update(_ROWS).where(_CLUSTER).values(_MARKED))
_MARK_BEHIND = Query(
    update(_ROWS)
    .where(
        _WORKSPACE,
        _ROWS.c.leaving.is_(False),
        or_(parameter("all"), _ROWS.c.content != parameter("content")),
    )
    .values(_MARKED)
)
_same = or_(_ROWS.c.next_at.is_(None), _ROWS.c.next_at == parameter("seen"))  # nobody marked it since
_NOTE = Query(
    update(_ROWS)
    .where(_ONE, _WORKSPACE, _ROWS.c.leaving.is_(False))
    .values(
        state=case((_same, parameter("state")), else_="pending"),
        reason=parameter("reason"),
        facts=parameter("facts"),
        content=parameter("content"),
        attached=func.coalesce(parameter("attached"), _ROWS.c.attached),
        changed_at=case((_ROWS.c.state == parameter("state"), _ROWS.c.changed_at), else_=parameter("now")),
        synced_at=func.coalesce(parameter("synced_at"), _ROWS.c.synced_at),
        next_at=case((_same, parameter("next_at")), else_=_ROWS.c.next_at),
        failures=parameter("failures"),
    )
)
_NOTE_LEAVING = Query(
    update(_ROWS)
    .where(_ONE, _WORKSPACE, _ROWS.c.leaving.is_(True))
    .values(
        state=parameter("state"),
        reason=parameter("reason"),
        facts=parameter("facts"),
        next_at=parameter("next_at"),
        failures=parameter("failures"),
    )
)
_ATTACHING = Query(update(_ROWS).where(_ONE).values(attached=parameter("attached")))
_CHOOSE = Query(update(_ROWS).where(_ONE).values(accounts=parameter("accounts"), **_MARKED))
_GONE = Query(delete(_ROWS).where(_ONE, _WORKSPACE, _ROWS.c.leaving.is_(True)))
_FORGET_CLUSTERS = Query(
    delete(_ROWS).where(~exists().where(clusters.c.id == _ROWS.c.cluster_id), _ROWS.c.leaving.is_(True))
)
_BEHIND = Query(
    select(func.count()).where(
        _WORKSPACE,
        _ROWS.c.leaving.is_(False),
        or_(_ROWS.c.next_at.is_not(None), _ROWS.c.content != parameter("content")),
        _ROWS.c.state.in_(("pending", "applied", "failed")),
    )
)
_ATTACHED = Query(select(_ROWS.c.cluster_id).where(_ROWS.c.attached != "[]").distinct())
_WORKSPACES = Query(
    select(_BOUND.c.workspace_id).union(select(_ROWS.c.workspace_id)).order_by("workspace_id")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretRow:
    """The secret of one namespace. `next_at` None: nothing is to be done until something happens."""

    cluster: int
    namespace: str
    workspace: int
    leaving: bool
    state: str
    reason: str
    facts: str
    content: str
    accounts: tuple[str, ...]
    attached: tuple[str, ...]
    changed_at: Micros
    synced_at: Micros | None
    next_at: Micros | None
    failures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What looking at a namespace brought: all that is written down of it. `facts` is JSON; `attached` None leaves it
    as it is."""

    state: str
    reason: str = ""
    facts: str = "{}"
    content: str
    attached: tuple[str, ...] | None = None
    synced_at: Micros | None = None
    next_at: Micros | None = None
    failures: int = 0


async def of_workspace(selects: Selects, workspace: int) -> list[SecretRow]:
    return _secrets(await selects.all(_OF_WORKSPACE, workspace=workspace))


async def held_by_others(selects: Selects, workspace: int) -> list[SecretRow]:
    """Those of namespaces that belong to this workspace now, and did to another."""
    return _secrets(await selects.all(_ELSEWHERE, workspace=workspace))


async def of_cluster(selects: Selects, cluster: int) -> list[SecretRow]:
    return _secrets(await selects.all(_OF_CLUSTER, cluster=cluster))


async def get(selects: Selects, cluster: int, namespace: str) -> SecretRow | None:
    row = await selects.one(_GET, cluster=cluster, namespace=namespace)
    return None if row is None else _secret(row)


async def due(selects: Selects, cluster: int, workspace: int, now: Micros) -> list[SecretRow]:
    """By namespace."""
    return _secrets(await selects.all(_DUE, cluster=cluster, workspace=workspace, now=now))


async def due_places(selects: Selects, now: Micros) -> list[tuple[int, int]]:
    """Cluster and workspace, where something is due."""
    return [(row[0], row[1]) for row in await selects.all(_DUE_PLACES, now=now)]


async def attached_in(selects: Selects) -> set[int]:
    """The clusters where a secret is attached to service accounts, or is to be."""
    return {row[0] for row in await selects.all(_ATTACHED)}


async def take(
    transaction: Transaction, workspace: int, places: Collection[tuple[int, str]], now: Micros
) -> None:
    """These namespaces are the workspace's from now on; they are due."""
    for cluster, namespace in places:
        await transaction.run(_TAKE, cluster=cluster, namespace=namespace, workspace=workspace, now=now)


async def leave(
    transaction: Transaction, workspace: int, places: Collection[tuple[int, str]], now: Micros
) -> None:
    """These are the workspace's no more; they are due. Those another one has taken meanwhile are left to it."""
    for cluster, namespace in places:
        await transaction.run(_LEAVE, cluster=cluster, namespace=namespace, workspace=workspace, now=now)


async def mark(transaction: Transaction, cluster: int, namespace: str, now: Micros) -> bool:
    """Due. False without such a row."""
    return await transaction.run(_MARK, cluster=cluster, namespace=namespace, now=now) == 1


async def mark_cluster(transaction: Transaction, cluster: int, now: Micros) -> int:
    return await transaction.run(_MARK_CLUSTER, cluster=cluster, now=now)


async def mark_behind(
    transaction: Transaction, workspace: int, content: str, now: Micros, *, everything: bool = False
) -> int:
    """Due are all that do not have this content, or all. How many."""
    values = {"content": content, "all": everything, "now": now}
    return await transaction.run(_MARK_BEHIND, workspace=workspace, **values)


async def note(transaction: Transaction, row: SecretRow, found: Found, now: Micros) -> None:
    """What was found when `row` was looked at."""
    values = {
        "state": found.state,
        "reason": found.reason,
        "facts": found.facts,
        "next_at": found.next_at,
        "failures": found.failures,
    }
    place = {"cluster": row.cluster, "namespace": row.namespace, "workspace": row.workspace}
    if row.leaving:
        await transaction.run(_NOTE_LEAVING, **place, **values)
        return
    attached = None if found.attached is None else _names(found.attached)
    values |= {"content": found.content, "attached": attached, "synced_at": found.synced_at}
    await transaction.run(_NOTE, **place, **values, seen=row.next_at, now=now)


async def attaching(transaction: Transaction, row: SecretRow, accounts: Collection[str]) -> None:
    """Written before it is done, so that nothing stays attached that nobody remembers."""
    await transaction.run(_ATTACHING, cluster=row.cluster, namespace=row.namespace, attached=_names(accounts))


async def choose(
    transaction: Transaction, place: tuple[int, str], accounts: Collection[str], now: Micros
) -> bool:
    """To which accounts it is to be attached. False without such a row."""
    cluster, namespace = place
    values = {"cluster": cluster, "namespace": namespace, "accounts": _names(accounts), "now": now}
    return await transaction.run(_CHOOSE, **values) == 1


async def gone(transaction: Transaction, row: SecretRow) -> None:
    """It has left, and nothing of it is there any more."""
    place = {"cluster": row.cluster, "namespace": row.namespace, "workspace": row.workspace}
    await transaction.run(_GONE, **place)


async def forget_clusters(transaction: Transaction) -> int:
    """Those leaving whose cluster is no more: nothing can be done there. How many."""
    return await transaction.run(_FORGET_CLUSTERS)


async def behind(selects: Selects, workspace: int, content: str) -> int:
    """How many namespaces may still use an older content than this."""
    found: int = await selects.scalar(_BEHIND, workspace=workspace, content=content)
    return found


async def workspaces(selects: Selects) -> list[int]:
    """All that have, or had, namespaces."""
    return [row[0] for row in await selects.all(_WORKSPACES)]


def _names(names: Collection[str]) -> str:
    return msgspec.json.encode(sorted(names)).decode()


def names_of(text: str) -> tuple[str, ...]:
    return msgspec.json.decode(text, type=tuple[str, ...])


def _secrets(rows: Sequence[Row]) -> list[SecretRow]:
    return [_secret(row) for row in rows]


def _secret(row: Row) -> SecretRow:
    return SecretRow(
        cluster=row["cluster_id"],
        namespace=row["namespace"],
        workspace=row["workspace_id"],
        leaving=bool(row["leaving"]),
        state=row["state"],
        reason=row["reason"],
        facts=row["facts"],
        content=row["content"],
        accounts=names_of(row["accounts"]),
        attached=names_of(row["attached"]),
        changed_at=row["changed_at"],
        synced_at=row["synced_at"],
        next_at=row["next_at"],
        failures=row["failures"],
    )

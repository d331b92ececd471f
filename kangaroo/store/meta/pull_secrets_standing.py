"""How pull secrets stand, for people: a row for each namespace of a workspace, whether or not it was looked at yet."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, select, true

from kangaroo.base.clock import Micros
from kangaroo.base.paging import Page, Window
from kangaroo.base.query import Contains, Filter, ListQuery
from kangaroo.store.meta.database import Row, Selects
from kangaroo.store.meta.listing import Listing, TextKey
from kangaroo.store.meta.pull_secrets import names_of
from kangaroo.store.meta.schema.clusters import cluster_namespaces, clusters
from kangaroo.store.meta.schema.pull_secrets import pull_secrets
from kangaroo.store.meta.statements import Query, parameter

_ROWS, _BOUND = pull_secrets, cluster_namespaces
_state = func.coalesce(_ROWS.c.state, "pending")
_STANDING = (
    select(
        _BOUND.c.cluster_id,
        clusters.c.name.label("cluster"),
        _BOUND.c.namespace,
        _BOUND.c.workspace_id,
        _state.label("state"),
        func.coalesce(_ROWS.c.reason, "").label("reason"),
        func.coalesce(_ROWS.c.facts, "{}").label("facts"),
        func.coalesce(_ROWS.c.content, "").label("content"),
        func.coalesce(_ROWS.c.accounts, "[]").label("accounts"),
        func.coalesce(_ROWS.c.attached, "[]").label("attached"),
        func.coalesce(_ROWS.c.changed_at, _BOUND.c.created_at).label("changed_at"),
        _ROWS.c.synced_at,
    )
    .join(clusters, clusters.c.id == _BOUND.c.cluster_id)
    .outerjoin(
        _ROWS,
        and_(
            _ROWS.c.cluster_id == _BOUND.c.cluster_id,
            _ROWS.c.namespace == _BOUND.c.namespace,
            _ROWS.c.workspace_id == _BOUND.c.workspace_id,
            _ROWS.c.leaving.is_(False),
        ),
    )
)
_GET = Query(
    _STANDING.where(_BOUND.c.cluster_id == parameter("cluster"), _BOUND.c.namespace == parameter("namespace"))
)
_LISTING = Listing(
    _STANDING,
    {"namespace": TextKey(_BOUND.c.namespace), "cluster": TextKey(clusters.c.name)},
    order=(clusters.c.name.asc(), _BOUND.c.namespace.asc()),
    identity=_BOUND.c.namespace,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingRow:
    """For people: one bound namespace with how its secret stands; `pending` while nobody has looked yet."""

    cluster_id: int
    cluster: str
    namespace: str
    workspace: int
    state: str
    reason: str
    facts: str
    content: str
    accounts: tuple[str, ...]
    attached: tuple[str, ...]
    changed_at: Micros
    synced_at: Micros | None


@dataclass(frozen=True, slots=True)
class Wish:
    """Which of the bound namespaces: 0 and empty match all; `fuzzy` is a part of the namespace's name."""

    workspace: int = 0
    cluster: int = 0
    states: Sequence[str] = ()
    fuzzy: str = ""

    def conditions(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = [true()]
        if self.workspace:
            found.append(_BOUND.c.workspace_id == self.workspace)
        if self.cluster:
            found.append(_BOUND.c.cluster_id == self.cluster)
        if self.states:
            found.append(_state.in_(self.states))
        return found


async def get(selects: Selects, cluster: int, namespace: str) -> StandingRow | None:
    """None for a namespace that is not bound."""
    row = await selects.one(_GET, cluster=cluster, namespace=namespace)
    return None if row is None else _standing(row)


async def page(selects: Selects, wish: Wish, window: Window) -> Page[StandingRow]:
    """By cluster and namespace: one row for each bound namespace."""
    filters = (Filter("namespace", Contains(wish.fuzzy)),) if wish.fuzzy else ()
    rows, total = await _LISTING.page(selects, ListQuery(filters=filters, window=window), wish.conditions())
    return Page([_standing(row) for row in rows], total)


async def counts(selects: Selects, wish: Wish) -> dict[str, int]:
    """How many of the bound namespaces are in which state."""
    inner = _STANDING.where(*wish.conditions()).subquery()
    counted = select(inner.c.state, func.count()).group_by(inner.c.state)
    return {row[0]: row[1] for row in await selects.all(Query(counted))}


def _standing(row: Row) -> StandingRow:
    return StandingRow(
        cluster_id=row["cluster_id"],
        cluster=row["cluster"],
        namespace=row["namespace"],
        workspace=row["workspace_id"],
        state=row["state"],
        reason=row["reason"],
        facts=row["facts"],
        content=row["content"],
        accounts=names_of(row["accounts"]),
        attached=names_of(row["attached"]),
        changed_at=row["changed_at"],
        synced_at=row["synced_at"],
    )

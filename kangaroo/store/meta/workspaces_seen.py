"""What shows in a workspace: instances, and the spaces of the built-in registry. The rule comes from above as a
condition, so that totals are counted after it, and a page is a constant number of statements."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import BindParameter, ColumnElement, bindparam, func, or_, select, true

from kangaroo.base.clock import Micros
from kangaroo.base.paging import Page, Window
from kangaroo.base.query import Contains, Filter, ListQuery
from kangaroo.store.meta.database import Row, Selects
from kangaroo.store.meta.listing import Listing, TextKey
from kangaroo.store.meta.schema.access import project_metadata, projects
from kangaroo.store.meta.schema.platform import instance_health, instances, space_bindings
from kangaroo.store.meta.schema.registry import repositories
from kangaroo.store.meta.statements import Query

_INSTANCES = Listing(
    select(
        instances.c.id,
        instances.c.workspace_id,
        instances.c.name,
        instances.c.kind,
        instances.c.url,
        instance_health.c.state,
        instance_health.c.reason,
        instance_health.c.message,
        instance_health.c.transition_at,
    ).select_from(instances.join(instance_health, instance_health.c.instance_id == instances.c.id)),
    {"name": TextKey(instances.c.name), "state": TextKey(instance_health.c.state)},
    order=(instances.c.name.asc(),),
    identity=instances.c.id,
)
_SPACES = Listing(
    select(projects.c.id, projects.c.name, projects.c.public, projects.c.created_at),
    {"name": TextKey(projects.c.name)},
    order=(projects.c.name.asc(),),
    identity=projects.c.id,
)
_IN_PAGE: BindParameter[list[int]] = bindparam("ids", expanding=True)
_IMAGES = Query(
    select(repositories.c.project_id, func.count())
    .where(repositories.c.project_id.in_(_IN_PAGE), repositories.c.listed.is_(True))
    .group_by(repositories.c.project_id)
)
_RETENTION = Query(
    select(project_metadata.c.project_id, project_metadata.c.value).where(
        project_metadata.c.project_id.in_(_IN_PAGE), project_metadata.c.key == "retention_id"
    )
)


@dataclass(frozen=True, slots=True)
class InstanceSeen:
    """As tenants see it. `facts` is JSON: what the sentence of the reason is filled with."""

    id: int
    workspace: int
    name: str
    kind: str
    url: str
    state: str
    reason: str
    facts: str
    transition_at: Micros


@dataclass(frozen=True, slots=True)
class SpaceRow:
    id: int
    name: str
    public: bool
    images: int
    retention_id: int
    created_at: Micros


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which spaces of the built-in registry. `everything`, or the `public` ones (or none) and those named.

    `only_public`, `only_bound` narrow it further; `bound_anywhere`: to those bound to some workspace there.
    """

    everything: bool = False
    public: bool = False
    named: Collection[str] = ()
    fuzzy: str = ""
    only_public: bool | None = None
    bound_anywhere: int | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = [self._seen()]
        if self.only_public is not None:
            found.append(projects.c.public.is_(self.only_public))
        if self.bound_anywhere is not None:
            bound = select(space_bindings.c.space).where(space_bindings.c.instance_id == self.bound_anywhere)
            found.append(projects.c.name.in_(bound))
        return found

    def _seen(self) -> ColumnElement[bool]:
        if self.everything:
            return true()
        named = projects.c.name.in_(list(self.named))
        return or_(projects.c.public.is_(True), named) if self.public else named


async def instances_seen(
    selects: Selects, workspace: int | None, window: Window, fuzzy: str = "", *, own: bool = True
) -> Page[InstanceSeen]:
    """By name: the platform's and, unless `own` is off, those of the workspace."""
    where = [instances.c.workspace_id.in_([0] if workspace is None or not own else [0, workspace])]
    rows, total = await _INSTANCES.page(selects, _query(window, fuzzy), where)
    return Page([_instance(row) for row in rows], total)


async def spaces(selects: Selects, wanted: Wanted, window: Window) -> Page[SpaceRow]:
    """By name."""
    rows, total = await _SPACES.page(selects, _query(window, wanted.fuzzy), wanted.conditions())
    return Page(await _described(selects, rows), total)


async def _described(selects: Selects, rows: Sequence[Row]) -> list[SpaceRow]:
    ids = [row["id"] for row in rows]
    if not ids:
        return []
    images = {row[0]: row[1] for row in await selects.all(_IMAGES, ids=ids)}
    retention = {row[0]: int(row[1] or 0) for row in await selects.all(_RETENTION, ids=ids)}
    return [
        SpaceRow(
            row["id"],
            row["name"],
            bool(row["public"]),
            images.get(row["id"], 0),
            retention.get(row["id"], 0),
            row["created_at"],
        )
        for row in rows
    ]


def _query(window: Window, fuzzy: str) -> ListQuery:
    return ListQuery((Filter("name", Contains(fuzzy)),) if fuzzy else (), (), window)


def _instance(row: Row) -> InstanceSeen:
    return InstanceSeen(
        row["id"],
        row["workspace_id"],
        row["name"],
        row["kind"],
        row["url"],
        row["state"],
        row["reason"],
        row["message"],
        row["transition_at"],
    )
